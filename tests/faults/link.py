"""A link between a client and a server that can be made bad while it is in use."""

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

CHUNK: Final = 16 * 1024
_RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER with no time to linger: closing sends RST instead of FIN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """How a link behaves: what it does to bytes on their way, each way by itself."""

    requests: bool = True
    """Whether bytes pass from the client to the server."""
    replies: bool = True
    """Whether bytes pass from the server to the client."""
    delay: float = 0.0
    """Seconds that each piece takes, more or less by `jitter`."""
    jitter: float = 0.0
    rate: float = 0.0
    """Bytes a second each way; 0 for as many as there are."""
    resets: bool = False
    """Every connection, and every new one, ends with RST."""


PASS: Final = Condition()
HOLE: Final = Condition(requests=False, replies=False)
"""Half-open: connections are accepted and stand, and nothing passes any more."""
NO_REPLIES: Final = Condition(replies=False)
"""Asymmetric: what the client asks arrives and is done, but it never learns of it."""
NO_REQUESTS: Final = Condition(requests=False)
RESET: Final = Condition(resets=True)


class Link:
    """Forwards a port of the loopback address to a server's, under a condition set at run time.

    Bytes that a hole holds back pass when it is over, as a network that comes back resends them.
    """

    def __init__(self, port_of: Callable[[], int], seed: int) -> None:
        """`port_of` is asked for each connection: the server may move."""
        self.port = 0
        self.forwarded = 0
        """Bytes that passed, both ways."""
        self._port_of = port_of
        self._random = random.Random(seed)
        self._condition = PASS
        self._changed = asyncio.Event()
        self._connections: set[asyncio.Task[None]] = set()
        self._ends: set[asyncio.StreamWriter] = set()

    @property
    def open_connections(self) -> int:
        """How many connections stand."""
        return len(self._connections)

    def become(self, condition: Condition) -> None:
        """From now on behave like this, for connections that stand and for new ones."""
        self._condition = condition
        self._changed.set()
        self._changed = asyncio.Event()
        if condition.resets:
            for end in self._ends:
                _reset(end)

    async def serve(self, client: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side ends it, or the link resets it."""
        task = asyncio.current_task()
        assert task is not None, "a connection is handled in a task"
        self._connections.add(task)
        ends, whole = {answer}, False
        self._ends.add(answer)
        try:
            await self._passes(lambda now: now.requests)
            server, question = await asyncio.open_connection("127.0.0.1", self._port_of())
            ends.add(question)
            self._ends.add(question)
            await self._passes(lambda now: now.requests)
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._carry(client, question, lambda now: now.requests))
                ways.create_task(self._carry(server, answer, lambda now: now.replies))
            whole = True
        except* OSError:
            pass
        finally:
            self._connections.discard(task)
            self._ends -= ends
            for end in ends:
                end.close() if whole else _reset(end)

    async def _carry(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        way: Callable[[Condition], bool],
    ) -> None:
        while piece := await source.read(CHUNK):
            await self._passes(way)
            await asyncio.sleep(self._seconds(len(piece)))
            target.write(piece)
            await target.drain()
            self.forwarded += len(piece)
        await self._passes(way)
        if target.can_write_eof():
            target.write_eof()

    async def _passes(self, way: Callable[[Condition], bool]) -> None:
        """Until the link lets bytes pass that way."""
        while not way(self._condition):
            await self._changed.wait()
        if self._condition.resets:
            raise ConnectionResetError

    def _seconds(self, size: int) -> float:
        condition = self._condition
        late = condition.delay + self._random.uniform(-condition.jitter, condition.jitter)
        return max(0.0, late) + (size / condition.rate if condition.rate else 0.0)

    async def end(self) -> None:
        """Reset what stands, and wait until it has gone."""
        self.become(RESET)
        if self._connections:
            await asyncio.wait(set(self._connections))


def _reset(end: asyncio.StreamWriter) -> None:
    if end.transport.is_closing():
        return
    end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    end.transport.abort()


@asynccontextmanager
async def linked(port_of: Callable[[], int], seed: int = 1) -> AsyncIterator[Link]:
    """A link to a server's port on this machine; ask it for its own."""
    link = Link(port_of, seed)
    server = await asyncio.start_server(link.serve, "127.0.0.1", 0)
    link.port = server.sockets[0].getsockname()[1]
    try:
        yield link
    finally:
        server.close()
        await link.end()
        await server.wait_closed()

"""The scenario's own consumer: every event of the platform, written down before it is thanked.

A service whose database came from a backup tells how far it reaches. What it told later it does not
know, and will tell anew: that is crossed out here, as whoever follows the platform has to.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final
from uuid import UUID

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

from scenarios.dujiangyan.accounts import Sum, Sums, summed

QUEUE: Final = "scenario.dujiangyan"
RESTORED: Final = ".database.restored.v1"
PREFETCH: Final = 500
AGAIN: Final = 0.5


class Book:
    """The events heard, a line each: id and type, or no type where it was crossed out. A
    half-written last line is taken off."""

    def __init__(self, path: Path) -> None:
        self.known: dict[UUID, str] = {}
        self.sums: Sums = {}
        self.duplicates = 0
        self._file = self._opened(path)

    def _opened(self, path: Path) -> IO[bytes]:
        path.touch(mode=0o600)
        raw = path.read_bytes()
        whole = raw[: raw.rfind(b"\n") + 1]
        for line in whole.decode().splitlines():
            identifier, kind = line.split(",", 1)
            self.known[UUID(identifier)] = kind
        self.known = {identifier: kind for identifier, kind in self.known.items() if kind}
        self.sums = summed(self.known.items())
        file = path.open("r+b")
        file.truncate(len(whole))
        file.seek(len(whole))
        return file

    def add(self, identifier: UUID, kind: str) -> None:
        """Note an event; what is known already is only counted."""
        if identifier in self.known:
            self.duplicates += 1
            return
        self.known[identifier] = kind
        self.sums[kind] = self.sums.get(kind, Sum()).with_id(identifier)
        self._file.write(f"{identifier},{kind}\n".encode())

    def cross_out(self, service: str, notice: UUID, since: datetime, known: set[UUID]) -> None:
        """What a restored service told between its backup and its notice, and has forgotten."""
        first = UUID(int=int(since.timestamp() * 1000) << 80)
        for identifier, kind in list(self.known.items()):
            told = kind.startswith(f"{service}.") and first <= identifier < notice
            if told and identifier not in known:
                del self.known[identifier]
                self._file.write(f"{identifier},\n".encode())
        self.sums = summed(self.known.items())

    def keep(self) -> None:
        """Have everything on disk."""
        self._file.flush()
        os.fdatasync(self._file.fileno())

    def close(self) -> None:
        """Keep, and end."""
        self.keep()
        self._file.close()


class Ears:
    """Listens on the durable queue, through every loss of the broker."""

    def __init__(self, url: str, book: Book) -> None:
        self._url = f"{url}?heartbeat=5"
        self.book = book

    async def listen(self) -> None:
        """Until cancelled."""
        while True:
            with suppress(aio_pika.exceptions.AMQPError, ConnectionError, TimeoutError, OSError):
                await self._listen_once()
            await asyncio.sleep(AGAIN)

    async def _listen_once(self) -> None:
        closed = asyncio.Event()
        connection = await aio_pika.connect(self._url, timeout=3)
        # A dead link raises nothing in a callback consumer: this is the only way to learn of it.
        connection.close_callbacks.add(lambda *_: closed.set(), weak=False)
        arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        try:
            channel = await connection.channel()
            channel.close_callbacks.add(lambda *_: closed.set(), weak=False)
            await channel.set_qos(prefetch_count=PREFETCH)
            queue = await channel.get_queue(QUEUE, ensure=False)
            await queue.consume(arrived.put)
            while not closed.is_set():
                with suppress(TimeoutError):
                    await self._take(await asyncio.wait_for(arrived.get(), AGAIN), arrived)
        finally:
            with suppress(Exception):
                await asyncio.wait_for(connection.close(), 2)

    def _hear(self, event: dict[str, Any]) -> None:
        identifier, kind = UUID(event["id"]), event["type"]
        if kind.endswith(RESTORED) and identifier not in self.book.known:
            said = event["data"]
            since, known = datetime.fromisoformat(said["since"]), {*map(UUID, said["known"])}
            self.book.cross_out(kind.partition(".")[0], identifier, since, known)
        self.book.add(identifier, kind)

    async def _take(
        self, message: AbstractIncomingMessage, arrived: asyncio.Queue[AbstractIncomingMessage]
    ) -> None:
        """A message and all that have come meanwhile: written, kept, then acknowledged."""
        messages = [message]
        while not arrived.empty():
            messages.append(arrived.get_nowait())
        for one in messages:
            event = json.loads(one.body)
            self._hear(event)
        self.book.keep()
        await messages[-1].ack(multiple=True)


@asynccontextmanager
async def listening(url: str, path: Path) -> AsyncIterator[Ears]:
    """Ears that are open as long as they are needed."""
    book = Book(path)
    ears = Ears(url, book)
    task = asyncio.create_task(ears.listen(), name="ears")
    try:
        yield ears
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        book.close()

"""The link: what it lets pass, what it holds back, and how it breaks a connection."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.faults.link import HOLE, NO_REPLIES, NO_REQUESTS, PASS, RESET, Condition, Link, linked


class Echo:
    """A server that answers each line with itself and counts what arrived."""

    def __init__(self) -> None:
        self.heard = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                self.heard += 1
                writer.write(line)
        except ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def talking() -> AsyncIterator[tuple[Link, Echo, asyncio.StreamReader, asyncio.StreamWriter]]:
    """A client connected to an echo through a link."""
    echo = Echo()
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with linked(lambda: port) as link:
        reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
        try:
            yield link, echo, reader, writer
        finally:
            writer.close()
    server.close()
    await server.wait_closed()


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: bytes) -> bytes:
    writer.write(line)
    return await asyncio.wait_for(reader.readline(), 10)


async def silent(reader: asyncio.StreamReader) -> bool:
    """Whether nothing comes for a while."""
    try:
        await asyncio.wait_for(reader.readline(), 0.3)
    except TimeoutError:
        return True
    return False


async def test_it_passes_bytes_both_ways_and_counts_them() -> None:
    """A good link changes nothing."""
    async with talking() as (link, _, reader, writer):
        assert await ask(reader, writer, b"hello\n") == b"hello\n"
        assert link.forwarded == 12


async def test_a_hole_holds_back_and_lets_go() -> None:
    """Half-open: nothing passes, nobody is told, and it all arrives when the hole is over."""
    async with talking() as (link, echo, reader, writer):
        await ask(reader, writer, b"before\n")
        link.become(HOLE)
        writer.write(b"held\n")

        assert await silent(reader)
        assert echo.heard == 1
        link.become(PASS)
        assert await asyncio.wait_for(reader.readline(), 10) == b"held\n"


async def test_a_new_connection_into_a_hole_is_accepted_and_hears_nothing() -> None:
    """The client's connect succeeds; the server knows nothing of it."""
    async with talking() as (link, echo, *_):
        link.become(HOLE)
        reader, writer = await asyncio.open_connection("127.0.0.1", link.port)
        writer.write(b"anybody?\n")

        assert await silent(reader)
        assert echo.heard == 0
        writer.close()


async def test_lost_replies_leave_the_request_done() -> None:
    """Asymmetric: the server hears and acts, the client does not learn of it."""
    async with talking() as (link, echo, reader, writer):
        link.become(NO_REPLIES)
        writer.write(b"do it\n")

        assert await silent(reader)
        assert echo.heard == 1


async def test_lost_requests_do_nothing() -> None:
    """The other way round the server hears nothing."""
    async with talking() as (link, echo, reader, writer):
        link.become(NO_REQUESTS)
        writer.write(b"do it\n")

        assert await silent(reader)
        assert echo.heard == 0


async def test_a_reset_ends_old_and_new_connections() -> None:
    """Every connection ends at once with RST, and new ones do too until the link is good again."""
    async with talking() as (link, _, reader, writer):
        await ask(reader, writer, b"before\n")
        link.become(RESET)
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.readline(), 10)
        late_reader, late_writer = await asyncio.open_connection("127.0.0.1", link.port)
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(late_reader.readline(), 10)
        late_writer.close()

        link.become(PASS)
        again_reader, again_writer = await asyncio.open_connection("127.0.0.1", link.port)
        assert await ask(again_reader, again_writer, b"again\n") == b"again\n"
        again_writer.close()


async def test_a_delay_takes_its_time_each_way() -> None:
    """Two ways of 100 ms more or less 20 take at least 160 ms."""
    async with talking() as (link, _, reader, writer):
        link.become(Condition(delay=0.1, jitter=0.02))
        began = time.monotonic()
        assert await ask(reader, writer, b"slow\n") == b"slow\n"

        assert time.monotonic() - began >= 0.16


async def test_a_rate_limits_bytes_a_second() -> None:
    """3 000 bytes at 20 000 a second take at least 150 ms one way."""
    async with talking() as (link, _, reader, writer):
        link.become(Condition(rate=20_000))
        began = time.monotonic()
        line = b"x" * 2_999 + b"\n"
        assert await ask(reader, writer, line) == line

        assert time.monotonic() - began >= 0.15


async def test_the_end_of_one_side_reaches_the_other() -> None:
    """A connection that is closed at one end is closed at the other, and is forgotten."""
    async with talking() as (link, _, reader, writer):
        await ask(reader, writer, b"bye\n")
        writer.write_eof()

        assert await asyncio.wait_for(reader.read(), 10) == b""
        async with asyncio.timeout(10):
            while link.open_connections:  # noqa: ASYNC110 - the link's own count is looked at
                await asyncio.sleep(0.01)

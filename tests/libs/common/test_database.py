"""The database behind a bad link: nobody waits long, and nobody is told what is not known."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from libs.common.db import Database, background
from libs.common.errors import OutcomeUnknown, Unreachable
from libs.common.ids import new_id
from libs.common.outbox import Bell
from libs.common.pool import ACQUIRE_SECONDS
from libs.common.secret import Secret
from libs.common.testing import CITY, Stage
from tests.faults.link import HOLE, NO_REPLIES, PASS, Link, linked

POOL = 4


@dataclass(frozen=True, slots=True)
class Far:
    """A database, the link that leads to it, and another way to look into it."""

    database: Database
    link: Link
    near: Stage


@pytest.fixture
async def far(echo: Stage) -> AsyncIterator[Far]:
    """The echo service's database at the end of a link."""
    parts = urlsplit(echo.database.url)
    async with linked(lambda: parts.port or 0) as link:
        place = parts.netloc.rpartition(":")[0] + f":{link.port}"
        database = Database("echo", Secret(urlunsplit(parts._replace(netloc=place))), CITY, POOL)
        await database.open()
        yield Far(database, link, echo)
        link.become(PASS)
        await database.close()


async def ask(database: Database) -> int:
    async with database.transaction(background("test")) as tx:
        return int(await tx.value("SELECT 1"))


async def seconds_to_fail(database: Database) -> float:
    began = time.monotonic()
    with pytest.raises(Unreachable):
        await ask(database)
    return time.monotonic() - began


async def test_a_database_that_is_silent_is_given_up_and_found_again(far: Far) -> None:
    """Half-open: each of many who ask is told within the bound, and the pool is whole after it."""
    assert await asyncio.gather(*(ask(far.database) for _ in range(POOL))) == [1] * POOL
    far.link.become(HOLE)

    waited = await asyncio.gather(*(seconds_to_fail(far.database) for _ in range(3 * POOL)))

    # One who finds the pool in use may wait once for a connection and once for its first answer.
    assert max(waited) < 2 * ACQUIRE_SECONDS + 1
    far.link.become(PASS)
    assert await asyncio.gather(*(ask(far.database) for _ in range(POOL))) == [1] * POOL


async def test_whoever_is_cancelled_does_not_wait_for_a_silent_database(far: Far) -> None:
    """A process that stops must not hang on a link that is half open."""
    began = asyncio.Event()

    async def work() -> None:
        async with far.database.transaction(background("test")) as tx:
            far.link.become(HOLE)
            began.set()
            await tx.value("SELECT 1")

    task = asyncio.create_task(work())
    await began.wait()
    task.cancel()
    await asyncio.wait([task], timeout=1)

    assert task.done() and task.cancelled()


async def test_a_commit_without_an_answer_is_called_unknown(far: Far) -> None:
    """The change may be there: the refusal must not say that nothing was changed."""
    thing = new_id()
    with pytest.raises(OutcomeUnknown) as unknown:
        async with far.database.transaction(background("test")) as tx:
            await tx.do("INSERT INTO things (id, version, name) VALUES ($1, 1, 'a')", thing)
            far.link.become(NO_REPLIES)

    assert unknown.value.retry_after is not None
    assert "not known" in unknown.value.text("en") and "无法确认" in unknown.value.text("zh")
    assert [thing] == [row["id"] for row in await far.near.fetch("SELECT id FROM things")]


async def test_a_lost_link_before_the_commit_changes_nothing(far: Far) -> None:
    """Cut off in the middle, the transaction is rolled back and the refusal says so."""
    with pytest.raises(Unreachable) as refused:
        async with far.database.transaction(background("test")) as tx:
            await tx.do("INSERT INTO things (id, version, name) VALUES ($1, 1, 'a')", new_id())
            await far.link.end()
            await tx.value("SELECT 1")

    assert refused.value.code == "unreachable"
    far.link.become(PASS)
    assert await ask(far.database) == 1
    assert await far.near.fetch("SELECT id FROM things") == []


async def test_only_a_server_that_takes_writes_is_connected_to(
    far: Far, database_server: str
) -> None:
    """A demoted primary would answer reads for days; it counts as unreachable."""
    name = urlsplit(far.database.url).path.strip("/")
    admin = await asyncpg.connect(database_server)
    await admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await far.link.end()
    far.link.become(PASS)

    with pytest.raises(Unreachable):
        await ask(far.database)
    with pytest.raises(asyncpg.TargetServerAttributeNotMatched):
        await far.database.connect()

    await admin.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    await admin.close()
    assert await ask(far.database) == 1


async def test_a_wake_up_that_fails_does_not_fail_the_command(far: Far) -> None:
    """The commit stands, and the leader looks again by itself."""
    bell = Bell(far.database)
    far.link.become(HOLE)

    await bell.ring()

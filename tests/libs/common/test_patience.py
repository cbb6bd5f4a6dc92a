"""Commands wait for servers that are not up yet, and pods for a schema that fits."""

import asyncio

import asyncpg
import pytest

from libs.common import migrate
from libs.common.ids import new_id
from libs.common.patience import await_schema, until_up
from libs.common.secret import Secret
from libs.embedded.home import free_ports
from tests.libs.common.echo import service


async def test_a_server_that_comes_later_is_waited_for() -> None:
    """Nobody listens at first; as soon as somebody does, the work is done once."""
    port, done = free_ports(1)[0], 0

    async def work() -> None:
        nonlocal done
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.close()
        done += 1

    waiting = asyncio.create_task(until_up(work))
    await asyncio.sleep(0.1)
    assert (waiting.done(), done) == (False, 0)

    async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port):
        await asyncio.wait_for(waiting, 60)
    assert done == 1


async def test_a_server_that_never_comes_is_told() -> None:
    """After its patience the command fails with what it met."""
    with pytest.raises(ConnectionRefusedError):
        await until_up(lambda: asyncio.open_connection("127.0.0.1", free_ports(1)[0]), 0)


async def test_what_is_wrong_is_not_waited_for() -> None:
    """A mistake ends a command at once."""

    async def work() -> None:
        raise asyncpg.InvalidPasswordError("wrong")

    with pytest.raises(asyncpg.InvalidPasswordError):
        await until_up(work)


async def test_a_schema_is_awaited(database_server: str) -> None:
    """Neither a missing database nor an empty one ends the waiting; the migration does."""
    name = f"awaited_{new_id().hex}"
    url = f"{database_server.rpartition('/')[0]}/{name}"
    folder = service.folder / "migrations"
    waiting = asyncio.create_task(await_schema(Secret(url), folder))
    admin = await asyncpg.connect(database_server)
    await asyncio.sleep(0.1)
    await admin.execute(f"CREATE DATABASE {name}")
    await asyncio.sleep(0.1)
    assert not waiting.done()

    await migrate.migrate_schema(
        url, folder, "postgres", rehearsal=True, phases=frozenset({"before"})
    )
    await asyncio.wait_for(waiting, 60)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()

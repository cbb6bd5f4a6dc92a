"""Passwords are replaced while others work, and nobody is refused on the way."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from aio_pika.exceptions import ProbableAuthenticationError

from libs.common.db import Database, background
from libs.common.errors import Unreachable
from libs.common.ids import new_id
from libs.common.prepare import prepare
from libs.common.publisher import connect
from libs.common.secret import Secret
from libs.common.testing import CITY, make_template
from libs.embedded import postgres
from libs.embedded.rabbitmq import Broker
from tests.libs.common.echo import service


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[str]:
    """The administrative address of a server that asks the echo service for its password."""
    async with postgres.running(tmp_path / "server", keep=False) as server:
        await make_template(service, server.url)
        [rules] = server.place.glob("data-*/pg_hba.conf")
        asking = "host all sanshe_echo 127.0.0.1/32 scram-sha-256\n"
        rules.write_text(asking + rules.read_text())
        await run(server.url, "SELECT pg_reload_conf()")
        yield server.url


async def run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


async def ask(database: Database) -> None:
    """One piece of work over a link that is new, as after every link's time."""
    async with database.transaction(background("test")) as tx:
        await tx.value("SELECT 1")
    pool = database._connections._pool
    assert pool is not None
    await pool.expire_connections()


async def test_a_password_of_the_database_is_replaced_under_load(
    strict: str, tmp_path: Path
) -> None:
    """Old, both, changed, new: no work fails, though every link is made anew."""
    place = f"127.0.0.1:{urlsplit(strict).port}/sanshe_echo"
    old, new = (f"postgresql://sanshe_echo:{word}@{place}" for word in ("runtime", "other"))
    file = tmp_path / "address"
    file.write_text(old)
    database = Database("echo", Secret(file=file), CITY, 4)
    await database.open()
    done, stop = [0], asyncio.Event()

    async def work() -> None:
        while not stop.is_set():
            await ask(database)
            done[0] += 1

    async def some_more() -> None:
        enough = done[0] + 20
        async with asyncio.timeout(60):
            while done[0] < enough:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(work())
        await some_more()
        file.write_text(f"{old}\n{new}")
        await some_more()
        await prepare(strict, "echo", "owner", "other")
        await some_more()
        file.write_text(new)
        await some_more()
        stop.set()

    file.write_text(old)
    with pytest.raises(Unreachable):
        await ask(database)
        await ask(database)
    await database.close()


async def test_a_password_of_the_broker_is_replaced(broker: Broker, tmp_path: Path) -> None:
    """A link that is open stays; a new one finds whichever password holds."""
    word = new_id().hex
    old = broker.runtime_url.replace("{service}", "echo")
    before, _, place = old.rpartition("@")
    user = before.rpartition(":")[0]
    file = tmp_path / "address"
    file.write_text(f"{old}\n{user}:{word}@{place}")
    address = Secret(file=file)
    open_before = await connect(address)

    await broker.control("change_password", "sanshe_echo", word)
    try:
        after = await connect(address)
        await after.close()
        await (await open_before.channel()).close()
        file.write_text(old)
        with pytest.raises(ProbableAuthenticationError):
            await connect(address)
    finally:
        await broker.control("change_password", "sanshe_echo", before.rpartition(":")[2])
        await open_before.close()

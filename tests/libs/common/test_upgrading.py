"""A schema on its way to the next release: killed, run twice, and what code makes of it."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
from aiohttp.test_utils import TestClient, TestServer

from libs.common import migrate
from libs.common.db import Database
from libs.common.ids import new_id
from libs.common.migrate import Migration, SchemaDiffers
from libs.common.secret import Secret
from libs.common.testing import CITY, Stage
from tests.libs.common.echo import service
from tests.libs.common.test_worker import until

OWN = service.folder / "migrations"
BOTH = frozenset({"before", "after"})
ALONE = """
import asyncio, sys
from pathlib import Path
from libs.common.migrate import migrate_schema
url, folder, phases = sys.argv[1], Path(sys.argv[2]), frozenset({"before", "after"})
asyncio.run(migrate_schema(url, folder, "sanshe_echo", rehearsal=True, phases=phases))
"""


@dataclass(frozen=True)
class Owner:
    """The database of a stage as its owner migrates it, with a folder for new files."""

    url: str
    folder: Path
    stage: Stage

    async def run(self, *phases: str) -> int:
        return await migrate.migrate_schema(
            self.url,
            self.folder,
            "sanshe_echo",
            rehearsal=True,
            phases=frozenset(phases) or BOTH,
        )

    async def look(self, sql: str, *args: object) -> object:
        connection = await asyncpg.connect(self.url)
        try:
            return await connection.fetchval(sql, *args)
        finally:
            await connection.close()

    async def works(self, statement: str) -> bool:
        """Whether a session of this database is at that statement now."""
        return bool(
            await self.look(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state = 'active' AND position($1 IN query) > 0",
                statement,
            )
        )


@pytest.fixture
def owner(echo: Stage, tmp_path: Path) -> Owner:
    """The echo service's database, with an empty folder beside the common ground."""
    url = echo.database.url.replace("sanshe_echo:runtime", "sanshe_echo_owner:owner")
    folder = tmp_path / "migrations"
    folder.mkdir()
    return Owner(url, folder, echo)


async def test_a_killed_migration_leaves_nothing_and_is_run_again(owner: Owner) -> None:
    """What was in the middle of a statement for nobody is ended; the next run does all of it."""
    file = owner.folder / "0002_before_slow.sql"
    file.write_text("CREATE TABLE half (id int); SELECT pg_sleep(20) FROM city WHERE epoch = 1;")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ALONE, owner.url, str(owner.folder)
    )
    await until(lambda: owner.works("pg_sleep"), seconds=60)
    process.kill()
    await process.wait()
    # The same file takes no time now.
    await owner.look("UPDATE city SET epoch = 2")

    async with asyncio.timeout(15):
        assert await owner.run() == 1
    assert await owner.look("SELECT count(*) FROM half") == 0
    assert await owner.run() == 0


async def test_two_at_once_take_turns(owner: Owner) -> None:
    """The second waits as long as the first works, and finds nothing to do."""
    (owner.folder / "0002_before_slow.sql").write_text("SELECT pg_sleep(3);")

    assert sorted(await asyncio.gather(owner.run(), owner.run())) == [0, 1]


async def test_a_table_in_use_is_asked_for_again(owner: Owner) -> None:
    """A lock is not waited for long, since all others would wait behind it; but asked for often."""
    (owner.folder / "0002_before_colour.sql").write_text("ALTER TABLE things ADD colour text;")
    reader = await asyncpg.connect(owner.url)
    transaction = reader.transaction()
    await transaction.start()
    await reader.execute("SELECT FROM things")
    running = asyncio.create_task(owner.run())
    await until(lambda: owner.works("ALTER TABLE things"))
    await until(lambda: is_over(owner))
    await transaction.rollback()
    await reader.close()

    async with asyncio.timeout(60):
        assert await running == 1


async def is_over(owner: Owner) -> bool:
    return not await owner.works("ALTER TABLE things")


async def test_an_index_is_built_beside_those_who_write(owner: Owner) -> None:
    """What a failed attempt left of an index is not taken for one: it is built anew."""
    await owner.stage.fetch(
        "INSERT INTO names (id, name) VALUES ('1', 'the same'), ('2', 'the same')"
    )
    (owner.folder / "0002_before_index.sql").write_text(
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_name_is_one ON names (name);"
    )
    with pytest.raises(asyncpg.UniqueViolationError):
        await owner.run()
    await owner.stage.fetch("DELETE FROM names WHERE id = '2'")

    assert await owner.run() == 1
    assert await owner.look(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_name_is_one'::regclass"
    )


async def refused(owner: Owner, mine: list[Migration]) -> str:
    """What code with these migrations says to the schema; nothing if it fits."""
    connection = await owner.stage.database.connect()
    try:
        await migrate.check_schema(connection, mine)
    except SchemaDiffers as refusal:
        return str(refusal)
    finally:
        await connection.close()
    return ""


async def test_code_works_beside_what_is_only_added(owner: Owner) -> None:
    """The previous release goes on when `before` of the next has run, and refuses its `after`."""
    previous = migrate.found(OWN)
    (owner.folder / "0002_before_colour.sql").write_text("ALTER TABLE things ADD colour text;")
    (owner.folder / "0003_after_colour.sql").write_text(
        "ALTER TABLE things ALTER colour SET NOT NULL;"
    )

    await owner.run("before")
    assert await refused(owner, previous) == ""
    await owner.run("after")
    assert "newer than this code can work with: service/0003_after_colour.sql" in await refused(
        owner, previous
    )
    assert await refused(owner, migrate.found(owner.folder)) == ""


async def test_a_column_is_added_while_people_are_served(owner: Owner) -> None:
    """A statement that reads a row whole, as it was prepared before, is asked again: nobody
    notices, neither who reads nor who writes."""
    writer = owner.stage.as_("official")
    thing = (await writer.post("/things", {"name": "a"})).body["id"]
    path = f"/things/{thing}"
    assert (await writer.patch(path, {"name": "b"}, match='"1"')).status == 200
    assert (await writer.get(path)).status == 200

    (owner.folder / "0002_before_colour.sql").write_text("ALTER TABLE things ADD colour text;")
    await owner.run("before")
    renamed = await writer.patch(path, {"name": "c"}, match='"2"')
    (owner.folder / "0003_before_size.sql").write_text("ALTER TABLE things ADD size text;")
    await owner.run("before")
    read = await writer.get(path)

    assert (renamed.status, renamed.body["name"]) == (200, "c")
    assert (read.status, read.body["name"]) == (200, "c")


async def test_code_refuses_what_it_lacks(owner: Owner) -> None:
    """A migration of its own that has not run, or was edited since, stops it with what to do."""
    file = owner.folder / "0009_before_more.sql"
    file.write_text("SELECT 1;")
    assert "Run `migrate --phase before`" in await refused(owner, migrate.found(owner.folder))
    await owner.run()
    file.write_text("SELECT 2;")

    assert "Edited after they had run: service/0009_before_more.sql" in await refused(
        owner, migrate.found(owner.folder)
    )
    with pytest.raises(SchemaDiffers, match="Edited"):
        await owner.run()


async def test_a_database_that_was_never_migrated_is_refused(
    echo: Stage, database_server: str
) -> None:
    """The very first start tells what to run, not that a table is missing."""
    name = f"empty_{new_id().hex}"
    admin = await asyncpg.connect(database_server)
    await admin.execute(f"CREATE DATABASE {name} OWNER sanshe_echo_owner")
    try:
        url = echo.database.url.rpartition("/")[0] + f"/{name}"
        database = Database("echo", Secret(url), CITY, 1)
        with pytest.raises(SchemaDiffers, match="Run `migrate --phase before`"):
            await database.open(lambda one: migrate.check_schema(one, migrate.found(OWN)))
        await database.close()
    finally:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


async def test_a_running_process_says_when_the_schema_has_left_it_behind(owner: Owner) -> None:
    """It stays alive, and is out of the balance with the reason."""
    running = owner.stage.running
    async with TestClient(TestServer(running.health.application())) as ops:
        assert (await ops.get("/readyz")).status == 200
        (owner.folder / "0002_after_names.sql").write_text("DROP TABLE names;")
        await owner.run("after")

        answer = await ops.get("/readyz")
        assert answer.status == 503
        assert (await answer.json())["checks"]["echo-schema"] == "SchemaDiffers"
        assert (await ops.get("/livez")).status == 200

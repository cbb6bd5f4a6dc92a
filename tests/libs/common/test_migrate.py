"""Migrations: each once, by the owner; code refuses a schema that does not fit it."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest

from libs.common import migrate
from libs.common.ids import new_id
from libs.common.migrate import SchemaDiffers
from libs.common.service import Service
from libs.common.testing import Stage, make_template, stage
from tests.libs.common.echo import service

BOTH = frozenset({"before", "after"})


async def run(stage: Stage, folder: Path, *, rehearsal: bool = True) -> int:
    url = stage.database.url.replace("sanshe_echo:runtime", "sanshe_echo_owner:owner")
    return await migrate.migrate_schema(
        url, folder, "sanshe_echo", rehearsal=rehearsal, phases=BOTH
    )


async def test_a_second_run_does_nothing(echo: Stage) -> None:
    """What was run is recorded."""
    assert await run(echo, service.folder / "migrations") == 0


async def test_before_and_after_are_run_in_order(echo: Stage, tmp_path: Path) -> None:
    """A new file runs once; the phases can be run apart."""
    (tmp_path / "0002_after_colour.sql").write_text("ALTER TABLE things ADD colour text;")

    assert await run(echo, tmp_path) == 1
    assert await run(echo, tmp_path) == 0


async def test_a_failing_file_leaves_nothing(echo: Stage, tmp_path: Path) -> None:
    """A migration is one transaction."""
    (tmp_path / "0002_before_half.sql").write_text("CREATE TABLE half (id int); SELECT 1/0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await run(echo, tmp_path)

    assert [row["found"] for row in await echo.fetch("SELECT to_regclass('half') AS found")] == [
        None
    ]


async def _first(url: str, folder: Path) -> int:
    return await migrate.migrate_schema(url, folder, "postgres", rehearsal=True, phases=BOTH)


async def test_a_first_migration_may_fail_and_be_repeated(
    database_server: str, tmp_path: Path
) -> None:
    """Whatever stops the very first run, the next one goes on from there."""
    name = f"first_{new_id().hex}"
    admin = await asyncpg.connect(database_server)
    await admin.execute(f"CREATE DATABASE {name}")
    url = database_server.rpartition("/")[0] + f"/{name}"
    bad = tmp_path / "0001_before_bad.sql"
    bad.write_text("SELECT 1/0;")
    try:
        with pytest.raises(asyncpg.DivisionByZeroError):
            await _first(url, tmp_path)
        bad.write_text("SELECT 1;")

        assert await _first(url, tmp_path) == 1
    finally:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


async def test_rows_in_a_default_partition_do_no_harm(echo: Stage) -> None:
    """After a long pause rows may come before their partition: all goes on without it."""
    url = echo.database.url.replace("sanshe_echo:runtime", "sanshe_echo_owner:owner")
    owner = await asyncpg.connect(url)
    await owner.execute(
        "DROP TABLE outbox_" + (await owner.fetchval("SELECT to_char(current_date, 'YYYYMMDD')"))
    )
    await owner.close()
    await echo.as_("official").post("/things", {"name": "early"})

    await echo.running.leader().clean_up()

    [row] = await echo.fetch("SELECT tableoid::regclass::text AS partition FROM outbox")
    assert row["partition"] == "outbox_other"


async def test_a_misnamed_file_is_refused(echo: Stage, tmp_path: Path) -> None:
    """The name says the number and the phase."""
    (tmp_path / "colour.sql").write_text("")
    with pytest.raises(ValueError, match="NNNN_before"):
        await run(echo, tmp_path)


async def test_a_rehearsal_never_becomes_live(echo: Stage) -> None:
    """The marker cannot be changed by a later migration, nor by the service."""
    with pytest.raises(SchemaDiffers, match="born rehearsal"):
        await run(echo, service.folder / "migrations", rehearsal=False)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await echo.fetch("UPDATE city SET mode = 'live'")


async def test_the_service_may_not_change_the_schema(echo: Stage) -> None:
    """The runtime role has data alone."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await echo.fetch("CREATE TABLE mine (id int)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await echo.fetch("DROP TABLE things")


async def test_nobody_else_may_connect(echo: Stage, database_server: str) -> None:
    """Whoever made the database, a migration leaves it to its owner and its service alone."""
    stranger = f"stranger_{new_id().hex}"
    url = echo.database.url.replace("sanshe_echo:runtime", f"{stranger}:stranger")
    admin = await asyncpg.connect(database_server)
    try:
        await admin.execute(f"CREATE ROLE {stranger} LOGIN PASSWORD 'stranger'")
        await (await asyncpg.connect(url)).close()
        await run(echo, service.folder / "migrations")

        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(url)
        assert await echo.fetch("SELECT 1 AS one") != []
    finally:
        await admin.execute(f"DROP ROLE {stranger}")
        await admin.close()


async def test_the_clock_only_goes_forward(echo: Stage) -> None:
    """An earlier instant answers the present one and moves nothing."""
    client = echo.as_("operator")
    later = await client.put("/~/echo/rehearsal/v1/clock", {"instant": "2025-03-01T00:00:00Z"})
    earlier = await client.put("/~/echo/rehearsal/v1/clock", {"instant": "2025-02-01T00:00:00Z"})

    assert [later.status, earlier.status] == [200, 200]
    assert later.body == earlier.body
    with pytest.raises(asyncpg.PostgresError, match="only goes forward"):
        await echo.fetch("UPDATE rehearsal_clock SET instant = '2024-01-01'")


async def test_only_an_operator_moves_the_clock(echo: Stage) -> None:
    """Moving the clock needs the role `operator`."""
    answer = await echo.as_("official").put(
        "/~/echo/rehearsal/v1/clock", {"instant": "2025-03-01T00:00:00Z"}
    )

    assert answer.status == 403


async def test_in_a_live_city_there_is_no_clock_to_move(
    database_server: str, templates: Callable[[Service], Awaitable[None]], tmp_path: Path
) -> None:
    """Both rehearsal operations answer 404, and the business clock is the wall clock."""
    await make_template(service, database_server)
    admin = await asyncpg.connect(database_server)
    name = f"live_{new_id().hex}"
    await admin.execute("ALTER DATABASE sanshe_echo RENAME TO sanshe_echo_kept")
    try:
        await make_template(service, database_server, rehearsal=False)
        async with stage(service, database_server, tmp_path) as live:
            client = live.as_("operator")
            moved = await client.put("/~/echo/rehearsal/v1/clock", {"instant": name})
            well = await client.put(
                "/~/echo/rehearsal/v1/clock", {"instant": "2025-03-01T00:00:00Z"}
            )
            asked = await client.get("/~/echo/rehearsal/v1/settled")
            assert [moved.status, well.status, asked.status] == [422, 404, 404]
    finally:
        await admin.execute("DROP DATABASE IF EXISTS sanshe_echo WITH (FORCE)")
        await admin.execute("ALTER DATABASE sanshe_echo_kept RENAME TO sanshe_echo")
        await admin.close()

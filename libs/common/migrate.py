"""Schema by numbered SQL files, run with administrative rights, and whether code fits a schema."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
import structlog
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random

log = structlog.get_logger()

COMMON: Final = Path(__file__).parent / "migrations"
READ_ONLY: Final = frozenset({"city", "migrations", "bindings"})
_NAME: Final = re.compile(r"^(\d{4})_(before|after)_[a-z0-9_]+\.sql$")
_LOCK: Final = 0x5A45_0001
LOCK_ATTEMPTS: Final = 15
"""A table's lock is asked for briefly and often: whoever waits for it holds up all behind it."""


class SchemaDiffers(SystemExit):
    """The database and the code do not belong together; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One numbered SQL file, to be run before or after the code that needs it is deployed."""

    origin: str
    name: str
    phase: str
    text: str

    @property
    def key(self) -> str:
        return f"{self.origin}/{self.name}"

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def concurrent(self) -> bool:
        """Whether it is one statement that cannot stand in a transaction."""
        return "CONCURRENTLY" in self.text


def found(folder: Path) -> list[Migration]:
    """The migrations of the common ground and then of a service, in order."""
    return [
        Migration(origin=origin, name=path.name, phase=_phase(path), text=path.read_text())
        for origin, place in (("common", COMMON), ("service", folder))
        for path in sorted(place.glob("*.sql"))
    ]


def _phase(path: Path) -> str:
    match = _NAME.match(path.name)
    if match is None:
        raise ValueError(f"{path.name} is not named NNNN_before|after_what.sql")
    return match[2]


async def migrate_schema(
    url: str, folder: Path, runtime_role: str, *, rehearsal: bool, phases: frozenset[str]
) -> int:
    """Bring the schema up to date, one transaction a file; returns how many files were run.

    Whoever comes second waits for the first; what was killed is undone, and the next run goes on.
    """
    connection = await asyncpg.connect(url, timeout=10, server_settings=_SESSION)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await connection.execute(_BOUNDS)
        await _make_record(connection)
        mine, done = found(folder), await _done(connection)
        _refuse(_edited(mine, done))
        pending = [m for m in mine if m.key not in done and m.phase in phases]
        for migration in pending:
            await _carry_out(connection, migration)
            log.info("migrated", migration=migration.key)
        await _set_mode(connection, rehearsal=rehearsal)
        await _grant(connection, runtime_role)
        return len(pending)
    finally:
        await connection.close()


_SESSION: Final = {
    "timezone": "UTC",
    "lock_timeout": "0",
    "statement_timeout": "0",
    # Or a statement of a killed migration would go on, and hold the lock, for nobody.
    "client_connection_check_interval": "2s",
}
_BOUNDS: Final = "SET lock_timeout = '2s'; SET statement_timeout = '60s'"
_NO_BOUNDS: Final = "SET lock_timeout = 0; SET statement_timeout = 0"


async def _carry_out(connection: asyncpg.Connection, migration: Migration) -> None:
    run = _build_index if migration.concurrent else _run
    async for attempt in AsyncRetrying(
        retry=retry_if_exception_type(asyncpg.LockNotAvailableError),
        stop=stop_after_attempt(LOCK_ATTEMPTS),
        wait=wait_random(0.5, 2),
        reraise=True,
    ):
        with attempt:
            await run(connection, migration)


async def _run(connection: asyncpg.Connection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(migration.text)
        await _record(connection, migration)


async def _build_index(connection: asyncpg.Connection, migration: Migration) -> None:
    """It holds nobody up, so it may take its time; a half that was left of it is built anew."""
    await connection.execute(_NO_BOUNDS)
    halves = await connection.fetch(
        "SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid"
    )
    for half in halves:
        await connection.execute(f"DROP INDEX CONCURRENTLY {half['name']}")
    await connection.execute(migration.text)
    await _record(connection, migration)
    await connection.execute(_BOUNDS)


async def _record(connection: asyncpg.Connection, migration: Migration) -> None:
    await connection.execute(
        "INSERT INTO migrations (key, digest) VALUES ($1, $2)", migration.key, migration.digest
    )


async def _make_record(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS migrations (key text PRIMARY KEY, digest text NOT NULL)"
    )


async def _done(connection: asyncpg.Connection) -> dict[str, str]:
    rows = await connection.fetch("SELECT key, digest FROM migrations")
    return {row["key"]: row["digest"] for row in rows}


async def _set_mode(connection: asyncpg.Connection, *, rehearsal: bool) -> None:
    """What a database is born as, it stays."""
    mode = "rehearsal" if rehearsal else "live"
    async with connection.transaction():
        born = await connection.fetchval("SELECT mode FROM city")
        if born is None:
            await connection.execute("INSERT INTO city (mode) VALUES ($1)", mode)
            if rehearsal:
                await connection.execute(
                    "INSERT INTO rehearsal_clock (instant) VALUES ('2024-11-01T00:00:00Z')"
                )
    if born not in (None, mode):
        raise SchemaDiffers(
            f"This database was born {born} and stays so; it cannot be migrated as {mode}.\n"
            "Use an empty database, or call migrate the way this one was made."
        )


async def _grant(connection: asyncpg.Connection, role: str) -> None:
    """Data alone for the running service: no DDL, and no write to what it must not change. Others
    may not even connect, whoever made the database."""
    quoted = await connection.fetchval("SELECT quote_ident($1)", role)
    database = await connection.fetchval("SELECT quote_ident(current_database())")
    await connection.execute(f"REVOKE CONNECT ON DATABASE {database} FROM PUBLIC")
    await connection.execute(f"GRANT CONNECT ON DATABASE {database} TO {quoted}")
    tables = await connection.fetch(
        """SELECT quote_ident(c.relname) AS name, c.relname AS bare
             FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
              AND NOT c.relispartition"""
    )
    for table in tables:
        rights = "SELECT" if table["bare"] in READ_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        await connection.execute(f"GRANT {rights} ON {table['name']} TO {quoted}")
    await connection.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
    await connection.execute(
        f"GRANT EXECUTE ON FUNCTION make_partitions(date), drop_partitions(date, date) TO {quoted}"
    )


async def check_schema(connection: asyncpg.Connection, mine: Sequence[Migration]) -> None:
    """Refuse a schema outside the range of the code that has these migrations.

    It needs each `before` of its own. It works beside any later `before`, which only adds, but
    beside no `after` that it does not know, which takes away what code older than it uses.
    """
    there = await connection.fetchval("SELECT to_regclass('migrations') IS NOT NULL")
    done = await _done(connection) if there else {}
    _refuse(_lacking(mine, done), _edited(mine, done), _beyond(mine, done))


def _refuse(*problems: str) -> None:
    if any(problems):
        raise SchemaDiffers("\n".join(problem for problem in problems if problem))


def _lacking(mine: Sequence[Migration], done: Mapping[str, str]) -> str:
    missing = [m.key for m in mine if m.phase == "before" and m.key not in done]
    if not missing:
        return ""
    return (
        f"The schema is older than this code; missing: {', '.join(missing)}.\n"
        "Run `migrate --phase before` of this release, then start it again."
    )


def _edited(mine: Sequence[Migration], done: Mapping[str, str]) -> str:
    changed = [m.key for m in mine if done.get(m.key, m.digest) != m.digest]
    if not changed:
        return ""
    return (
        f"Edited after they had run: {', '.join(changed)}.\n"
        "Take the release that the database was migrated with; mend a schema by a new file."
    )


def _beyond(mine: Sequence[Migration], done: Mapping[str, str]) -> str:
    known = {m.key for m in mine}
    later = sorted(key for key in done if "_after_" in key and key not in known)
    if not later:
        return ""
    return (
        f"The schema is newer than this code can work with: {', '.join(later)} ran.\n"
        "Deploy the release that brought it, or a later one: there is no way back behind it."
    )


async def make_partitions(connection: asyncpg.Connection) -> None:
    """What a week of wall time needs; called at every start, and daily by the leader."""
    await connection.execute("SELECT make_partitions(current_date + 7)")

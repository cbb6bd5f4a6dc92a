"""Schema by numbered SQL files, and the topology on the broker: run with administrative rights."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aio_pika
import asyncpg
import structlog
from aio_pika.abc import AbstractChannel, AbstractQueue

log = structlog.get_logger()

EXCHANGE: Final = "sanshe.events"
DEAD_EXCHANGE: Final = "sanshe.dead"
DELIVERY_LIMIT: Final = 1000
"""Only a guard: every end of a consumer counts one for all that was prefetched."""
COMMON: Final = Path(__file__).parent / "migrations"
READ_ONLY: Final = frozenset({"city", "migrations", "bindings"})
_NAME: Final = re.compile(r"^(\d{4})_(before|after)_[a-z0-9_]+\.sql$")
_LOCK: Final = 0x5A45_0001


class SchemaDiffers(SystemExit):
    """The database and the code do not belong together; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One numbered SQL file, to be run before or after the code that needs it is deployed."""

    origin: str
    name: str
    phase: str
    path: Path

    @property
    def key(self) -> str:
        return f"{self.origin}/{self.name}"

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


def found(folder: Path) -> list[Migration]:
    """The migrations of the common ground and then of a service, in order."""
    return [
        Migration(origin=origin, name=path.name, phase=_phase(path), path=path)
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
    """Bring the schema up to date, one transaction a file; returns how many files were run."""
    connection = await asyncpg.connect(
        url,
        timeout=10,
        server_settings={"lock_timeout": "4s", "statement_timeout": "60s", "timezone": "UTC"},
    )
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await _make_record(connection)
        done = await _done(connection)
        pending = [m for m in found(folder) if m.key not in done and m.phase in phases]
        for migration in pending:
            async with connection.transaction():
                await connection.execute(migration.path.read_text())
                await connection.execute(
                    "INSERT INTO migrations (key, digest) VALUES ($1, $2)",
                    migration.key,
                    migration.digest,
                )
            log.info("migrated", migration=migration.key)
        await _set_mode(connection, rehearsal=rehearsal)
        await _grant(connection, runtime_role)
        return len(pending)
    finally:
        await connection.close()


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
    """Data alone for the running service: no DDL, and no write to what it must not change."""
    quoted = await connection.fetchval("SELECT quote_ident($1)", role)
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


async def check_schema(connection: asyncpg.Connection, folder: Path) -> None:
    """Refuse to run on a schema that lacks a migration this code needs, or has a changed one."""
    rows = await connection.fetch("SELECT key, digest FROM migrations")
    done = {row["key"]: row["digest"] for row in rows}
    mine = found(folder)
    missing = [m.key for m in mine if m.phase == "before" and m.key not in done]
    changed = [m.key for m in mine if m.key in done and done[m.key] != m.digest]
    if missing or changed:
        raise SchemaDiffers(
            f"The schema does not fit this code; missing: {missing}, changed: {changed}.\n"
            "Run the `migrate` command of this release first; never edit a migration that ran."
        )


async def make_partitions(connection: asyncpg.Connection) -> None:
    """What a week of wall time needs; called at every start, and daily by the leader."""
    await connection.execute("SELECT make_partitions(current_date + 7)")


async def migrate_topology(
    url: str, service: str, types: list[str], formerly: Sequence[str] = ()
) -> None:
    """Declare exchange, queue and dead-letter queue, bound to exactly the types that are heard;
    `formerly` names those that an earlier release heard."""
    connection = await aio_pika.connect(url, timeout=10)
    async with connection:
        channel = await connection.channel()
        exchange = await channel.declare_exchange(EXCHANGE, "topic", durable=True)
        await channel.declare_exchange(DEAD_EXCHANGE, "direct", durable=True)
        dead = await channel.declare_queue(
            f"sanshe.{service}.dead",
            durable=True,
            arguments={"x-queue-type": "quorum", "x-delivery-limit": DELIVERY_LIMIT},
        )
        await dead.bind(DEAD_EXCHANGE, service)
        queue = await _declare_queue(channel, service)
        for event_type in types:
            await queue.bind(exchange, event_type)
        for event_type in set(formerly) - set(types):
            await queue.unbind(exchange, event_type)


async def _declare_queue(channel: AbstractChannel, service: str) -> AbstractQueue:
    return await channel.declare_queue(
        f"sanshe.{service}",
        durable=True,
        arguments={
            "x-queue-type": "quorum",
            "x-single-active-consumer": True,
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": DEAD_EXCHANGE,
            "x-dead-letter-routing-key": service,
        },
    )


async def swap_bindings(url: str, types: list[str]) -> list[str]:
    """Note what is heard from now on; returns what was heard before. A broker cannot tell."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        async with connection.transaction():
            rows = await connection.fetch("DELETE FROM bindings RETURNING type")
            await connection.executemany(
                "INSERT INTO bindings (type) VALUES ($1)", [(name,) for name in types]
            )
    finally:
        await connection.close()
    return [row["type"] for row in rows]

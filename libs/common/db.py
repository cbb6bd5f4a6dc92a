"""The only `transaction()` in the system, and what is asked and done in it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import asyncpg
from prometheus_client import Counter
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random

from libs.common import clock, contract, pool
from libs.common.envelope import Envelope
from libs.common.errors import NotFound, OutcomeUnknown, Unreachable, kebab
from libs.common.ids import new_id
from libs.common.pool import ACQUIRE_SECONDS, Connections, is_lost
from libs.common.secret import Secret

T = TypeVar("T")

_retries = Counter("sanshe_db_transaction_retries_total", "Deadlocks and clashes tried again")
_CLASHES: Final = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.InvalidCachedStatementError,
)
"""The last: a migration has just added a column to what a statement of this release reads whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """On whose behalf a transaction runs, and what caused it: events carry it on."""

    actor: str
    correlation: UUID
    causation: str = ""
    cause: Envelope | None = None


class Tx:
    """One open transaction, with the instant that decisions in it go by."""

    def __init__(self, connection: Any, database: "Database", origin: Origin) -> None:
        self._connection = connection
        self._read_clock = database.read_clock
        self._clock: datetime | None = None
        self.city = database.city
        self.service = database.service
        self.wall = clock.wall()
        self.now: datetime = self.wall
        """What decisions go by: the cause's time in a reaction, the due instant in a job."""
        self.react_to(origin)

    def react_to(self, origin: Origin) -> None:
        """Go on on behalf of that origin; a cause's time is what decisions then go by."""
        self.origin = origin
        if origin.cause is not None:
            self.now = origin.cause.time

    async def business_clock(self) -> datetime:
        """The instant of this service's business clock, read once a transaction."""
        if self._clock is None:
            self._clock = await self._read_clock(self._connection)
        return self._clock

    async def telling_time(self) -> datetime:
        """What an event told in this transaction carries as its `time`."""
        instant, cause = await self.business_clock(), self.origin.cause
        return max(instant, cause.time) if cause else instant

    @property
    def cause(self) -> Envelope:
        """The event that this reaction is about."""
        assert self.origin.cause is not None, "only a reaction has a cause"
        return self.origin.cause

    @property
    def today(self) -> date:
        """The legal day of `now`."""
        return clock.legal_day(self.now)

    async def find(self, cls: type[T], sql: str, *args: object) -> T | None:
        """The row as that type, or None."""
        row = await self._connection.fetchrow(sql, *args)
        return None if row is None else contract.load(cls, dict(row))

    async def get(self, cls: type[T], sql: str, *args: object) -> T:
        """The row as that type, or `NotFound` by the type's name."""
        found = await self.find(cls, sql, *args)
        if found is None:
            raise NotFound(kebab(cls.__name__))
        return found

    async def all(self, cls: type[T], sql: str, *args: object) -> list[T]:
        """All rows as that type; of a type that is no dataclass, the first column."""
        rows = await self._connection.fetch(sql, *args)
        return [contract.load(cls, dict(row)) for row in rows]

    async def value(self, sql: str, *args: object, seconds: float | None = None) -> Any:
        """The first column of the first row, or None."""
        return await self._connection.fetchval(sql, *args, timeout=seconds)

    async def do(self, sql: str, *args: object) -> int:
        """Run a statement; how many rows it touched."""
        status: str = await self._connection.execute(sql, *args)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def do_each(self, sql: str, rows: list[tuple[object, ...]]) -> None:
        """Run a statement once for each row of arguments, in one round trip."""
        await self._connection.executemany(sql, rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """How this database was born: `live` or `rehearsal`, once and for all, and its epoch."""

    division: str
    rehearsal: bool
    epoch: int


class Database:
    """A service's database: opened once, asked for transactions ever after."""

    def __init__(self, service: str, address: Secret, division: str, size: int) -> None:
        self.service = service
        self.address = address
        self._connections = Connections(service, address, size)
        self.city = City(division=division, rehearsal=False, epoch=1)

    async def open(self, check: Callable[[Any], Awaitable[None]] | None = None) -> None:
        """Connect, have the schema checked, and read what kind of city this is."""
        await self._connections.open()
        if check is not None:
            await self.check(check)
        async with self._connections.one() as connection:
            row = await connection.fetchrow("SELECT mode, epoch FROM city")
        assert row is not None, "the migration writes this row"
        self.city = replace(self.city, rehearsal=row["mode"] == "rehearsal", epoch=row["epoch"])

    async def close(self) -> None:
        """Give every connection back."""
        await self._connections.close()

    @asynccontextmanager
    async def transaction(self, origin: Origin, *, read_only: bool = False) -> AsyncIterator[Tx]:
        """Commit when the block ends, roll back when it raises; `Unreachable` if there is no
        database. Reads see one snapshot; writes run under READ COMMITTED."""
        committing = False
        try:
            async with self._connections.one() as connection:
                transaction = connection.transaction(
                    isolation="repeatable_read" if read_only else "read_committed",
                    readonly=read_only,
                )
                async with asyncio.timeout(ACQUIRE_SECONDS):
                    await transaction.start()
                try:
                    tx = Tx(connection, self, origin)
                    if origin.cause is None:
                        tx.now = await tx.business_clock()
                    yield tx
                except Exception as failure:
                    if not is_lost(connection, failure):
                        await transaction.rollback()
                    raise
                committing = not read_only
                await transaction.commit()
        except Unreachable as failure:
            if committing:
                raise OutcomeUnknown from failure
            raise

    async def run(
        self, origin: Origin, work: Callable[[Tx], Awaitable[T]], *, read_only: bool = False
    ) -> T:
        """Do the work in a transaction of its own, again if it lost a deadlock or a race."""
        attempts = AsyncRetrying(
            retry=retry_if_exception_type(_CLASHES),
            stop=stop_after_attempt(5),
            wait=wait_random(0.005, 0.05),
            after=lambda _: _retries.inc(),
            reraise=True,
        )
        return await attempts(self._once, origin, work, read_only)

    async def _once(self, origin: Origin, work: Callable[[Tx], Awaitable[T]], read_only: bool) -> T:
        async with self.transaction(origin, read_only=read_only) as tx:
            return await work(tx)

    async def ping(self) -> None:
        """Raise `Unreachable` unless the database answers."""
        async with self.transaction(background("health"), read_only=True) as tx:
            await tx.value("SELECT 1")

    async def check(self, look: Callable[[Any], Awaitable[None]]) -> None:
        """Let somebody look at the schema over one of the connections."""
        async with self._connections.one() as connection:
            await look(connection)

    async def notify(self, channel: str) -> None:
        """Wake the listeners of that channel, outside any transaction of a command."""
        async with self._connections.one() as connection:
            await connection.execute("SELECT pg_notify($1, '')", channel, timeout=ACQUIRE_SECONDS)

    @property
    def url(self) -> str:
        """The address that is tried first now."""
        return self.address.values[0]

    async def connect(self, **settings: str) -> asyncpg.Connection:
        """A connection beside the pool, for a leader's session lock."""
        return await pool.connect(self.address, settings)

    async def read_clock(self, connection: Any) -> datetime:
        """The business clock, over that connection: the wall clock in a live city."""
        if not self.city.rehearsal:
            return clock.wall()
        instant: datetime = await connection.fetchval("SELECT instant FROM rehearsal_clock")
        return instant


def background(actor: str) -> Origin:
    """The origin of work that nobody asked for: a job, a health check."""
    return Origin(actor=actor, correlation=new_id())

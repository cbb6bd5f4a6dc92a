"""PostgreSQL: a pool with bounded waits, and the only `transaction()` in the system."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from prometheus_client import Counter
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random

from libs.common import clock, contract
from libs.common.envelope import Envelope
from libs.common.errors import NotFound, Unreachable, kebab
from libs.common.ids import new_id

T = TypeVar("T")

ACQUIRE_SECONDS: Final = 2.0
STATEMENT_SECONDS: Final = 5.0
_timeouts = Counter("db_timeouts_total", "Waits given up", ["service"])
_retries = Counter("db_transaction_retries_total", "Deadlocks and clashes tried again")
_CLASHES = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
_DOWN = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
)


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

    async def value(self, sql: str, *args: object) -> Any:
        """The first column of the first row, or None."""
        return await self._connection.fetchval(sql, *args)

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

    def __init__(self, service: str, url: str, division: str, size: int) -> None:
        self.service = service
        self.url = url
        self._size = size
        self._pool: asyncpg.Pool | None = None
        self._timeouts = _timeouts.labels(service)
        self.city = City(division=division, rehearsal=False, epoch=1)

    async def open(self) -> None:
        """Connect and read what kind of city this is."""
        self._pool = await asyncpg.create_pool(
            self.url,
            min_size=1,
            max_size=self._size,
            command_timeout=STATEMENT_SECONDS,
            timeout=ACQUIRE_SECONDS,
            init=_prepare,
            reset=_keep,
            server_settings={
                "application_name": f"sanshe-{self.service}",
                "statement_timeout": f"{STATEMENT_SECONDS:.0f}s",
                "idle_in_transaction_session_timeout": "10s",
                "timezone": "UTC",
            },
        )
        row = await self._pool.fetchrow("SELECT mode, epoch FROM city")
        assert row is not None, "the migration writes this row"
        self.city = replace(self.city, rehearsal=row["mode"] == "rehearsal", epoch=row["epoch"])

    async def close(self) -> None:
        """Give every connection back, by force after five seconds."""
        if self._pool is not None:
            try:
                await asyncio.wait_for(self._pool.close(), 5)
            except TimeoutError:
                self._pool.terminate()

    @asynccontextmanager
    async def transaction(self, origin: Origin, *, read_only: bool = False) -> AsyncIterator[Tx]:
        """Commit when the block ends, roll back when it raises; `Unreachable` if there is no
        database. Reads see one snapshot; writes run under READ COMMITTED."""
        connection = await self._acquire()
        try:
            async with connection.transaction(
                isolation="repeatable_read" if read_only else "read_committed",
                readonly=read_only,
            ):
                tx = Tx(connection, self, origin)
                if origin.cause is None:
                    tx.now = await tx.business_clock()
                yield tx
        except (*_DOWN, asyncpg.InterfaceError) as failure:
            # An InterfaceError on an open connection is a mistake of ours, not an outage.
            if isinstance(failure, asyncpg.InterfaceError) and not connection.is_closed():
                raise
            self._timeouts.inc()
            connection.terminate()
            raise Unreachable from failure
        finally:
            await self._release(connection)

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
        connection = await self._acquire()
        try:
            await look(connection)
        finally:
            await self._release(connection)

    async def notify(self, channel: str) -> None:
        """Wake the listeners of that channel, outside any transaction of a command."""
        connection = await self._acquire()
        try:
            await connection.execute("SELECT pg_notify($1, '')", channel)
        finally:
            await self._release(connection)

    async def connect(self, **settings: str) -> asyncpg.Connection:
        """A connection beside the pool, for a leader's session lock."""
        return await asyncpg.connect(
            self.url,
            timeout=ACQUIRE_SECONDS,
            command_timeout=STATEMENT_SECONDS,
            server_settings={"timezone": "UTC", **settings},
        )

    async def read_clock(self, connection: Any) -> datetime:
        """The business clock, over that connection: the wall clock in a live city."""
        if not self.city.rehearsal:
            return clock.wall()
        instant: datetime = await connection.fetchval("SELECT instant FROM rehearsal_clock")
        return instant

    async def _acquire(self) -> PoolConnectionProxy:
        if self._pool is None:
            raise Unreachable
        try:
            return await self._pool.acquire(timeout=ACQUIRE_SECONDS)
        except (*_DOWN, asyncpg.InterfaceError) as failure:
            self._timeouts.inc()
            raise Unreachable from failure

    async def _release(self, connection: PoolConnectionProxy) -> None:
        assert self._pool is not None
        try:
            await self._pool.release(connection, timeout=ACQUIRE_SECONDS)
        except (TimeoutError, asyncpg.InterfaceError):
            # A terminated connection has left the pool by itself already.
            connection.terminate()


def background(actor: str) -> Origin:
    """The origin of work that nobody asked for: a job, a health check."""
    return Origin(actor=actor, correlation=new_id())


async def _prepare(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb", encoder=_encode_json, decoder=json.loads, schema="pg_catalog"
    )


def _encode_json(value: object) -> str:
    return contract.dump(value).decode()


async def _keep(_connection: Any) -> None:
    """No session state to reset: settings are transaction-local and locks are too."""

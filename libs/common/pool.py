"""Connections to PostgreSQL that nobody waits long for, whatever has become of the server."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Final

import asyncpg
from asyncpg.connect_utils import SessionAttribute
from asyncpg.pool import PoolConnectionProxy
from prometheus_client import Counter, Gauge

from libs.common import contract
from libs.common.endings import CLOSE_SECONDS
from libs.common.errors import Unreachable
from libs.common.secret import Secret
from libs.common.tasks import drain_forced

ACQUIRE_SECONDS: Final = 2.0
"""For a connection, for the first answer over it, and for giving it back."""
STATEMENT_SECONDS: Final = 5.0
DOWN: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InternalClientError,
)
"""What an unreachable database raises; beside these an InterfaceError on a closed connection. The
last is raised when a connection breaks between two messages of one answer, the last but one while
a password here is not yet, or no longer, the server's."""
WRITABLE: Final = SessionAttribute.read_write
"""Only a server that takes writes is connected to: a demoted primary answers reads for days."""
_given_up = Counter("sanshe_db_unreachable_total", "Connections given up", ["service", "reason"])
_most = Gauge("sanshe_db_connections_most", "How many connections the pool may have", ["service"])
_in_use = Gauge("sanshe_db_connections_in_use", "Connections at work", ["service"])
_queue = Gauge("sanshe_db_connections_waited_for", "Who waits for a connection", ["service"])


class Connections:
    """A pool with bounded waits; a connection that did not answer in time is thrown away."""

    def __init__(self, service: str, address: Secret, size: int) -> None:
        self._service = service
        self._address = address
        self._size = size
        self._in_use = _in_use.labels(service)
        self._queue = _queue.labels(service)
        self._pool: asyncpg.Pool | None = None

    async def open(self) -> None:
        """Make the first connection; raises what asyncpg raises if there is none."""
        _most.labels(self._service).set(self._size)
        self._pool = await asyncpg.create_pool(
            min_size=1,
            max_size=self._size,
            connect=self._connect,
            init=_prepare,
            reset=_keep,
        )

    async def _connect(self, *_nowhere: Any, **options: Any) -> asyncpg.Connection:
        settings = {
            "application_name": f"sanshe-{self._service}",
            "statement_timeout": f"{STATEMENT_SECONDS:.0f}s",
            "idle_in_transaction_session_timeout": "10s",
        }
        return await connect(self._address, settings, **options)

    async def close(self) -> None:
        """Give every connection back, in the end by force."""
        if self._pool is not None:
            try:
                await asyncio.wait_for(self._pool.close(), CLOSE_SECONDS)
            except TimeoutError:
                self._pool.terminate()
                drain_forced.labels("connections").inc()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[PoolConnectionProxy]:
        """A connection for the block; `Unreachable` if there is none or the block lost it."""
        connection = await self._acquire()
        self._in_use.inc()
        try:
            yield connection
        except Exception as failure:
            if not is_lost(connection, failure):
                raise
            await self._give_up(failure)
            _throw_away(connection)
            raise Unreachable from failure
        except BaseException:
            # Whoever was cancelled must not wait for an answer: the server rolls back by itself.
            _throw_away(connection)
            raise
        finally:
            self._in_use.dec()
            await self._release(connection)

    async def _acquire(self) -> PoolConnectionProxy:
        if self._pool is None:
            raise Unreachable
        try:
            with self._queue.track_inprogress():
                return await self._pool.acquire(timeout=ACQUIRE_SECONDS)
        except (*DOWN, asyncpg.InterfaceError) as failure:
            await self._give_up(failure)
            raise Unreachable from failure

    async def _give_up(self, failure: Exception) -> None:
        _given_up.labels(self._service, type(failure).__name__).inc()
        if isinstance(failure, asyncpg.ReadOnlySQLTransactionError) and self._pool is not None:
            # The others lead to the same demoted primary: all are made anew when next asked for.
            await self._pool.expire_connections()

    async def _release(self, connection: PoolConnectionProxy) -> None:
        assert self._pool is not None
        # A connection that fails here is thrown away by the pool itself.
        with suppress(*DOWN, asyncpg.PostgresError, asyncpg.InterfaceError):
            await self._pool.release(connection, timeout=ACQUIRE_SECONDS)


def is_lost(connection: Any, failure: BaseException) -> bool:
    """Whether that failure means that nothing more can be said over this connection."""
    if not isinstance(failure, asyncpg.InterfaceError):
        return isinstance(failure, DOWN)
    try:
        # On an open connection it is a mistake of ours, not an outage.
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        # The pool has let go of a connection that the server or the network ended.
        return True


def _throw_away(connection: PoolConnectionProxy) -> None:
    with suppress(asyncpg.InterfaceError):
        connection.terminate()


async def connect(
    address: Secret, settings: Mapping[str, str], **options: Any
) -> asyncpg.Connection:
    """A new connection, by the first of the addresses whose password holds at this moment."""
    enter = partial(
        asyncpg.connect,
        timeout=ACQUIRE_SECONDS,
        command_timeout=STATEMENT_SECONDS,
        target_session_attrs=WRITABLE,
        server_settings={"timezone": "UTC", **settings},
        **options,
    )
    return await address.first(enter, asyncpg.InvalidAuthorizationSpecificationError)


async def _prepare(connection: Any) -> None:
    await connection.set_type_codec(
        "jsonb", encoder=_encode_json, decoder=json.loads, schema="pg_catalog"
    )


def _encode_json(value: object) -> str:
    return contract.dump(value).decode()


async def _keep(_connection: Any) -> None:
    """No session state to reset: settings are transaction-local and locks are too."""

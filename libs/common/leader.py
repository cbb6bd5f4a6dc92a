"""One leader a service runs the relay, the timers and the waiting reactions."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Final

import asyncpg
import structlog
from prometheus_client import Gauge

from libs.common import clock, idempotency, jobs, reconciling
from libs.common.bus import Hearing
from libs.common.db import Database, background
from libs.common.errors import Unreachable
from libs.common.jobs import Jobs
from libs.common.levels import Board
from libs.common.outbox import POLL_SECONDS, Bell, Relay
from libs.common.resending import Sender

log = structlog.get_logger()

LOCK: Final = 0x5A45_0002
PING_SECONDS: Final = 1.0
HOUSE_SECONDS: Final = 60.0
_leads = Gauge("sanshe_leader", "1 while this process leads", ["service"])
_kept = Gauge(
    "sanshe_house_kept_timestamp_seconds", "When the leader last told and compared", ["service"]
)


class Leader:
    """Leads while its session holds the advisory lock; losing the session ends everything."""

    def __init__(
        self,
        database: Database,
        bell: Bell,
        relay: Relay,
        sender: Sender,
        hearing: Hearing,
        timed: Jobs,
        boards: Sequence[Board],
    ) -> None:
        self._database = database
        self._bell = bell
        self._relay = relay
        self._sender = sender
        self._hearing = hearing
        self._jobs = timed
        self._boards = boards
        self._leads = _leads.labels(database.service)
        self._kept = _kept.labels(database.service)

    async def run(self) -> None:
        """Stand by, lead, and return when the lead is lost; whoever supervises calls it again."""
        # A frozen leader stops pinging, and PostgreSQL then frees its lock for the standby.
        connection = await self._database.connect(idle_session_timeout="5s")
        try:
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):  # noqa: ASYNC110
                await asyncio.sleep(PING_SECONDS)
            log.info("leading", service=self._database.service)
            await self._lead(connection)
        finally:
            self._bell.local = False
            self._leads.set(0)
            connection.terminate()
            await self._relay.retire()
            await self._sender.close()

    async def _lead(self, connection: asyncpg.Connection) -> None:
        lock = asyncio.Lock()
        self._leads.set(1)
        await connection.add_listener("outbox", self._bell.heard)
        self._bell.local = True
        await _until_one_ends(
            lambda: self._ping(connection, lock),
            lambda: self._relay_on(connection, lock),
            lambda: self._send_again(connection, lock),
            lambda: self._do_what_is_due(connection, lock),
            self._keep_house,
            *(board.run for board in self._boards),
        )

    async def _ping(self, connection: asyncpg.Connection, lock: asyncio.Lock) -> None:
        while True:
            async with lock:
                await connection.fetchval("SELECT 1")
            await asyncio.sleep(PING_SECONDS)

    async def _relay_on(self, connection: asyncpg.Connection, lock: asyncio.Lock) -> None:
        """A broker that is away ends neither the lead nor the timers."""
        with self._bell.waiter() as waiter:
            while True:
                try:
                    if await self._relay.run_once(connection, lock):
                        continue
                except (asyncpg.PostgresError, asyncpg.InterfaceError):
                    raise
                except Exception as failure:
                    log.warning("relay-failed", error=repr(failure))
                    await self._relay.close()
                    # Not at the next bell: a busy service would storm a broker that is in trouble.
                    await asyncio.sleep(POLL_SECONDS)
                await waiter.wait()

    async def _send_again(self, connection: asyncpg.Connection, lock: asyncio.Lock) -> None:
        """What somebody has asked to have once more; mostly nothing."""
        with self._bell.waiter() as waiter:
            while True:
                async with lock:
                    due = await connection.fetchval(_RESENDING_DUE, clock.wall())
                try:
                    if due and await self._sender.run_once():
                        continue
                except (asyncpg.PostgresError, Unreachable) as failure:
                    log.error("resending-failed", error=repr(failure))
                await self._sender.close()
                await waiter.wait(PING_SECONDS)

    async def _do_what_is_due(self, connection: asyncpg.Connection, lock: asyncio.Lock) -> None:
        """Timers and waiting reactions; one cheap look tells whether there is anything to do."""
        with self._bell.waiter() as waiter:
            while True:
                async with lock:
                    due = await connection.fetchrow(_DUE, clock.wall())
                assert due is not None, "it is a row of two truth values"
                try:
                    if due["timer"]:
                        await jobs.run_next(self._database, self._jobs)
                    if due["waiting"]:
                        await self._hearing.run_next_waiting()
                except Unreachable:
                    # The pool is empty or its server gone; the lead depends on our own link alone.
                    log.warning("due-work-waits-for-database")
                    await asyncio.sleep(POLL_SECONDS)
                if due["timer"] or due["waiting"]:
                    await self._bell.ring()
                else:
                    await waiter.wait()

    async def _keep_house(self) -> None:
        """Whatever goes wrong here waits for the next round: the lead is worth more."""
        while True:
            try:
                while await self._hearing.hand_out_known():
                    pass
                await self.clean_up()
                await self.reconcile()
                self._kept.set_to_current_time()
            except (asyncpg.PostgresError, Unreachable) as failure:
                log.error("house-keeping-failed", error=repr(failure))
            await asyncio.sleep(HOUSE_SECONDS)

    async def reconcile(self) -> None:
        """Tell the hours that are over, and compare with those that others told."""
        async with self._database.transaction(background("house")) as tx:
            await reconciling.tell_hours(tx)
            await reconciling.compare(tx, self._hearing.reactions)
        await self._bell.ring()

    async def clean_up(self) -> None:
        """Partitions a week ahead, and what is too old removed."""
        async with self._database.transaction(background("house")) as tx:
            day = tx.wall.date()
            await tx.do("SELECT make_partitions($1)", day + _DAYS_AHEAD)
            await tx.do("SELECT drop_partitions($1, $2)", day - _OUTBOX_DAYS, day - _INBOX_DAYS)
            await idempotency.forget_old(tx)
            await reconciling.forget_old(tx)


async def _until_one_ends(*works: Callable[[], Awaitable[None]]) -> None:
    """Run all until one ends, then end the others. No TaskGroup: a child that ends by a leaked
    CancelledError would let the group finish without any error."""
    tasks: list[asyncio.Task[Any]] = [asyncio.ensure_future(work()) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in done:
        if not task.cancelled() and (failure := task.exception()):
            raise failure
    raise RuntimeError("a part of the leader ended without a word")


_DAYS_AHEAD: Final = timedelta(days=7)
_OUTBOX_DAYS: Final = timedelta(days=7)
_INBOX_DAYS: Final = timedelta(days=idempotency.KEPT_DAYS)
_DUE: Final = """
SELECT EXISTS (SELECT FROM timers
                WHERE due_at <= coalesce((SELECT instant FROM rehearsal_clock), $1)
                  AND (retry_at IS NULL OR retry_at <= $1)) AS timer,
       EXISTS (SELECT FROM waiting
                WHERE state = 'waiting'
                  AND due_at <= $1) AS waiting
"""

_RESENDING_DUE: Final = """
SELECT EXISTS (SELECT FROM resendings WHERE done_at IS NULL AND due_at <= $1)
"""

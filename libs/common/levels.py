"""Levels: numbers that a service's leader reads from the database and shows while it leads."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import structlog
from prometheus_client import Gauge

from libs.common.db import Database, Tx, background
from libs.common.errors import Unreachable
from libs.common.waiting import NOBODY_REACTS

log = structlog.get_logger()

Read = Callable[[Tx], Awaitable[Sequence[Any]]]
"""Rows whose attributes are named as the levels, and as their label if they have one."""

_read_at = Gauge(
    "sanshe_levels_read_timestamp_seconds",
    "When the leader last read its levels, the common ones or its own: they are as old as this",
    ["service", "levels"],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Gauges that one question to the database answers."""

    gauges: dict[str, Gauge]
    label: str | None
    read: Read

    def show(self, service: str, rows: Sequence[Any]) -> None:
        """These rows, and no other label values than theirs."""
        self.hide(service)
        for row in rows:
            labels = (service,) if self.label is None else (service, getattr(row, self.label))
            for name, gauge in self.gauges.items():
                gauge.labels(*labels).set(getattr(row, name))

    def hide(self, service: str) -> None:
        """No row: whoever does not lead knows nothing."""
        for gauge in self.gauges.values():
            gauge.remove_by_labels({"service": service})


class Levels:
    """The levels of a service, or those that every service has."""

    def __init__(self, name: str = "own", every: float = 30.0) -> None:
        """`every` so many seconds they are read."""
        self.name = name
        self.every = every
        self.groups: list[_Group] = []

    def show(self, label: str | None = None, **levels: str) -> Callable[[Read], Read]:
        """Register what reads these levels, each with what it means; the metric of a level is
        named `sanshe_` and its name. What reads them asks for little: it does so all the time."""
        labels = ["service"] if label is None else ["service", label]
        gauges = {name: Gauge(f"sanshe_{name}", about, labels) for name, about in levels.items()}

        def decorate(read: Read) -> Read:
            self.groups.append(_Group(gauges=gauges, label=label, read=read))
            return read

        return decorate


class Board:
    """Shows levels of a service while its leader leads: of several replicas, one does. A scrape
    asks no database, so that one that is away cannot hold it up."""

    def __init__(self, database: Database, levels: Levels) -> None:
        self._database = database
        self._levels = levels

    async def run(self) -> None:
        """Show them until cancelled. What cannot be read stays as it was, and a metric tells how
        old it is."""
        try:
            while True:
                try:
                    await self.read()
                except (asyncpg.PostgresError, Unreachable) as failure:
                    log.warning("levels-unread", levels=self._levels.name, error=repr(failure))
                await asyncio.sleep(self._levels.every)
        finally:
            self._clear()

    async def read(self) -> None:
        """Ask once, and show the answers."""
        async with self._database.transaction(background("levels"), read_only=True) as tx:
            found = [(group, await group.read(tx)) for group in self._levels.groups]
        for group, rows in found:
            group.show(self._database.service, rows)
        _read_at.labels(self._database.service, self._levels.name).set(tx.wall.timestamp())

    def _clear(self) -> None:
        for group in self._levels.groups:
            group.hide(self._database.service)
        labels = {"service": self._database.service, "levels": self._levels.name}
        _read_at.remove_by_labels(labels)


ground: Final = Levels("ground", every=5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What there is to do in every service; ages in seconds, 0 where nothing is."""

    parked: int
    parked_unknown: int
    waiting: int
    waiting_oldest_seconds: float
    outbox_unpublished: int
    outbox_held_back: int
    timers_due: int
    timers_failing: int
    timer_lateness_seconds: float
    resendings_open: int
    differences_open: int
    hours_told_until_timestamp_seconds: float


@ground.show(
    parked="Messages that need a person",
    parked_unknown="Messages that this release does not know, kept for one that does",
    waiting="Reactions that wait for what is missing",
    waiting_oldest_seconds="For how long the one that has waited longest has waited",
    outbox_unpublished="Events that the broker has not confirmed",
    outbox_held_back="Unpublished events that the broker has returned or refused",
    timers_due="Timed jobs whose instant on the business clock has come",
    timers_failing="Timed jobs that have failed and are tried again",
    timer_lateness_seconds="How late on the business clock the timed job is that is latest",
    resendings_open="What is being sent again",
    differences_open="Hours of a type that a reaction lacks or has more of",
    hours_told_until_timestamp_seconds="The last hour that was told to those who compare",
)
async def read_ground(tx: Tx) -> list[_Ground]:
    """One row of what waits, is late, or differs."""
    return await tx.all(_Ground, _GROUND, tx.wall, tx.now, NOBODY_REACTS)


_GROUND: Final = """
SELECT (SELECT count(*) FROM waiting WHERE state = 'parked' AND reason <> $3) AS parked,
       (SELECT count(*) FROM waiting WHERE state = 'parked' AND reason = $3) AS parked_unknown,
       (SELECT count(*) FROM waiting WHERE state = 'waiting') AS waiting,
       coalesce((SELECT extract(epoch FROM $1::timestamptz - min(since))
                   FROM waiting
                  WHERE state = 'waiting'), 0)::float8 AS waiting_oldest_seconds,
       (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS outbox_unpublished,
       (SELECT count(*)
          FROM outbox
         WHERE published_at IS NULL
           AND retry_at IS NOT NULL) AS outbox_held_back,
       (SELECT count(*) FROM timers WHERE due_at <= $2) AS timers_due,
       (SELECT count(*) FROM timers WHERE due_at <= $2 AND attempts > 0) AS timers_failing,
       coalesce((SELECT extract(epoch FROM $2::timestamptz - min(due_at))
                   FROM timers
                  WHERE due_at <= $2), 0)::float8 AS timer_lateness_seconds,
       (SELECT count(*) FROM resendings WHERE done_at IS NULL) AS resendings_open,
       (SELECT count(*) FROM differences WHERE gone_at IS NULL) AS differences_open,
       coalesce((SELECT extract(epoch FROM max(hour)) FROM told_hours), 0)::float8
            AS hours_told_until_timestamp_seconds
"""

"""Writers of the event log that commit and roll back, all at once."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Final

from libs.common.db import Database, background
from libs.common.envelope import Envelope
from libs.common.ids import new_id
from libs.common.testing import CITY
from services.notifications.reactions.event_log import event_log

NEED: Final = "procurement.need.recorded.v1"
LONGEST_PAUSE: Final = 0.004
"""Seconds between a transaction's beginning and its lock, so that they overtake each other."""


class RolledBack(Exception):
    """This transaction was never meant to commit."""


@dataclass(slots=True, kw_only=True)
class Writers:
    """Each takes the next event that is there, and rolls it back now and then before it commits."""

    database: Database
    random: Random
    committed: list[Envelope] = field(default_factory=list)
    rolled_back: int = 0

    async def run(self, writers: int, events: list[Envelope]) -> None:
        """All of these are committed once, in whatever order."""
        left = iter(events)
        await asyncio.gather(*(self._write(left) for _ in range(writers)))

    async def _write(self, left: Iterator[Envelope]) -> None:
        for event in left:
            while self.random.random() < 0.4:
                await self._try(event, commits=False)
            await self._try(event, commits=True)
            self.committed.append(event)

    async def _try(self, event: Envelope, *, commits: bool) -> None:
        try:
            async with self.database.transaction(background("writer")) as tx:
                await asyncio.sleep(self.random.uniform(0, LONGEST_PAUSE))
                await event_log(tx, event)
                if not commits:
                    raise RolledBack
        except RolledBack:
            self.rolled_back += 1


def events_of(random: Random, subjects: int, each: int) -> list[Envelope]:
    """So many subjects with so many events each, nearly in order: neighbours change places."""
    names = [str(new_id()) for _ in range(subjects)]
    made = [_event(name, sequence) for sequence in range(1, each + 1) for name in names]
    return sorted(made, key=lambda one: one.sequence + random.uniform(0, 3))


def _event(subject: str, sequence: int) -> Envelope:
    return Envelope(
        id=new_id(),
        type=NEED,
        source=f"urn:sanshe:{CITY}:procurement",
        subject=subject,
        time=datetime(2024, 11, 1, tzinfo=UTC),
        sequence=sequence,
        epoch=1,
        division=CITY,
        correlation=new_id(),
        causation="",
        actor="writer",
        rehearsal=True,
        data={"title": "t"},
    )

"""A follower who asks as fast as he can, and never forgets where he was."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from libs.common.db import Database, background

Ask = Callable[[str], Awaitable[tuple[list[UUID], str] | None]]
"""The ids after a position, and the next position; None when nobody answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An event, and the mark by which a naive reader goes on."""

    event_id: UUID
    mark: str


@dataclass(slots=True)
class Follower:
    """Keeps every id that came, in the order in which they came."""

    ask: Ask
    seen: list[UUID] = field(default_factory=list)
    polls: int = 0
    unanswered: int = 0
    after: str = "0"

    async def follow(self, finished: asyncio.Event) -> None:
        """Until all is written and nothing more comes."""
        while True:
            was_finished = finished.is_set()
            answer = await self.ask(self.after)
            self.polls += 1
            if answer is None:
                self.unanswered += 1
                await asyncio.sleep(0.02)
                continue
            found, self.after = answer
            self.seen += found
            if was_finished and not found:
                return


def naive(database: Database, statement: str) -> Ask:
    """Who asks the log for what is larger than the last that was seen."""

    async def ask(after: str) -> tuple[list[UUID], str]:
        async with database.transaction(background("reader"), read_only=True) as tx:
            found = await tx.all(Seen, statement, after)
        return [one.event_id for one in found], found[-1].mark if found else after

    return ask


BY_ID: Final = """
  SELECT event_id, event_id::text AS mark
    FROM event_log
   WHERE event_id > $1::text::uuid
ORDER BY event_id
"""
BY_TIME: Final = """
  SELECT event_id, arrived_at::text AS mark
    FROM event_log
   WHERE arrived_at > $1::text::timestamptz
ORDER BY arrived_at
"""

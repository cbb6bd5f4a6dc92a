"""Waits until the platform rests: all services settled at one instant, everything told heard."""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from scenarios.dujiangyan.accounts import Books, books, differences, restless, unheard
from scenarios.dujiangyan.client import Client, Json, together
from scenarios.dujiangyan.people import OPERATOR

SERVICES: Final = (
    "registry",
    "procurement",
    "scheduling",
    "evaluation",
    "casework",
    "notifications",
)
SOONEST: Final = 0.03
LATEST: Final = 0.2
EACH_EVENT: Final = 0.001
"""Less than an event takes into an inbox: waiting for all of them would wait too long."""
PATIENCE: Final = 180.0


class NeverQuiet(RuntimeError):
    """The platform did not come to rest; the message says what still moves."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the services answered about themselves, each when it was last asked."""

    answers: Mapping[str, Json]
    kept: Books

    @property
    def clocks(self) -> frozenset[datetime]:
        """Where the services' clocks stand."""
        return frozenset(_instant(answer["clock"]) for answer in self.answers.values())

    @property
    def due(self) -> datetime | None:
        """When the next timer is due anywhere."""
        return _least(answer["next_due"] for answer in self.answers.values())

    @property
    def backlog(self) -> int:
        """Roughly how many events and jobs are under way."""
        here = sum(one["unpublished"] + one["due_jobs"] for one in self.answers.values())
        return int(here) + unheard(self.kept)

    def moving(self) -> list[str]:
        """What is still under way; nothing when the platform rests."""
        unsettled = [
            f"{name}: {answer['due_jobs']} due, {answer['unpublished']} unpublished, "
            f"{answer['waiting']} waiting, {answer['parked']} parked"
            for name, answer in self.answers.items()
            if not answer["settled"]
        ]
        return unsettled + differences(self.kept)

    def apart(self) -> list[str]:
        """The same, and whether the clocks stand at one instant."""
        return self.moving() + (["the clocks differ"] if len(self.clocks) > 1 else [])

    def whom_to_ask(self) -> Collection[str]:
        """The services that something is still under way in; all where that is not clear."""
        unsettled = {name for name, answer in self.answers.items() if not answer["settled"]}
        return unsettled | restless(self.kept) or SERVICES

    def is_due_at(self, instant: datetime) -> bool:
        """Whether a move to that instant makes work, or finishes a move that was cut short."""
        return (self.due is not None and self.due <= instant) or len(self.clocks) > 1


class Watch:
    """Looks as seldom as it can: looking costs the platform time that it needs for its work."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def look(self) -> Look:
        """A look at all services."""
        return await self._again({}, SERVICES)

    async def until_quiet(self, under_way: Callable[[Look], list[str]] = Look.apart) -> Look:
        """Rest, seen twice: the second time by asking all services anew."""
        latest = time.monotonic() + PATIENCE
        look = await self.look()
        while True:
            while moving := under_way(look):
                if time.monotonic() > latest:
                    raise NeverQuiet("; ".join(moving))
                look = await self._a_little_later(look)
            second = await self.look()
            if second == look:
                return look
            look = second

    async def _a_little_later(self, look: Look) -> Look:
        """Ask those who are still at work, the later the more they have to do."""
        await asyncio.sleep(min(LATEST, max(SOONEST, look.backlog * EACH_EVENT)))
        return await self._again(look.answers, look.whom_to_ask())

    async def _again(self, known: Mapping[str, Json], names: Collection[str]) -> Look:
        asked = [name for name in SERVICES if name in names]
        found = await together(
            self._client.ask(OPERATOR, f"/{name}/rehearsal/v1/settled") for name in asked
        )
        answers = {**known, **dict(zip(asked, found, strict=True))}
        return Look(answers, books(answers))


def _least(instants: Iterable[str | None]) -> datetime | None:
    return min((_instant(text) for text in instants if text), default=None)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)

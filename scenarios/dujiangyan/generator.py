"""What the source does not give, from a fixed seed: workers, recipients, the year's activities."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final
from uuid import UUID

from scenarios.dujiangyan import data
from scenarios.dujiangyan.calendar import PLACE, activity_days
from scenarios.dujiangyan.client import key_of
from scenarios.dujiangyan.data import Output, Project

SEED: Final = 2013
ELDERS: Final = 36
"""Residents of 60 and more who are invited to the birthday parties."""
NAMED: Final = 3
"""How many of those who come sign in by name; the others are counted."""
POOR_SHARE: Final = 0.63
"""How much of its outputs the poor organisation reaches."""
RETURNED_EACH: Final = 25
LATE_SLOTS: Final = 3
"""Activity days by which a late report is late: more than five working days."""
QUIET_TRIAL: Final = "t02"
PLACE_OF_TRIAL: Final = 16
"""Its observer and its hours: the twelve projects and the other trial have those before."""
FIRST_NUMBER: Final = 20_000
"""Beyond the numbers of the year's activities, and none that is returned."""
FIRST_SLOT: Final = 5
EVERY: Final = 8
"""Activity days between two of its activities."""
MINORS: Final = "left-behind-children"
REHABILITATION: Final = "disability-rehabilitation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who receives services; the name follows a pattern and is nobody's."""

    key: str
    name: str
    born: date
    sex: int
    domain: str
    special: bool
    """Visited by a special rule only: minors and rehabilitation clients."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An activity as it will be."""

    number: int
    project: Project
    output: int
    """Which of the agreement's outputs."""
    slot: int
    """Which of the activity days."""
    report_slot: int
    starts_at: datetime
    lead: int
    """Which of the provider's workers for this project."""
    named: tuple[int, ...]
    """Which of the agreement's recipients sign in."""
    headcount: int
    volunteers: int
    observer: int
    returned: bool

    @property
    def ends_at(self) -> datetime:
        """Two hours later."""
        return self.starts_at + timedelta(hours=2)

    @property
    def kind(self) -> Output:
        """What it counts towards."""
        return self.project.outputs[self.output]

    @property
    def check_ins(self) -> list[tuple[UUID, int, datetime]]:
        """The id, the recipient and the device's time of each who signs in."""
        return [
            (
                key_of("check-in", f"{self.number}/{recipient}"),
                recipient,
                self.starts_at + timedelta(minutes=3 * place),
            )
            for place, recipient in enumerate(self.named)
        ]


@cache
def activities() -> tuple[Planned, ...]:
    """All activities under the agreements of the year, by day."""
    planned = [one for place, project in enumerate(data.projects()) for one in _of(project, place)]
    planned.sort(key=lambda one: (one.slot, one.project.key))
    return tuple(_numbered(one, number) for number, one in enumerate(planned))


@cache
def quiet_trial() -> tuple[Planned, ...]:
    """The activities of the trial with which nothing goes wrong before its evaluation."""
    project, slots = data.trial(QUIET_TRIAL), range(FIRST_SLOT, FIRST_SLOT + 6 * EVERY, EVERY)
    dice = random.Random(f"{SEED}/{project.key}/activities")
    planned = [
        _activity(project, PLACE_OF_TRIAL, turn, 0, slot, dice) for turn, slot in enumerate(slots)
    ]
    return tuple(_numbered(one, number) for number, one in enumerate(planned, FIRST_NUMBER))


@cache
def in_slot(slot: int) -> tuple[Planned, ...]:
    """The activities of one activity day."""
    return tuple(one for one in (*activities(), *quiet_trial()) if one.slot == slot)


@cache
def reported_in(slot: int) -> tuple[Planned, ...]:
    """The activities whose reports are written on one activity day."""
    return tuple(one for one in (*activities(), *quiet_trial()) if one.report_slot == slot)


@cache
def recipients(project: Project) -> tuple[Person, ...]:
    """The recipients of an agreement."""
    dice = random.Random(f"{SEED}/{project.key}/recipients")
    return tuple(_person(project, number, dice) for number in range(project.recipients))


@cache
def elders() -> tuple[Person, ...]:
    """The older residents of 友爱社区, three of them born in each month."""
    dice = random.Random(f"{SEED}/elders")
    return tuple(
        Person(
            key=f"elder-{number:02}",
            name=f"友爱居民{number:02}号",
            born=date(dice.randint(1932, 1962), number % 12 + 1, dice.randint(1, 28)),
            sex=1 + number % 2,
            domain="home-care",
            special=False,
        )
        for number in range(ELDERS)
    )


def _of(project: Project, place: int) -> list[Planned]:
    """One agreement's activities, spread evenly over the days of the year."""
    dice = random.Random(f"{SEED}/{project.key}/activities")
    kinds = [n for n, output in enumerate(project.outputs) for _ in range(_done(project, output))]
    dice.shuffle(kinds)
    slots = len(activity_days())
    return [
        _activity(project, place, turn, kind, (turn * slots + place) // len(kinds), dice)
        for turn, kind in enumerate(kinds)
    ]


def _done(project: Project, output: Output) -> int:
    poor = project.quality == "poor"
    return round(output.quantity * POOR_SHARE) if poor else output.quantity


def _activity(
    project: Project, place: int, turn: int, kind: int, slot: int, dice: random.Random
) -> Planned:
    output = project.outputs[kind]
    hour = (9, 14, 16)[place % 3]
    first = turn * NAMED % project.recipients
    late = project.quality == "poor" and turn % 2 == 1
    last = len(activity_days()) - 1
    return Planned(
        number=0,
        project=project,
        output=kind,
        slot=slot,
        report_slot=min(slot + LATE_SLOTS * late, last),
        starts_at=datetime.combine(activity_days()[slot], time(hour), PLACE),
        lead=turn % 2,
        named=tuple((first + n) % project.recipients for n in range(NAMED)),
        headcount=output.persons + dice.randint(0, 4) - 1,
        volunteers=dice.randint(1, 4),
        observer=place,
        returned=False,
    )


def _numbered(one: Planned, number: int) -> Planned:
    values = {name: getattr(one, name) for name in Planned.__slots__}
    return Planned(**values | {"number": number, "returned": number % RETURNED_EACH == 7})


def _person(project: Project, number: int, dice: random.Random) -> Person:
    special = project.domain in (MINORS, REHABILITATION) and number % 2 == 0
    if project.domain == MINORS and special:
        years = (2011, 2018)
    elif project.domain == "home-care":
        years = (1935, 1962)
    else:
        years = (1950, 1992)
    return Person(
        key=f"{project.key}-{number:02}",
        name=f"{project.community.name}居民{number:02}号",
        born=date(dice.randint(*years), dice.randint(1, 12), dice.randint(1, 28)),
        sex=1 + dice.randint(0, 1),
        domain=project.domain,
        special=special,
    )

"""What is to be done, by whom, until when; and what is late."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One or several things of a kind that somebody has to do, most of them for an agreement."""

    kind: str
    agreement_id: UUID | None
    title: str | None
    """The agreement's or the tender's."""
    who: str
    """The role that acts."""
    name: str | None
    """The organisation that acts, if it is one."""
    count: int
    amount: int | None
    """The money that it is about, in fen."""
    due_day: date | None
    since: date

    def late_by(self, today: date) -> int:
        """Days past the due day; 0 while there is time, or where no day is set."""
        return max((today - self.due_day).days, 0) if self.due_day else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """How much of one kind is late, and by how many days the latest."""

    kind: str
    duties_late: int
    duty_latest_days: int


def measure_lateness(duties: list[Duty], today: date) -> list[Lateness]:
    """By kind, whatever is open: 0 where all of a kind is in time."""
    return [
        Lateness(
            kind=kind,
            duties_late=sum(duty.count for duty in mine if duty.late_by(today)),
            duty_latest_days=max(duty.late_by(today) for duty in mine),
        )
        for kind in sorted({duty.kind for duty in duties})
        for mine in [[duty for duty in duties if duty.kind == kind]]
    ]


def sort(duties: list[Duty], today: date) -> list[Duty]:
    """What is latest first, then what is due soonest, then what has waited longest."""
    return sorted(
        duties,
        key=lambda duty: (-duty.late_by(today), duty.due_day or date.max, duty.since),
    )

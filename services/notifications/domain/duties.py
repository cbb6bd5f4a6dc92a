"""What is to be done, by whom, until when; and what is late."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One or several things of a kind that somebody has to do for an agreement."""

    kind: str
    agreement_id: UUID
    title: str
    who: str
    """The role that acts."""
    name: str | None
    """The organisation that acts, if it is one."""
    count: int
    due_day: date | None
    since: date

    def late_by(self, today: date) -> int:
        """Days past the due day; 0 while there is time, or where no day is set."""
        return max((today - self.due_day).days, 0) if self.due_day else 0


def sort(duties: list[Duty], today: date) -> list[Duty]:
    """What is latest first, then what is due soonest, then what has waited longest."""
    return sorted(
        duties,
        key=lambda duty: (-duty.late_by(today), duty.due_day or date.max, duty.since),
    )

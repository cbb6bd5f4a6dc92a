"""Attendance: named check-ins that count once, drafts beside them, and headcounts apart."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from libs.common.errors import Conflict, NotYet, Refusal
from services.scheduling.domain.activities import Activity
from services.scheduling.domain.policies import Rules

Outcome = Literal["created", "same", "draft", "refused"]
Method = Literal["counted", "estimated"]
CountedBy = Literal["observer", "staff"]


class AttendanceNotOpen(Conflict):
    """Attendance is recorded of activities that were published and not cancelled; publish
    it first."""

    zh = "只有已发布且未取消的活动才能登记签到，请先发布。"


class OutsideActivityTime(Conflict):
    """The device's time lies too far from the activity; check the date and the activity."""

    zh = "签到时间与活动时间相差过大，请核对日期和活动。"


class CheckInWithdrawn(Conflict):
    """This check-in has been withdrawn already; record another if the person came."""

    zh = "该签到已撤销；如本人确已到场，请重新登记。"


class AttendanceSettled(Conflict):
    """The activity has been accepted; its attendance is settled."""

    zh = "该活动已通过审核，签到记录不能再撤销。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A check-in as a device sends it."""

    id: UUID
    recipient_ref: str
    at: datetime
    device: str
    collector: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """A check-in as it is kept; `counts` for one of a person's at an activity."""

    id: UUID
    activity_id: UUID
    recipient_ref: str
    at: datetime
    device: str
    collector: str | None
    counts: bool
    withdrawn: bool

    def withdraw(self) -> "CheckIn":
        """It was a mistake; it stays on record and counts no more."""
        if self.withdrawn:
            raise CheckInWithdrawn
        return self._with(counts=False, withdrawn=True)

    def count(self) -> "CheckIn":
        """It stands in for one of the same person that was withdrawn."""
        return self._with(counts=True, withdrawn=False)

    def _with(self, *, counts: bool, withdrawn: bool) -> "CheckIn":
        return CheckIn(
            id=self.id,
            activity_id=self.activity_id,
            recipient_ref=self.recipient_ref,
            at=self.at,
            device=self.device,
            collector=self.collector,
            counts=counts,
            withdrawn=withdrawn,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What contradicts a check-in under the same id: kept beside it for a person to look at."""

    id: UUID
    check_in_id: UUID
    recipient_ref: str
    at: datetime
    device: str
    collector: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """A check-in as others are told of it: in the division of its activity."""

    id: UUID
    division: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Headcount:
    """How many were present, counted or estimated, and by whom."""

    id: UUID
    activity_id: UUID
    count: int
    method: Method
    by: CountedBy
    person: str
    at: datetime


def check_open(activity: Activity, now: datetime, rules: Rules) -> None:
    """Attendance is taken from shortly before the start, and for as long as it takes after."""
    if activity.status in ("draft", "cancelled"):
        raise AttendanceNotOpen
    if now < activity.starts_at - timedelta(hours=rules.check_in_hours_before):
        raise OutsideActivityTime


def judge(
    arrival: Arrival,
    activity: Activity,
    existing: CheckIn | None,
    known: frozenset[str],
    rules: Rules,
) -> Outcome | Refusal:
    """What becomes of one check-in, by the device's time; a refusal is of this one alone."""
    if existing is not None:
        return "same" if _is_same(arrival, activity, existing) else "draft"
    if not (
        activity.starts_at - timedelta(hours=rules.check_in_hours_before)
        <= arrival.at
        <= activity.ends_at + timedelta(hours=rules.check_in_hours_after)
    ):
        return OutsideActivityTime()
    return "created" if arrival.recipient_ref in known else NotYet("recipient")


def waves(arrivals: Sequence[Arrival]) -> Iterator[list[int]]:
    """Places of the arrivals, so that each id comes once a wave: what a device says twice within
    a batch is judged against what it said first."""
    seen: Counter[UUID] = Counter()
    by_wave: dict[int, list[int]] = {}
    for place, arrival in enumerate(arrivals):
        by_wave.setdefault(seen[arrival.id], []).append(place)
        seen[arrival.id] += 1
    yield from by_wave.values()


def _is_same(arrival: Arrival, activity: Activity, existing: CheckIn) -> bool:
    return (activity.id, arrival.recipient_ref, arrival.at, arrival.device, arrival.collector) == (
        existing.activity_id,
        existing.recipient_ref,
        existing.at,
        existing.device,
        existing.collector,
    )

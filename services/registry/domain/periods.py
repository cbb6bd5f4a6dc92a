"""From a day to a day: planned → standing → ended, or planned → withdrawn."""

from datetime import date
from typing import Literal, Protocol

from libs.common.errors import Conflict, Fault, Invalid
from services.registry.domain.sentences import BEFORE_THE_FIRST_DAY

PeriodStatus = Literal["planned", "standing", "ended", "withdrawn"]


class PeriodInvalid(Invalid):
    """The last day is not before the first day."""

    zh = "结束日期不得早于开始日期。"


class PeriodAlreadyEnding(Conflict):
    """The last day has been set already; while it runs, only an earlier one can be set."""

    zh = "结束日期已经确定；尚未结束的，只能改为更早的日期。"


class Period(Protocol):
    """What has a first day, perhaps a last day, and a status."""

    @property
    def from_day(self) -> date: ...

    @property
    def to_day(self) -> date | None: ...

    @property
    def status(self) -> PeriodStatus: ...


def status_on(from_day: date, to_day: date | None, today: date) -> PeriodStatus:
    """What a period from one day to another (inclusive) is on a day."""
    if to_day is not None and to_day < from_day:
        raise PeriodInvalid(Fault("/to_day", BEFORE_THE_FIRST_DAY, from_day=from_day))
    if to_day is not None and to_day < today:
        return "ended"
    return "planned" if today < from_day else "standing"


def end_of_period(period: Period, day: date, today: date) -> tuple[date | None, PeriodStatus]:
    """The last day and the status of a period that somebody ends with that day.

    What has not begun yet and would never begin is withdrawn; a standing one stands until the
    end of its last day, and ends at once if that day is over.
    """
    if period.status not in ("planned", "standing"):
        raise PeriodAlreadyEnding
    if period.to_day is not None and day >= period.to_day:
        raise PeriodAlreadyEnding
    if day < period.from_day:
        if period.status == "planned":
            return period.to_day, "withdrawn"
        raise PeriodInvalid(Fault("/day", BEFORE_THE_FIRST_DAY, from_day=period.from_day))
    return day, "ended" if day < today else period.status

"""The stops of the year's clock, in Chinese local time."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

PLACE: Final = ZoneInfo("Asia/Shanghai")
TERM: Final = (date(2025, 1, 16), date(2026, 1, 15))
FIRST_ACTIVITY: Final = date(2025, 1, 22)
LAST_ACTIVITY: Final = date(2025, 12, 31)
ACTIVITY_WEEKDAYS: Final = (2, 5)
"""Wednesday and Saturday."""
FESTIVALS: Final = (
    (date(2025, 1, 28), date(2025, 2, 4)),
    (date(2025, 10, 1), date(2025, 10, 8)),
)
"""Spring Festival and the National Day weeks, when nothing is held."""
END: Final = datetime(2026, 2, 28, 18, tzinfo=PLACE)


def at(day: str, hour: int = 9, minute: int = 0) -> datetime:
    """An instant of a day in Chinese local time."""
    return datetime.combine(date.fromisoformat(day), time(hour, minute), PLACE)


def evening(day: date) -> datetime:
    """When an activity day's work is written up, and the next one's announced."""
    return datetime.combine(day, time(20), PLACE)


def activity_days() -> list[date]:
    """The days on which agencies hold their activities."""
    days = (LAST_ACTIVITY - FIRST_ACTIVITY).days + 1
    every = (FIRST_ACTIVITY + timedelta(days=n) for n in range(days))
    return [
        day
        for day in every
        if day.weekday() in ACTIVITY_WEEKDAYS
        and not any(first <= day <= last for first, last in FESTIVALS)
    ]


def month_ends(first: date, last: date) -> Iterator[date]:
    """The last day of each month between two days."""
    day = first
    while day <= last:
        if (day + timedelta(days=1)).month != day.month:
            yield day
        day += timedelta(days=1)

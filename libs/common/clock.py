"""The two clocks: the wall for machines, the business clock for decisions of the domain."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

PLACE: Final = ZoneInfo("Asia/Shanghai")
"""Where legal days begin and end."""


def wall() -> datetime:
    """The wall clock: tokens, relay, retries, retention, logs and ids go by it."""
    return datetime.now(UTC)


def read_instant(text: str) -> datetime:
    """An RFC 3339 instant of a query, in UTC; `ValueError` without an offset or outside the years.

    A plus sign that nobody escaped arrives as a space.
    """
    instant = datetime.fromisoformat(text.replace(" ", "+"))
    if instant.tzinfo is None:
        raise ValueError("no offset")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("out of range") from None


def legal_day(instant: datetime) -> date:
    """The day in China that an instant falls in."""
    return instant.astimezone(PLACE).date()


def start_of(day: date) -> datetime:
    """The first instant of a legal day."""
    return datetime.combine(day, time(), PLACE).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first instant after a legal day."""
    return start_of(day + timedelta(days=1))


def next_minute(instant: datetime) -> datetime:
    """The first whole minute after an instant: what a person can choose who is told to be later."""
    return instant.replace(second=0, microsecond=0) + timedelta(minutes=1)


def is_working_day(day: date, exceptions: Mapping[date, bool]) -> bool:
    """Monday to Friday, unless the calendar says otherwise: holidays, and make-up days (调休)."""
    return exceptions.get(day, day.weekday() < 5)


def add_working_days(day: date, count: int, exceptions: Mapping[date, bool]) -> date:
    """The working day that many working days after that day (which itself does not count)."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day, exceptions)
    return day

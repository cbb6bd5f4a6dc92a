"""Days that are not what their weekday says: holidays, and make-up workdays (调休)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from chinese_calendar import constants

from libs.common.contract import changed
from libs.common.errors import Conflict

FIRST_YEAR: Final = 2024
NAMES: Final[Mapping[str, str]] = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
}


class CalendarNotPublished(Conflict):
    """The holidays of that year are not in the published calendar; enter its days one by one."""

    zh = "该年度的放假安排尚未收录，请逐日录入。"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """A day that is worked, or not, against its weekday."""

    id: str
    version: int
    day: date
    working: bool
    name: str

    def says_the_same(self, working: bool, name: str) -> bool:
        """Whether somebody asks again for what is there already."""
        return (self.working, self.name) == (working, name)

    def change(self, working: bool, name: str) -> "CalendarDay":
        """Otherwise than it was entered."""
        return changed(self, working=working, name=name)


def calendar_day(day: date, working: bool, name: str) -> CalendarDay:
    """A day that is entered for the first time."""
    return CalendarDay(id=day.isoformat(), version=1, day=day, working=working, name=name)


def published(year: int) -> list[CalendarDay]:
    """The exceptions of a year as the State Council announced them, in the order of days."""
    exceptions = [
        *((day, False, name) for day, name in constants.holidays.items() if day.weekday() < 5),
        *((day, True, name) for day, name in constants.workdays.items() if day.weekday() >= 5),
    ]
    found = [
        calendar_day(day, working, _text(name, working))
        for day, working, name in sorted(exceptions)
        if day.year == year >= FIRST_YEAR
    ]
    if not found:
        raise CalendarNotPublished
    return found


def _text(name: str, working: bool) -> str:
    chinese = NAMES.get(name, name)
    return f"{chinese}调休" if working else chinese

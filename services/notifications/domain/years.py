"""The year: money out against evidence in, month by month, as a chart of two mirrored rows."""

from dataclasses import dataclass
from datetime import date
from typing import Final

MONTHS: Final = 18
WIDTH: Final = 46
"""Of a month's column, in the chart's own units."""
HEIGHT: Final = 140
"""Of the tallest bar, upwards and downwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What was paid in a month and how much of that came back since (fen), and what proof of work
    came in."""

    first: date
    paid: int
    recovered: int
    reports: int
    person_times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A month in the chart: where it stands, and how tall its two bars are."""

    month: Month
    x: int
    up: int
    down: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """The months in order with their sums; the chart is as wide as they are many."""

    columns: tuple[Column, ...]
    paid: int
    recovered: int
    reports: int
    person_times: int

    @property
    def width(self) -> int:
        return WIDTH * len(self.columns)

    @property
    def height(self) -> int:
        return HEIGHT


def first_of(today: date) -> date:
    """The first day of the earliest month that is shown."""
    months = today.year * 12 + today.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def draw(found: list[Month], today: date) -> Year:
    """Every month from the first with something in it to the present one, also the empty."""
    known = {month.first: month for month in found}
    months = []
    at = min(known, default=date(today.year, today.month, 1))
    while at <= today:
        months.append(
            known.get(at) or Month(first=at, paid=0, recovered=0, reports=0, person_times=0)
        )
        at = date(at.year + at.month // 12, at.month % 12 + 1, 1)
    most_paid = max((month.paid for month in months), default=0)
    most_reports = max((month.reports for month in months), default=0)
    return Year(
        columns=tuple(
            Column(
                month=month,
                x=WIDTH * place,
                up=_height(month.paid, most_paid),
                down=_height(month.reports, most_reports),
            )
            for place, month in enumerate(months)
        ),
        paid=sum(month.paid for month in months),
        recovered=sum(month.recovered for month in months),
        reports=sum(month.reports for month in months),
        person_times=sum(month.person_times for month in months),
    )


def _height(value: int, most: int) -> int:
    """Whatever is more than nothing can be seen."""
    return max(value * HEIGHT // most, 2) if value else 0

"""The monthly report 月报: one month of an agreement, added up from its activities."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from libs.common.errors import Fault, Invalid
from libs.common.sentences import MONTH_UNREADABLE
from services.scheduling.domain.activities import Activity, Kind
from services.scheduling.domain.workplans import OutputProgress, Workplan

_MONTH: Final = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")


class MonthUnreadable(Invalid):
    """Name the month as YYYY-MM, as in 2025-03."""

    zh = "月份格式应为 YYYY-MM，例如 2025-03。"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindTotal:
    """What was done of one kind; `minutes` are of the activities, not of persons."""

    kind: Kind
    activities: int
    accepted: int
    person_times: int
    volunteers: int
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyReport:
    """One month of an agreement; `persons` are different named persons of the whole month."""

    agreement_id: UUID
    title: str
    month: str
    activities: int
    accepted: int
    recorded_afterwards: int
    persons: int
    person_times: int
    volunteers: int
    minutes: int
    hours: float
    by_kind: tuple[KindTotal, ...]
    outputs: tuple[OutputProgress, ...]


def days_of(month: str) -> tuple[date, date]:
    """The first day of a month and the first of the next."""
    if not _MONTH.fullmatch(month) or not "1900" <= month < "2200":
        raise MonthUnreadable(Fault("?month", MONTH_UNREADABLE))
    start = date.fromisoformat(f"{month}-01")
    return start, (start + timedelta(days=31)).replace(day=1)


def compose_month(plan: Workplan, month: str, held: list[Activity], persons: int) -> MonthlyReport:
    """Add up what was held; the outputs stand as they are counted today."""
    kinds: list[Kind] = sorted({activity.kind for activity in held})
    totals = [_total(kind, [a for a in held if a.kind == kind]) for kind in kinds]
    minutes = sum(total.minutes for total in totals)
    return MonthlyReport(
        agreement_id=plan.id,
        title=plan.title,
        month=month,
        activities=len(held),
        accepted=sum(total.accepted for total in totals),
        recorded_afterwards=sum(activity.recorded_afterwards for activity in held),
        persons=persons,
        person_times=sum(total.person_times for total in totals),
        volunteers=sum(total.volunteers for total in totals),
        minutes=minutes,
        hours=round(minutes / 60, 1),
        by_kind=tuple(totals),
        outputs=plan.outputs,
    )


def _total(kind: Kind, held: list[Activity]) -> KindTotal:
    return KindTotal(
        kind=kind,
        activities=len(held),
        accepted=sum(activity.status == "accepted" for activity in held),
        person_times=sum(activity.person_times for activity in held),
        volunteers=sum(activity.volunteers for activity in held),
        minutes=sum(
            int((activity.ends_at - activity.starts_at).total_seconds()) // 60 for activity in held
        ),
    )

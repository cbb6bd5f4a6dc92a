"""Inspections (监督检查): planned → due → completed, or overdue on the way; cancelled."""

import calendar
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from libs.common.contract import answer, changed
from libs.common.errors import Conflict, Fault, Invalid
from services.evaluation.domain.agreements import Agreement
from services.evaluation.domain.policies import Policy
from services.evaluation.domain.sentences import CODES_DO_NOT_FIT

InspectionKind = Literal["monthly", "half-year", "year-end"]
InspectionStatus = Literal["planned", "due", "overdue", "completed", "cancelled"]
Conclusion = Literal["in-order", "faults"]

UNOBSERVED: Final = "activities-unobserved"
LATE: Final = "reports-late"
BEHIND: Final = "outputs-behind-plan"


class InspectionNotDue(Conflict):
    """Only an inspection that is due or overdue can be completed; see its status and day."""

    zh = "只有到期或逾期的监督检查才能办结，请核对其状态和日期。"


class CodesDoNotFit(Invalid):
    """Faults are named by at least one code, and an inspection in order has none."""

    zh = "存在问题须至少列明一个问题代码，合格则不得列出。"


@answer
class Figures:
    """What a desk check is compiled from: activities in its period, outputs up to its end."""

    planned: int
    held: int
    observation_required: int
    observed: int
    reports_late: int
    outputs_behind: int


@answer
class Span:
    """An inspection of a plan: what kind, and the days it looks at."""

    kind: InspectionKind
    from_day: date
    to_day: date


@answer
class Inspection:
    """One inspection of an agreement."""

    id: UUID
    version: int
    agreement_id: UUID
    provider_id: UUID
    division: str
    kind: InspectionKind
    on_site: bool
    from_day: date
    to_day: date
    due_day: date
    policy_version: int
    status: InspectionStatus
    figures: Figures | None
    conclusion: Conclusion | None
    codes: tuple[str, ...]
    findings: str | None
    completed_by: str | None
    completed_at: datetime | None

    def fall_due(self, figures: Figures | None) -> "Inspection":
        """The period is over; a desk check has its figures and what they point to."""
        return changed(self, status="due", figures=figures, codes=wrong_in(figures))

    @property
    def is_in_order_by_itself(self) -> bool:
        """A desk check whose figures show nothing wrong needs no person."""
        return self.status == "due" and self.figures is not None and not self.codes

    def complete_by_itself(self, now: datetime) -> "Inspection":
        """The system concludes what its figures show."""
        return changed(self, status="completed", conclusion="in-order", completed_at=now)

    def complete(
        self, conclusion: Conclusion, codes: Sequence[str], findings: str, by: str, now: datetime
    ) -> "Inspection":
        """An official concludes, on time or late."""
        if self.status not in ("due", "overdue"):
            raise InspectionNotDue
        if (conclusion == "faults") != bool(codes):
            raise CodesDoNotFit(Fault("/codes", CODES_DO_NOT_FIT, conclusion=conclusion))
        return changed(
            self,
            status="completed",
            conclusion=conclusion,
            codes=tuple(sorted(set(codes))),
            findings=findings,
            completed_by=by,
            completed_at=now,
        )

    def become_overdue(self) -> "Inspection":
        """Nobody has completed it by its due day."""
        return changed(self, status="overdue")

    def cancel(self) -> "Inspection":
        """The agreement's term no longer holds its period."""
        return changed(self, status="cancelled")


def wrong_in(figures: Figures | None) -> tuple[str, ...]:
    """What the figures of a desk check point to, as codes."""
    if figures is None:
        return ()
    found = {
        UNOBSERVED: figures.observed < figures.observation_required,
        LATE: figures.reports_late > 0,
        BEHIND: figures.outputs_behind > 0,
    }
    return tuple(code for code, is_wrong in found.items() if is_wrong)


def plan(from_day: date, to_day: date) -> Iterator[Span]:
    """Every inspection of a term: each month, its middle, and its end.

    A month that the term only touches is looked at in its part of the term.
    """
    day = from_day
    while day <= to_day:
        last = min(day.replace(day=calendar.monthrange(day.year, day.month)[1]), to_day)
        yield Span(kind="monthly", from_day=day, to_day=last)
        day = last + timedelta(days=1)
    middle = from_day + (to_day - from_day) // 2
    yield Span(kind="half-year", from_day=from_day, to_day=middle)
    yield Span(kind="year-end", from_day=from_day, to_day=to_day)


def plan_of(agreement: Agreement) -> Iterator[Span]:
    """Every inspection of an agreement's term."""
    return plan(agreement.from_day, agreement.to_day)


def replan(
    standing: Sequence[Inspection], agreement: Agreement
) -> tuple[list[Inspection], list[Span]]:
    """What of a plan no longer fits a changed term, and what it lacks.

    What has fallen due already stays, and an inspection on site that was begun is not repeated.
    """
    wanted = {(span.kind, span.to_day): span for span in plan_of(agreement)}
    begun_on_site = {i.kind for i in standing if i.on_site and i.status != "planned"}
    there = {(i.kind, i.to_day) for i in standing}
    dropped = [
        inspection
        for inspection in standing
        if inspection.status == "planned" and (inspection.kind, inspection.to_day) not in wanted
    ]
    added = [
        span for key, span in wanted.items() if key not in there and span.kind not in begun_on_site
    ]
    return dropped, added


def planned(
    new_id: UUID, agreement: Agreement, span: Span, policy: Policy, today: date
) -> Inspection:
    """An inspection of a span; its days run from the span's end, or from today if that is past."""
    rule = policy.inspection
    days = rule.monthly_due_days if span.kind == "monthly" else rule.half_year_due_days
    return Inspection(
        id=new_id,
        version=1,
        agreement_id=agreement.id,
        provider_id=agreement.provider_id,
        division=agreement.division,
        kind=span.kind,
        on_site=span.kind != "monthly",
        from_day=span.from_day,
        to_day=span.to_day,
        due_day=max(span.to_day, today) + timedelta(days=days),
        policy_version=policy.version,
        status="planned",
        figures=None,
        conclusion=None,
        codes=(),
        findings=None,
        completed_by=None,
        completed_at=None,
    )

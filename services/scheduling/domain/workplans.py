"""Workplans: what an agreement asks for, what has been counted, and whether that is on time."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from libs.common.money import WHOLE
from services.scheduling.domain.known import Agreement, ObservationRule, Output


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputCount:
    """What accepted activities have counted towards an output."""

    id: UUID
    agreement_id: UUID
    counted: int
    person_times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputProgress:
    """An output with what has been counted."""

    id: UUID
    agreement_id: UUID
    division: str
    kind: str
    title: str
    quantity: int
    minimum_persons: int
    counted: int
    person_times: int

    def count(self, units: int, person_times: int) -> "OutputProgress":
        """So much more is accepted, or less where an acceptance is taken back."""
        return replace(
            self, counted=self.counted + units, person_times=self.person_times + person_times
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplan:
    """An agreement as scheduling works on it."""

    id: UUID
    agreement_id: UUID
    version: int
    title: str
    domain: str
    division: str
    provider_id: UUID
    from_day: date
    to_day: date
    status: str
    observation: ObservationRule
    lead_worker_id: str | None
    certified_share_bp: int
    outputs: tuple[OutputProgress, ...]

    def output(self, output_id: UUID | None) -> OutputProgress | None:
        """The output of that id, if it is one of the plan's."""
        return next((output for output in self.outputs if output.id == output_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """An output behind its linear progress."""

    output_id: UUID
    counted: int
    expected: int
    quantity: int


def compose(agreement: Agreement, version: int, counts: list[OutputCount]) -> Workplan:
    """The agreement's outputs beside what was counted."""
    by_output = {count.id: count for count in counts}
    return Workplan(
        id=agreement.id,
        agreement_id=agreement.id,
        version=version,
        title=agreement.title,
        domain=agreement.domain,
        division=agreement.division,
        provider_id=agreement.provider_id,
        from_day=agreement.from_day,
        to_day=agreement.to_day,
        status=agreement.status,
        observation=agreement.observation,
        lead_worker_id=agreement.lead_worker_id,
        certified_share_bp=agreement.certified_share_bp,
        outputs=tuple(
            _progress(agreement, output, by_output.get(output.id)) for output in agreement.outputs
        ),
    )


def lags(plan: Workplan, as_of: date, behind_bp: int) -> list[Lag]:
    """The outputs whose count falls short of linear progress by more than that share of it."""
    days = (plan.to_day - plan.from_day).days + 1
    elapsed = min(max((as_of - plan.from_day).days + 1, 0), days)
    return [
        Lag(
            output_id=output.id,
            counted=output.counted,
            expected=output.quantity * elapsed // days,
            quantity=output.quantity,
        )
        for output in plan.outputs
        if output.counted * WHOLE * days < output.quantity * elapsed * (WHOLE - behind_bp)
    ]


def month_ends(from_day: date, to_day: date) -> Iterator[date]:
    """The last day of each month of a term, as far as it lies in the term."""
    day = from_day
    while day <= to_day:
        last = day.replace(day=monthrange(day.year, day.month)[1])
        if last <= to_day:
            yield last
        day = last + timedelta(days=1)


def _progress(agreement: Agreement, output: Output, count: OutputCount | None) -> OutputProgress:
    return OutputProgress(
        id=output.id,
        agreement_id=agreement.id,
        division=agreement.division,
        kind=output.kind,
        title=output.title,
        quantity=output.quantity,
        minimum_persons=output.minimum_persons,
        counted=count.counted if count else 0,
        person_times=count.person_times if count else 0,
    )

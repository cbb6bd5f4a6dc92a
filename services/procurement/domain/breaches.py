"""Breaches 违约: recorded → objected → confirmed | dropped; what is confirmed is deducted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.common.contract import answer, changed
from libs.common.errors import Conflict, Fault, Invalid, SecondPersonRequired
from services.procurement.domain.agreements import Agreement
from services.procurement.domain.sentences import NOT_IN_TABLE, OUTSIDE_TERM
from services.procurement.domain.terms import Deduction

Status = Literal["recorded", "objected", "confirmed", "dropped"]
Verdict = Literal["confirmed", "dropped"]
EvidenceKind = Literal["activity", "inspection", "rectification"]
"""What shows the breach: a record of scheduling or evaluation, by its id."""


class BreachNotInTable(Invalid):
    """The agreement's table of deductions has no such breach; only what was signed is deducted."""

    zh = "协议的扣款表中没有这种违约情形；只能按已签署的扣款表扣款。"


class BreachOutsideTerm(Invalid):
    """A breach has happened: on a day from the agreement's first to today."""

    zh = "违约日期须在协议起始日至今日之间。"


class BreachRecordedAlready(Conflict):
    """This breach stands with the same evidence already; it is deducted once."""

    zh = "同一证据的该项违约已登记，不重复扣款。"


class DeductionsSettled(Conflict):
    """What was delivered is accepted, and its deductions are settled; no breach is added now."""

    zh = "该协议已验收，扣款已定，不能再登记违约。"


class BreachNotOpen(Conflict):
    """This breach was objected to, confirmed or dropped already, or its time has passed."""

    zh = "该违约已提出异议、已认定、已撤销，或异议期已过。"


class ProviderNotHeard(Conflict):
    """The provider may object until the end of the day given; until then nothing is confirmed."""

    zh = "承接主体在所示日期前可提出异议，此前不得认定违约。"


class BreachUndecided(Conflict):
    """A breach is recorded and not decided yet; decide it first, since what is left is settled."""

    zh = "该协议有已登记而未认定的违约，须先作出认定，再行验收或清算。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A breach of an agreement, what it costs by the signed table, and what the provider says."""

    id: UUID
    version: int
    agreement_id: UUID
    division: str
    purchaser_id: UUID
    provider_id: UUID
    code: str
    title: str
    share_bp: int
    amount: int
    """The table's share of the agreement's amount, rounded down, before the policy's cap."""
    day: date
    evidence_kind: EvidenceKind
    evidence_id: UUID
    account: str
    status: Status
    recorded_by: str
    recorded_at: datetime
    answer_due_day: date
    objection: str | None = None
    objected_by: str | None = None
    objected_at: datetime | None = None
    reasons: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether nobody knows yet if it counts."""
        return self.status in ("recorded", "objected")

    def object(self, objection: str, person: str, now: datetime) -> "Breach":
        """The provider answers it, once, before its day is over."""
        if self.status != "recorded":
            raise BreachNotOpen
        return changed(
            self, status="objected", objection=objection, objected_by=person, objected_at=now
        )

    def decide(self, verdict: Verdict, reasons: str, person: str, now: datetime) -> "Breach":
        """By another person than who recorded it; confirmed only when the provider was heard."""
        if not self.open:
            raise BreachNotOpen
        if verdict == "confirmed" and self.status == "recorded":
            raise ProviderNotHeard(last_day=self.answer_due_day.isoformat())
        if person == self.recorded_by:
            raise SecondPersonRequired
        return changed(self, status=verdict, reasons=reasons, decided_by=person, decided_at=now)

    def pass_in_silence(self, now: datetime) -> "Breach":
        """Nobody objected in time: it is confirmed."""
        return changed(self, status="confirmed", decided_at=now)


@answer
class DeductionLine:
    """Why so much is deducted: one confirmed breach; `deducted` is what the cap leaves of it."""

    breach_id: UUID
    code: str
    title: str
    day: date
    evidence_kind: EvidenceKind
    evidence_id: UUID
    share_bp: int
    amount: int
    deducted: int


def row_of(agreement: Agreement, code: str, day: date, today: date) -> Deduction:
    """What the signed table says of a breach on that day."""
    agreement.check_in_force()
    if not agreement.from_day <= day <= today:
        raise BreachOutsideTerm(Fault("/day", OUTSIDE_TERM, first=agreement.from_day, last=today))
    for row in agreement.deductions:
        if row.code == code:
            return row
    codes = [row.code for row in agreement.deductions]
    raise BreachNotInTable(Fault("/code", NOT_IN_TABLE, codes=codes))


def check_decided(breaches: Iterable[Breach]) -> None:
    """Refuse to settle while it is open whether a breach counts."""
    if any(breach.open for breach in breaches):
        raise BreachUndecided


def deduct(breaches: Iterable[Breach], most: int) -> tuple[DeductionLine, ...]:
    """One line for each confirmed breach, the earliest first, together at most `most` fen."""
    lines, left = [], most
    confirmed = (breach for breach in breaches if breach.status == "confirmed")
    for breach in sorted(confirmed, key=lambda one: (one.day, one.id)):
        deducted = min(breach.amount, left)
        left -= deducted
        lines.append(
            DeductionLine(
                breach_id=breach.id,
                code=breach.code,
                title=breach.title,
                day=breach.day,
                evidence_kind=breach.evidence_kind,
                evidence_id=breach.evidence_id,
                share_bp=breach.share_bp,
                amount=breach.amount,
                deducted=deducted,
            )
        )
    return tuple(lines)

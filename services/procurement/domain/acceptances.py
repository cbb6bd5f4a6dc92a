"""Acceptances 履约验收: after the term, with the recipients' opinion, by a person of its own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from libs.common.contract import answer
from libs.common.errors import Conflict, Fault, Invalid, SecondPersonRequired
from libs.common.money import yuan
from services.procurement.domain.agreements import Agreement
from services.procurement.domain.sentences import EXCEEDS_AMOUNT
from services.procurement.domain.terms import PriceLine

Outcome = Literal["accepted", "accepted-with-remarks", "refused"]


class TermNotOver(Conflict):
    """Acceptance follows the last day of the term, `to_day`; wait until it is over."""

    zh = "协议期限届满（见 to_day）后方可验收，请届时办理。"


class AgreementAcceptedAlready(Conflict):
    """This agreement has its acceptance record already; read that one."""

    zh = "该协议已有验收记录，请查看该记录。"


class ResultBelowTheLine(Conflict):
    """The sealed result is a fail: acceptance follows a re-evaluation above the line, or none."""

    zh = "定案结果不合格，须待复评合格后方可验收。"


class LeftoverExceedsAmount(Invalid):
    """No more money can be left over than the agreement is about."""

    zh = "结余金额超过协议金额。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What the purchaser found when the term was over, with the provider's expense statement."""

    id: UUID
    version: int
    agreement_id: UUID
    division: str
    day: date
    outcome: Outcome
    expense_statement: tuple[PriceLine, ...]
    leftover_amount: int
    opinion_summary_code: str
    remarks: str | None
    person: str

    @property
    def accepts(self) -> bool:
        """Whether the balance may follow."""
        return self.outcome != "refused"


@answer
class Findings:
    """What an acceptance records."""

    outcome: Outcome
    expense_statement: tuple[PriceLine, ...]
    leftover_amount: int
    opinion_summary_code: str
    remarks: str | None


def accept(
    new_id: UUID,
    agreement: Agreement,
    findings: Findings,
    person: str,
    barred: Collection[str],
    day: date,
) -> Acceptance:
    """The acceptance record (政府采购法实施条例第四十五条: the recipients' opinion is heard).

    `barred` are those who evaluated, or approved a payment of this agreement.
    """
    agreement.check_in_force()
    if day <= agreement.to_day:
        raise TermNotOver(to_day=str(agreement.to_day))
    if person in barred:
        raise SecondPersonRequired
    if findings.leftover_amount > agreement.amount:
        raise LeftoverExceedsAmount(
            Fault("/leftover_amount", EXCEEDS_AMOUNT, most=f"¥{yuan(agreement.amount)}")
        )
    return Acceptance(
        id=new_id,
        version=1,
        agreement_id=agreement.id,
        division=agreement.division,
        day=day,
        outcome=findings.outcome,
        expense_statement=findings.expense_statement,
        leftover_amount=findings.leftover_amount,
        opinion_summary_code=findings.opinion_summary_code,
        remarks=findings.remarks,
        person=person,
    )

"""Approvals of a payment: the steps of the chain, each by another person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.common.errors import Conflict, SecondPersonRequired
from services.procurement.domain.agreement_policies import ApprovalStep, Step
from services.procurement.domain.payments import Payment


class PaymentNotInvoiced(Conflict):
    """Only an invoiced payment can be approved; have the invoice handed in first."""

    zh = "只有已提交发票的款项才能审批，请先由承接主体提交发票。"


class ApprovalOutOfOrder(Conflict):
    """The next step of the approval chain is not yours; `step` says which it is."""

    zh = "当前审批步骤不由您办理，请按审批顺序进行（见 step 字段）。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One step of the approval chain, taken over an amount; withdrawn when the result changes."""

    id: UUID
    payment_id: UUID
    step: Step
    person: str
    amount: int
    at: datetime
    withdrawn_at: datetime | None


def next_step(
    payment: Payment,
    chain: Sequence[ApprovalStep],
    given: Sequence[Approval],
    person: str,
    roles: Collection[str],
    barred: Collection[str],
) -> Step:
    """The step that this person takes: the chain's next, by another person each time.

    `barred` are those who evaluated or accepted: evaluation, acceptance and financial check are
    three acts by different persons.
    """
    if payment.status != "invoiced":
        raise PaymentNotInvoiced
    expected = chain[len(given)]
    if not set(roles) & set(expected.roles):
        raise ApprovalOutOfOrder(step=expected.step)
    if person in barred or "evaluator" in roles or person in {one.person for one in given}:
        raise SecondPersonRequired
    return expected.step

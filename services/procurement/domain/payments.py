"""Payments: planned → due → invoiced → approved → paid; reduced, withheld or recovered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.common import money
from libs.common.contract import changed
from libs.common.errors import Conflict, Fault, Invalid, SecondPersonRequired
from services.procurement.domain.agreement_policies import ApprovalStep, Step
from services.procurement.domain.agreements import Agreement
from services.procurement.domain.terms import PaymentKind

Status = Literal[
    "planned", "reduced", "due", "invoiced", "approved", "paid", "withheld", "recovered"
]


class PaymentNotDue(Conflict):
    """Only a payment that is due takes an invoice."""

    zh = "只有到期应付的款项才能提交发票。"


class PaymentNotInvoiced(Conflict):
    """Only an invoiced payment can be approved."""

    zh = "只有已提交发票的款项才能审批。"


class PaymentNotApproved(Conflict):
    """Only a payment that the whole chain has approved can be transferred, and only once."""

    zh = "只有完成全部审批的款项才能支付，且只能支付一次。"


class PaymentNotPaid(Conflict):
    """Only money that was paid can be recovered."""

    zh = "只有已支付的款项才能追回。"


class InvoiceAmountDiffers(Invalid):
    """The invoice is not over the amount that is due."""

    zh = "发票金额与应付金额不一致。"


class InvoiceHandedInAlready(Conflict):
    """This invoice stands under another payment already."""

    zh = "该发票已用于其他款项。"


class ApprovalOutOfOrder(Conflict):
    """The next step of the approval chain is not yours; `step` says which it is."""

    zh = "当前审批步骤不由您办理，请按审批顺序进行（见 step 字段）。"


class RecoveryExceedsPayment(Invalid):
    """No more can be recovered than was paid."""

    zh = "追回金额超过已支付金额。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The standing version of an agreement's sealed result, exactly as evaluation told it."""

    agreement_id: UUID
    result_id: UUID
    version: int
    score_bp: int
    band: str
    balance_share_bp: int
    policy_version: int
    sealed_at: datetime
    correction: bool


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One payment of an agreement. Amounts in fen; never more than planned."""

    id: UUID
    version: int
    agreement_id: UUID
    budget_id: UUID
    provider_id: UUID
    division: str
    kind: PaymentKind
    planned_amount: int
    amount: int
    status: Status
    fiscal_year: int
    result_id: UUID | None
    result_version: int | None
    score_bp: int | None
    balance_share_bp: int | None
    policy_version: int | None
    acceptance_id: UUID | None
    due_day: date | None
    invoice_number: str | None
    reference: str | None
    paid_day: date | None
    recovered_amount: int

    @property
    def open(self) -> bool:
        """Whether it may still be paid."""
        return self.status in ("planned", "reduced", "due", "invoiced", "approved")

    @property
    def held(self) -> int:
        """How much of its budget is committed for it."""
        return self.planned_amount if self.open else 0

    def takes(self, result: Result) -> bool:
        """Whether this version of the result changes it: not after the money has gone."""
        applied = (self.result_id, self.result_version)
        return self.paid_day is None and applied != (result.result_id, result.version)

    def fall_due(self, day: date) -> "Payment":
        """Everything it waited for is there: the provider may hand in the invoice."""
        return changed(self, status="due", due_day=day)

    def apply(self, result: Result, acceptance_id: UUID) -> "Payment":
        """The balance after the evaluation: its share as it is, never computed here.

        A correction before the payment starts again from the plan: the invoice and the
        approvals were given on a result that stands no more.
        """
        nothing = result.balance_share_bp == 0 or result.band == "fail"
        amount = money.share(self.planned_amount, 0 if nothing else result.balance_share_bp)
        status: Status = "planned"
        if amount < self.planned_amount:
            status = "withheld" if amount == 0 else "reduced"
        return changed(
            self,
            status=status,
            amount=amount,
            result_id=result.result_id,
            result_version=result.version,
            score_bp=result.score_bp,
            balance_share_bp=result.balance_share_bp,
            policy_version=result.policy_version,
            acceptance_id=acceptance_id,
            due_day=None,
            invoice_number=None,
        )

    def withhold(self) -> "Payment":
        """The agreement has ended before this was earned."""
        return changed(self, status="withheld", amount=0, due_day=None, invoice_number=None)

    def invoice(self, number: str, amount: int) -> "Payment":
        """The provider's invoice, over exactly what is due."""
        if self.status != "due":
            raise PaymentNotDue
        if amount != self.amount:
            raise InvoiceAmountDiffers(Fault("/amount", "differs", f"{self.amount} is due"))
        return changed(self, status="invoiced", invoice_number=number)

    def approve(self, *, last: bool) -> "Payment":
        """One step further; approved with the last."""
        return changed(self, status="approved" if last else "invoiced")

    def pay(self, reference: str, day: date) -> "Payment":
        """The treasury has transferred it."""
        if self.status != "approved":
            raise PaymentNotApproved
        return changed(self, status="paid", reference=reference, paid_day=day)

    def recover(self, amount: int) -> "Payment":
        """Unearned money has come back from the provider, all at once or in parts."""
        if self.status not in ("paid", "recovered"):
            raise PaymentNotPaid
        most = self.amount - self.recovered_amount
        if not 0 < amount <= most:
            raise RecoveryExceedsPayment(Fault("/amount", "out-of-range", f"1 to {most}"))
        return changed(self, status="recovered", recovered_amount=self.recovered_amount + amount)


def plan(agreement: Agreement, ids: Sequence[UUID]) -> tuple[Payment, ...]:
    """The payments of an agreement, one for each of its payment terms, summing to its amount."""
    terms = agreement.payment_terms
    amounts = money.split(agreement.amount, [term.share_bp for term in terms])
    return tuple(
        Payment(
            id=new_id,
            version=1,
            agreement_id=agreement.id,
            budget_id=agreement.budget_id,
            provider_id=agreement.provider_id,
            division=agreement.division,
            kind=term.kind,
            planned_amount=amount,
            amount=amount,
            status="planned",
            fiscal_year=agreement.fiscal_year,
            result_id=None,
            result_version=None,
            score_bp=None,
            balance_share_bp=None,
            policy_version=None,
            acceptance_id=None,
            due_day=None,
            invoice_number=None,
            reference=None,
            paid_day=None,
            recovered_amount=0,
        )
        for new_id, term, amount in zip(ids, terms, amounts, strict=True)
    )


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

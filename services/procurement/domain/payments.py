"""Payments: planned → due → invoiced → approved → paid; reduced, withheld or recovered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.common import money
from libs.common.contract import changed
from libs.common.errors import Conflict, Fault, Invalid
from libs.common.sentences import OUT_OF_RANGE
from services.procurement.domain.agreements import Agreement
from services.procurement.domain.sentences import DIFFERS

Status = Literal[
    "planned", "reduced", "due", "invoiced", "approved", "paid", "withheld", "recovered"
]
Kind = Literal["startup", "undisputed", "balance"]
"""启动款, 余款, and 无争议部分: what of the balance falls due while the evaluation is late."""


class PaymentNotDue(Conflict):
    """Only a payment that is due takes an invoice; wait until what releases it is recorded."""

    zh = "只有到期应付的款项才能提交发票，请待付款条件具备后再提交。"


class PaymentNotApproved(Conflict):
    """Only a payment that all have approved can be transferred, and only once; see its status."""

    zh = "只有完成全部审批的款项才能支付，且只能支付一次，请核对其状态。"


class PaymentNotPaid(Conflict):
    """Only money that was paid can be recovered; see the payment's status."""

    zh = "只有已支付的款项才能追回，请核对款项状态。"


class InvoiceAmountDiffers(Invalid):
    """The invoice is not over the amount that is due."""

    zh = "发票金额与应付金额不一致。"


class InvoiceHandedInAlready(Conflict):
    """This invoice stands under another payment already; hand in the one for this payment."""

    zh = "该发票已用于其他款项，请提交本款项的发票。"


class NothingClaimed(Conflict):
    """Nothing of this payment has to come back; what does is claimed by a settlement or result."""

    zh = "该款项没有应退金额；应退金额由清算或评估结果确定。"


class RecoveryExceedsPayment(Invalid):
    """No more can be recovered than is to come back."""

    zh = "追回金额超过应退金额。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The standing version of an agreement's sealed result, exactly as evaluation told it."""

    agreement_id: UUID
    result_id: UUID
    round: int
    """2: the re-evaluation after a first result below the line."""
    version: int
    score_bp: int
    band: str
    balance_share_bp: int
    policy_version: int
    sealed_at: datetime
    correction: bool

    @property
    def failed(self) -> bool:
        """Below the line (不合格), or worth nothing by the agreement's own table."""
        return self.band == "fail" or self.balance_share_bp == 0

    def share_of(self, balance: int) -> int:
        """What it gives of a whole balance, rounded down."""
        return 0 if self.failed else money.share(balance, self.balance_share_bp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One payment of an agreement. Amounts in fen; never more than planned."""

    id: UUID
    version: int
    agreement_id: UUID
    budget_id: UUID
    provider_id: UUID
    division: str
    kind: Kind
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
    claimed_amount: int
    """What has to come back, what has come back already included."""
    given_up: bool
    """Withheld for good: the agreement has ended, and its commitment was released."""
    deducted_amount: int
    """What the result gives and confirmed breaches take."""

    @property
    def open(self) -> bool:
        """Whether it may still be paid."""
        return self.status in ("planned", "reduced", "due", "invoiced", "approved")

    @property
    def held(self) -> int:
        """How much of its budget is committed for it: also while it is withheld, until the end."""
        waits = self.status == "withheld" and not self.given_up
        return self.planned_amount if self.open or waits else 0

    @property
    def kept(self) -> int:
        """What the provider has got of it and not given back."""
        return self.amount - self.recovered_amount if self.paid_day else 0

    @property
    def part(self) -> int:
        """Its part of the agreement's amount: what was not paid of an undisputed part, or came back
        while the agreement ran, is planned in the balance again."""
        is_advanced = self.kind == "undisputed" and self.paid_day is not None
        return self.kept if is_advanced else self.planned_amount

    @property
    def claim_open(self) -> int:
        """What is still to come back."""
        return self.claimed_amount - self.recovered_amount if self.claimed_amount else 0

    def earnable(self, result: Result | None) -> int:
        """The most that delivery alone can earn: nothing of the balance, and nothing of its
        undisputed part below the line."""
        failed = result is not None and result.failed
        if self.kind == "balance" or (self.kind == "undisputed" and failed):
            return 0
        return self.planned_amount

    def takes(self, result: Result) -> bool:
        """Whether this version of the result changes it: not after the money or the end."""
        applied = (self.result_id, self.result_version)
        is_over = self.paid_day is not None or self.given_up
        return not is_over and applied != (result.result_id, result.version)

    def is_covered_by(self, result: Result) -> bool:
        """Whether it has nothing left to pay: what fell due before is all that the result gives."""
        is_applied = (self.result_id, self.result_version) == (result.result_id, result.version)
        return self.status == "withheld" and is_applied and not result.failed

    def fall_due(self, day: date) -> "Payment":
        """Everything it waited for is there: the provider may hand in the invoice."""
        return changed(self, status="due", due_day=day)

    def apply(
        self,
        result: Result,
        acceptance_id: UUID | None,
        undisputed: "Payment | None" = None,
        deductions: int = 0,
    ) -> "Payment":
        """The balance after the evaluation: its share as it is, never computed here, less what
        fell due of it while the evaluation was late and need not come back, less deductions.

        A correction before the payment starts again from the plan: the invoice and the
        approvals were given on a result that stands no more.
        """
        left = result.share_of(self.part + (undisputed.part if undisputed else 0))
        if undisputed is not None:
            left -= undisputed.amount - undisputed.claimed_amount
        given = min(max(left, 0), self.planned_amount)
        amount = given - min(deductions, given)
        whole = amount == self.planned_amount
        status: Status = "planned" if whole else "withheld" if amount == 0 else "reduced"
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
            deducted_amount=given - amount,
        )

    def end(self, earned: int) -> "Payment":
        """The agreement has ended, and so much is earned that no other payment covers.

        What was paid beyond it is claimed; what was not paid is given up, or falls due at what
        was earned of it, never at more than was planned.
        """
        if self.paid_day is not None:
            unearned = max(self.kept - earned, 0)
            if unearned == 0:
                return self
            return changed(self, claimed_amount=self.recovered_amount + unearned)
        left = min(earned, self.planned_amount)
        if left == 0:
            return self.give_up()
        if left == self.amount:
            return self
        return changed(self, status="due", amount=left, invoice_number=None)

    def give_up(self) -> "Payment":
        """The agreement has ended before anything of this was earned."""
        return changed(
            self, status="withheld", amount=0, due_day=None, invoice_number=None, given_up=True
        )

    def invoice(self, number: str, amount: int) -> "Payment":
        """The provider's invoice, over exactly what is due."""
        if self.status != "due":
            raise PaymentNotDue
        if amount != self.amount:
            raise InvoiceAmountDiffers(Fault("/amount", DIFFERS, due=f"¥{money.yuan(self.amount)}"))
        return changed(self, status="invoiced", invoice_number=number)

    def approve(self, *, last: bool) -> "Payment":
        """One step further; approved with the last."""
        return changed(self, status="approved" if last else "invoiced")

    def pay(self, reference: str, day: date) -> "Payment":
        """The treasury has transferred it."""
        if self.status != "approved":
            raise PaymentNotApproved
        return changed(self, status="paid", reference=reference, paid_day=day)

    def recover(self, amount: int, *, leftover: bool) -> "Payment":
        """Money came back, at once or in parts: what was claimed, or what was left over (结余)."""
        if self.status not in ("paid", "recovered"):
            raise PaymentNotPaid
        if not leftover and self.claimed_amount == 0:
            raise NothingClaimed
        most = self.kept if leftover else self.claim_open
        if not 0 < amount <= most:
            fault = Fault("/amount", OUT_OF_RANGE, least="¥0.01", most=f"¥{money.yuan(most)}")
            raise RecoveryExceedsPayment(fault)
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
            claimed_amount=0,
            given_up=False,
            deducted_amount=0,
        )
        for new_id, term, amount in zip(ids, terms, amounts, strict=True)
    )

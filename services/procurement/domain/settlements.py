"""Settlements 清算: what was delivered until an early end, what it is worth, and who owes whom."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from libs.common import money
from libs.common.contract import answer
from libs.common.errors import Conflict
from services.procurement.domain.agreements import Agreement
from services.procurement.domain.breaches import DeductionLine
from services.procurement.domain.payments import Payment, Result

RESULT_FAILED = "result-failed"
"""The reason of an end that only a failed re-evaluation, or a missed rectification, allows."""


class RectificationPending(Conflict):
    """A first failed result is put right and evaluated once more before it ends the agreement."""

    zh = "首次评估不合格的，须先整改并复评一次；整改逾期或复评仍不合格，方可以此终止协议。"


class ResultNotFailed(Conflict):
    """The sealed result of this agreement is no fail; end it for another reason."""

    zh = "该协议没有不合格的定案结果，不能以此为由终止。"


class DeliveryAccepted(Conflict):
    """What was delivered has been accepted; pay the balance instead of ending the agreement."""

    zh = "该协议已验收合格，应支付余款，不得终止。"


@answer
class Delivered:
    """An output: how much of it was accepted, of how much; more than agreed counts no more."""

    output_id: UUID
    title: str
    quantity: int
    counted: int
    share_bp: int


@answer
class EarnedLine:
    """A price line, and what of it the delivered share has earned, rounded down to the fen."""

    line: str
    amount: int
    earned: int


@answer
class Settlement:
    """The record of an early end, with each figure by which anybody can compute it again.

    `delivered_bp` is the mean of the outputs' shares, rounded down; each price line earns that
    share; `value_amount` is their sum. No more than `most_amount` is earned: the balance takes a
    result above the line and an acceptance. `deductions` take `deducted_amount` of that, line by
    line, though never more than there is. What was paid beyond is claimed, what is missing owed.
    """

    id: UUID
    version: int
    agreement_id: UUID
    division: str
    day: date
    delivered: tuple[Delivered, ...]
    delivered_bp: int
    lines: tuple[EarnedLine, ...]
    result_id: UUID | None
    value_amount: int
    most_amount: int
    deductions: tuple[DeductionLine, ...]
    deducted_amount: int
    earned_amount: int
    paid_amount: int
    claimed_amount: int
    owed_amount: int
    proposed_by: str
    confirmed_by: str


def check_ground(reason: str, result: Result | None, *, missed: bool, accepted: bool) -> None:
    """Refuse to end what was accepted, or to end by a result before its one chance is over."""
    failed = result is not None and result.failed
    if accepted and not failed:
        raise DeliveryAccepted
    if reason == RESULT_FAILED:
        if result is None or not failed:
            raise ResultNotFailed
        if result.round == 1 and not missed:
            raise RectificationPending


def settle(
    new_id: UUID,
    agreement: Agreement,
    counted: Mapping[UUID, int],
    payments: Sequence[Payment],
    result: Result | None,
    deductions: tuple[DeductionLine, ...],
    day: date,
) -> Settlement:
    """What an agreement that two persons have ended comes to, from nothing but its arguments."""
    assert agreement.end_proposed_by is not None, "an end is proposed"
    assert agreement.end_confirmed_by is not None, "and confirmed"
    delivered = tuple(
        Delivered(
            output_id=output.id,
            title=output.title,
            quantity=output.quantity,
            counted=counted.get(output.id, 0),
            share_bp=min(counted.get(output.id, 0) * money.WHOLE // output.quantity, money.WHOLE),
        )
        for output in agreement.outputs
    )
    delivered_bp = sum(one.share_bp for one in delivered) // len(delivered)
    lines = tuple(
        EarnedLine(
            line=line.line, amount=line.amount, earned=money.share(line.amount, delivered_bp)
        )
        for line in agreement.price_lines
    )
    value = sum(line.earned for line in lines)
    most = sum(payment.earnable(result) for payment in payments)
    deducted = sum(line.deducted for line in deductions)
    earned = max(min(value, most) - deducted, 0)
    paid = sum(payment.kept for payment in payments)
    return Settlement(
        id=new_id,
        version=1,
        agreement_id=agreement.id,
        division=agreement.division,
        day=day,
        delivered=delivered,
        delivered_bp=delivered_bp,
        lines=lines,
        result_id=result.result_id if result else None,
        value_amount=value,
        most_amount=most,
        deductions=deductions,
        deducted_amount=deducted,
        earned_amount=earned,
        paid_amount=paid,
        claimed_amount=max(paid - earned, 0),
        owed_amount=max(earned - paid, 0),
        proposed_by=agreement.end_proposed_by,
        confirmed_by=agreement.end_confirmed_by,
    )


def end_payments(
    payments: Sequence[Payment], earned: int, result: Result | None
) -> list[tuple[Payment, Payment]]:
    """Each payment before and after the end: first what was paid, then what is still owed.

    What is earned stays with the provider or falls due; what is not is claimed or given up.
    """
    steps, left = [], earned
    for payment in sorted(payments, key=lambda one: one.paid_day is None):
        after = payment.end(min(left, payment.earnable(result)))
        left -= after.kept - after.claim_open if after.paid_day else after.amount
        steps.append((payment, after))
    return steps

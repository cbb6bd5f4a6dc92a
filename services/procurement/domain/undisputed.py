"""The undisputed part of a balance: due while an evaluation is late, and what the result makes of
it. Nothing that a provider does delays an evaluation: drawing, visiting, marking, notifying,
deciding a review and sealing are all acts of others."""

from dataclasses import replace
from uuid import UUID

from libs.common import money
from libs.common.contract import changed
from services.procurement.domain.payments import Payment, Result


def split_off(balance: Payment, share_bp: int, new_id: UUID) -> tuple[Payment, Payment] | None:
    """The rest of a planned balance, and its undisputed part; None if there is no such part."""
    part = money.share(balance.planned_amount, share_bp)
    if balance.status != "planned" or not 0 < part < balance.planned_amount:
        return None
    left = balance.planned_amount - part
    rest = changed(balance, planned_amount=left, amount=left)
    undisputed = replace(
        balance, id=new_id, version=1, kind="undisputed", planned_amount=part, amount=part
    )
    return rest, undisputed


def apply_to_undisputed(undisputed: Payment, whole: int, result: Result) -> Payment:
    """What was paid beyond the result is claimed; what was not is due at no more than it gives.

    Below the line nothing is claimed yet: a re-evaluation may follow, or the settlement of the end.
    """
    entitled = result.share_of(whole)
    if undisputed.paid_day is not None:
        claim = max(undisputed.amount - entitled, undisputed.recovered_amount)
        if result.failed or claim == undisputed.claimed_amount:
            return undisputed
        return changed(undisputed, claimed_amount=claim)
    amount = min(undisputed.planned_amount, entitled)
    if amount == undisputed.amount:
        return undisputed
    return changed(
        undisputed,
        status="due" if amount else "withheld",
        amount=amount,
        invoice_number=None,
    )


def plan_again(balance: Payment, fen: int) -> Payment:
    """The balance with what was not paid of its undisputed part, or came back, while the agreement
    runs: it stays committed, since a corrected result may still give it."""
    return changed(balance, planned_amount=balance.planned_amount + fen)

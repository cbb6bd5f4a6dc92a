"""What commands share with timers and reactions: keys, challenges, agreements, and money."""

from uuid import UUID

from libs.common import money
from libs.common.contract import told
from libs.common.db import Tx
from libs.common.ids import new_id
from libs.common.jobs import clear_timers
from libs.common.outbox import emit
from services.procurement.domain.agreements import Agreement
from services.procurement.domain.awards import confirm
from services.procurement.domain.bids import Bid, OfficerTied
from services.procurement.domain.breaches import DeductionLine, deduct
from services.procurement.domain.challenges import AwardChallenged
from services.procurement.domain.comparisons import Line, check_compared, line_of
from services.procurement.domain.complaints import TenderSuspended
from services.procurement.domain.ledger import Act, entry, move, moves
from services.procurement.domain.payments import Payment, plan
from services.procurement.domain.remedies import AgreementMadeAlready, Finding, Remedy, put_right
from services.procurement.domain.tenders import Tender
from services.procurement.domain.undisputed import apply_to_undisputed, plan_again, split_off
from services.procurement.events.agreements import AgreementCompleted
from services.procurement.events.comparisons import ComparisonSettled
from services.procurement.events.payments import (
    PaymentClaimed,
    PaymentDue,
    PaymentReduced,
    PaymentWithheld,
)
from services.procurement.events.tenders import TenderConfirmed, TenderFailed, TenderReopened
from services.procurement.store import (
    acceptances,
    agreement_policies,
    agreements,
    amendments,
    bids,
    breaches,
    budgets,
    challenges,
    comparisons,
    complaints,
    ledger,
    payments,
    policies,
    reviews,
    tenders,
    views,
)


async def settle_keys(tx: Tx, tender: Tender, standing: list[Bid]) -> Tender:
    """No key is handed in any more: the tender goes on with its valid bids, or fails."""
    policy = await policies.get_policy(tx, tender.legal_profile, tender.policy_version)
    valid = sum(bid.status == "valid" for bid in standing)
    settled = tender.settle_keys(policy, valid, tx.now)
    await tenders.save_tender(tx, settled)
    await clear_timers(tx, "settle-keys", settled.id)
    if settled.status == "failed":
        await emit(tx, settled, told(TenderFailed, settled))
    return settled


async def check_running(tx: Tx, tender_id: UUID) -> None:
    """Refuse to go on with a tender that the finance department has suspended."""
    until = await complaints.find_suspension(tx, tender_id, tx.now)
    if until is not None:
        raise TenderSuspended(until=until.isoformat())


async def check_unchallenged(tx: Tx, tender_id: UUID) -> None:
    """Refuse to agree or pay while a challenge is unanswered or the tender suspended."""
    await check_running(tx, tender_id)
    if await challenges.is_unanswered(tx, tender_id):
        raise AwardChallenged


async def confirm_award(tx: Tx, tender: Tender) -> None:
    """A conditional award becomes binding with an approved budget that holds it."""
    budget = await budgets.lock_budget_of(tx, tender.budget_id)
    confirmed = confirm(tender, budget.after(await tenders.sum_awarded(tx, budget.id)))
    await tenders.save_tender(tx, confirmed)
    await emit(tx, confirmed, told(TenderConfirmed, confirmed))


async def check_untied(tx: Tx, person: str, tender: Tender, challenger: UUID) -> None:
    """Refuse a judge who is tied to the challenger, or to a bidder once bidders are known."""
    standing = await bids.list_standing_bids(tx, tender.id) if tender.opened_at else []
    parties = [challenger, *(bid.organisation_id for bid in standing)]
    if person in await views.list_tied_persons(tx, parties):
        raise OfficerTied


async def settle_finding(tx: Tx, tender: Tender, finding: Finding) -> None:
    """Put right what was upheld: nothing is agreed on a void award, and the tender goes back to
    where it went wrong, or fails and can be done again."""
    if finding.remedy in (None, "go-on"):
        return
    candidates = 0
    if tender.status == "awarded":
        await _void_agreement(tx, tender.id, finding.remedy)
        candidates = (await reviews.get_review(tx, tender.id)).candidates(tender)
    policy = await policies.get_policy(tx, tender.legal_profile, tender.policy_version)
    least = policy.rule_of(tender.method).minimum_bids
    righted = put_right(tender, finding.remedy, candidates, least)
    await tenders.save_tender(tx, righted)
    if righted.status == "failed":
        await clear_timers(tx, "close-tender", righted.id)
        await clear_timers(tx, "settle-keys", righted.id)
        await emit(tx, righted, told(TenderFailed, righted))
    else:
        await emit(tx, righted, told(TenderReopened, righted))


async def _void_agreement(tx: Tx, tender_id: UUID, remedy: Remedy) -> None:
    """Give up the draft on an award that is void; what has been in force is not undone here."""
    agreement = await agreements.find_standing(tx, tender_id)
    if agreement is None:
        return
    if agreement.in_force_at is not None:
        if (agreement.status, remedy) != ("terminated", "tender-again"):
            raise AgreementMadeAlready
        return
    await agreements.save_agreement(tx, agreement.give_up("award-void", tx.today))
    await enter(tx, agreement.budget_id, agreement.id, None, "release", agreement.amount)


async def enter(
    tx: Tx, budget_id: UUID, agreement_id: UUID, payment_id: UUID | None, act: Act, fen: int
) -> None:
    """Move money in a budget under its row's lock, and write the entry that says so."""
    budget = await budgets.lock_budget_of(tx, budget_id)
    await budgets.save_budget(tx, move(budget, act, fen))
    line = entry(new_id(), budget_id, agreement_id, payment_id, act, fen, tx.now)
    await ledger.add_entry(tx, line)


async def book(tx: Tx, before: Payment, after: Payment) -> None:
    """Save a payment with the moves of money that its step means."""
    await payments.save_payment(tx, after)
    for act, fen in moves(before, after):
        await enter(tx, after.budget_id, after.agreement_id, after.id, act, fen)


async def find_line(tx: Tx, payment: Payment, reference: str) -> Line | None:
    """The open line of the bank's statement that a transfer records; refused while a restore
    holds payments up, or if the provider was paid something else that is not recorded."""
    check_compared(tx.city.epoch, await comparisons.is_compared(tx, tx.city.epoch))
    lines = await comparisons.lock_open_lines(tx, payment.provider_id)
    return line_of(lines, reference, payment.amount)


async def settle_line(tx: Tx, line: Line) -> None:
    """A line of the statement was recorded or dismissed: its comparison has one less open."""
    settled = (await comparisons.lock_comparison_of(tx, line)).settle(line)
    await comparisons.save_line(tx, line)
    await comparisons.save_comparison(tx, settled)
    await emit(tx, settled, told(ComparisonSettled, settled))


async def start_payments(tx: Tx, agreement: Agreement) -> None:
    """Plan the payments of an agreement that has come into force; the start-up is due at once."""
    planned = plan(agreement, [new_id() for _ in agreement.payment_terms])
    await payments.add_payments(tx, planned)
    for payment in planned:
        if payment.kind == "startup":
            due = payment.fall_due(tx.today)
            await book(tx, payment, due)
            await emit(tx, due, told(PaymentDue, due))


async def advance_undisputed(tx: Tx, agreement: Agreement) -> None:
    """Let the undisputed part of the balance fall due, if no result has come meanwhile."""
    result = await acceptances.find_result(tx, agreement.id)
    if agreement.status != "in_force" or result is not None:
        return
    policy = await agreement_policies.get_policy(tx, agreement.profile, agreement.policy_version)
    kinds = {p.kind: p for p in await payments.lock_payments(tx, agreement.id)}
    balance = kinds["balance"]
    parts = split_off(balance, policy.undisputed_bp, new_id())
    if "undisputed" in kinds or parts is None:
        return
    rest, undisputed = parts
    due = undisputed.fall_due(tx.today)
    await book(tx, balance, rest)
    await payments.add_payments(tx, [due])
    await enter(tx, due.budget_id, agreement.id, due.id, "commit", due.held)
    await emit(tx, due, told(PaymentDue, due))


async def return_to_balance(tx: Tx, agreement: Agreement, payment: Payment, fen: int) -> None:
    """While the agreement runs, what of an undisputed part was not paid or came back is balance
    again."""
    if agreement.status == "in_force" and payment.kind == "undisputed" and fen:
        kinds = {p.kind: p for p in await payments.lock_payments(tx, agreement.id)}
        await book(tx, kinds["balance"], plan_again(kinds["balance"], fen))


async def deductions_of(tx: Tx, agreement: Agreement) -> tuple[DeductionLine, ...]:
    """Each confirmed breach and what it takes, within the cap of the agreement's policy."""
    policy = await agreement_policies.get_policy(tx, agreement.profile, agreement.policy_version)
    most = money.share(agreement.amount, policy.deductions_most_bp)
    return deduct(await breaches.list_breaches_of(tx, agreement.id), most)


async def settle_balance(tx: Tx, agreement: Agreement) -> None:
    """Apply the sealed result to the balance: below the line at once, above it once accepted."""
    acceptance = await acceptances.find_acceptance(tx, agreement.id)
    result = await acceptances.find_result(tx, agreement.id)
    if agreement.status != "in_force" or result is None:
        return
    accepted = acceptance is not None and acceptance.accepts
    kinds = {p.kind: p for p in await payments.lock_payments(tx, agreement.id)}
    balance, undisputed = kinds["balance"], kinds.get("undisputed")
    if not (accepted or result.failed) or not balance.takes(result):
        return
    if undisputed is not None:
        whole = balance.part + undisputed.part
        before, undisputed = undisputed, apply_to_undisputed(undisputed, whole, result)
        await change_payment(tx, before, undisputed)
    deducted = sum(line.deducted for line in await deductions_of(tx, agreement))
    applied = balance.apply(result, acceptance.id if acceptance else None, undisputed, deducted)
    await payments.withdraw_approvals(tx, balance.id, tx.now)
    if applied.status == "withheld":
        await book(tx, balance, applied)
        await emit(tx, applied, told(PaymentWithheld, applied))
        await complete_if_paid(tx, agreement)
        return
    if applied.status == "reduced":
        await emit(tx, applied, told(PaymentReduced, applied))
    due = applied.fall_due(tx.today)
    await book(tx, balance, due)
    await emit(tx, due, told(PaymentDue, due))


async def change_payment(tx: Tx, before: Payment, after: Payment) -> None:
    """A payment by a settlement or a late result: withheld, due at what is earned, or claimed."""
    if after == before:
        return
    if after.amount != before.amount or after.given_up:
        await payments.withdraw_approvals(tx, after.id, tx.now)
    await book(tx, before, after)
    if after.status == "withheld":
        await emit(tx, after, told(PaymentWithheld, after))
    elif after.claim_open:
        await emit(tx, after, told(PaymentClaimed, after))
    elif after.status == "due":
        await emit(tx, after, told(PaymentReduced, after))
        await emit(tx, after, told(PaymentDue, after))


async def complete_if_paid(tx: Tx, agreement: Agreement) -> None:
    """The agreement is completed with its last payment, unless it has ended before.

    A balance whose undisputed part was all that the result gives has nothing left to pay.
    """
    result = await acceptances.find_result(tx, agreement.id)
    left = [p for p in await payments.lock_payments(tx, agreement.id) if p.paid_day is None]
    covered = result is not None and all(p.is_covered_by(result) for p in left)
    if agreement.status == "in_force" and covered:
        for payment in left:
            await book(tx, payment, payment.give_up())
        completed = agreement.complete(tx.today)
        await agreements.save_agreement(tx, completed)
        await lapse_amendment(tx, completed)
        await emit(tx, completed, told(AgreementCompleted, completed))


async def lapse_amendment(tx: Tx, agreement: Agreement) -> None:
    """With the end of an agreement the amendment lapses that not everybody has signed."""
    if amendment := await amendments.find_open(tx, agreement.id):
        await amendments.save_amendment(tx, amendment.lapse())

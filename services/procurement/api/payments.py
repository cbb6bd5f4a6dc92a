"""Payments: invoice, approve, transfer, recover, read."""

from typing import Final
from uuid import UUID

from libs.common.contract import Fen, Token, answer, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.procurement.actions import (
    book,
    check_unchallenged,
    complete_if_paid,
    find_line,
    return_to_balance,
    settle_line,
)
from services.procurement.domain.approvals import Approval, next_step
from services.procurement.domain.ledger import Entry
from services.procurement.domain.payments import Payment, Status
from services.procurement.events.payments import (
    PaymentApproved,
    PaymentInvoiced,
    PaymentPaid,
    PaymentRecovered,
)
from services.procurement.store import acceptances, budgets, ledger
from services.procurement.store import agreement_policies as policies
from services.procurement.store import payments as store

routes: Final = Routes()


@body
class Invoice:
    """The provider's invoice; its amount is what is due, in fen."""

    number: Token
    amount: Fen


@body
class Transfer:
    """The treasury's reference of the transfer."""

    reference: Token


@body
class Recovery:
    """How much money has come back, in fen."""

    amount: Fen
    reference: Token


@answer
class PaymentFile(Payment):
    """A payment with its approvals, the withdrawn ones too."""

    approvals: tuple[Approval, ...]


@routes.post("/payments/{payment_id}/invoice", scope="procurement:invoice")
async def invoice_payment(tx: Tx, call: Call, payment_id: UUID, body: Invoice) -> Payment:
    """Hand in the invoice over exactly the amount that is due."""
    _, payment = await store.lock_payment(tx, payment_id, call.rows)
    call.expect(payment)
    invoiced = payment.invoice(body.number, body.amount)
    await store.save_payment(tx, invoiced)
    await emit(tx, invoiced, told(PaymentInvoiced, invoiced))
    return invoiced


@routes.post("/payments/{payment_id}/approvals", scope="procurement:approve-payment")
async def approve_payment(tx: Tx, call: Call, payment_id: UUID) -> PaymentFile:
    """Take the next step of the approval chain, each by another person."""
    agreement, payment = await store.lock_payment(tx, payment_id, call.rows)
    call.expect(payment)
    policy = await policies.get_policy(tx, agreement.profile, agreement.policy_version)
    given = [one for one in await store.list_approvals(tx, payment.id) if not one.withdrawn_at]
    barred = await acceptances.list_judges(tx, agreement.id)
    step = next_step(payment, policy.approval_steps, given, call.person, call.caller.roles, barred)
    approved = payment.approve(last=len(given) + 1 == len(policy.approval_steps))
    approval = Approval(
        id=new_id(),
        payment_id=payment.id,
        step=step,
        person=call.person,
        amount=payment.amount,
        at=tx.now,
        withdrawn_at=None,
    )
    await store.add_approval(tx, approval)
    await store.save_payment(tx, approved)
    if approved.status == "approved":
        await emit(tx, approved, told(PaymentApproved, approved))
    return await _file(tx, approved)


@routes.post("/payments/{payment_id}/transfer", scope="procurement:transfer")
async def transfer_payment(tx: Tx, call: Call, payment_id: UUID, body: Transfer) -> Payment:
    """Record the transfer; with the last payment the agreement is completed. After a restore none
    is recorded before the bank's statement was compared, and of a provider that was paid already
    first what the statement shows, on the day that it shows."""
    agreement, payment = await store.lock_payment(tx, payment_id, call.rows)
    call.expect(payment)
    await check_unchallenged(tx, agreement.tender_id)
    line = await find_line(tx, payment, body.reference)
    paid = payment.pay(body.reference, line.day if line else tx.today)
    await book(tx, payment, paid)
    if line:
        await settle_line(tx, line.record(paid.id))
    await return_to_balance(tx, agreement, paid, paid.planned_amount - paid.amount)
    await emit(tx, paid, told(PaymentPaid, paid))
    await complete_if_paid(tx, agreement)
    return paid


@routes.post("/payments/{payment_id}/recovery", scope="procurement:transfer")
async def recover_payment(tx: Tx, call: Call, payment_id: UUID, body: Recovery) -> Payment:
    """Record that claimed money, or what a completed agreement left over, has come back."""
    agreement, payment = await store.lock_payment(tx, payment_id, call.rows)
    call.expect(payment)
    recovered = payment.recover(body.amount, leftover=agreement.status == "completed")
    await book(tx, payment, recovered)
    await return_to_balance(tx, agreement, recovered, body.amount)
    await emit(tx, recovered, told(PaymentRecovered, recovered))
    return recovered


@routes.get("/payments/{payment_id}", scope="procurement:read-agreements")
async def read_payment(tx: Tx, call: Call, payment_id: UUID) -> PaymentFile:
    """One payment with its approvals."""
    return await _file(tx, await store.get_payment(tx, payment_id, call.rows))


@routes.get("/payments", scope="procurement:read-agreements")
async def list_payments(
    tx: Tx,
    call: Call,
    page_request: PageRequest,
    status: Status | None = None,
    agreement_id: UUID | None = None,
) -> Page[Payment]:
    """Payments in the caller's divisions, or to their organisation."""
    found = await store.list_payments(tx, call.rows, page_request, status, agreement_id)
    return await page(tx, page_request, found)


@routes.get("/budgets/{budget_id}/ledger", scope="procurement:read-budgets")
async def list_entries(
    tx: Tx, call: Call, budget_id: UUID, page_request: PageRequest
) -> Page[Entry]:
    """The ledger of a budget: every fen that was committed, released, paid or recovered."""
    budget = await budgets.get_budget(tx, budget_id, call.rows)
    return await page(tx, page_request, await ledger.list_entries(tx, budget.id, page_request))


async def _file(tx: Tx, payment: Payment) -> PaymentFile:
    approvals = tuple(await store.list_approvals(tx, payment.id))
    return told(PaymentFile, payment, approvals=approvals)

"""Terminations: give up a draft; propose, confirm or take back the early end of an agreement."""

from typing import Final
from uuid import UUID

from libs.common.contract import Token, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.outbox import emit
from services.procurement.actions import (
    change_payment,
    deductions_of,
    enter,
    lapse_amendment,
)
from services.procurement.api.areas import check_purchaser
from services.procurement.domain.agreements import Agreement
from services.procurement.domain.breaches import check_decided
from services.procurement.domain.settlements import (
    Settlement,
    check_ground,
    end_payments,
    settle,
)
from services.procurement.events.agreements import AgreementTerminated
from services.procurement.events.payments import SettlementRecorded
from services.procurement.store import acceptances, agreements, breaches, payments
from services.procurement.store import settlements as store

routes: Final = Routes()


@body
class Termination:
    """Why an agreement ends early, as a code; `result-failed` has conditions of its own."""

    reason: Token


@routes.post("/agreements/{agreement_id}/termination", scope="procurement:agree")
async def terminate_agreement(
    tx: Tx, call: Call, agreement_id: UUID, body: Termination
) -> Agreement:
    """Give up a draft, or propose the early end of an agreement in force to a second person.

    A failed result ends an agreement after the failed re-evaluation or a missed rectification.
    """
    agreement = await _lock(tx, call, agreement_id)
    if agreement.in_force_at is not None:
        proposed = agreement.propose_end(body.reason, call.person)
        await _check_ground(tx, proposed)
        await agreements.save_agreement(tx, proposed)
        return proposed
    agreement.check_not_ended()
    given_up = agreement.give_up(body.reason, tx.today)
    await agreements.save_agreement(tx, given_up)
    await enter(tx, agreement.budget_id, agreement.id, None, "release", agreement.amount)
    return given_up


@routes.post("/agreements/{agreement_id}/termination/withdrawal", scope="procurement:agree")
async def withdraw_termination(tx: Tx, call: Call, agreement_id: UUID) -> Agreement:
    """Take a proposed end back before it is confirmed; the agreement goes on."""
    withdrawn = (await _lock(tx, call, agreement_id)).withdraw_end()
    await agreements.save_agreement(tx, withdrawn)
    return withdrawn


@routes.post("/agreements/{agreement_id}/termination/confirmation", scope="procurement:agree")
async def confirm_termination(tx: Tx, call: Call, agreement_id: UUID) -> Settlement:
    """Confirm somebody else's proposal: the agreement ends, and what was delivered is settled.

    What was paid and not earned is claimed back; what is open is given up or falls due.
    """
    agreement = await _lock(tx, call, agreement_id)
    terminated = agreement.terminate(call.person, tx.today)
    check_decided(await breaches.list_breaches_of(tx, agreement.id))
    await _check_ground(tx, terminated)
    await agreements.save_agreement(tx, terminated)
    await lapse_amendment(tx, terminated)
    await emit(tx, terminated, told(AgreementTerminated, terminated))
    return await _settle(tx, terminated)


async def _lock(tx: Tx, call: Call, agreement_id: UUID) -> Agreement:
    agreement = await agreements.lock_agreement(tx, agreement_id, call.rows)
    check_purchaser(call, agreement, "agreement")
    call.expect(agreement)
    return agreement


async def _check_ground(tx: Tx, agreement: Agreement) -> None:
    """Look at the result and the acceptance as they are now, at the proposal and the end."""
    acceptance = await acceptances.find_acceptance(tx, agreement.id)
    check_ground(
        agreement.end_reason or "",
        await acceptances.find_result(tx, agreement.id),
        missed=await store.is_rectification_missed(tx, agreement.id),
        accepted=acceptance is not None and acceptance.accepts,
    )


async def _settle(tx: Tx, agreement: Agreement) -> Settlement:
    result = await acceptances.find_result(tx, agreement.id)
    counted = {one.output_id: one.counted for one in await store.list_counted(tx, agreement.id)}
    locked = await payments.lock_payments(tx, agreement.id)
    deductions = await deductions_of(tx, agreement)
    settlement = settle(new_id(), agreement, counted, locked, result, deductions, tx.today)
    await store.add_settlement(tx, settlement)
    await emit(tx, settlement, told(SettlementRecorded, settlement))
    for before, after in end_payments(locked, settlement.earned_amount, result):
        await change_payment(tx, before, after)
    return settlement

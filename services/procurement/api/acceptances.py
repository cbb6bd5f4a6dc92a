"""Acceptances: record what the purchaser found."""

from typing import Annotated, Final
from uuid import UUID

from libs.common.contract import Fen, Some, Text, Token, body, told
from libs.common.db import Tx
from libs.common.errors import NotYet, SecondPersonRequired
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.outbox import emit
from services.procurement.actions import settle_balance
from services.procurement.domain.acceptances import (
    Acceptance,
    AgreementAcceptedAlready,
    Findings,
    Outcome,
    ResultBelowTheLine,
    accept,
)
from services.procurement.domain.breaches import check_decided
from services.procurement.domain.terms import PriceLine
from services.procurement.events.agreements import AcceptanceRecorded
from services.procurement.store import acceptances as store
from services.procurement.store import agreements, breaches, payments

routes: Final = Routes()


@body
class Record:
    """What was found, with the provider's expense statement in fen."""

    outcome: Outcome
    expense_statement: Annotated[tuple[PriceLine, ...], Some(1, 200)]
    leftover_amount: Fen
    opinion_summary_code: Token
    remarks: Text | None = None


@routes.post("/agreements/{agreement_id}/acceptance", scope="procurement:accept", status=201)
async def record_acceptance(tx: Tx, call: Call, agreement_id: UUID, body: Record) -> Acceptance:
    """Accept or refuse what was delivered, once the sealed result is there; the balance follows."""
    agreement = await agreements.lock_agreement(tx, agreement_id, call.rows)
    call.expect(agreement)
    if await store.find_acceptance(tx, agreement.id) is not None:
        raise AgreementAcceptedAlready
    check_decided(await breaches.list_breaches_of(tx, agreement.id))
    if call.is_any("evaluator"):
        raise SecondPersonRequired
    barred = [
        *await store.list_evaluation_persons(tx, agreement.id),
        *await payments.list_approvers(tx, agreement.id),
    ]
    findings = told(Findings, body)
    acceptance = accept(new_id(), agreement, findings, call.person, barred, tx.today)
    result = await store.find_result(tx, agreement.id)
    if result is None:
        raise NotYet("result")
    if result.failed:
        raise ResultBelowTheLine
    await store.add_acceptance(tx, acceptance)
    await emit(tx, acceptance, told(AcceptanceRecorded, acceptance))
    await settle_balance(tx, agreement)
    return acceptance

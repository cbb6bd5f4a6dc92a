"""Consents: given for one purpose, withdrawn at any time."""

from typing import Final
from uuid import UUID

from libs.common.contract import answer, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.outbox import emit
from services.casework import events
from services.casework.domain.consents import Consent, Form, Giver, Purpose, give
from services.casework.store import consents as store
from services.casework.store import identities, recipients
from services.casework.store.sealing import Vault

routes: Final = Routes()


@body
class Permission:
    """What is consented to, by whom, and in which form."""

    purpose: Purpose
    given_by: Giver
    form: Form


@answer
class Consents:
    """All consents of one recipient, the withdrawn ones too."""

    consents: list[Consent]


@routes.post("/recipients/{recipient_ref}/consents", scope="casework:keep", status=201)
async def give_consent(tx: Tx, call: Call, recipient_ref: UUID, body: Permission) -> Consent:
    """Record a consent; under the policy's age the guardian gives it (PIPL art. 31)."""
    recipient = await recipients.lock_recipient(tx, recipient_ref, call.rows)
    call.expect(recipient)
    capacity = await identities.get_capacity(tx, Vault(call.keys), recipient)
    policy = await recipients.get_policy(tx)
    consent = give(
        new_id(), recipient, capacity, body.purpose, body.given_by, body.form, policy, tx.today
    )
    await store.add_consent(tx, consent)
    await emit(tx, consent, told(events.ConsentGiven, consent))
    return consent


@routes.post("/consents/{consent_id}/withdrawal", scope="casework:keep")
async def withdraw_consent(tx: Tx, call: Call, consent_id: UUID) -> Consent:
    """Record that a consent was taken back; no reason is asked for (PIPL art. 15)."""
    consent = await store.lock_consent(tx, consent_id, call.rows)
    call.expect(consent)
    withdrawn = consent.withdraw(tx.today)
    await store.save_consent(tx, withdrawn)
    await emit(tx, withdrawn, told(events.ConsentWithdrawn, withdrawn))
    return withdrawn


@routes.get("/recipients/{recipient_ref}/consents", scope="casework:keep")
async def list_consents(tx: Tx, call: Call, recipient_ref: UUID) -> Consents:
    """The consents of a recipient."""
    recipient = await recipients.get_recipient(tx, recipient_ref, call.rows)
    return Consents(consents=await store.list_consents(tx, recipient.id))

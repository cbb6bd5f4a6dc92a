"""Amendments of agreements in force: draft, sign, attest, withdraw, read."""

from typing import Annotated, Final
from uuid import UUID

from libs.common.contract import Day, Some, Token, answer, body, told
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.http import Call, Download, Routes
from libs.common.ids import new_id
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.procurement.api.agreements import known_lead
from services.procurement.api.areas import check_purchaser
from services.procurement.api.signatures import Signing, all_have_signed, scan_of, take
from services.procurement.domain.acceptances import AgreementAcceptedAlready
from services.procurement.domain.agreement_policies import Party
from services.procurement.domain.agreements import Agreement
from services.procurement.domain.amendments import (
    Amendment,
    AmendmentOpenAlready,
    Changeable,
    Status,
    check_changes,
    content_of,
    draft,
)
from services.procurement.domain.signatures import Signature
from services.procurement.domain.terms import Output, OutputTerm, canonical
from services.procurement.events.agreements import AgreementAmended
from services.procurement.store import acceptances, agreements, signatures
from services.procurement.store import agreement_policies as policies
from services.procurement.store import amendments as store

routes: Final = Routes()


@body
class OutputChange(OutputTerm):
    """An output as it shall be: one agreed upon under its id, a new one without."""

    id: UUID | None = None


@body
class AmendmentDraft:
    """What shall change, and why, as a code. What is left out stays; the amount always does."""

    to_day: Day | None = None
    outputs: Annotated[tuple[OutputChange, ...], Some(1, 50)] | None = None
    lead_worker_id: UUID | None = None
    reason: Token


@answer
class AmendmentFile(Amendment):
    """An amendment with those who have to sign it, and those who have."""

    must_sign: tuple[Party, ...]
    signatures: tuple[Signature, ...]


@routes.post("/agreements/{agreement_id}/amendments", scope="procurement:agree", status=201)
async def draft_amendment(
    tx: Tx, call: Call, agreement_id: UUID, body: AmendmentDraft
) -> Amendment:
    """Draft another last day, other outputs or another lead for an agreement in force."""
    agreement = await agreements.lock_agreement(tx, agreement_id, call.rows)
    check_purchaser(call, agreement, "agreement")
    call.expect(agreement)
    await _check_amendable(tx, agreement)
    if await store.find_open(tx, agreement.id) is not None:
        raise AmendmentOpenAlready
    wanted = _wanted(agreement, body)
    amendment = draft(new_id(), agreement, wanted, body.reason, call.person)
    award = await agreements.get_award(tx, agreement.tender_id)
    policy = await policies.get_policy(tx, agreement.profile, agreement.policy_version)
    check_changes(agreement, wanted, award, policy.longest_years, tx.today)
    if wanted.lead_worker_id != agreement.lead_worker_id:
        await known_lead(tx, agreement.provider_id, wanted.lead_worker_id)
    await store.add_amendment(tx, amendment)
    return amendment


@routes.post("/amendments/{amendment_id}/signatures", scope="procurement:sign", status=201)
async def sign_amendment(tx: Tx, call: Call, amendment_id: UUID, body: Signing) -> Signature:
    """Sign as the agreement was signed; with the last signature the amended terms are in force."""
    agreement, amendment = await store.lock_amendment(tx, amendment_id, call.rows)
    call.expect(amendment)
    amendment.check_open()
    await _check_amendable(tx, agreement)
    signature = await take(tx, call, agreement, amendment, body)
    await _go_on(tx, agreement, amendment)
    return signature


@routes.post(
    "/amendments/{amendment_id}/signatures/{signature_id}/attestation",
    scope="procurement:attest",
)
async def attest_amendment(tx: Tx, call: Call, amendment_id: UUID, signature_id: UUID) -> Signature:
    """Attest as the second witness that the scan is of the sealed paper; then it counts."""
    agreement, amendment = await store.lock_amendment(tx, amendment_id, call.rows)
    signature = await signatures.get_signature(tx, agreement.id, signature_id, amendment.id)
    call.expect(signature)
    amendment.check_open()
    await _check_amendable(tx, agreement)
    attested = signature.attest(call.person)
    await signatures.save_signature(tx, attested)
    await _go_on(tx, agreement, amendment)
    return attested


@routes.post("/amendments/{amendment_id}/withdrawal", scope="procurement:agree")
async def withdraw_amendment(tx: Tx, call: Call, amendment_id: UUID) -> Amendment:
    """Take an amendment back before everybody has signed; the agreement stays as it is."""
    agreement, amendment = await store.lock_amendment(tx, amendment_id, call.rows)
    check_purchaser(call, agreement, "amendment")
    call.expect(amendment)
    withdrawn = amendment.withdraw()
    await store.save_amendment(tx, withdrawn)
    return withdrawn


@routes.get(
    "/amendments/{amendment_id}/signatures/{signature_id}/scan",
    scope="procurement:read-agreements",
)
async def read_amendment_scan(
    tx: Tx, call: Call, amendment_id: UUID, signature_id: UUID
) -> Download:
    """The scan of a signature on paper."""
    amendment = await store.get_amendment(tx, amendment_id, call.rows)
    signature = await signatures.get_signature(
        tx, amendment.agreement_id, signature_id, amendment.id
    )
    return await scan_of(tx, call, signature)


@routes.get("/amendments/{amendment_id}/content", scope="procurement:read-agreements")
async def read_amended_content(tx: Tx, call: Call, amendment_id: UUID) -> Download:
    """The bytes that the parties sign: the whole agreement as amended, as canonical JSON."""
    amendment = await store.get_amendment(tx, amendment_id, call.rows)
    agreement = await agreements.get_agreement(tx, amendment.agreement_id, call.rows)
    content = content_of(agreement, amendment)
    return Download(content=canonical(content), media_type="application/json")


@routes.get("/amendments/{amendment_id}", scope="procurement:read-agreements")
async def read_amendment(tx: Tx, call: Call, amendment_id: UUID) -> AmendmentFile:
    """One amendment with its signatures."""
    amendment = await store.get_amendment(tx, amendment_id, call.rows)
    agreement = await agreements.get_agreement(tx, amendment.agreement_id, call.rows)
    policy = await policies.get_policy(tx, agreement.profile, agreement.policy_version)
    given = await signatures.list_signatures(tx, agreement.id, amendment.id)
    return told(AmendmentFile, amendment, must_sign=policy.parties, signatures=tuple(given))


@routes.get("/amendments", scope="procurement:read-agreements")
async def list_amendments(
    tx: Tx,
    call: Call,
    page_request: PageRequest,
    status: Status | None = None,
    agreement_id: UUID | None = None,
) -> Page[Amendment]:
    """Amendments of the agreements in the caller's divisions, or of their organisation."""
    found = await store.list_amendments(tx, call.rows, page_request, status, agreement_id)
    return await page(tx, page_request, found)


async def _go_on(tx: Tx, agreement: Agreement, amendment: Amendment) -> None:
    """With the last signature that counts the agreement is another one, and that is told."""
    amendment.check_timely(tx.today)
    complete = await all_have_signed(tx, agreement, amendment)
    signed = amendment.take_signature(complete=complete, now=tx.now)
    await store.save_amendment(tx, signed)
    if complete:
        amended = agreement.amend(
            signed.to_day, signed.outputs, signed.lead_worker_id, signed.content_hash
        )
        await agreements.save_amended(tx, amended)
        await emit(tx, amended, told(AgreementAmended, amended))


async def _check_amendable(tx: Tx, agreement: Agreement) -> None:
    """What was delivered is judged by the terms it was accepted under."""
    agreement.check_in_force()
    if await acceptances.find_acceptance(tx, agreement.id) is not None:
        raise AgreementAcceptedAlready


def _wanted(agreement: Agreement, body: AmendmentDraft) -> Changeable:
    """The terms as they shall be; an id that the agreement does not have is not known yet."""
    known = {None, *(output.id for output in agreement.outputs)}
    changes = body.outputs or ()
    if any(change.id not in known for change in changes):
        raise NotYet("output")
    outputs = tuple(told(Output, change, id=change.id or new_id()) for change in changes)
    return Changeable(
        to_day=body.to_day or agreement.to_day,
        outputs=outputs or agreement.outputs,
        lead_worker_id=body.lead_worker_id or agreement.lead_worker_id,
    )

"""Agreements: draft and read."""

from typing import Annotated, Final
from uuid import UUID

from libs.common.contract import (
    BasisPoints,
    Count,
    Day,
    DivisionCode,
    Sha256,
    Some,
    Text,
    answer,
    body,
    told,
)
from libs.common.db import Tx
from libs.common.errors import NotFound, NotYet
from libs.common.http import Call, Download, Routes
from libs.common.ids import new_id
from libs.common.pages import Page, PageRequest, page
from services.procurement.actions import check_unchallenged, confirm_award, deductions_of, enter
from services.procurement.api.areas import in_area
from services.procurement.domain.acceptances import Acceptance
from services.procurement.domain.agreement_policies import AgreementPolicy, Party
from services.procurement.domain.agreements import (
    Agreement,
    AgreementSummary,
    Award,
    AwardAgreedAlready,
    ProviderNotActive,
    Status,
    check_lead,
    draft,
)
from services.procurement.domain.amendments import Amendment, contents_of
from services.procurement.domain.breaches import Breach, DeductionLine
from services.procurement.domain.payments import Payment, Result
from services.procurement.domain.settlements import Settlement
from services.procurement.domain.signatures import Signature
from services.procurement.domain.terms import (
    Band,
    Clauses,
    Deduction,
    Observation,
    Output,
    OutputTerm,
    PaymentTerm,
    PriceLine,
    Terms,
    canonical,
    hash_of,
)
from services.procurement.store import (
    acceptances,
    amendments,
    breaches,
    payments,
    settlements,
    signatures,
    tenders,
    views,
)
from services.procurement.store import agreement_policies as policies
from services.procurement.store import agreements as store

routes: Final = Routes()


@body
class Draft:
    """The terms of an agreement on an award; without payment terms the policy's apply."""

    tender_id: UUID
    host_division: DivisionCode
    site_division: DivisionCode
    from_day: Day
    to_day: Day
    lead_worker_id: UUID
    certified_share_bp: BasisPoints
    replacement_days: Count
    outputs: Annotated[tuple[OutputTerm, ...], Some(1, 50)]
    observation: Observation
    price_lines: Annotated[tuple[PriceLine, ...], Some(1, 100)]
    payment_terms: Annotated[tuple[PaymentTerm, ...], Some(1, 2)] | None = None
    bands: Annotated[tuple[Band, ...], Some(1, 4)]
    acceptance_standard: Text
    premises_owed: Text
    deductions: Annotated[tuple[Deduction, ...], Some(0, 50)] = ()
    confidentiality: Text
    photos_clause: Text
    safety_insurance: Text
    leftover_money: Text
    handover: Text
    change_clause: Text
    termination_clause: Text
    disputes: Text


@answer
class AgreementFile(Agreement):
    """An agreement with everything that hangs on it."""

    must_sign: tuple[Party, ...]
    signatures: tuple[Signature, ...]
    payments: tuple[Payment, ...]
    result: Result | None
    acceptance: Acceptance | None
    amendments: tuple[Amendment, ...]
    settlement: Settlement | None
    breaches: tuple[Breach, ...]
    deducted: tuple[DeductionLine, ...]
    """Why what the result or the delivery gives is less: a line for each confirmed breach."""


@routes.post("/agreements", scope="procurement:agree", status=201)
async def draft_agreement(tx: Tx, call: Call, body: Draft) -> Agreement:
    """Draft an agreement over the awarded price; the amount is committed in the budget."""
    award = await _usable_award(tx, call, body.tender_id)
    in_area(call, body.site_division)
    await check_unchallenged(tx, award.id)
    if award.conditional:
        await confirm_award(tx, await tenders.lock_tender_of(tx, award.id))
    if await store.is_agreed(tx, award.id):
        raise AwardAgreedAlready
    if await views.find_active(tx, award.provider_id, "provider") is None:
        raise ProviderNotActive
    await known_lead(tx, award.provider_id, body.lead_worker_id)
    policy = await policies.find_policy(tx, award.legal_profile, tx.today)
    if policy is None:
        raise NotYet("policy")
    agreement = draft(new_id(), award, policy, _terms(body, policy), call.person)
    await store.add_agreement(tx, agreement)
    await enter(tx, agreement.budget_id, agreement.id, None, "commit", agreement.amount)
    return agreement


@routes.get("/agreements/{agreement_id}/content", scope="procurement:read-agreements")
async def read_content(
    tx: Tx, call: Call, agreement_id: UUID, content_hash: Sha256 | None = None
) -> Download:
    """The bytes that the parties sign: canonical JSON, whose SHA-256 is the content hash. After an
    amendment it is what they signed last; an earlier content is read by its hash."""
    agreement = await store.get_agreement(tx, agreement_id, call.rows)
    contents = contents_of(agreement, await amendments.list_amendments_of(tx, agreement.id))
    chosen = [one for one in contents if content_hash in (None, hash_of(one))]
    if not chosen:
        raise NotFound("content")
    return Download(content=canonical(chosen[-1]), media_type="application/json")


@routes.get("/agreements/{agreement_id}", scope="procurement:read-agreements")
async def read_agreement(tx: Tx, call: Call, agreement_id: UUID) -> AgreementFile:
    """One agreement with its signatures, payments, sealed result and acceptance."""
    agreement = await store.get_agreement(tx, agreement_id, call.rows)
    policy = await policies.get_policy(tx, agreement.profile, agreement.policy_version)
    return told(
        AgreementFile,
        agreement,
        must_sign=policy.parties,
        signatures=tuple(await signatures.list_signatures(tx, agreement.id)),
        payments=tuple(await payments.list_payments_of(tx, agreement.id)),
        result=await acceptances.find_result(tx, agreement.id),
        acceptance=await acceptances.find_acceptance(tx, agreement.id),
        amendments=tuple(await amendments.list_amendments_of(tx, agreement.id)),
        settlement=await settlements.find_settlement(tx, agreement.id),
        breaches=tuple(await breaches.list_breaches_of(tx, agreement.id)),
        deducted=await deductions_of(tx, agreement),
    )


@routes.get("/agreements", scope="procurement:read-agreements")
async def list_agreements(
    tx: Tx,
    call: Call,
    page_request: PageRequest,
    status: Status | None = None,
    tender_id: UUID | None = None,
) -> Page[AgreementSummary]:
    """Agreements in the caller's divisions, or of their organisation."""
    found = await store.list_agreements(tx, call.rows, page_request, status, tender_id)
    return await page(tx, page_request, found)


async def _usable_award(tx: Tx, call: Call, tender_id: UUID) -> Award:
    """An award of another purchaser is answered as one that nobody has told of yet."""
    award = await store.find_award(tx, tender_id, call.rows.divisions)
    if award is None or call.caller.org not in (None, award.purchaser_id):
        raise NotYet("award")
    return award


async def known_lead(tx: Tx, provider_id: UUID, worker_id: UUID) -> None:
    """Refuse a lead whom nobody has told of, without a certificate, or of another agency."""
    worker = await views.find_worker(tx, worker_id)
    if worker is None:
        raise NotYet("worker")
    check_lead(
        provider_id,
        worker.employer_id,
        worker.part_time_ids,
        certified=worker.certificate_valid,
    )


def _terms(body: Draft, policy: AgreementPolicy) -> Terms:
    outputs = tuple(told(Output, output, id=new_id()) for output in body.outputs)
    terms = body.payment_terms or policy.payment_terms
    return told(Terms, body, outputs=outputs, payment_terms=terms, clauses=told(Clauses, body))

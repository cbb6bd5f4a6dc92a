"""Signatures: upload a scan, sign, attest."""

import asyncio
from typing import Final
from uuid import UUID

from libs.common.contract import Sha256, Text, Token, body, told
from libs.common.db import Tx
from libs.common.errors import NotYet, WrongMedia
from libs.common.http import Call, Download, Routes, Upload
from libs.common.ids import new_id
from libs.common.outbox import emit
from services.procurement.actions import check_unchallenged, start_payments
from services.procurement.domain.agreement_policies import Party
from services.procurement.domain.agreements import Agreement
from services.procurement.domain.amendments import Amendment
from services.procurement.domain.scans import SCAN_TYPES, check_scan
from services.procurement.domain.signatures import (
    Form,
    Signature,
    check_seal,
    choose_party,
    is_complete,
    sign,
)
from services.procurement.events.agreements import AgreementInForce
from services.procurement.store import agreement_policies as policies
from services.procurement.store import agreements
from services.procurement.store import signatures as store
from services.procurement.store.signatures import Scan

routes: Final = Routes()


@body
class Signing:
    """A signature under a content hash: an e-seal, or a scan that a first witness attests."""

    content_hash: Sha256
    form: Form
    seal: Text | None = None
    scan_sha256: Sha256 | None = None
    attested_by: Token | None = None


@routes.put("/blobs/{sha256}", scope="procurement:upload", creates=True)
async def upload_scan(tx: Tx, call: Call, sha256: Sha256, upload: Upload) -> Scan:
    """Upload the scan of a sealed paper (PDF, JPEG or PNG) under its SHA-256."""
    if upload.media_type not in SCAN_TYPES:
        raise WrongMedia
    await asyncio.to_thread(check_scan, upload.content, upload.media_type)
    await call.blobs.put(sha256, upload.content)
    scan = Scan(
        sha256=sha256,
        media_type=upload.media_type,
        size=len(upload.content),
        uploaded_by=call.person,
        uploaded_at=tx.now,
    )
    call.created = await store.add_scan(tx, scan)
    return await store.find_scan(tx, sha256) or scan


@routes.post("/agreements/{agreement_id}/signatures", scope="procurement:sign", status=201)
async def sign_agreement(tx: Tx, call: Call, agreement_id: UUID, body: Signing) -> Signature:
    """Sign for the party that the caller's role stands for; the last signature puts it in force."""
    agreement = await agreements.lock_agreement(tx, agreement_id, call.rows)
    call.expect(agreement)
    await check_unchallenged(tx, agreement.tender_id)
    signature = await take(tx, call, agreement, None, body)
    await _go_on(tx, agreement)
    return signature


@routes.post(
    "/agreements/{agreement_id}/signatures/{signature_id}/attestation",
    scope="procurement:attest",
)
async def attest_signature(tx: Tx, call: Call, agreement_id: UUID, signature_id: UUID) -> Signature:
    """Attest as the second witness that the scan is of the sealed paper; then it counts."""
    agreement = await agreements.lock_agreement(tx, agreement_id, call.rows)
    signature = await store.get_signature(tx, agreement.id, signature_id)
    call.expect(signature)
    agreement.check_open()
    await check_unchallenged(tx, agreement.tender_id)
    attested = signature.attest(call.person)
    await store.save_signature(tx, attested)
    await _go_on(tx, agreement)
    return attested


@routes.get(
    "/agreements/{agreement_id}/signatures/{signature_id}/scan",
    scope="procurement:read-agreements",
)
async def read_scan(tx: Tx, call: Call, agreement_id: UUID, signature_id: UUID) -> Download:
    """The scan of a signature on paper."""
    agreement = await agreements.get_agreement(tx, agreement_id, call.rows)
    return await scan_of(tx, call, await store.get_signature(tx, agreement.id, signature_id))


async def scan_of(tx: Tx, call: Call, signature: Signature) -> Download:
    """The scan that a signature on paper rests on; an e-seal has none."""
    scan = await store.get_scan(tx, signature.scan_sha256 or "")
    return Download(content=await call.blobs.get(scan.sha256), media_type=scan.media_type)


async def take(
    tx: Tx, call: Call, agreement: Agreement, amendment: Amendment | None, body: Signing
) -> Signature:
    """Keep the caller's signature under an agreement, or under its amendment."""
    check_seal(body.form, body.seal, body.scan_sha256, body.attested_by)
    if body.scan_sha256 and await store.find_scan(tx, body.scan_sha256) is None:
        raise NotYet("scan")
    policy = await policies.get_policy(tx, agreement.profile, agreement.policy_version)
    others = await store.list_signatures(tx, agreement.id, amendment.id if amendment else None)
    party = choose_party(_parties_of(call, agreement), policy.parties)
    signature = _signature(tx, call, agreement, amendment, party, body)
    await store.add_signature(tx, sign(amendment or agreement, signature, others))
    return signature


async def all_have_signed(tx: Tx, agreement: Agreement, amendment: Amendment | None) -> bool:
    """Whether every party that the agreement's policy asks for has a signature that counts."""
    policy = await policies.get_policy(tx, agreement.profile, agreement.policy_version)
    given = await store.list_signatures(tx, agreement.id, amendment.id if amendment else None)
    return is_complete(policy.parties, given)


async def _go_on(tx: Tx, agreement: Agreement) -> None:
    """In force with the last signature that counts: told, planned and due in one transaction."""
    complete = await all_have_signed(tx, agreement, None)
    signed = agreement.take_signature(complete=complete, now=tx.now)
    await agreements.save_agreement(tx, signed)
    if complete:
        await emit(tx, signed, told(AgreementInForce, signed))
        await start_payments(tx, signed)


def _parties_of(call: Call, agreement: Agreement) -> list[Party]:
    """The parties that the caller's role, organisation and divisions stand for."""
    caller = call.caller
    stands_for: list[tuple[Party, bool]] = [
        ("provider", call.is_any("agency-manager") and caller.org == agreement.provider_id),
        ("host", call.is_any("town") and agreement.host_division.startswith(caller.divisions)),
        ("site", call.is_any("community") and agreement.division.startswith(caller.divisions)),
    ]
    return [party for party, stands in stands_for if stands]


def _signature(
    tx: Tx,
    call: Call,
    agreement: Agreement,
    amendment: Amendment | None,
    party: Party,
    body: Signing,
) -> Signature:
    return Signature(
        id=new_id(),
        version=1,
        agreement_id=agreement.id,
        amendment_id=amendment.id if amendment else None,
        party=party,
        person=call.person,
        form=body.form,
        content_hash=body.content_hash,
        seal=body.seal,
        scan_sha256=body.scan_sha256,
        first_witness=body.attested_by,
        second_witness=None,
        valid=body.form == "e-seal",
        signed_at=tx.now,
    )

"""Bids: hand in, withdraw, give the key, read."""

from hashlib import sha256
from typing import Final
from uuid import UUID

from libs.common.contract import Sha256, body
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.http import Call, Routes, Upload
from libs.common.pages import Page, PageRequest, page
from services.procurement.actions import settle_keys
from services.procurement.domain.bids import (
    Bid,
    BidsStillSealed,
    check_sealed,
    fault_of,
    fault_of_lead,
    read_document,
    receive,
)
from services.procurement.domain.receipts import (
    Receipt,
    ReceiptsKey,
    public_key,
    receipts_key,
    sign,
)
from services.procurement.domain.tenders import Tender
from services.procurement.store import bids as store
from services.procurement.store import tenders, views

routes: Final = Routes()


@body
class Key:
    """The AES-256 key that the bid was sealed with: 32 bytes in hexadecimal."""

    key: Sha256


@routes.put("/tenders/{tender_id}/bids/{bid_id}", scope="procurement:bid", creates=True)
async def hand_in_bid(tx: Tx, call: Call, tender_id: UUID, bid_id: UUID, upload: Upload) -> Receipt:
    """Hand in a sealed bid: 12 bytes of nonce, then AES-256-GCM ciphertext with its tag, the
    tender's id as text as associated data. Another id replaces the bid before it; the answer
    is a signed receipt."""
    tender = await tenders.get_tender(tx, tender_id, call.rows)
    if await store.find_bid(tx, bid_id) is None:
        tender.accept_bids(tx.now)
    content = upload.content
    check_sealed(content)
    digest = sha256(content).hexdigest()
    tender = await tenders.lock_tender_of(tx, tender_id)
    known = await store.find_bid(tx, bid_id)
    call.created = known is None
    if known is None:
        tender.accept_bids(tx.now)
        await call.blobs.put(digest, content)
        known = await _receive(tx, call, tender, bid_id, digest)
    known.is_same(tender_id, call.org, digest)
    return _receipt(call, known)


async def _receive(tx: Tx, call: Call, tender: Tender, bid_id: UUID, digest: str) -> Bid:
    if await views.find_active(tx, call.org, "provider") is None:
        raise NotYet("organisation")
    former = await store.find_standing_bid(tx, tender.id, call.org)
    if former is not None:
        await store.save_bid(tx, former.replace())
    bid = receive(bid_id, tender.id, call.org, digest, tx.now)
    await store.add_bid(tx, bid)
    await store.keep_receipt_key(tx, public_key(call.keys[0]))
    return bid


@routes.post("/bids/{bid_id}/withdrawal", scope="procurement:bid")
async def withdraw_bid(tx: Tx, call: Call, bid_id: UUID) -> Bid:
    """Take a bid back before the deadline."""
    tender = await tenders.lock_tender_of(
        tx, (await store.get_own_bid(tx, bid_id, call.org)).tender_id
    )
    bid = await store.get_own_bid(tx, bid_id, call.org)
    call.expect(bid)
    tender.accept_bids(tx.now)
    withdrawn = bid.withdraw()
    await store.save_bid(tx, withdrawn)
    return withdrawn


@routes.post("/bids/{bid_id}/key", scope="procurement:bid")
async def give_key(tx: Tx, call: Call, bid_id: UUID, body: Key) -> Bid:
    """Hand in the key of an opened bid: it is decrypted and judged valid or invalid at once.
    Others learn what it offers when no key can be handed in any more."""
    tender = await tenders.lock_tender_of(
        tx, (await store.get_own_bid(tx, bid_id, call.org)).tender_id
    )
    bid = await store.get_own_bid(tx, bid_id, call.org)
    call.expect(bid)
    tender.take_keys(tx.now)
    raw = bid.unseal(await call.blobs.get(bid.sha256), bytes.fromhex(body.key))
    judged = await _judge(tx, bid, raw, tender)
    await store.save_bid(tx, judged)
    standing = await store.list_standing_bids(tx, tender.id)
    if all(one.status in ("valid", "invalid") for one in standing):
        await settle_keys(tx, tender, standing)
    return judged


async def _judge(tx: Tx, bid: Bid, raw: bytes, tender: Tender) -> Bid:
    """Valid or invalid; a lead worker whom nobody has told of may still become known."""
    document = read_document(raw)
    bidder = await views.find_organisation(tx, bid.organisation_id)
    fault = fault_of(bid, document, tender, active=bidder is not None and bidder.active)
    if document is None or fault is not None:
        return bid.refuse(fault or "document-unreadable")
    lead = await views.find_worker(tx, document.lead_worker_id)
    if lead is None:
        raise NotYet("worker")
    fault = fault_of_lead(bid, lead.employer_id, certified=lead.certificate_valid)
    return bid.refuse(fault) if fault else bid.admit(document)


@routes.get("/bids/{bid_id}/receipt", scope="procurement:bid")
async def read_receipt(tx: Tx, call: Call, bid_id: UUID) -> Receipt:
    """The receipt of an own bid, as it was given."""
    return _receipt(call, await store.get_own_bid(tx, bid_id, call.org))


@routes.get("/receipts-key", scope="procurement:read")
async def read_receipts_key(tx: Tx, call: Call) -> ReceiptsKey:
    """The public keys that anybody checks receipts with, also of those long given."""
    return receipts_key(call.keys, await store.list_receipt_keys(tx))


@routes.get("/tenders/{tender_id}/bids", scope="procurement:read-bids")
async def list_bids(tx: Tx, call: Call, tender_id: UUID, page_request: PageRequest) -> Page[Bid]:
    """The bids of an opened tender; what they offer is shown when no key can be handed in any
    more. A bidder sees its own."""
    tender = await tenders.get_tender(tx, tender_id, call.rows)
    if tender.opened_at is None:
        raise BidsStillSealed
    found = await store.list_bids(tx, tender_id, call.rows, page_request)
    shown = found if tender.keys_settled_at else [bid.veiled() for bid in found]
    return await page(tx, page_request, shown)


def _receipt(call: Call, bid: Bid) -> Receipt:
    return sign(
        call.keys[0], bid.id, bid.tender_id, bid.organisation_id, bid.sha256, bid.received_at
    )

"""Bids: sealed → replaced | withdrawn | opened → valid | invalid."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.common import contract
from libs.common.contract import Count, Fen, Text, body, changed
from libs.common.errors import Conflict, Fault, Invalid, Malformed
from services.procurement.domain.sentences import DOES_NOT_OPEN, SEALED_TOO_SHORT
from services.procurement.domain.tenders import Tender

Status = Literal["sealed", "replaced", "withdrawn", "opened", "valid", "invalid"]
InvalidReason = Literal[
    "no-key",
    "document-unreadable",
    "other-organisation",
    "organisation-not-active",
    "price-above-ceiling",
    "lead-not-certified",
    "lead-not-employed",
]
NONCE: Final = 12
TAG: Final = 16


class BidTooShort(Invalid):
    """A sealed bid is a nonce of 12 bytes, then AES-256-GCM ciphertext with its tag."""

    zh = "密封投标文件应为 12 字节随机数加 AES-256-GCM 密文与校验值。"


class BidDiffers(Conflict):
    """Another bid was handed in under this id; use a new id for a new bid."""

    zh = "该编号下已有另一份投标文件；新的投标请使用新编号。"


class BidNotStanding(Conflict):
    """This bid was replaced, withdrawn or opened; go on with the bid that stands."""

    zh = "该投标已被替换、撤回或开标，请以现行有效的投标办理。"


class BidNotOpened(Conflict):
    """This bid waits for no key: its tender is not opened, or its key is in; there is
    nothing to do."""

    zh = "该投标无需提交密钥：尚未开标，或密钥已提交。"


class KeyDoesNotOpen(Invalid):
    """This key does not open the sealed bid; hand in the one that it was sealed with."""

    zh = "该密钥无法解密密封投标文件，请提交加密时所用的密钥。"


class BidsStillSealed(Conflict):
    """Nobody reads bids, or learns who bid, before the opening; wait for it."""

    zh = "开标前任何人不得查看投标文件或投标人，请在开标后查看。"


class OfficerTied(Conflict):
    """You are tied to one of the bidders; somebody else has to do this."""

    zh = "您与投标人存在利害关系，须由他人办理。"


@body
class BidDocument:
    """What a sealed bid holds: price in fen for the whole term, and who would do the work."""

    organisation_id: UUID
    price: Fen
    lead_worker_id: UUID
    certified_workers: Count
    approach: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """A bid of one organisation: opaque until it is opened with the bidder's key."""

    id: UUID
    version: int
    tender_id: UUID
    organisation_id: UUID
    sha256: str
    received_at: datetime
    status: Status
    invalid_reason: InvalidReason | None = None
    price: int | None = None
    lead_worker_id: UUID | None = None
    certified_workers: int | None = None
    approach: str | None = None

    def is_same(self, tender_id: UUID, organisation_id: UUID, sha256: str) -> None:
        """Whether a repeated upload is this very bid; `BidDiffers` if not."""
        if (self.tender_id, self.organisation_id, self.sha256) != (
            tender_id,
            organisation_id,
            sha256,
        ):
            raise BidDiffers

    def replace(self) -> "Bid":
        """A later bid of the same organisation stands instead."""
        return changed(self, status="replaced")

    def withdraw(self) -> "Bid":
        """Taken back before the deadline."""
        if self.status != "sealed":
            raise BidNotStanding
        return changed(self, status="withdrawn")

    def open(self) -> "Bid":
        """Its bidder is known now, and has to hand in the key."""
        return changed(self, status="opened")

    def unseal(self, sealed: bytes, key: bytes) -> bytes:
        """The document; AES-256-GCM with the tender's id as associated data binds it to this
        tender alone."""
        if self.status != "opened":
            raise BidNotOpened
        nonce, ciphertext = sealed[:NONCE], sealed[NONCE:]
        try:
            return AESGCM(key).decrypt(nonce, ciphertext, str(self.tender_id).encode())
        except InvalidTag:
            raise KeyDoesNotOpen(Fault("/key", DOES_NOT_OPEN)) from None

    def refuse(self, reason: InvalidReason) -> "Bid":
        """Not valid, for a coded reason."""
        return changed(self, status="invalid", invalid_reason=reason)

    def admit(self, document: BidDocument) -> "Bid":
        """Valid, with what it offers."""
        return changed(
            self,
            status="valid",
            price=document.price,
            lead_worker_id=document.lead_worker_id,
            certified_workers=document.certified_workers,
            approach=document.approach,
        )

    def veiled(self) -> "Bid":
        """Without what it offers: prices are shown when no key can be handed in any more."""
        return replace(self, price=None, lead_worker_id=None, certified_workers=None, approach=None)


def receive(
    bid_id: UUID, tender_id: UUID, organisation_id: UUID, sha256: str, now: datetime
) -> Bid:
    """A bid as it was handed in."""
    return Bid(
        id=bid_id,
        version=1,
        tender_id=tender_id,
        organisation_id=organisation_id,
        sha256=sha256,
        received_at=now,
        status="sealed",
    )


def check_sealed(content: bytes) -> None:
    """Whether it can be a sealed bid at all."""
    if len(content) <= NONCE + TAG:
        raise BidTooShort(Fault("", SEALED_TOO_SHORT, bytes=NONCE + TAG))


def read_document(raw: bytes) -> BidDocument | None:
    """The document that was sealed, or None if it does not keep the form."""
    try:
        return contract.parse(BidDocument, raw)
    except (Malformed, Invalid):
        return None


def fault_of(
    bid: Bid, document: BidDocument | None, tender: Tender, *, active: bool
) -> InvalidReason | None:
    """What makes a bid invalid before its lead worker is looked at."""
    if document is None:
        return "document-unreadable"
    if document.organisation_id != bid.organisation_id:
        return "other-organisation"
    if not active:
        return "organisation-not-active"
    if document.price > tender.ceiling:
        return "price-above-ceiling"
    return None


def fault_of_lead(bid: Bid, employer_id: UUID | None, *, certified: bool) -> InvalidReason | None:
    """What is wrong with the worker who would lead."""
    if not certified:
        return "lead-not-certified"
    if employer_id != bid.organisation_id:
        return "lead-not-employed"
    return None

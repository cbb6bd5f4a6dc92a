"""Receipts: what a bidder handed in and when, signed so that nobody can deny it later."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from libs.common.contract import answer

PURPOSE: Final = b"sanshe procurement receipts v1"
"""Binds the derived key to this use: the same secret serves others."""


@answer
class ReceiptsKey:
    """The public key that receipts are signed with now, and those before it: a receipt names the
    one that it is checked with. Each is 32 bytes in hexadecimal."""

    algorithm: str
    key: str
    former: tuple[str, ...]


@answer
class Receipt:
    """Ed25519 over the canonical JSON (sorted keys, no spaces, UTF-8) of the fields but
    `signature` and `key`, both in hexadecimal."""

    bid_id: UUID
    tender_id: UUID
    organisation_id: UUID
    sha256: str
    received_at: str
    signature: str
    key: str


def receipts_key(keys: tuple[bytes, ...], former: Sequence[str]) -> ReceiptsKey:
    """The public halves: of the first key, and of the others that are here or have been."""
    now, *others = (public_key(key) for key in keys)
    known = dict.fromkeys((*others, *former))
    return ReceiptsKey(
        algorithm="Ed25519", key=now, former=tuple(key for key in known if key != now)
    )


def public_key(key: bytes) -> str:
    """The public half of the key that receipts are signed with."""
    return _signing_key(key).public_key().public_bytes_raw().hex()


def sign(
    key: bytes,
    bid_id: UUID,
    tender_id: UUID,
    organisation_id: UUID,
    sha256: str,
    received_at: datetime,
) -> Receipt:
    """The receipt of a bid; under one key the same bid always has the same receipt."""
    said = {
        "bid_id": str(bid_id),
        "organisation_id": str(organisation_id),
        "received_at": received_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "sha256": sha256,
        "tender_id": str(tender_id),
    }
    return Receipt(
        bid_id=bid_id,
        tender_id=tender_id,
        organisation_id=organisation_id,
        sha256=sha256,
        received_at=said["received_at"],
        signature=_signing_key(key).sign(canonical(said)).hex(),
        key=public_key(key),
    )


def canonical(value: dict[str, str]) -> bytes:
    """JSON that everybody writes alike: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _signing_key(key: bytes) -> Ed25519PrivateKey:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key)
    return Ed25519PrivateKey.from_private_bytes(derived)

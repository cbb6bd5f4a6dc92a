"""Signatures and scans in the database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.common.db import Tx
from services.procurement.domain.signatures import Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A scan of sealed paper, by its SHA-256."""

    sha256: str
    media_type: str
    size: int
    uploaded_by: str
    uploaded_at: datetime


async def add_scan(tx: Tx, scan: Scan) -> bool:
    """False if the same scan was there already."""
    return bool(
        await tx.do(
            """
            INSERT INTO scans (sha256, media_type, size, uploaded_by, uploaded_at)
                 VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (sha256) DO NOTHING
            """,
            scan.sha256,
            scan.media_type,
            scan.size,
            scan.uploaded_by,
            scan.uploaded_at,
        )
    )


async def find_scan(tx: Tx, sha256: str) -> Scan | None:
    return await tx.find(
        Scan,
        """
        SELECT sha256, media_type, size, uploaded_by, uploaded_at
          FROM scans
         WHERE sha256 = $1
        """,
        sha256,
    )


async def add_signature(tx: Tx, signature: Signature) -> None:
    await tx.do(
        """
        INSERT INTO signatures (id, version, agreement_id, amendment_id, party, person, form,
                                content_hash, seal, scan_sha256, first_witness, second_witness,
                                valid, signed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """,
        signature.id,
        signature.version,
        signature.agreement_id,
        signature.amendment_id,
        signature.party,
        signature.person,
        signature.form,
        signature.content_hash,
        signature.seal,
        signature.scan_sha256,
        signature.first_witness,
        signature.second_witness,
        signature.valid,
        signature.signed_at,
    )


async def list_signatures(
    tx: Tx, agreement_id: UUID, amendment_id: UUID | None = None
) -> list[Signature]:
    """The signatures under an agreement itself, or under one amendment of it."""
    return await tx.all(
        Signature,
        """
          SELECT id, version, agreement_id, amendment_id, party, person, form, content_hash,
                 seal, scan_sha256, first_witness, second_witness, valid, signed_at
            FROM signatures
           WHERE agreement_id = $1
             AND amendment_id IS NOT DISTINCT FROM $2
        ORDER BY id
        """,
        agreement_id,
        amendment_id,
    )


async def get_signature(
    tx: Tx, agreement_id: UUID, signature_id: UUID, amendment_id: UUID | None = None
) -> Signature:
    """A signature under the lock (or within the rows) of its agreement."""
    return await tx.get(
        Signature,
        """
        SELECT id, version, agreement_id, amendment_id, party, person, form, content_hash,
               seal, scan_sha256, first_witness, second_witness, valid, signed_at
          FROM signatures
         WHERE agreement_id = $1
           AND id = $2
           AND amendment_id IS NOT DISTINCT FROM $3
        """,
        agreement_id,
        signature_id,
        amendment_id,
    )


async def save_signature(tx: Tx, signature: Signature) -> None:
    await tx.do(
        """
        UPDATE signatures
           SET version = $2,
               second_witness = $3,
               valid = $4
         WHERE id = $1
        """,
        signature.id,
        signature.version,
        signature.second_witness,
        signature.valid,
    )


async def get_scan(tx: Tx, sha256: str) -> Scan:
    return await tx.get(
        Scan,
        """
        SELECT sha256, media_type, size, uploaded_by, uploaded_at
          FROM scans
         WHERE sha256 = $1
        """,
        sha256,
    )

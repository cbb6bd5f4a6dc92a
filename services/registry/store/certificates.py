"""Certificates and registrations in the database."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.registry.domain.registrations import Registration
from services.registry.domain.workers import Certificate, CertificateLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRecord:
    """A certificate as read; the number is null for who does not need it."""

    id: UUID
    version: int
    worker_id: UUID
    level: CertificateLevel
    number: str | None
    issued_day: date
    status: Literal["valid", "revoked"]
    revoked_day: date | None
    reason: str | None


async def add_certificate(tx: Tx, certificate: Certificate, number: str) -> None:
    await tx.do(
        """
        INSERT INTO certificates (id, version, worker_id, level, number, issued_day, status)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        certificate.id,
        certificate.version,
        certificate.worker_id,
        certificate.level,
        number,
        certificate.issued_day,
        certificate.status,
    )


async def lock_certificate(tx: Tx, certificate_id: UUID, rows: Rows) -> Certificate:
    return await tx.get(
        Certificate,
        """
        SELECT c.id, c.version, c.worker_id, c.level, c.issued_day,
               c.status, c.revoked_day, c.reason
          FROM certificates c
          JOIN workers w ON w.id = c.worker_id
         WHERE c.id = $1
           AND w.division LIKE ANY ($2)
           FOR UPDATE OF c
        """,
        certificate_id,
        rows.divisions,
    )


async def list_certificates_of(tx: Tx, worker_id: UUID) -> list[Certificate]:
    return await tx.all(
        Certificate,
        """
          SELECT id, version, worker_id, level, issued_day, status, revoked_day, reason
            FROM certificates
           WHERE worker_id = $1
        ORDER BY id
        """,
        worker_id,
    )


async def list_certificates(
    tx: Tx, worker_id: UUID, numbered: bool, page: PageRequest
) -> list[CertificateRecord]:
    return await tx.all(
        CertificateRecord,
        """
          SELECT id, version, worker_id, level, CASE WHEN $2 THEN number END AS number,
                 issued_day, status, revoked_day, reason
            FROM certificates
           WHERE worker_id = $1
             AND ($3::uuid IS NULL OR id > $3)
        ORDER BY id
           LIMIT $4
        """,
        worker_id,
        numbered,
        page.after_id,
        page.limit,
    )


async def save_certificate(tx: Tx, certificate: Certificate) -> None:
    await tx.do(
        """
        UPDATE certificates
           SET version = $2,
               status = $3,
               revoked_day = $4,
               reason = $5
         WHERE id = $1
        """,
        certificate.id,
        certificate.version,
        certificate.status,
        certificate.revoked_day,
        certificate.reason,
    )


async def add_registration(tx: Tx, registration: Registration) -> None:
    await tx.do(
        """
        INSERT INTO registrations (id, worker_id, from_day, until_day, hours, policy_version)
             VALUES ($1, $2, $3, $4, $5, $6)
        """,
        registration.id,
        registration.worker_id,
        registration.from_day,
        registration.until_day,
        registration.hours,
        registration.policy_version,
    )


async def list_registrations(tx: Tx, worker_id: UUID, page: PageRequest) -> list[Registration]:
    return await tx.all(
        Registration,
        """
          SELECT id, worker_id, from_day, until_day, hours, policy_version
            FROM registrations
           WHERE worker_id = $1
             AND ($2::uuid IS NULL OR id > $2)
        ORDER BY id
           LIMIT $3
        """,
        worker_id,
        page.after_id,
        page.limit,
    )

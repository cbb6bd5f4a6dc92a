"""Consents in the database."""

from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from services.casework.domain.consents import Consent


async def add_consent(tx: Tx, consent: Consent) -> None:
    await tx.do(
        """
        INSERT INTO consents (id, version, recipient_ref, purpose, given_by, form, status, given_on)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        consent.id,
        consent.version,
        consent.recipient_ref,
        consent.purpose,
        consent.given_by,
        consent.form,
        consent.status,
        consent.given_on,
    )


async def lock_consent(tx: Tx, consent_id: UUID, rows: Rows) -> Consent:
    return await tx.get(
        Consent,
        """
        SELECT c.id, c.version, c.recipient_ref, r.organisation_id, r.division, c.purpose,
               c.given_by, c.form, c.status, c.given_on, c.withdrawn_on
          FROM consents c
          JOIN recipients r ON r.id = c.recipient_ref
         WHERE c.id = $1
           AND (r.organisation_id = $2
                OR ($2::uuid IS NULL
                    AND r.organisation_id IN (SELECT id
                                                FROM organisations
                                               WHERE is_filed_group
                                                 AND division LIKE ANY ($3))))
           FOR UPDATE OF c
        """,
        consent_id,
        rows.org,
        rows.divisions,
    )


async def list_consents(tx: Tx, recipient_ref: UUID) -> list[Consent]:
    return await tx.all(
        Consent,
        """
          SELECT c.id, c.version, c.recipient_ref, r.organisation_id, r.division, c.purpose,
                 c.given_by, c.form, c.status, c.given_on, c.withdrawn_on
            FROM consents c
            JOIN recipients r ON r.id = c.recipient_ref
           WHERE c.recipient_ref = $1
        ORDER BY c.id
        """,
        recipient_ref,
    )


async def consents_to_visits(tx: Tx, recipient_ref: UUID) -> bool:
    """Whether a visit consent stands, and the consent to be served was not withdrawn; its row is
    held, so that a withdrawal waits or has won."""
    found = await tx.value(
        """
        SELECT true
          FROM consents
         WHERE recipient_ref = $1
           AND purpose = 'visit'
           AND status = 'standing'
           AND (  SELECT status
                    FROM consents AS served
                   WHERE served.recipient_ref = $1
                     AND served.purpose = 'service'
                ORDER BY served.id DESC
                   LIMIT 1) IS DISTINCT FROM 'withdrawn'
           FOR SHARE
        """,
        recipient_ref,
    )
    return bool(found)


async def save_consent(tx: Tx, consent: Consent) -> None:
    await tx.do(
        """
        UPDATE consents
           SET version = $2,
               status = $3,
               withdrawn_on = $4
         WHERE id = $1
        """,
        consent.id,
        consent.version,
        consent.status,
        consent.withdrawn_on,
    )

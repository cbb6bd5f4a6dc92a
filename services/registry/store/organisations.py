"""Organisations in the database."""

from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import DeltaRequest
from services.registry.domain.organisations import Organisation


async def add_organisation(tx: Tx, organisation: Organisation) -> None:
    await tx.do(
        """
        INSERT INTO organisations (id, version, name, legal_form, roles, division, status)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        organisation.id,
        organisation.version,
        organisation.name,
        organisation.legal_form,
        organisation.roles,
        organisation.division,
        organisation.status,
    )


async def lock_organisation(tx: Tx, organisation_id: UUID, rows: Rows) -> Organisation:
    return await tx.get(
        Organisation,
        """
        SELECT id, version, name, legal_form, roles, division, status,
               uscc, filing_number, since
          FROM organisations
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR id = $3)
           FOR UPDATE
        """,
        organisation_id,
        rows.divisions,
        rows.org,
    )


async def get_organisation(tx: Tx, organisation_id: UUID, rows: Rows) -> Organisation:
    return await tx.get(
        Organisation,
        """
        SELECT id, version, name, legal_form, roles, division, status,
               uscc, filing_number, since
          FROM organisations
         WHERE id = $1
           AND division LIKE ANY ($2)
        """,
        organisation_id,
        rows.divisions,
    )


async def list_organisations(tx: Tx, rows: Rows, page: DeltaRequest) -> list[Organisation]:
    return await tx.all(
        Organisation,
        """
          SELECT id, version, name, legal_form, roles, division, status,
                 uscc, filing_number, since
            FROM organisations
           WHERE division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR id > $2)
             AND ($4::text[] IS NULL OR id = ANY ($4::text[]::uuid[]))
        ORDER BY id
           LIMIT $3
        """,
        rows.divisions,
        page.after_id,
        page.limit,
        page.changed,
    )


async def save_organisation(tx: Tx, organisation: Organisation) -> None:
    await tx.do(
        """
        UPDATE organisations
           SET version = $2,
               status = $3,
               uscc = $4,
               filing_number = $5,
               since = $6,
               name = $7,
               roles = $8,
               division = $9
         WHERE id = $1
        """,
        organisation.id,
        organisation.version,
        organisation.status,
        organisation.uscc,
        organisation.filing_number,
        organisation.since,
        organisation.name,
        organisation.roles,
        organisation.division,
    )


async def find_organisation(tx: Tx, organisation_id: UUID) -> Organisation | None:
    """Any organisation: people are tied to those of others, and a town posts their workers."""
    return await tx.find(
        Organisation,
        """
        SELECT id, version, name, legal_form, roles, division, status,
               uscc, filing_number, since
          FROM organisations
         WHERE id = $1
        """,
        organisation_id,
    )


async def find_usable(tx: Tx, organisation_id: UUID, rows: Rows) -> Organisation | None:
    """The organisation, if the caller may act for it; it cannot be deregistered meanwhile."""
    return await tx.find(
        Organisation,
        """
        SELECT id, version, name, legal_form, roles, division, status,
               uscc, filing_number, since
          FROM organisations
         WHERE id = $1
           AND CASE WHEN $3::uuid IS NULL THEN division LIKE ANY ($2) ELSE id = $3 END
           FOR SHARE
        """,
        organisation_id,
        rows.divisions,
        rows.org,
    )

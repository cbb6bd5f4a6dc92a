"""Organisations in the database."""

from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
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


async def list_organisations(tx: Tx, rows: Rows, page: PageRequest) -> list[Organisation]:
    return await tx.all(
        Organisation,
        """
          SELECT id, version, name, legal_form, roles, division, status,
                 uscc, filing_number, since
            FROM organisations
           WHERE division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR id > $2)
        ORDER BY id
           LIMIT $3
        """,
        rows.divisions,
        page.after_id,
        page.limit,
    )


async def save_organisation(tx: Tx, organisation: Organisation) -> None:
    await tx.do(
        """
        UPDATE organisations
           SET version = $2,
               status = $3,
               uscc = $4,
               filing_number = $5,
               since = $6
         WHERE id = $1
        """,
        organisation.id,
        organisation.version,
        organisation.status,
        organisation.uscc,
        organisation.filing_number,
        organisation.since,
    )

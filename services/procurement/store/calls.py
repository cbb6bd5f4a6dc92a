"""Calls and proposals in the database."""

from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.procurement.domain.calls import CallForProposals, Proposal


async def add_call(tx: Tx, call: CallForProposals) -> None:
    await tx.do(
        """
        INSERT INTO calls (id, version, title, fiscal_year, opens_at, closes_at, domains, status)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        call.id,
        call.version,
        call.title,
        call.fiscal_year,
        call.opens_at,
        call.closes_at,
        call.domains,
        call.status,
    )


async def lock_call(tx: Tx, call_id: UUID) -> CallForProposals:
    return await tx.get(
        CallForProposals,
        """
        SELECT id, version, title, fiscal_year, opens_at, closes_at, domains, status
          FROM calls
         WHERE id = $1
           FOR UPDATE
        """,
        call_id,
    )


async def get_call(tx: Tx, call_id: UUID) -> CallForProposals:
    return await tx.get(
        CallForProposals,
        """
        SELECT id, version, title, fiscal_year, opens_at, closes_at, domains, status
          FROM calls
         WHERE id = $1
        """,
        call_id,
    )


async def list_calls(tx: Tx, page: PageRequest) -> list[CallForProposals]:
    return await tx.all(
        CallForProposals,
        """
          SELECT id, version, title, fiscal_year, opens_at, closes_at, domains, status
            FROM calls
           WHERE $1::uuid IS NULL OR id > $1
        ORDER BY id
           LIMIT $2
        """,
        page.after_id,
        page.limit,
    )


async def save_call(tx: Tx, call: CallForProposals) -> None:
    await tx.do(
        """
        UPDATE calls
           SET version = $2,
               status = $3
         WHERE id = $1
        """,
        call.id,
        call.version,
        call.status,
    )


async def add_proposal(tx: Tx, proposal: Proposal) -> None:
    await tx.do(
        """
        INSERT INTO proposals (id, version, call_id, title, domain, division, amount, department,
                               need_ids, outline, status, submitted_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        proposal.id,
        proposal.version,
        proposal.call_id,
        proposal.title,
        proposal.domain,
        proposal.division,
        proposal.amount,
        proposal.department,
        proposal.need_ids,
        proposal.outline,
        proposal.status,
        proposal.submitted_by,
    )


async def lock_proposal(tx: Tx, proposal_id: UUID, rows: Rows) -> Proposal:
    return await tx.get(
        Proposal,
        """
        SELECT id, version, call_id, title, domain, division, amount, department,
               need_ids, outline, status, submitted_by, decline_reason
          FROM proposals
         WHERE id = $1
           AND division LIKE ANY ($2)
           FOR UPDATE
        """,
        proposal_id,
        rows.divisions,
    )


async def find_proposal(tx: Tx, proposal_id: UUID, rows: Rows) -> Proposal | None:
    return await tx.find(
        Proposal,
        """
        SELECT id, version, call_id, title, domain, division, amount, department,
               need_ids, outline, status, submitted_by, decline_reason
          FROM proposals
         WHERE id = $1
           AND division LIKE ANY ($2)
        """,
        proposal_id,
        rows.divisions,
    )


async def get_proposal(tx: Tx, proposal_id: UUID, rows: Rows) -> Proposal:
    return await tx.get(
        Proposal,
        """
        SELECT id, version, call_id, title, domain, division, amount, department,
               need_ids, outline, status, submitted_by, decline_reason
          FROM proposals
         WHERE id = $1
           AND division LIKE ANY ($2)
        """,
        proposal_id,
        rows.divisions,
    )


async def list_similar(tx: Tx, call_id: UUID, division: str, domain: str) -> list[UUID]:
    """Proposals of that call for the same division and domain that were not declined."""
    return await tx.all(
        UUID,
        """
          SELECT id
            FROM proposals
           WHERE call_id = $1
             AND division = $2
             AND domain = $3
             AND status <> 'declined'
        ORDER BY id
           LIMIT 50
        """,
        call_id,
        division,
        domain,
    )


async def list_proposals(
    tx: Tx, rows: Rows, call_id: UUID | None, page: PageRequest
) -> list[Proposal]:
    return await tx.all(
        Proposal,
        """
          SELECT id, version, call_id, title, domain, division, amount, department,
                 need_ids, outline, status, submitted_by, decline_reason
            FROM proposals
           WHERE division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR call_id = $2)
             AND ($3::uuid IS NULL OR id > $3)
        ORDER BY id
           LIMIT $4
        """,
        rows.divisions,
        call_id,
        page.after_id,
        page.limit,
    )


async def save_proposal(tx: Tx, proposal: Proposal) -> None:
    await tx.do(
        """
        UPDATE proposals
           SET version = $2,
               status = $3,
               decline_reason = $4
         WHERE id = $1
        """,
        proposal.id,
        proposal.version,
        proposal.status,
        proposal.decline_reason,
    )

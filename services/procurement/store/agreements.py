"""Agreements in the database, with the awards they rest on."""

from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.procurement.domain.agreements import Agreement, AgreementSummary, Award, Status


async def find_award(tx: Tx, tender_id: UUID, divisions: list[str]) -> Award | None:
    """The award of a tender; its row stays locked, so that it is agreed upon once."""
    return await tx.find(
        Award,
        """
        SELECT id, title, domain, fiscal_year, budget_id, purchaser_id,
               awarded_to AS provider_id, legal_profile, awarded_price AS price,
               outputs, conditional
          FROM tenders
         WHERE id = $1
           AND status = 'awarded'
           AND division LIKE ANY ($2)
           FOR UPDATE
        """,
        tender_id,
        divisions,
    )


async def get_award(tx: Tx, tender_id: UUID) -> Award:
    """The award that an agreement of ours rests on: no question of who may see it."""
    return await tx.get(
        Award,
        """
        SELECT id, title, domain, fiscal_year, budget_id, purchaser_id,
               awarded_to AS provider_id, legal_profile, awarded_price AS price,
               outputs, conditional
          FROM tenders
         WHERE id = $1
        """,
        tender_id,
    )


async def find_standing(tx: Tx, tender_id: UUID) -> Agreement | None:
    """The agreement on an award, unless it was given up as a draft; its row stays locked."""
    return await tx.find(
        Agreement,
        """
        SELECT id, version, tender_id, budget_id, fiscal_year, title, domain, division,
               host_division, purchaser_id, provider_id, from_day, to_day, amount, status,
               profile, policy_version, observation, lead_worker_id, certified_share_bp,
               replacement_days, outputs, price_lines, payment_terms, bands, deductions,
               clauses, content_hash, drafted_by, in_force_at, ended_day, end_reason,
               end_proposed_by, end_confirmed_by
          FROM agreements
         WHERE tender_id = $1
           AND (status <> 'terminated' OR in_force_at IS NOT NULL)
           FOR UPDATE
        """,
        tender_id,
    )


async def is_agreed(tx: Tx, tender_id: UUID) -> bool:
    """Whether an award has led to an agreement that was not given up as a draft."""
    return bool(
        await tx.value(
            """
            SELECT EXISTS (SELECT
                             FROM agreements
                            WHERE tender_id = $1
                              AND (status <> 'terminated' OR in_force_at IS NOT NULL))
            """,
            tender_id,
        )
    )


async def add_agreement(tx: Tx, agreement: Agreement) -> None:
    await tx.do(
        """
        INSERT INTO agreements (
               id, version, tender_id, budget_id, fiscal_year, title, domain, division,
               host_division, purchaser_id, provider_id, from_day, to_day, amount, status,
               profile, policy_version, observation, lead_worker_id, certified_share_bp,
               replacement_days, outputs, price_lines, payment_terms, bands, deductions,
               clauses, content_hash, drafted_by, in_force_at, ended_day, end_reason,
               end_proposed_by, end_confirmed_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                     $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32,
                     $33, $34)
        """,
        agreement.id,
        agreement.version,
        agreement.tender_id,
        agreement.budget_id,
        agreement.fiscal_year,
        agreement.title,
        agreement.domain,
        agreement.division,
        agreement.host_division,
        agreement.purchaser_id,
        agreement.provider_id,
        agreement.from_day,
        agreement.to_day,
        agreement.amount,
        agreement.status,
        agreement.profile,
        agreement.policy_version,
        agreement.observation,
        agreement.lead_worker_id,
        agreement.certified_share_bp,
        agreement.replacement_days,
        agreement.outputs,
        agreement.price_lines,
        agreement.payment_terms,
        agreement.bands,
        agreement.deductions,
        agreement.clauses,
        agreement.content_hash,
        agreement.drafted_by,
        agreement.in_force_at,
        agreement.ended_day,
        agreement.end_reason,
        agreement.end_proposed_by,
        agreement.end_confirmed_by,
    )


async def lock_agreement(tx: Tx, agreement_id: UUID, rows: Rows) -> Agreement:
    return await tx.get(
        Agreement,
        """
        SELECT id, version, tender_id, budget_id, fiscal_year, title, domain, division,
               host_division, purchaser_id, provider_id, from_day, to_day, amount, status,
               profile, policy_version, observation, lead_worker_id, certified_share_bp,
               replacement_days, outputs, price_lines, payment_terms, bands, deductions,
               clauses, content_hash, drafted_by, in_force_at, ended_day, end_reason,
               end_proposed_by, end_confirmed_by
          FROM agreements
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR provider_id = $3)
           FOR UPDATE
        """,
        agreement_id,
        rows.divisions,
        rows.org,
    )


async def find_locked(tx: Tx, agreement_id: UUID) -> Agreement | None:
    """The agreement that an event or a payment names: no question of who may see it."""
    return await tx.find(
        Agreement,
        """
        SELECT id, version, tender_id, budget_id, fiscal_year, title, domain, division,
               host_division, purchaser_id, provider_id, from_day, to_day, amount, status,
               profile, policy_version, observation, lead_worker_id, certified_share_bp,
               replacement_days, outputs, price_lines, payment_terms, bands, deductions,
               clauses, content_hash, drafted_by, in_force_at, ended_day, end_reason,
               end_proposed_by, end_confirmed_by
          FROM agreements
         WHERE id = $1
           FOR UPDATE
        """,
        agreement_id,
    )


async def get_agreement(tx: Tx, agreement_id: UUID, rows: Rows) -> Agreement:
    return await tx.get(
        Agreement,
        """
        SELECT id, version, tender_id, budget_id, fiscal_year, title, domain, division,
               host_division, purchaser_id, provider_id, from_day, to_day, amount, status,
               profile, policy_version, observation, lead_worker_id, certified_share_bp,
               replacement_days, outputs, price_lines, payment_terms, bands, deductions,
               clauses, content_hash, drafted_by, in_force_at, ended_day, end_reason,
               end_proposed_by, end_confirmed_by
          FROM agreements
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR provider_id = $3)
        """,
        agreement_id,
        rows.divisions,
        rows.org,
    )


async def list_agreements(
    tx: Tx, rows: Rows, page: PageRequest, status: Status | None, tender_id: UUID | None
) -> list[AgreementSummary]:
    return await tx.all(
        AgreementSummary,
        """
          SELECT id, version, tender_id, fiscal_year, title, domain, division, host_division,
                 purchaser_id, provider_id, from_day, to_day, amount, status, lead_worker_id,
                 content_hash
            FROM agreements
           WHERE division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR provider_id = $2)
             AND ($3::uuid IS NULL OR id > $3)
             AND ($4::text IS NULL OR status = $4)
             AND ($5::uuid IS NULL OR tender_id = $5)
        ORDER BY id
           LIMIT $6
        """,
        rows.divisions,
        rows.org,
        page.after_id,
        status,
        tender_id,
        page.limit,
    )


async def save_agreement(tx: Tx, agreement: Agreement) -> None:
    """What may change after the drafting: nothing that the content hash covers."""
    await tx.do(
        """
        UPDATE agreements
           SET version = $2,
               status = $3,
               in_force_at = $4,
               ended_day = $5,
               end_reason = $6,
               end_proposed_by = $7,
               end_confirmed_by = $8
         WHERE id = $1
        """,
        agreement.id,
        agreement.version,
        agreement.status,
        agreement.in_force_at,
        agreement.ended_day,
        agreement.end_reason,
        agreement.end_proposed_by,
        agreement.end_confirmed_by,
    )


async def save_amended(tx: Tx, agreement: Agreement) -> None:
    """What an amendment has changed, with the hash of the content that all have signed."""
    await tx.do(
        """
        UPDATE agreements
           SET version = $2,
               to_day = $3,
               outputs = $4,
               lead_worker_id = $5,
               content_hash = $6
         WHERE id = $1
        """,
        agreement.id,
        agreement.version,
        agreement.to_day,
        agreement.outputs,
        agreement.lead_worker_id,
        agreement.content_hash,
    )

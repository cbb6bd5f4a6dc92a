"""Tenders in the database."""

from uuid import UUID

from libs.common.auth import ALL_ROWS, Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.procurement.domain.tenders import Tender


async def add_tender(tx: Tx, tender: Tender) -> None:
    await tx.do(
        """
        INSERT INTO tenders (id, version, title, method, domain, division, fiscal_year, status,
                             proposal_id, budget_id, purchaser_id, agent_id, legal_profile,
                             policy_version, ceiling, criteria, purchaser_members_most_bp,
                             experts, look_back_months, similar_domains, outputs, bids_due_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                     $17, $18, $19, $20, $21, $22)
        """,
        tender.id,
        tender.version,
        tender.title,
        tender.method,
        tender.domain,
        tender.division,
        tender.fiscal_year,
        tender.status,
        tender.proposal_id,
        tender.budget_id,
        tender.purchaser_id,
        tender.agent_id,
        tender.legal_profile,
        tender.policy_version,
        tender.ceiling,
        tender.criteria,
        tender.purchaser_members_most_bp,
        tender.experts,
        tender.look_back_months,
        tender.similar_domains,
        tender.outputs,
        tender.bids_due_at,
    )


async def lock_tender(tx: Tx, tender_id: UUID, rows: Rows, org: UUID | None) -> Tender:
    """A tender in the caller's divisions; for who acts for an organisation, one that it buys
    by or is agent of."""
    return await tx.get(
        Tender,
        """
        SELECT id, version, title, method, domain, division, fiscal_year, status,
               proposal_id, budget_id, purchaser_id, agent_id, legal_profile, policy_version,
               ceiling, criteria, purchaser_members_most_bp, experts, look_back_months,
               similar_domains, outputs, bids_due_at, published_at, opened_at, keys_due_at,
               keys_settled_at, reviewed_at, round, reason, awarded_to, awarded_price,
               awarded_at, conditional, passed_ids
          FROM tenders
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR $3 IN (purchaser_id, agent_id))
           FOR UPDATE
        """,
        tender_id,
        rows.divisions,
        org,
    )


async def lock_tender_of(tx: Tx, tender_id: UUID) -> Tender:
    """The tender that a bid, a timer or a checked path names."""
    return await lock_tender(tx, tender_id, ALL_ROWS, None)


async def lock_tender_of_member(tx: Tx, tender_id: UUID, person: str) -> Tender:
    """A tender on whose panel that person sits or sat: for nobody else it is one to judge."""
    return await tx.get(
        Tender,
        """
        SELECT t.id, t.version, title, method, domain, division, fiscal_year, status,
               proposal_id, budget_id, purchaser_id, agent_id, legal_profile, policy_version,
               ceiling, criteria, purchaser_members_most_bp, experts, look_back_months,
               similar_domains, outputs, bids_due_at, published_at, opened_at, keys_due_at,
               keys_settled_at, reviewed_at, round, reason, awarded_to, awarded_price,
               awarded_at, conditional, passed_ids
          FROM tenders AS t
          JOIN panels AS p USING (id)
         WHERE t.id = $1
           AND EXISTS (SELECT FROM jsonb_array_elements(p.seats) AS seat
                        WHERE seat ->> 'person' = $2
                          AND seat ->> 'status' IN ('seated', 'recused'))
           FOR UPDATE OF t
        """,
        tender_id,
        person,
    )


async def get_tender(tx: Tx, tender_id: UUID, rows: Rows) -> Tender:
    """A tender in the caller's divisions; a provider sees every published one of the city."""
    return await tx.get(
        Tender,
        """
        SELECT id, version, title, method, domain, division, fiscal_year, status,
               proposal_id, budget_id, purchaser_id, agent_id, legal_profile, policy_version,
               ceiling, criteria, purchaser_members_most_bp, experts, look_back_months,
               similar_domains, outputs, bids_due_at, published_at, opened_at, keys_due_at,
               keys_settled_at, reviewed_at, round, reason, awarded_to, awarded_price,
               awarded_at, conditional, passed_ids
          FROM tenders
         WHERE id = $1
           AND CASE WHEN $3::uuid IS NULL
                    THEN division LIKE ANY ($2)
                    ELSE published_at IS NOT NULL
               END
        """,
        tender_id,
        rows.divisions,
        rows.org,
    )


async def lock_conditional(tx: Tx, budget_id: UUID) -> list[Tender]:
    """The awards that wait for this budget, the first awarded first."""
    return await tx.all(
        Tender,
        """
          SELECT id, version, title, method, domain, division, fiscal_year, status,
                 proposal_id, budget_id, purchaser_id, agent_id, legal_profile, policy_version,
                 ceiling, criteria, purchaser_members_most_bp, experts, look_back_months,
                 similar_domains, outputs, bids_due_at, published_at, opened_at, keys_due_at,
                 keys_settled_at, reviewed_at, round, reason, awarded_to, awarded_price,
                 awarded_at, conditional, passed_ids
            FROM tenders
           WHERE budget_id = $1
             AND conditional
        ORDER BY awarded_at, id
             FOR UPDATE
        """,
        budget_id,
    )


async def sum_awarded(tx: Tx, budget_id: UUID) -> int:
    """What binding awards will take of a budget that no agreement has committed yet."""
    total: int = await tx.value(
        """
        SELECT coalesce(sum(awarded_price), 0)::bigint
          FROM tenders
         WHERE budget_id = $1
           AND status = 'awarded'
           AND NOT conditional
           AND NOT EXISTS (SELECT
                             FROM agreements
                            WHERE tender_id = tenders.id
                              AND (status <> 'terminated' OR in_force_at IS NOT NULL))
        """,
        budget_id,
    )
    return total


async def list_tenders(tx: Tx, rows: Rows, page: PageRequest) -> list[Tender]:
    return await tx.all(
        Tender,
        """
          SELECT id, version, title, method, domain, division, fiscal_year, status,
                 proposal_id, budget_id, purchaser_id, agent_id, legal_profile, policy_version,
                 ceiling, criteria, purchaser_members_most_bp, experts, look_back_months,
                 similar_domains, outputs, bids_due_at, published_at, opened_at, keys_due_at,
                 keys_settled_at, reviewed_at, round, reason, awarded_to, awarded_price,
                 awarded_at, conditional, passed_ids
            FROM tenders
           WHERE CASE WHEN $2::uuid IS NULL
                      THEN division LIKE ANY ($1)
                      ELSE published_at IS NOT NULL
                 END
             AND ($3::uuid IS NULL OR id > $3)
        ORDER BY id
           LIMIT $4
        """,
        rows.divisions,
        rows.org,
        page.after_id,
        page.limit,
    )


async def save_tender(tx: Tx, tender: Tender) -> None:
    await tx.do(
        """
        UPDATE tenders
           SET version = $2,
               status = $3,
               policy_version = $4,
               bids_due_at = $5,
               published_at = $6,
               opened_at = $7,
               keys_due_at = $8,
               keys_settled_at = $9,
               reviewed_at = $10,
               round = $11,
               reason = $12,
               awarded_to = $13,
               awarded_price = $14,
               awarded_at = $15,
               conditional = $16,
               passed_ids = $17
         WHERE id = $1
        """,
        tender.id,
        tender.version,
        tender.status,
        tender.policy_version,
        tender.bids_due_at,
        tender.published_at,
        tender.opened_at,
        tender.keys_due_at,
        tender.keys_settled_at,
        tender.reviewed_at,
        tender.round,
        tender.reason,
        tender.awarded_to,
        tender.awarded_price,
        tender.awarded_at,
        tender.conditional,
        tender.passed_ids,
    )

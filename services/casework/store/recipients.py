"""Recipients in the database: the public part, and what a city goes by."""

from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.pages import DeltaRequest
from services.casework.domain.recipients import ClosureReason, Policy, Recipient


async def add_recipient(tx: Tx, recipient: Recipient) -> None:
    await tx.do(
        """
        INSERT INTO recipients (id, version, organisation_id, division, domains, status,
                                visit_rule, policy_version, modified_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        recipient.id,
        recipient.version,
        recipient.organisation_id,
        recipient.division,
        recipient.domains,
        recipient.status,
        recipient.visit_rule,
        recipient.policy_version,
        tx.wall,
    )


async def lock_recipient(tx: Tx, recipient_ref: UUID, rows: Rows) -> Recipient:
    return await tx.get(
        Recipient,
        """
        SELECT id, version, organisation_id, division, domains, status, visit_rule, policy_version
          FROM recipients
         WHERE id = $1
           AND (organisation_id = $2
                OR ($2::uuid IS NULL
                    AND organisation_id IN (SELECT id
                                              FROM organisations
                                             WHERE is_filed_group
                                               AND division LIKE ANY ($3))))
           FOR UPDATE
        """,
        recipient_ref,
        rows.org,
        rows.divisions,
    )


async def get_recipient(tx: Tx, recipient_ref: UUID, rows: Rows) -> Recipient:
    return await tx.get(
        Recipient,
        """
        SELECT id, version, organisation_id, division, domains, status, visit_rule, policy_version
          FROM recipients
         WHERE id = $1
           AND (organisation_id = $2
                OR ($2::uuid IS NULL
                    AND organisation_id IN (SELECT id
                                              FROM organisations
                                             WHERE is_filed_group
                                               AND division LIKE ANY ($3))))
        """,
        recipient_ref,
        rows.org,
        rows.divisions,
    )


async def find_visited(tx: Tx, recipient_ref: str) -> Recipient | None:
    """Whoever keeps it: for a reveal, where a visit and a consent give the right. To others a
    reference is opaque text, so what is no reference of ours is simply not found."""
    return await tx.find(
        Recipient,
        """
        SELECT id, version, organisation_id, division, domains, status, visit_rule, policy_version
          FROM recipients
         WHERE id = CASE WHEN $1 ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN $1::uuid END
        """,
        recipient_ref,
    )


async def list_recipients(tx: Tx, rows: Rows, page: DeltaRequest) -> list[Recipient]:
    return await tx.all(
        Recipient,
        """
          SELECT id, version, organisation_id, division, domains, status, visit_rule,
                 policy_version
            FROM recipients
           WHERE (organisation_id = $1
                  OR ($1::uuid IS NULL
                      AND organisation_id IN (SELECT id
                                                FROM organisations
                                               WHERE is_filed_group
                                                 AND division LIKE ANY ($2))))
             AND ($3::uuid IS NULL OR id > $3)
             AND ($4::text[] IS NULL OR id = ANY ($4::text[]::uuid[]))
        ORDER BY id
           LIMIT $5
        """,
        rows.org,
        rows.divisions,
        page.after_id,
        page.changed,
        page.limit,
    )


async def save_recipient(
    tx: Tx, recipient: Recipient, closure_reason: ClosureReason | None = None
) -> None:
    await tx.do(
        """
        UPDATE recipients
           SET version = $2,
               division = $3,
               status = $4,
               closure_reason = $5,
               modified_at = $6
         WHERE id = $1
        """,
        recipient.id,
        recipient.version,
        recipient.division,
        recipient.status,
        closure_reason,
        tx.wall,
    )


async def get_policy(tx: Tx) -> Policy:
    """The policy in effect on the day decided on."""
    policy = await tx.find(
        Policy,
        """
          SELECT version, guardian_under, special_visit_under
            FROM policies
           WHERE effective_from <= $1
        ORDER BY effective_from DESC, version DESC
           LIMIT 1
        """,
        tx.today,
    )
    if policy is None:
        raise NotYet("policy")
    return policy

"""Policies in the database."""

from datetime import date
from uuid import UUID

from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.evaluation.domain.policies import Policy


async def next_version(tx: Tx) -> int:
    """One more than the latest; two at once are told apart by the constraint."""
    version: int = await tx.value("SELECT coalesce(max(version), 0) + 1 FROM policies")
    return version


async def add_policy(tx: Tx, policy: Policy) -> None:
    await tx.do(
        """
        INSERT INTO policies (id, version, name, effective_from, indicators, bands, standing,
                              sample, visit_days, review_days, inspection, questions,
                              look_back_months, least_cell, follow_up)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """,
        policy.id,
        policy.version,
        policy.name,
        policy.effective_from,
        policy.indicators,
        policy.bands,
        policy.standing,
        policy.sample,
        policy.visit_days,
        policy.review_days,
        policy.inspection,
        policy.questions,
        policy.look_back_months,
        policy.least_cell,
        policy.follow_up,
    )


async def find_in_force(tx: Tx, day: date) -> Policy | None:
    """The one that took effect latest; of two on the same day, the later version."""
    return await tx.find(
        Policy,
        """
          SELECT id, version, name, effective_from, indicators, bands, standing, sample,
                 visit_days, review_days, inspection, questions, look_back_months, least_cell,
                 follow_up
            FROM policies
           WHERE effective_from <= $1
        ORDER BY effective_from DESC, version DESC
           LIMIT 1
        """,
        day,
    )


async def get_version(tx: Tx, version: int) -> Policy:
    """The version that an earlier decision stands on."""
    return await tx.get(
        Policy,
        """
        SELECT id, version, name, effective_from, indicators, bands, standing, sample,
               visit_days, review_days, inspection, questions, look_back_months, least_cell,
               follow_up
          FROM policies
         WHERE version = $1
        """,
        version,
    )


async def get_policy(tx: Tx, policy_id: UUID) -> Policy:
    return await tx.get(
        Policy,
        """
        SELECT id, version, name, effective_from, indicators, bands, standing, sample,
               visit_days, review_days, inspection, questions, look_back_months, least_cell,
               follow_up
          FROM policies
         WHERE id = $1
        """,
        policy_id,
    )


async def list_policies(tx: Tx, page: PageRequest) -> list[Policy]:
    return await tx.all(
        Policy,
        """
          SELECT id, version, name, effective_from, indicators, bands, standing, sample,
                 visit_days, review_days, inspection, questions, look_back_months, least_cell,
                 follow_up
            FROM policies
           WHERE ($1::uuid IS NULL OR id > $1)
        ORDER BY id
           LIMIT $2
        """,
        page.after_id,
        page.limit,
    )

"""Policies in the database: rows are added, never changed."""

from datetime import date

from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.pages import PageRequest
from services.procurement.domain.policies import Policy


async def add_policy(tx: Tx, policy: Policy) -> None:
    await tx.do(
        """
        INSERT INTO procurement_policies (profile, version, effective_from, source, methods,
                                          members_most_bp, past_most_bp, past_neutral_bp,
                                          key_hours, set_by, challenges)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        policy.profile,
        policy.version,
        policy.effective_from,
        policy.source,
        policy.methods,
        policy.members_most_bp,
        policy.past_most_bp,
        policy.past_neutral_bp,
        policy.key_hours,
        policy.set_by,
        policy.challenges,
    )


async def get_policy_on(tx: Tx, profile: str, day: date) -> Policy:
    """The version in force on that day, or `NotYet`."""
    policy = await tx.find(
        Policy,
        """
          SELECT profile, version, effective_from, source, methods, members_most_bp,
                 past_most_bp, past_neutral_bp, key_hours, set_by, challenges
            FROM procurement_policies
           WHERE profile = $1
             AND effective_from <= $2
        ORDER BY version DESC
           LIMIT 1
        """,
        profile,
        day,
    )
    if policy is None:
        raise NotYet("policy")
    return policy


async def get_policy(tx: Tx, profile: str, version: int) -> Policy:
    return await tx.get(
        Policy,
        """
        SELECT profile, version, effective_from, source, methods, members_most_bp,
               past_most_bp, past_neutral_bp, key_hours, set_by, challenges
          FROM procurement_policies
         WHERE profile = $1
           AND version = $2
        """,
        profile,
        version,
    )


async def find_latest_policy(tx: Tx, profile: str) -> Policy | None:
    return await tx.find(
        Policy,
        """
          SELECT profile, version, effective_from, source, methods, members_most_bp,
                 past_most_bp, past_neutral_bp, key_hours, set_by, challenges
            FROM procurement_policies
           WHERE profile = $1
        ORDER BY version DESC
           LIMIT 1
        """,
        profile,
    )


async def list_policies(tx: Tx, page: PageRequest) -> list[Policy]:
    return await tx.all(
        Policy,
        """
          SELECT profile, version, effective_from, source, methods, members_most_bp,
                 past_most_bp, past_neutral_bp, key_hours, set_by, challenges
            FROM procurement_policies
           WHERE $1::text IS NULL OR profile || ':' || lpad(version::text, 4, '0') > $1
        ORDER BY profile, version
           LIMIT $2
        """,
        page.after,
        page.limit,
    )

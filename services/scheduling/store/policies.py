"""Policies in the database."""

from datetime import date

from libs.common.db import Tx
from services.scheduling.domain.policies import Policy


async def get_policy(tx: Tx, day: date) -> Policy:
    """The policy that holds on that day: the latest version among those in effect."""
    return await tx.get(
        Policy,
        """
          SELECT version, effective_from, rules
            FROM policies
           WHERE effective_from <= $1
        ORDER BY effective_from DESC, version DESC
           LIMIT 1
        """,
        day,
    )


async def lock_latest_version(tx: Tx) -> int:
    """The highest version, locked, so that two new ones come one after the other."""
    version: int = await tx.value(
        """
          SELECT version
            FROM policies
        ORDER BY version DESC
           LIMIT 1
             FOR UPDATE
        """
    )
    return version


async def list_policies(tx: Tx) -> list[Policy]:
    return await tx.all(
        Policy,
        """
          SELECT version, effective_from, rules
            FROM policies
        ORDER BY version
        """,
    )


async def add_policy(tx: Tx, policy: Policy) -> None:
    await tx.do(
        "INSERT INTO policies (version, effective_from, rules) VALUES ($1, $2, $3)",
        policy.version,
        policy.effective_from,
        policy.rules,
    )

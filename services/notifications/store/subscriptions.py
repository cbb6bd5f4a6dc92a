"""Subscriptions in the database, whose function `may_see` opens events to them."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.notifications.domain.subscriptions import WARNED_BEFORE, Subscription

_ALL: Final = """
SELECT id, version, status, organisation, office, account, purpose, legal_basis, types, divisions,
       until_day, proposed_until, proposed_by, approved_by, reason
  FROM subscriptions
"""
_BY_ID: Final = f"""
{_ALL}
 WHERE id = $1
   AND NOT EXISTS (SELECT FROM unnest(divisions) AS place WHERE NOT place LIKE ANY ($2))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many agreements give events, and how many of them end soon."""

    subscriptions_in_force: int
    subscriptions_expiring: int


async def add_subscription(tx: Tx, one: Subscription) -> None:
    await tx.do(
        """
        INSERT INTO subscriptions (id, version, status, organisation, office, account, purpose,
                                   legal_basis, types, divisions, until_day, proposed_until,
                                   proposed_by, approved_by, reason)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """,
        one.id,
        one.version,
        one.status,
        one.organisation,
        one.office,
        one.account,
        one.purpose,
        one.legal_basis,
        one.types,
        one.divisions,
        one.until_day,
        one.proposed_until,
        one.proposed_by,
        one.approved_by,
        one.reason,
    )


async def save_subscription(tx: Tx, one: Subscription) -> None:
    await tx.do(
        """
        UPDATE subscriptions
           SET version = $2,
               status = $3,
               until_day = $4,
               proposed_until = $5,
               proposed_by = $6,
               approved_by = $7,
               reason = $8
         WHERE id = $1
        """,
        one.id,
        one.version,
        one.status,
        one.until_day,
        one.proposed_until,
        one.proposed_by,
        one.approved_by,
        one.reason,
    )


async def lock_subscription(tx: Tx, subscription_id: UUID, rows: Rows) -> Subscription:
    """One whose divisions are all among the caller's."""
    return await tx.get(Subscription, f"{_BY_ID} FOR UPDATE", subscription_id, rows.divisions)


async def get_subscription(tx: Tx, subscription_id: UUID, rows: Rows) -> Subscription:
    return await tx.get(Subscription, _BY_ID, subscription_id, rows.divisions)


async def list_subscriptions(tx: Tx, rows: Rows, page: PageRequest) -> list[Subscription]:
    return await tx.all(
        Subscription,
        f"""
        {_ALL}
           WHERE NOT EXISTS (SELECT FROM unnest(divisions) AS place WHERE NOT place LIKE ANY ($1))
             AND ($2::uuid IS NULL OR id > $2)
        ORDER BY id
           LIMIT $3
        """,
        rows.divisions,
        page.after_id,
        page.limit,
    )


async def list_of_account(tx: Tx, account: str) -> list[Subscription]:
    """Every agreement of an account, also those that are over."""
    return await tx.all(Subscription, f"{_ALL} WHERE account = $1 ORDER BY id", account)


async def measure_standing(tx: Tx, today: date) -> Standing:
    return await tx.get(
        Standing,
        """
        SELECT count(*) AS subscriptions_in_force,
               count(*) FILTER (WHERE until_day <= $2) AS subscriptions_expiring
          FROM subscriptions
         WHERE status = 'in_force'
           AND until_day >= $1
        """,
        today,
        today + WARNED_BEFORE,
    )

"""Bids in the database; before the opening only the bidder's own is ever asked for."""

from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.procurement.domain.bids import Bid


async def add_bid(tx: Tx, bid: Bid) -> None:
    await tx.do(
        """
        INSERT INTO bids (id, version, tender_id, organisation_id, sha256, received_at, status)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        bid.id,
        bid.version,
        bid.tender_id,
        bid.organisation_id,
        bid.sha256,
        bid.received_at,
        bid.status,
    )


async def find_bid(tx: Tx, bid_id: UUID) -> Bid | None:
    return await tx.find(
        Bid,
        """
        SELECT id, version, tender_id, organisation_id, sha256, received_at, status,
               invalid_reason, price, lead_worker_id, certified_workers, approach
          FROM bids
         WHERE id = $1
        """,
        bid_id,
    )


async def get_own_bid(tx: Tx, bid_id: UUID, organisation_id: UUID) -> Bid:
    return await tx.get(
        Bid,
        """
        SELECT id, version, tender_id, organisation_id, sha256, received_at, status,
               invalid_reason, price, lead_worker_id, certified_workers, approach
          FROM bids
         WHERE id = $1
           AND organisation_id = $2
        """,
        bid_id,
        organisation_id,
    )


async def find_standing_bid(tx: Tx, tender_id: UUID, organisation_id: UUID) -> Bid | None:
    """Asked for under the lock of the tender, which every change of a bid takes first."""
    return await tx.find(
        Bid,
        """
        SELECT id, version, tender_id, organisation_id, sha256, received_at, status,
               invalid_reason, price, lead_worker_id, certified_workers, approach
          FROM bids
         WHERE tender_id = $1
           AND organisation_id = $2
           AND status = 'sealed'
        """,
        tender_id,
        organisation_id,
    )


async def has_bid(tx: Tx, tender_id: UUID, organisation_id: UUID) -> bool:
    """Whether a bid of that organisation stands."""
    return bool(
        await tx.value(
            """
            SELECT EXISTS (SELECT
                             FROM bids
                            WHERE tender_id = $1
                              AND organisation_id = $2
                              AND status NOT IN ('replaced', 'withdrawn'))
            """,
            tender_id,
            organisation_id,
        )
    )


async def list_standing_bids(tx: Tx, tender_id: UUID) -> list[Bid]:
    """The bids that are neither replaced nor withdrawn, under the lock of the tender."""
    return await tx.all(
        Bid,
        """
          SELECT id, version, tender_id, organisation_id, sha256, received_at, status,
                 invalid_reason, price, lead_worker_id, certified_workers, approach
            FROM bids
           WHERE tender_id = $1
             AND status NOT IN ('replaced', 'withdrawn')
        ORDER BY id
        """,
        tender_id,
    )


async def list_bids(tx: Tx, tender_id: UUID, rows: Rows, page: PageRequest) -> list[Bid]:
    """The standing bids of an opened tender; a bidder sees its own."""
    return await tx.all(
        Bid,
        """
          SELECT id, version, tender_id, organisation_id, sha256, received_at, status,
                 invalid_reason, price, lead_worker_id, certified_workers, approach
            FROM bids
           WHERE tender_id = $1
             AND status NOT IN ('replaced', 'withdrawn')
             AND ($2::uuid IS NULL OR organisation_id = $2)
             AND ($3::uuid IS NULL OR id > $3)
        ORDER BY id
           LIMIT $4
        """,
        tender_id,
        rows.org,
        page.after_id,
        page.limit,
    )


async def save_bid(tx: Tx, bid: Bid) -> None:
    await tx.do(
        """
        UPDATE bids
           SET version = $2,
               status = $3,
               invalid_reason = $4,
               price = $5,
               lead_worker_id = $6,
               certified_workers = $7,
               approach = $8
         WHERE id = $1
        """,
        bid.id,
        bid.version,
        bid.status,
        bid.invalid_reason,
        bid.price,
        bid.lead_worker_id,
        bid.certified_workers,
        bid.approach,
    )


async def keep_receipt_key(tx: Tx, key: str) -> None:
    """A receipt is proof for years: its public key outlives the secret that it came of."""
    await tx.do(
        """
        INSERT INTO receipt_keys (key, first_used_at)
             VALUES ($1, $2)
        ON CONFLICT (key) DO NOTHING
        """,
        key,
        tx.wall,
    )


async def list_receipt_keys(tx: Tx) -> list[str]:
    return await tx.all(str, "SELECT key FROM receipt_keys ORDER BY first_used_at DESC, key")

"""Panels in the database; they change under the lock of their tender."""

from uuid import UUID

from libs.common.db import Tx
from services.procurement.domain.panels import Panel


async def add_panel(tx: Tx, panel: Panel) -> None:
    await tx.do(
        """
        INSERT INTO panels (id, version, seed, seats, drawn_day)
             VALUES ($1, $2, $3, $4, $5)
        """,
        panel.id,
        panel.version,
        panel.seed,
        panel.seats,
        panel.drawn_day,
    )


async def find_panel(tx: Tx, tender_id: UUID) -> Panel | None:
    return await tx.find(
        Panel,
        """
        SELECT id, version, seed, seats, drawn_day
          FROM panels
         WHERE id = $1
        """,
        tender_id,
    )


async def get_panel(tx: Tx, tender_id: UUID) -> Panel:
    return await tx.get(
        Panel,
        """
        SELECT id, version, seed, seats, drawn_day
          FROM panels
         WHERE id = $1
        """,
        tender_id,
    )


async def save_panel(tx: Tx, panel: Panel) -> None:
    await tx.do(
        """
        UPDATE panels
           SET version = $2,
               seats = $3
         WHERE id = $1
        """,
        panel.id,
        panel.version,
        panel.seats,
    )

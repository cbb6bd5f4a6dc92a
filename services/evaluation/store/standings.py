"""Standings in the database."""

from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.evaluation.domain.standings import Standing


async def lock_standing(tx: Tx, newcomer: Standing) -> Standing:
    """The standing, made if it is the first, so that two sealings at once wait for each other."""
    await tx.do(
        """
        INSERT INTO standings (id, version, organisation_id, division, sealed_results, effect,
                               as_of)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (id) DO NOTHING
        """,
        newcomer.id,
        newcomer.version,
        newcomer.organisation_id,
        newcomer.division,
        newcomer.sealed_results,
        newcomer.effect,
        newcomer.as_of,
    )
    return await tx.get(
        Standing,
        """
        SELECT id, version, organisation_id, division, sealed_results, average_score_bp,
               best_score_bp, band, effect, as_of
          FROM standings
         WHERE id = $1
           FOR UPDATE
        """,
        newcomer.id,
    )


async def get_standing(tx: Tx, organisation_id: UUID, rows: Rows) -> Standing:
    return await tx.get(
        Standing,
        """
        SELECT id, version, organisation_id, division, sealed_results, average_score_bp,
               best_score_bp, band, effect, as_of
          FROM standings
         WHERE id = $1
           AND division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR organisation_id = $3)
        """,
        organisation_id,
        rows.divisions,
        rows.org,
    )


async def list_standings(tx: Tx, rows: Rows, page: PageRequest) -> list[Standing]:
    return await tx.all(
        Standing,
        """
          SELECT id, version, organisation_id, division, sealed_results, average_score_bp,
                 best_score_bp, band, effect, as_of
            FROM standings
           WHERE division LIKE ANY ($1)
             AND ($2::uuid IS NULL OR organisation_id = $2)
             AND ($3::uuid IS NULL OR id > $3)
        ORDER BY id
           LIMIT $4
        """,
        rows.divisions,
        rows.org,
        page.after_id,
        page.limit,
    )


async def save_standing(tx: Tx, standing: Standing) -> None:
    await tx.do(
        """
        UPDATE standings
           SET version = $2,
               sealed_results = $3,
               average_score_bp = $4,
               best_score_bp = $5,
               band = $6,
               effect = $7,
               as_of = $8
         WHERE id = $1
        """,
        standing.id,
        standing.version,
        standing.sealed_results,
        standing.average_score_bp,
        standing.best_score_bp,
        standing.band,
        standing.effect,
        standing.as_of,
    )

"""Samples in the database."""

from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from services.evaluation.domain.samples import Sample


async def add_sample(tx: Tx, sample: Sample) -> None:
    await tx.do(
        """
        INSERT INTO samples (id, version, seed, seed_commitment, frame, frame_size, frame_digest,
                             drawn, left_out_closed, left_out_special, left_out_unknown,
                             left_out_withdrawn)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        sample.id,
        sample.version,
        sample.seed,
        sample.seed_commitment,
        sample.frame,
        sample.frame_size,
        sample.frame_digest,
        sample.drawn,
        sample.left_out_closed,
        sample.left_out_special,
        sample.left_out_unknown,
        sample.left_out_withdrawn,
    )


async def lock_sample(tx: Tx, commission_id: UUID) -> Sample:
    """The sample of a commission that the caller has locked already."""
    return await tx.get(
        Sample,
        """
        SELECT id, version, seed, seed_commitment, frame, frame_size, frame_digest, drawn,
               left_out_closed, left_out_special, left_out_unknown, left_out_withdrawn, drawn_at
          FROM samples
         WHERE id = $1
           FOR UPDATE
        """,
        commission_id,
    )


async def get_sample(tx: Tx, commission_id: UUID, rows: Rows) -> Sample:
    """Before the drawing there is none: the seed stays secret."""
    return await tx.get(
        Sample,
        """
        SELECT s.id, s.version, s.seed, s.seed_commitment, s.frame, s.frame_size, s.frame_digest,
               s.drawn, s.left_out_closed, s.left_out_special, s.left_out_unknown,
               s.left_out_withdrawn, s.drawn_at
          FROM samples AS s
          JOIN commissions AS c
            ON c.id = s.id
         WHERE s.id = $1
           AND s.drawn_at IS NOT NULL
           AND c.division LIKE ANY ($2)
           AND ($3::uuid IS NULL OR c.evaluator_id = $3)
        """,
        commission_id,
        rows.divisions,
        rows.org,
    )


async def save_sample(tx: Tx, sample: Sample) -> None:
    await tx.do(
        """
        UPDATE samples
           SET version = $2,
               frame = $3,
               frame_size = $4,
               frame_digest = $5,
               drawn = $6,
               left_out_closed = $7,
               left_out_special = $8,
               left_out_unknown = $9,
               left_out_withdrawn = $10,
               drawn_at = $11
         WHERE id = $1
        """,
        sample.id,
        sample.version,
        sample.frame,
        sample.frame_size,
        sample.frame_digest,
        sample.drawn,
        sample.left_out_closed,
        sample.left_out_special,
        sample.left_out_unknown,
        sample.left_out_withdrawn,
        sample.drawn_at,
    )

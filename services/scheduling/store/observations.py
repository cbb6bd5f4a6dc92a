"""Observations in the database."""

from uuid import UUID

from libs.common.db import Tx
from services.scheduling.domain.observations import Observation


async def add_observation(tx: Tx, observation: Observation) -> None:
    await tx.do(
        """
        INSERT INTO observations (id, version, activity_id, agreement_id, division, observer,
                                  side, starts_at, ends_at, reason, status, policy_version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        observation.id,
        observation.version,
        observation.activity_id,
        observation.agreement_id,
        observation.division,
        observation.observer,
        observation.side,
        observation.starts_at,
        observation.ends_at,
        observation.reason,
        observation.status,
        observation.policy_version,
    )


async def lock_observation(tx: Tx, activity_id: UUID) -> Observation | None:
    """The observation of an activity that is locked already; None while none is named."""
    return await tx.find(
        Observation,
        """
        SELECT *
          FROM observations
         WHERE activity_id = $1
           FOR UPDATE
        """,
        activity_id,
    )


async def find_observation(tx: Tx, activity_id: UUID) -> Observation | None:
    return await tx.find(
        Observation,
        """
        SELECT *
          FROM observations
         WHERE activity_id = $1
        """,
        activity_id,
    )


async def draw_call_backs(tx: Tx, activity_id: UUID, number: int) -> tuple[str, ...]:
    """Some of the named persons, drawn so that nobody can foresee whom."""
    refs: list[str] = await tx.all(
        str,
        """
          SELECT recipient_ref
            FROM check_ins
           WHERE activity_id = $1
             AND counts
        ORDER BY random()
           LIMIT $2
        """,
        activity_id,
        number,
    )
    return tuple(refs)


async def save_observation(tx: Tx, observation: Observation) -> None:
    await tx.do(
        """
        UPDATE observations
           SET version = $2,
               observer = $3,
               side = $4,
               starts_at = $5,
               ends_at = $6,
               counted = $7,
               reason = $8,
               status = $9,
               call_backs = $10
         WHERE id = $1
        """,
        observation.id,
        observation.version,
        observation.observer,
        observation.side,
        observation.starts_at,
        observation.ends_at,
        observation.counted,
        observation.reason,
        observation.status,
        observation.call_backs,
    )

"""What is due when: timers are rows, and a job decides at its own due instant."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from prometheus_client import Counter

from libs.common.db import Database, Tx, background
from libs.common.errors import Unreachable
from libs.common.ids import new_id

log = structlog.get_logger()
_run = Counter("sanshe_jobs_total", "Timed jobs by outcome", ["service", "job", "outcome"])

Handler = Callable[[Tx, str], Awaitable[None]]


class Jobs:
    """A service's timed jobs by name."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}

    def due(self, name: str) -> Callable[[Handler], Handler]:
        """Register what to do when a timer of that name is due: `(tx, subject)`."""

        def decorate(handler: Handler) -> Handler:
            if name in self.handlers:
                raise ValueError(f"two jobs are named {name}")
            self.handlers[name] = handler
            return handler

        return decorate


async def set_timer(tx: Tx, job: str, subject: UUID | str, at: datetime) -> None:
    """Have that job run for that subject at that business instant; setting it twice is once."""
    await tx.do(
        """
        INSERT INTO timers (id, job, subject, due_at)
             VALUES ($1, $2, $3, $4)
        ON CONFLICT (job, subject, due_at) DO NOTHING
        """,
        new_id(),
        job,
        str(subject),
        at,
    )


async def clear_timers(tx: Tx, job: str, subject: UUID | str) -> None:
    """Nothing of that job is due for that subject any more."""
    await tx.do("DELETE FROM timers WHERE job = $1 AND subject = $2", job, str(subject))


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A job that is due for a subject at an instant of the business clock."""

    id: UUID
    job: str
    subject: str
    due_at: datetime


async def run_next(database: Database, jobs: Jobs) -> bool:
    """Run the earliest due timer, its row locked; False when none is due.

    A job that fails keeps its row and is tried again later; it never stops the others. A database
    that is away is no attempt.
    """
    timer: Timer | None = None
    try:
        async with database.transaction(background("timer")) as tx:
            timer = await tx.find(Timer, _NEXT, tx.now, tx.wall)
            if timer is None:
                return False
            tx.now = timer.due_at
            await jobs.handlers[timer.job](tx, timer.subject)
            await tx.do("DELETE FROM timers WHERE id = $1", timer.id)
    except Unreachable:
        raise
    except Exception as failure:
        if timer is None:
            raise
        log.error("job-failed", job=timer.job, timer=str(timer.id), error=repr(failure))
        _run.labels(database.service, timer.job, "failed").inc()
        async with database.transaction(background("timer")) as tx:
            await tx.do(_AGAIN, timer.id, tx.wall)
        return True
    _run.labels(database.service, timer.job, "done").inc()
    return True


_NEXT: Final = """
    SELECT id, job, subject, due_at
      FROM timers
     WHERE due_at <= $1
       AND (retry_at IS NULL OR retry_at <= $2)
  ORDER BY due_at, id
     LIMIT 1
FOR UPDATE SKIP LOCKED
"""

_AGAIN: Final = """
UPDATE timers
   SET attempts = attempts + 1,
       retry_at = $2::timestamptz + least(300, power(2, least(attempts, 9))) * interval '1 second'
 WHERE id = $1
"""

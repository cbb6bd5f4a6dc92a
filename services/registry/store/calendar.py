"""Days of the calendar in the database."""

from libs.common.db import Tx
from libs.common.pages import DeltaRequest
from services.registry.domain.calendar import CalendarDay


async def add_day(tx: Tx, day: CalendarDay) -> None:
    await tx.do(
        """
        INSERT INTO calendar_days (id, version, day, working, name)
             VALUES ($1, $2, $3, $4, $5)
        """,
        day.id,
        day.version,
        day.day,
        day.working,
        day.name,
    )


async def lock_days(tx: Tx, days: list[str]) -> list[CalendarDay]:
    return await tx.all(
        CalendarDay,
        """
          SELECT id, version, day, working, name
            FROM calendar_days
           WHERE id = ANY ($1::text[])
        ORDER BY id
             FOR UPDATE
        """,
        days,
    )


async def list_days(tx: Tx, prefix: str, page: DeltaRequest) -> list[CalendarDay]:
    return await tx.all(
        CalendarDay,
        """
          SELECT id, version, day, working, name
            FROM calendar_days
           WHERE starts_with(id, $1)
             AND ($2::text IS NULL OR id > $2)
             AND ($4::text[] IS NULL OR id = ANY ($4::text[]))
        ORDER BY id
           LIMIT $3
        """,
        prefix,
        page.after,
        page.limit,
        page.changed,
    )


async def save_day(tx: Tx, day: CalendarDay) -> None:
    await tx.do(
        """
        UPDATE calendar_days
           SET version = $2,
               working = $3,
               name = $4
         WHERE id = $1
        """,
        day.id,
        day.version,
        day.working,
        day.name,
    )

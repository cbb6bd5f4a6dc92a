"""What others have told us, kept up to date by the reactions and asked by everybody."""

from datetime import date
from uuid import UUID

from libs.common.contract import answer
from libs.common.db import Tx
from services.scheduling.domain.known import Agreement, Room, Station


@answer
class CalendarDay:
    """A day that differs from Monday to Friday."""

    day: date
    working: bool


async def put_organisation(
    tx: Tx, organisation_id: UUID, name: str, division: str, status: str
) -> None:
    await tx.do(
        """
        INSERT INTO organisations (id, name, division, status)
             VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE
                SET name = excluded.name,
                    division = excluded.division,
                    status = excluded.status
        """,
        organisation_id,
        name,
        division,
        status,
    )


async def is_active_organisation(
    tx: Tx, organisation_id: UUID | None, divisions: list[str]
) -> bool:
    """Registered or filed, and based in these divisions."""
    return bool(
        await tx.value(
            """
            SELECT true
              FROM organisations
             WHERE id = $1
               AND status IN ('registered', 'filed')
               AND division LIKE ANY ($2)
            """,
            organisation_id,
            divisions,
        )
    )


async def is_within(tx: Tx, division: str, divisions: list[str]) -> bool:
    """Whether a division lies in the caller's."""
    return bool(await tx.value("SELECT $1::text LIKE ANY ($2::text[])", division, divisions))


async def put_station(
    tx: Tx, station_id: UUID, name: str, division: str, status: str, rooms: tuple[Room, ...]
) -> None:
    await tx.do(
        """
        INSERT INTO stations (id, name, division, status, rooms)
             VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO UPDATE
                SET name = excluded.name,
                    division = excluded.division,
                    status = excluded.status,
                    rooms = excluded.rooms
        """,
        station_id,
        name,
        division,
        status,
        rooms,
    )


async def find_station(tx: Tx, station_id: UUID) -> Station | None:
    return await tx.find(
        Station,
        """
        SELECT id, name, division, status, rooms
          FROM stations
         WHERE id = $1
        """,
        station_id,
    )


async def put_agreement(tx: Tx, agreement: Agreement) -> None:
    await tx.do(
        """
        INSERT INTO agreements (id, title, domain, division, host_division, purchaser_id,
                                provider_id, from_day, to_day, status, observation,
                                lead_worker_id, certified_share_bp, outputs)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (id) DO UPDATE
                SET title = excluded.title,
                    domain = excluded.domain,
                    division = excluded.division,
                    host_division = excluded.host_division,
                    purchaser_id = excluded.purchaser_id,
                    provider_id = excluded.provider_id,
                    from_day = excluded.from_day,
                    to_day = excluded.to_day,
                    status = excluded.status,
                    observation = excluded.observation,
                    lead_worker_id = excluded.lead_worker_id,
                    certified_share_bp = excluded.certified_share_bp,
                    outputs = excluded.outputs
        """,
        agreement.id,
        agreement.title,
        agreement.domain,
        agreement.division,
        agreement.host_division,
        agreement.purchaser_id,
        agreement.provider_id,
        agreement.from_day,
        agreement.to_day,
        agreement.status,
        agreement.observation,
        agreement.lead_worker_id,
        agreement.certified_share_bp,
        agreement.outputs,
    )


async def find_agreement(tx: Tx, agreement_id: UUID | None) -> Agreement | None:
    return await tx.find(
        Agreement,
        """
        SELECT *
          FROM agreements
         WHERE id = $1
        """,
        agreement_id,
    )


async def put_recipient(
    tx: Tx, recipient_ref: str, organisation_id: UUID, division: str, status: str
) -> None:
    await tx.do(
        """
        INSERT INTO recipients (id, organisation_id, division, status)
             VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE
                SET organisation_id = excluded.organisation_id,
                    division = excluded.division,
                    status = excluded.status
        """,
        recipient_ref,
        organisation_id,
        division,
        status,
    )


async def find_recipients(tx: Tx, refs: list[str], organisation_id: UUID | None) -> frozenset[str]:
    """Which of these are known: of that organisation, or of any where None.

    Also closed ones: they may have been there before they were closed.
    """
    found: list[str] = await tx.all(
        str,
        """
        SELECT id
          FROM recipients
         WHERE id = ANY ($1::text[])
           AND ($2::uuid IS NULL OR organisation_id = $2)
        """,
        refs,
        organisation_id,
    )
    return frozenset(found)


async def put_day(tx: Tx, day: date, *, working: bool) -> None:
    await tx.do(
        """
        INSERT INTO calendar (day, working)
             VALUES ($1, $2)
        ON CONFLICT (day) DO UPDATE SET working = excluded.working
        """,
        day,
        working,
    )


async def list_exceptions(tx: Tx, since: date) -> dict[date, bool]:
    """Where the calendar differs from Monday to Friday, from that day on."""
    days = await tx.all(
        CalendarDay,
        """
        SELECT day, working
          FROM calendar
         WHERE day >= $1
        """,
        since,
    )
    return {entry.day: entry.working for entry in days}

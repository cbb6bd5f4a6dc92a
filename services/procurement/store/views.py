"""Views of what others tell: each row as its subject was last told."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from libs.common.db import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOrganisation:
    """An organisation as the registry last told it."""

    id: UUID
    name: str
    legal_form: str
    roles: tuple[str, ...]
    division: str
    status: str

    @property
    def active(self) -> bool:
        """Registered or filed, and not stopped."""
        return self.status in ("registered", "filed")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWorker:
    """A worker as the registry last told them."""

    id: UUID
    kind: str
    employer_id: UUID | None
    part_time_ids: tuple[UUID, ...]
    certificate_level: str | None
    certificate_valid: bool
    registration_status: str | None
    registration_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """A day that differs from the week."""

    day: date
    working: bool


async def find_organisation(tx: Tx, organisation_id: UUID) -> KnownOrganisation | None:
    return await tx.find(
        KnownOrganisation,
        """
        SELECT id, name, legal_form, roles, division, status
          FROM organisations
         WHERE id = $1
        """,
        organisation_id,
    )


async def find_active(tx: Tx, organisation_id: UUID, role: str) -> KnownOrganisation | None:
    """The organisation, if it is registered or filed and has that role."""
    return await tx.find(
        KnownOrganisation,
        """
        SELECT id, name, legal_form, roles, division, status
          FROM organisations
         WHERE id = $1
           AND $2 = ANY (roles)
           AND status IN ('registered', 'filed')
        """,
        organisation_id,
        role,
    )


async def find_worker(tx: Tx, worker_id: UUID) -> KnownWorker | None:
    return await tx.find(
        KnownWorker,
        """
        SELECT id, kind, employer_id, part_time_ids, certificate_level, certificate_valid,
               registration_status, registration_until
          FROM workers
         WHERE id = $1
        """,
        worker_id,
    )


async def list_expert_pool(tx: Tx) -> list[str]:
    """The persons in the pool who have not retired."""
    return await tx.all(str, "SELECT id FROM experts WHERE status = 'admitted' ORDER BY id")


async def list_tied_persons(tx: Tx, organisations: list[UUID]) -> list[str]:
    """Who has a standing tie, of any degree, to one of these organisations."""
    return await tx.all(
        str,
        """
        SELECT DISTINCT person
          FROM ties
         WHERE organisation_id = ANY ($1)
           AND status = 'standing'
        """,
        organisations,
    )


async def put_organisation(
    tx: Tx,
    organisation_id: UUID,
    name: str,
    legal_form: str,
    roles: tuple[str, ...],
    division: str,
    status: str,
) -> None:
    await tx.do(
        """
        INSERT INTO organisations (id, name, legal_form, roles, division, status)
             VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id)
          DO UPDATE SET name = excluded.name,
                        legal_form = excluded.legal_form,
                        roles = excluded.roles,
                        division = excluded.division,
                        status = excluded.status
        """,
        organisation_id,
        name,
        legal_form,
        roles,
        division,
        status,
    )


async def put_expert(
    tx: Tx, person: str, kinds: tuple[str, ...], status: str, division: str
) -> None:
    await tx.do(
        """
        INSERT INTO experts (id, kinds, status, division)
             VALUES ($1, $2, $3, $4)
        ON CONFLICT (id)
          DO UPDATE SET kinds = excluded.kinds,
                        status = excluded.status,
                        division = excluded.division
        """,
        person,
        kinds,
        status,
        division,
    )


async def put_tie(
    tx: Tx, tie_id: UUID, person: str, organisation_id: UUID, kind: str, degree: str, status: str
) -> None:
    await tx.do(
        """
        INSERT INTO ties (id, person, organisation_id, kind, degree, status)
             VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id)
          DO UPDATE SET person = excluded.person,
                        organisation_id = excluded.organisation_id,
                        kind = excluded.kind,
                        degree = excluded.degree,
                        status = excluded.status
        """,
        tie_id,
        person,
        organisation_id,
        kind,
        degree,
        status,
    )


async def put_worker(tx: Tx, worker_id: UUID, *known: object) -> None:
    """`known` are the other fields of `KnownWorker`, in their order."""
    await tx.do(
        """
        INSERT INTO workers (id, kind, employer_id, part_time_ids, certificate_level,
                             certificate_valid, registration_status, registration_until)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (id)
          DO UPDATE SET kind = excluded.kind,
                        employer_id = excluded.employer_id,
                        part_time_ids = excluded.part_time_ids,
                        certificate_level = excluded.certificate_level,
                        certificate_valid = excluded.certificate_valid,
                        registration_status = excluded.registration_status,
                        registration_until = excluded.registration_until
        """,
        worker_id,
        *known,
    )


async def list_exceptions(tx: Tx, since: date) -> dict[date, bool]:
    """Where the calendar differs from Monday to Friday, from that day on."""
    days = await tx.all(
        CalendarDay,
        """
        SELECT day, working
          FROM calendar_days
         WHERE day >= $1
        """,
        since,
    )
    return {entry.day: entry.working for entry in days}


async def put_calendar_day(tx: Tx, day: date, working: bool, name: str) -> None:
    await tx.do(
        """
        INSERT INTO calendar_days (day, working, name)
             VALUES ($1, $2, $3)
        ON CONFLICT (day)
          DO UPDATE SET working = excluded.working,
                        name = excluded.name
        """,
        day,
        working,
        name,
    )


async def add_sealed_result(tx: Tx, result_id: UUID, version: int, *sealed: object) -> None:
    """`sealed` are the other columns of `sealed_results`, in their order."""
    await tx.do(
        """
        INSERT INTO sealed_results (id, version, commission_id, agreement_id, provider_id,
                                    purchaser_id, division, domain, score_bp, band,
                                    balance_share_bp, policy_version, sealed_at, correction,
                                    round, told_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        ON CONFLICT (id, version) DO NOTHING
        """,
        result_id,
        version,
        *sealed,
    )

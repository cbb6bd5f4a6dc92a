"""Views of what neighbours have said; one row a subject, joined only when asking."""

from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from libs.common.db import Tx
from services.evaluation.domain.agreements import Agreement


class WorkerFacts(Protocol):
    """What is kept of a worker."""

    @property
    def id(self) -> UUID: ...
    @property
    def employer_id(self) -> UUID | None: ...
    @property
    def part_time_ids(self) -> tuple[UUID, ...]: ...


class ActivityFacts(Protocol):
    """What is kept of an activity."""

    @property
    def id(self) -> UUID: ...
    @property
    def agreement_id(self) -> UUID | None: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def status(self) -> str: ...
    @property
    def observation(self) -> str: ...
    @property
    def reported_day(self) -> date | None: ...
    @property
    def report_due_day(self) -> date | None: ...
    @property
    def first_reported_day(self) -> date | None: ...
    @property
    def correction_due_day(self) -> date | None: ...


async def put_agreement(tx: Tx, agreement: Agreement, status: str) -> None:
    await tx.do(
        """
        INSERT INTO agreements (id, title, domain, division, purchaser_id, provider_id,
                                from_day, to_day, status, outputs, bands)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (id) DO UPDATE
                SET title = excluded.title,
                    domain = excluded.domain,
                    division = excluded.division,
                    purchaser_id = excluded.purchaser_id,
                    provider_id = excluded.provider_id,
                    from_day = excluded.from_day,
                    to_day = excluded.to_day,
                    status = excluded.status,
                    outputs = excluded.outputs,
                    bands = excluded.bands
        """,
        agreement.id,
        agreement.title,
        agreement.domain,
        agreement.division,
        agreement.purchaser_id,
        agreement.provider_id,
        agreement.from_day,
        agreement.to_day,
        status,
        agreement.outputs,
        agreement.bands,
    )


async def find_agreement(tx: Tx, agreement_id: UUID) -> Agreement | None:
    return await tx.find(
        Agreement,
        """
        SELECT id, title, domain, division, purchaser_id, provider_id, from_day, to_day,
               outputs, bands
          FROM agreements
         WHERE id = $1
        """,
        agreement_id,
    )


async def put_organisation(
    tx: Tx, organisation_id: UUID, name: str, roles: tuple[str, ...], division: str, status: str
) -> None:
    await tx.do(
        """
        INSERT INTO organisations (id, name, roles, division, status)
             VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO UPDATE
                SET name = excluded.name,
                    roles = excluded.roles,
                    division = excluded.division,
                    status = excluded.status
        """,
        organisation_id,
        name,
        roles,
        division,
        status,
    )


async def is_evaluator(tx: Tx, organisation_id: UUID) -> bool:
    """Whether it is known here, registered, and has the role of an evaluator."""
    found: bool = await tx.value(
        """
        SELECT EXISTS (SELECT
                         FROM organisations
                        WHERE id = $1
                          AND status = 'registered'
                          AND 'evaluator' = ANY (roles))
        """,
        organisation_id,
    )
    return found


async def find_division(tx: Tx, organisation_id: UUID) -> str | None:
    division: str | None = await tx.value(
        "SELECT division FROM organisations WHERE id = $1", organisation_id
    )
    return division


async def put_tie(
    tx: Tx, tie_id: UUID, person: str, organisation_id: UUID, kind: str, degree: str, status: str
) -> None:
    await tx.do(
        """
        INSERT INTO declared_ties (id, person, organisation_id, kind, degree, status)
             VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id) DO UPDATE
                SET person = excluded.person,
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


async def put_worker(tx: Tx, worker: WorkerFacts) -> None:
    await tx.do(
        """
        INSERT INTO workers (id, employer_id, part_time_ids)
             VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE
                SET employer_id = excluded.employer_id,
                    part_time_ids = excluded.part_time_ids
        """,
        worker.id,
        worker.employer_id,
        worker.part_time_ids,
    )


async def put_activity(tx: Tx, activity: ActivityFacts) -> None:
    await tx.do(
        """
        INSERT INTO activities (id, agreement_id, starts_at, status, observation,
                                reported_day, report_due_day, first_reported_day,
                                correction_due_day)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (id) DO UPDATE
                SET agreement_id = excluded.agreement_id,
                    starts_at = excluded.starts_at,
                    status = excluded.status,
                    observation = excluded.observation,
                    reported_day = excluded.reported_day,
                    report_due_day = excluded.report_due_day,
                    first_reported_day = excluded.first_reported_day,
                    correction_due_day = excluded.correction_due_day
        """,
        activity.id,
        activity.agreement_id,
        activity.starts_at,
        activity.status,
        activity.observation,
        activity.reported_day,
        activity.report_due_day,
        activity.first_reported_day,
        activity.correction_due_day,
    )


async def put_output(tx: Tx, output_id: UUID, agreement_id: UUID, counted: int) -> None:
    await tx.do(
        """
        INSERT INTO outputs (id, agreement_id, counted)
             VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE
                SET agreement_id = excluded.agreement_id,
                    counted = excluded.counted
        """,
        output_id,
        agreement_id,
        counted,
    )


async def put_attendance(
    tx: Tx,
    checkin_id: UUID,
    agreement_id: UUID | None,
    recipient_ref: str | None,
    at: datetime,
    withdrawn: bool,
) -> None:
    await tx.do(
        """
        INSERT INTO attendances (id, agreement_id, recipient_ref, at, withdrawn)
             VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO UPDATE
                SET agreement_id = excluded.agreement_id,
                    recipient_ref = excluded.recipient_ref,
                    at = excluded.at,
                    withdrawn = excluded.withdrawn
        """,
        checkin_id,
        agreement_id,
        recipient_ref,
        at,
        withdrawn,
    )


async def put_recipient(tx: Tx, recipient_ref: str, status: str, visit_rule: str) -> None:
    await tx.do(
        """
        INSERT INTO recipients (id, status, visit_rule)
             VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE
                SET status = excluded.status,
                    visit_rule = excluded.visit_rule
        """,
        recipient_ref,
        status,
        visit_rule,
    )


async def put_consent(
    tx: Tx, consent_id: str, recipient_ref: str, purpose: str, status: str
) -> None:
    await tx.do(
        """
        INSERT INTO consents (id, recipient_ref, purpose, status)
             VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE
                SET recipient_ref = excluded.recipient_ref,
                    purpose = excluded.purpose,
                    status = excluded.status
        """,
        consent_id,
        recipient_ref,
        purpose,
        status,
    )

"""What scheduling does when others speak: its views of them, plans begun, work freed."""

from datetime import date
from typing import Final
from uuid import UUID

from libs.common.bus import Reactions
from libs.common.clock import end_of
from libs.common.contract import event, told
from libs.common.db import Tx
from libs.common.jobs import set_timer
from libs.common.outbox import emit
from services.scheduling import actions, events
from services.scheduling.domain.activities import AGREEMENT_TERMINATED
from services.scheduling.domain.assignments import why_freed
from services.scheduling.domain.known import Agreement as KnownAgreement
from services.scheduling.domain.known import ObservationRule, Output, Room, Worker
from services.scheduling.domain.workplans import month_ends
from services.scheduling.store import activities as activity_store
from services.scheduling.store import assignments as assignment_store
from services.scheduling.store import views, workplans
from services.scheduling.store import workers as worker_store

reactions: Final = Reactions()


@event(
    "registry.worker.enrolled.v1",
    "registry.worker.employed.v1",
    "registry.worker.left.v1",
    "registry.certificate.recorded.v1",
    "registry.certificate.revoked.v1",
    "registry.registration.renewed.v1",
    "registry.registration.expiring.v1",
    "registry.registration.lapsed.v1",
    "registry.worker.checked.v1",
)
class WorkerHeard:
    """Who employs a worker, and may they practise."""

    id: str
    employer_id: UUID | None
    part_time_ids: tuple[UUID, ...]
    certificate_level: str | None
    certificate_valid: bool
    registration_status: str | None
    minors_check_until: date | None


@event(
    "registry.worker.employed.v1",
    "registry.worker.left.v1",
    "registry.certificate.revoked.v1",
    "registry.registration.lapsed.v1",
)
class WorkerMayNotGoOn(WorkerHeard):
    """The same, where it may end work that was assigned."""


@event(
    "registry.organisation.registered.v1",
    "registry.organisation.filed.v1",
    "registry.organisation.updated.v1",
    "registry.organisation.suspended.v1",
    "registry.organisation.reinstated.v1",
    "registry.organisation.deregistered.v1",
)
class OrganisationHeard:
    """Who may hold activities."""

    id: UUID
    name: str
    division: str
    status: str


@event("registry.tie.declared.v1", "registry.tie.ended.v1")
class TieHeard:
    """Who is bound to which organisation."""

    id: str
    person: str
    organisation_id: UUID
    degree: str
    status: str


@event(
    "registry.station.opened.v1",
    "registry.station.changed.v1",
    "registry.station.closed.v1",
)
class StationHeard:
    """Where there are rooms."""

    id: UUID
    name: str
    division: str
    status: str
    rooms: tuple[Room, ...]


@event("registry.calendar.changed.v1")
class DayHeard:
    """A holiday, or a make-up workday (调休)."""

    day: date
    working: bool


@event(
    "procurement.agreement.in_force.v1",
    "procurement.agreement.amended.v1",
    "procurement.agreement.completed.v1",
    "procurement.agreement.terminated.v1",
)
class AgreementHeard:
    """What an agreement asks for, of whom, where and until when."""

    id: UUID
    title: str
    domain: str
    division: str
    host_division: str
    purchaser_id: UUID
    provider_id: UUID
    from_day: date
    to_day: date
    status: str
    observation: ObservationRule
    lead_worker_id: str | None
    certified_share_bp: int
    outputs: tuple[Output, ...]


@event("procurement.agreement.in_force.v1", "procurement.agreement.amended.v1")
class TermHeard:
    """For how long an agreement is worked on."""

    id: UUID
    from_day: date
    to_day: date


@event("procurement.agreement.terminated.v1")
class AgreementTerminated:
    """An agreement that has ended before its time."""

    id: UUID


@event(
    "casework.recipient.enrolled.v1",
    "casework.recipient.moved.v1",
    "casework.recipient.closed.v1",
)
class RecipientHeard:
    """Who is served, by reference alone."""

    id: str
    organisation_id: UUID
    division: str
    status: str


@reactions.view(WorkerHeard)
async def workers(tx: Tx, heard: WorkerHeard) -> None:
    """Keep who works where, and with which certificate."""
    await worker_store.put_worker(tx, told(Worker, heard))


@reactions.view(OrganisationHeard)
async def organisations(tx: Tx, heard: OrganisationHeard) -> None:
    """Keep which organisations are active."""
    await views.put_organisation(tx, heard.id, heard.name, heard.division, heard.status)


@reactions.view(TieHeard)
async def ties(tx: Tx, heard: TieHeard) -> None:
    """Keep who is tied to whom."""
    await worker_store.put_tie(
        tx, heard.id, heard.person, heard.organisation_id, heard.degree, heard.status
    )


@reactions.view(StationHeard)
async def stations(tx: Tx, heard: StationHeard) -> None:
    """Keep stations and their rooms."""
    await views.put_station(tx, heard.id, heard.name, heard.division, heard.status, heard.rooms)


@reactions.view(DayHeard)
async def calendar(tx: Tx, heard: DayHeard) -> None:
    """Keep the days that differ from Monday to Friday."""
    await views.put_day(tx, heard.day, working=heard.working)


@reactions.view(AgreementHeard)
async def agreements(tx: Tx, heard: AgreementHeard) -> None:
    """Keep what each agreement asks for."""
    await views.put_agreement(tx, told(KnownAgreement, heard))


@reactions.view(RecipientHeard)
async def recipients(tx: Tx, heard: RecipientHeard) -> None:
    """Keep which references are known, and whose they are."""
    await views.put_recipient(tx, heard.id, heard.organisation_id, heard.division, heard.status)


@reactions.effect(TermHeard)
async def plan_work(tx: Tx, heard: TermHeard) -> None:
    """Begin the workplan, and look at its progress at each month's end of the term."""
    await workplans.add_workplan(tx, heard.id, tx.today)
    for day in month_ends(heard.from_day, heard.to_day):
        if end_of(day) > tx.now:
            await set_timer(tx, "look-at-progress", heard.id, end_of(day))


@reactions.effect(AgreementTerminated)
async def stop_work(tx: Tx, heard: AgreementTerminated) -> None:
    """Call off what would start after the end: workers and rooms are free; what was held stays."""
    for activity in await activity_store.lock_later_of(tx, heard.id, tx.now):
        await actions.cancel_activity(tx, activity, AGREEMENT_TERMINATED)


@reactions.effect(WorkerMayNotGoOn)
async def free_work(tx: Tx, heard: WorkerMayNotGoOn) -> None:
    """Offer the later work of a worker who may not go on back to the same provider."""
    worker = told(Worker, heard)
    for assignment in await assignment_store.lock_later_of(tx, worker.id, tx.now):
        under_agreement = await assignment_store.is_under_agreement(tx, assignment.activity_id)
        reason = why_freed(assignment, worker, under_agreement=under_agreement)
        if reason is not None:
            freed = assignment.free(reason)
            await assignment_store.save_assignment(tx, freed)
            await emit(tx, freed, told(events.AssignmentFreed, freed))

"""What evaluation does when others speak: views of the facts it judges by, and its own plans."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from libs.common.bus import Reactions
from libs.common.clock import end_of
from libs.common.contract import event, told
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.ids import new_id
from libs.common.jobs import clear_timers, set_timer
from services.evaluation import actions
from services.evaluation.domain import commissions, inspections, samples
from services.evaluation.domain.agreements import Agreement, BalanceBand, Output
from services.evaluation.domain.policies import Policy
from services.evaluation.store import commissions as commission_store
from services.evaluation.store import inspections as store
from services.evaluation.store import policies, views

reactions = Reactions()


@event(
    "procurement.agreement.in_force.v1",
    "procurement.agreement.amended.v1",
    "procurement.agreement.completed.v1",
    "procurement.agreement.terminated.v1",
)
class AgreementHeard:
    """An agreement as far as inspections, samples and scores go by it."""

    id: UUID
    title: str
    domain: str
    division: str
    purchaser_id: UUID
    provider_id: UUID
    from_day: date
    to_day: date
    status: str
    outputs: tuple[Output, ...]
    bands: tuple[BalanceBand, ...]


@event("procurement.agreement.in_force.v1")
class AgreementBegun(AgreementHeard):
    """An agreement that is to be inspected and evaluated."""


@event("procurement.agreement.amended.v1")
class AgreementAmended(AgreementHeard):
    """An agreement whose term may be another one now."""


@event("procurement.agreement.terminated.v1")
class AgreementTerminated(AgreementHeard):
    """An agreement that ended before its time."""


@event(
    "registry.organisation.registered.v1",
    "registry.organisation.filed.v1",
    "registry.organisation.updated.v1",
    "registry.organisation.suspended.v1",
    "registry.organisation.reinstated.v1",
    "registry.organisation.deregistered.v1",
)
class OrganisationHeard:
    """Who may evaluate, and where an organisation is at home."""

    id: UUID
    name: str
    roles: tuple[str, ...]
    division: str
    status: str


@event("registry.tie.declared.v1", "registry.tie.ended.v1")
class TieHeard:
    """Who is tied to which organisation."""

    id: UUID
    person: str
    organisation_id: UUID
    kind: str
    degree: str
    status: str


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
    """Whom a worker works for: employment ties as any declared tie does."""

    id: UUID
    employer_id: UUID | None
    part_time_ids: tuple[UUID, ...]


@event(
    "scheduling.activity.published.v1",
    "scheduling.activity.rescheduled.v1",
    "scheduling.activity.cancelled.v1",
    "scheduling.activity.held.v1",
    "scheduling.activity.reported.v1",
    "scheduling.activity.accepted.v1",
    "scheduling.activity.returned.v1",
)
class ActivityHeard:
    """Whether an activity took place, was observed, and was reported in time."""

    id: UUID
    agreement_id: UUID | None
    starts_at: datetime
    status: str
    observation: str
    reported_day: date | None
    report_due_day: date | None
    first_reported_day: date | None = None
    correction_due_day: date | None = None


@event("scheduling.output.counted.v1")
class OutputHeard:
    """How much of an output was counted."""

    id: UUID
    agreement_id: UUID
    counted: int


@event("scheduling.attendance.recorded.v1")
class AttendanceHeard:
    """Who was served: only named check-ins enter a frame."""

    id: UUID
    agreement_id: UUID | None
    recipient_ref: str | None
    at: datetime
    withdrawn: bool


@event(
    "casework.recipient.enrolled.v1",
    "casework.recipient.moved.v1",
    "casework.recipient.closed.v1",
)
class RecipientHeard:
    """Whether a recipient may be visited by the ordinary rule."""

    id: str
    status: str
    visit_rule: str


@event("casework.consent.given.v1", "casework.consent.withdrawn.v1")
class ConsentHeard:
    """Whether a recipient has consented to be served, or visited, or has taken it back."""

    id: str
    recipient_ref: str
    purpose: str
    status: str


@reactions.view(AgreementHeard)
async def agreements(tx: Tx, heard: AgreementHeard) -> None:
    """Keep the agreement as it stands."""
    await views.put_agreement(tx, told(Agreement, heard), heard.status)


@reactions.view(OrganisationHeard)
async def organisations(tx: Tx, heard: OrganisationHeard) -> None:
    """Keep who may evaluate."""
    await views.put_organisation(
        tx, heard.id, heard.name, heard.roles, heard.division, heard.status
    )


@reactions.view(TieHeard)
async def declared_ties(tx: Tx, heard: TieHeard) -> None:
    """Keep who is tied to whom."""
    await views.put_tie(
        tx, heard.id, heard.person, heard.organisation_id, heard.kind, heard.degree, heard.status
    )


@reactions.view(WorkerHeard)
async def workers(tx: Tx, heard: WorkerHeard) -> None:
    """Keep who works for whom."""
    await views.put_worker(tx, heard)


@reactions.view(ActivityHeard)
async def activities(tx: Tx, heard: ActivityHeard) -> None:
    """Keep what took place, was observed and was reported."""
    await views.put_activity(tx, heard)


@reactions.view(OutputHeard)
async def outputs(tx: Tx, heard: OutputHeard) -> None:
    """Keep what was counted."""
    await views.put_output(tx, heard.id, heard.agreement_id, heard.counted)


@reactions.view(AttendanceHeard)
async def attendances(tx: Tx, heard: AttendanceHeard) -> None:
    """Keep who was served."""
    await views.put_attendance(
        tx, heard.id, heard.agreement_id, heard.recipient_ref, heard.at, heard.withdrawn
    )


@reactions.view(RecipientHeard)
async def recipients(tx: Tx, heard: RecipientHeard) -> None:
    """Keep who may be visited."""
    await views.put_recipient(tx, heard.id, heard.status, heard.visit_rule)


@reactions.view(ConsentHeard)
async def consents(tx: Tx, heard: ConsentHeard) -> None:
    """Keep who has withdrawn: they are drawn no more."""
    await views.put_consent(tx, heard.id, heard.recipient_ref, heard.purpose, heard.status)


@reactions.effect(AgreementBegun)
async def plan_oversight(tx: Tx, heard: AgreementBegun) -> None:
    """Plan the inspections and the evaluation by the rules known when the agreement begins.

    The seed of the sample is decided here and published as its hash, so that nobody can choose
    it once it is known who was served.
    """
    policy = await actions.policy_in_force(tx, tx.today)
    agreement = told(Agreement, heard)
    await _plan_inspections(tx, agreement, policy, list(inspections.plan_of(agreement)))
    sample = samples.seeded(new_id(), secrets.token_bytes(actions.SEED_BYTES))
    commission = commissions.plan(
        sample.id, agreement, policy.version, sample.seed_commitment, tx.cause.sequence
    )
    await actions.plan_evaluation(tx, commission, sample)


@reactions.effect(AgreementAmended)
async def follow_amendment(tx: Tx, heard: AgreementAmended) -> None:
    """Inspect and sample the term as it is now."""
    await _follow(tx, heard, heard.to_day)


@reactions.effect(AgreementTerminated)
async def follow_termination(tx: Tx, heard: AgreementTerminated) -> None:
    """What was delivered until today is inspected and evaluated; nothing after it."""
    await _follow(tx, heard, max(heard.from_day, min(heard.to_day, tx.today)))


async def _follow(tx: Tx, heard: AgreementHeard, to_day: date) -> None:
    """Bring the plan in line with a term, unless something later about it was heard before."""
    commission = await commission_store.lock_commission_of(tx, heard.id)
    if commission is None:
        raise NotYet("commission")
    if tx.cause.sequence < commission.agreement_sequence:
        return
    agreement = told(Agreement, heard, to_day=to_day)
    policy = await policies.get_version(tx, commission.policy_version)
    standing = await store.lock_planned_inspections(tx, heard.id)
    dropped, added = inspections.replan(standing, agreement)
    for inspection in dropped:
        await store.save_inspection(tx, inspection.cancel())
        await clear_timers(tx, "open-inspection", inspection.id)
    await _plan_inspections(tx, agreement, policy, added)
    followed = commission.follow(to_day, tx.cause.sequence)
    await commission_store.save_commission(tx, followed)
    if followed.status != "sealed":
        await actions.watch(tx, followed)


async def _plan_inspections(
    tx: Tx, agreement: Agreement, policy: Policy, spans: Sequence[inspections.Span]
) -> None:
    for span in spans:
        inspection = inspections.planned(new_id(), agreement, span, policy, tx.today)
        await store.add_inspection(tx, inspection)
        await set_timer(tx, "open-inspection", inspection.id, end_of(span.to_day))

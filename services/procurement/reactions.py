"""What procurement keeps of others' facts."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from libs.common.bus import Reactions
from libs.common.contract import event, told
from libs.common.db import Tx
from libs.common.errors import NotYet
from services.procurement.actions import advance_undisputed, settle_balance
from services.procurement.domain.payments import Result
from services.procurement.store import acceptances, agreements, settlements, views

reactions: Final = Reactions()


@event(
    "registry.organisation.registered.v1",
    "registry.organisation.filed.v1",
    "registry.organisation.updated.v1",
    "registry.organisation.suspended.v1",
    "registry.organisation.reinstated.v1",
    "registry.organisation.deregistered.v1",
)
class OrganisationHeard:
    """Who can buy, bid or act as agent."""

    id: UUID
    name: str
    legal_form: str
    roles: tuple[str, ...]
    division: str
    status: str


@event("registry.expert.admitted.v1", "registry.expert.retired.v1")
class ExpertHeard:
    """Who can be drawn for a panel."""

    id: str
    kinds: tuple[str, ...]
    status: str
    division: str


@event("registry.tie.declared.v1", "registry.tie.ended.v1")
class TieHeard:
    """Who must not judge whom."""

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
    """Who can lead the work that a bid offers."""

    id: UUID
    kind: str
    employer_id: UUID | None
    part_time_ids: tuple[UUID, ...]
    certificate_level: str | None
    certificate_valid: bool
    registration_status: str | None
    registration_until: date | None


@event("registry.calendar.changed.v1")
class CalendarDayHeard:
    """A holiday, or a working day in its place (调休)."""

    day: date
    working: bool
    name: str


@event("evaluation.result.sealed.v1")
class ResultHeard:
    """How well a provider has done: past performance in a review, the balance of an agreement."""

    id: UUID
    version: int
    commission_id: UUID
    agreement_id: UUID
    provider_id: UUID
    purchaser_id: UUID
    division: str
    domain: str
    score_bp: int
    band: str
    balance_share_bp: int
    policy_version: int
    sealed_at: datetime
    correction: bool
    round: int = 1


@event(
    "evaluation.rectification.ordered.v1",
    "evaluation.rectification.resolved.v1",
    "evaluation.rectification.overdue.v1",
    "evaluation.rectification.escalated.v1",
    "evaluation.rectification.withdrawn.v1",
)
class RectificationHeard:
    """Whether the one chance to put a failed result right was taken, or missed."""

    id: UUID
    agreement_id: UUID
    result_id: UUID | None = None
    status: str


@event("scheduling.output.counted.v1")
class OutputHeard:
    """How much of an output was accepted: what a settlement counts."""

    id: UUID
    agreement_id: UUID
    counted: int


@event("evaluation.commission.overdue.v1")
class EvaluationLate:
    """An agreement whose term is long over, and whose result is not sealed."""

    agreement_id: UUID


@event("evaluation.visit.assigned.v1")
class VisitHeard:
    """Who evaluates: they neither accept the agreement nor approve its money."""

    agreement_id: UUID
    visitor: str


@reactions.view(OrganisationHeard)
async def organisations(tx: Tx, heard: OrganisationHeard) -> None:
    """Keep each organisation as the registry last told it."""
    await views.put_organisation(
        tx, heard.id, heard.name, heard.legal_form, heard.roles, heard.division, heard.status
    )


@reactions.view(ExpertHeard)
async def experts(tx: Tx, heard: ExpertHeard) -> None:
    """Keep the expert pool."""
    await views.put_expert(tx, heard.id, heard.kinds, heard.status, heard.division)


@reactions.view(TieHeard)
async def ties(tx: Tx, heard: TieHeard) -> None:
    """Keep who is tied to which organisation."""
    await views.put_tie(
        tx, heard.id, heard.person, heard.organisation_id, heard.kind, heard.degree, heard.status
    )


@reactions.view(WorkerHeard)
async def workers(tx: Tx, heard: WorkerHeard) -> None:
    """Keep each worker's employment and certificate."""
    await views.put_worker(
        tx,
        heard.id,
        heard.kind,
        heard.employer_id,
        heard.part_time_ids,
        heard.certificate_level,
        heard.certificate_valid,
        heard.registration_status,
        heard.registration_until,
    )


@reactions.view(CalendarDayHeard)
async def calendar_days(tx: Tx, heard: CalendarDayHeard) -> None:
    """Keep the days that differ from the week."""
    await views.put_calendar_day(tx, heard.day, heard.working, heard.name)


@reactions.view(RectificationHeard)
async def rectifications(tx: Tx, heard: RectificationHeard) -> None:
    """Keep whether what was ordered is put right, and whether a result is its ground."""
    await settlements.put_rectification(
        tx, heard.id, heard.agreement_id, heard.result_id, heard.status
    )


@reactions.view(OutputHeard)
async def output_counts(tx: Tx, heard: OutputHeard) -> None:
    """Keep what was delivered."""
    await settlements.put_output_count(tx, heard.id, heard.agreement_id, heard.counted)


@reactions.effect(ResultHeard)
async def keep_sealed_result(tx: Tx, heard: ResultHeard) -> None:
    """Keep every sealed version: a review asks what was sealed before its opening."""
    await views.add_sealed_result(
        tx,
        heard.id,
        heard.version,
        heard.commission_id,
        heard.agreement_id,
        heard.provider_id,
        heard.purchaser_id,
        heard.division,
        heard.domain,
        heard.score_bp,
        heard.band,
        heard.balance_share_bp,
        heard.policy_version,
        heard.sealed_at,
        heard.correction,
        heard.round,
        tx.cause.time,
    )


@reactions.effect(ResultHeard)
async def settle_result(tx: Tx, heard: ResultHeard) -> None:
    """Keep the highest version with the agreement, and apply its share to the balance as it is."""
    agreement = await agreements.find_locked(tx, heard.agreement_id)
    if agreement is None:
        raise NotYet("agreement")
    result = told(Result, heard, result_id=heard.id)
    if await acceptances.put_result(tx, result):
        await settle_balance(tx, agreement)


@reactions.effect(EvaluationLate)
async def pay_undisputed(tx: Tx, heard: EvaluationLate) -> None:
    """The provider is not to blame: the undisputed part of the balance falls due meanwhile."""
    agreement = await agreements.find_locked(tx, heard.agreement_id)
    if agreement is None:
        raise NotYet("agreement")
    await advance_undisputed(tx, agreement)


@reactions.effect(VisitHeard)
async def remember_visitor(tx: Tx, heard: VisitHeard) -> None:
    """Remember who took part in the evaluation."""
    await acceptances.add_evaluation_person(tx, heard.agreement_id, heard.visitor)

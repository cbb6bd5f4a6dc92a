"""Views for the pages: of every event that they show, the fields that they show."""

from datetime import date
from typing import Final
from uuid import UUID

from libs.common.contract import event, plain
from libs.common.db import Tx
from services.notifications.domain.scores import Line, Part
from services.notifications.reactions.event_log import reactions
from services.notifications.store import page_views as store


@event("procurement.need.recorded.v1")
class NeedHeard:
    """A need, as old as its record."""

    id: UUID
    division: str


@event(
    "procurement.proposal.submitted.v1",
    "procurement.proposal.selected.v1",
    "procurement.proposal.declined.v1",
)
class ProposalHeard:
    """A proposal and the needs that it rests on."""

    id: UUID
    need_ids: tuple[UUID, ...]
    status: str


@event(
    "procurement.tender.published.v1",
    "procurement.tender.amended.v1",
    "procurement.tender.closed.v1",
    "procurement.tender.opened.v1",
    "procurement.tender.awarded.v1",
    "procurement.tender.confirmed.v1",
    "procurement.tender.failed.v1",
    "procurement.tender.cancelled.v1",
    "procurement.tender.reopened.v1",
)
class TenderHeard:
    """A tender of a proposal; there may be several, one after another."""

    id: UUID
    proposal_id: UUID
    status: str


@event(
    "procurement.agreement.in_force.v1",
    "procurement.agreement.amended.v1",
    "procurement.agreement.completed.v1",
    "procurement.agreement.terminated.v1",
)
class AgreementHeard:
    """An agreement, its parties and its term."""

    id: UUID
    tender_id: UUID
    title: str
    division: str
    provider_id: UUID
    purchaser_id: UUID
    from_day: date
    to_day: date
    amount: int
    status: str


@event(
    "procurement.payment.due.v1",
    "procurement.payment.invoiced.v1",
    "procurement.payment.approved.v1",
    "procurement.payment.paid.v1",
    "procurement.payment.reduced.v1",
    "procurement.payment.withheld.v1",
    "procurement.payment.claimed.v1",
    "procurement.payment.recovered.v1",
)
class PaymentHeard:
    """A payment; fen."""

    id: UUID
    agreement_id: UUID
    division: str
    kind: str
    planned_amount: int
    amount: int
    status: str
    balance_share_bp: int | None
    due_day: date | None
    paid_day: date | None
    recovered_amount: int


@event("procurement.acceptance.recorded.v1")
class AcceptanceHeard:
    """What the purchaser said of the delivery."""

    id: UUID
    agreement_id: UUID
    day: date
    outcome: str


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
    """An activity: how far it has come, and how many it reached."""

    id: UUID
    agreement_id: UUID | None
    division: str
    status: str
    observation: str
    person_times: int
    reported_day: date | None
    report_due_day: date | None


@event(
    "evaluation.inspection.due.v1",
    "evaluation.inspection.completed.v1",
    "evaluation.inspection.overdue.v1",
)
class InspectionHeard:
    """An inspection."""

    id: UUID
    agreement_id: UUID
    division: str
    kind: str
    status: str
    conclusion: str | None
    due_day: date


@event(
    "evaluation.rectification.ordered.v1",
    "evaluation.rectification.resolved.v1",
    "evaluation.rectification.overdue.v1",
    "evaluation.rectification.escalated.v1",
    "evaluation.rectification.withdrawn.v1",
)
class RectificationHeard:
    """Something to put right."""

    id: UUID
    agreement_id: UUID
    division: str
    status: str
    due_day: date


@event("evaluation.result.notified.v1", "evaluation.result.sealed.v1")
class ResultHeard:
    """A result; its explanation comes with the sealing."""

    id: UUID
    agreement_id: UUID
    division: str
    status: str
    round: int = 1
    version: int
    review_until: date | None
    correction: bool
    policy_version: int
    score_bp: int
    band: str
    balance_share_bp: int
    lines: tuple[Line, ...]
    parts: tuple[Part, ...]


NOT_SHOWN: Final[store.Row] = {
    "score_bp": None,
    "band": None,
    "balance_share_bp": None,
    "lines": [],
    "parts": [],
}
"""What nobody but the parties may know before a result is sealed."""


@event("registry.coverage.lost.v1", "registry.coverage.restored.v1")
class CoverageHeard:
    """A community's workers against the minimum."""

    id: str
    division: str
    workers: int
    certified: int
    minimum: int
    short_since: date | None


@reactions.view(NeedHeard)
async def page_needs(tx: Tx, heard: NeedHeard) -> None:
    """Keep needs as they stand."""
    await store.save_need(tx, heard.id, _row(tx, heard))


@reactions.view(ProposalHeard)
async def page_proposals(tx: Tx, heard: ProposalHeard) -> None:
    """Keep proposals as they stand."""
    await store.save_proposal(tx, heard.id, _row(tx, heard))


@reactions.view(TenderHeard)
async def page_tenders(tx: Tx, heard: TenderHeard) -> None:
    """Keep tenders as they stand."""
    await store.save_tender(tx, heard.id, _row(tx, heard))


@reactions.view(AgreementHeard)
async def page_agreements(tx: Tx, heard: AgreementHeard) -> None:
    """Keep agreements as they stand."""
    await store.save_agreement(tx, heard.id, _row(tx, heard))


@reactions.view(PaymentHeard)
async def page_payments(tx: Tx, heard: PaymentHeard) -> None:
    """Keep payments as they stand."""
    await store.save_payment(tx, heard.id, _row(tx, heard))


@reactions.view(AcceptanceHeard)
async def page_acceptances(tx: Tx, heard: AcceptanceHeard) -> None:
    """Keep acceptances as they stand."""
    await store.save_acceptance(tx, heard.id, _row(tx, heard))


@reactions.view(ActivityHeard)
async def page_activities(tx: Tx, heard: ActivityHeard) -> None:
    """Keep activities as they stand."""
    await store.save_activity(tx, heard.id, _row(tx, heard))


@reactions.view(InspectionHeard)
async def page_inspections(tx: Tx, heard: InspectionHeard) -> None:
    """Keep inspections as they stand."""
    await store.save_inspection(tx, heard.id, _row(tx, heard))


@reactions.view(RectificationHeard)
async def page_rectifications(tx: Tx, heard: RectificationHeard) -> None:
    """Keep rectifications as they stand."""
    await store.save_rectification(tx, heard.id, _row(tx, heard))


@reactions.view(ResultHeard)
async def page_results(tx: Tx, heard: ResultHeard) -> None:
    """Keep results as they stand, and what they say once they are sealed."""
    hidden = {} if heard.status == "sealed" else NOT_SHOWN
    await store.save_result(tx, heard.id, _row(tx, heard) | hidden)


@reactions.view(CoverageHeard)
async def page_coverage(tx: Tx, heard: CoverageHeard) -> None:
    """Keep which communities are short, and since when."""
    await store.save_coverage(tx, heard.id, _row(tx, heard))


def _row(tx: Tx, heard: object) -> store.Row:
    return {**plain(heard), "since": tx.today}

"""Views for the pages: of every event that they show, the fields that they show."""

from typing import Final

from libs.common.contract import plain
from libs.common.db import Tx
from services.notifications.reactions.event_log import reactions
from services.notifications.reactions.shown import (
    AcceptanceHeard,
    ActivityHeard,
    AgreementHeard,
    ChallengeHeard,
    ComparisonHeard,
    ComplaintHeard,
    CoverageHeard,
    InspectionHeard,
    NeedHeard,
    PaymentHeard,
    ProposalHeard,
    RectificationHeard,
    ResultHeard,
    ReviewHeard,
    TenderHeard,
    WorkerHeard,
    WorkplanHeard,
)
from services.notifications.store import page_views as store

NOT_SHOWN: Final[store.Row] = {
    "score_bp": None,
    "band": None,
    "balance_share_bp": None,
    "lines": [],
    "parts": [],
}
"""What nobody but the parties may know before a result is sealed."""


@reactions.view(NeedHeard)
async def page_needs(tx: Tx, heard: NeedHeard) -> None:
    """Keep needs as they stand."""
    await _keep(tx, "page_needs", heard)


@reactions.view(ProposalHeard)
async def page_proposals(tx: Tx, heard: ProposalHeard) -> None:
    """Keep proposals as they stand."""
    await _keep(tx, "page_proposals", heard)


@reactions.view(TenderHeard)
async def page_tenders(tx: Tx, heard: TenderHeard) -> None:
    """Keep tenders as they stand."""
    await _keep(tx, "page_tenders", heard)


@reactions.view(AgreementHeard)
async def page_agreements(tx: Tx, heard: AgreementHeard) -> None:
    """Keep agreements as they stand."""
    await _keep(tx, "page_agreements", heard)


@reactions.view(PaymentHeard)
async def page_payments(tx: Tx, heard: PaymentHeard) -> None:
    """Keep payments as they stand."""
    await _keep(tx, "page_payments", heard)


@reactions.view(ComparisonHeard)
async def page_comparisons(tx: Tx, heard: ComparisonHeard) -> None:
    """Keep comparisons with the bank's statement as they stand."""
    await _keep(tx, "page_comparisons", heard)


@reactions.view(AcceptanceHeard)
async def page_acceptances(tx: Tx, heard: AcceptanceHeard) -> None:
    """Keep acceptances as they stand."""
    await _keep(tx, "page_acceptances", heard)


@reactions.view(ActivityHeard)
async def page_activities(tx: Tx, heard: ActivityHeard) -> None:
    """Keep activities as they stand."""
    await _keep(tx, "page_activities", heard)


@reactions.view(InspectionHeard)
async def page_inspections(tx: Tx, heard: InspectionHeard) -> None:
    """Keep inspections as they stand."""
    await _keep(tx, "page_inspections", heard)


@reactions.view(RectificationHeard)
async def page_rectifications(tx: Tx, heard: RectificationHeard) -> None:
    """Keep rectifications as they stand."""
    await _keep(tx, "page_rectifications", heard)


@reactions.view(ResultHeard)
async def page_results(tx: Tx, heard: ResultHeard) -> None:
    """Keep results as they stand, and what they say once they are sealed."""
    hidden = None if heard.status == "sealed" else NOT_SHOWN
    await _keep(tx, "page_results", heard, hidden)


@reactions.view(ReviewHeard)
async def page_reviews(tx: Tx, heard: ReviewHeard) -> None:
    """Keep which reviews wait for their decision."""
    await _keep(tx, "page_reviews", heard)


@reactions.view(CoverageHeard)
async def page_coverage(tx: Tx, heard: CoverageHeard) -> None:
    """Keep which communities are short, and since when."""
    await _keep(tx, "page_coverage", heard)


@reactions.view(ChallengeHeard)
async def page_challenges(tx: Tx, heard: ChallengeHeard) -> None:
    """Keep challenges as they stand."""
    await _keep(tx, "page_challenges", heard)


@reactions.view(ComplaintHeard)
async def page_complaints(tx: Tx, heard: ComplaintHeard) -> None:
    """Keep complaints as they stand."""
    await _keep(tx, "page_complaints", heard)


@reactions.view(WorkerHeard)
async def page_workers(tx: Tx, heard: WorkerHeard) -> None:
    """Keep until when whose workers are registered."""
    await _keep(tx, "page_workers", heard)


@reactions.view(WorkplanHeard)
async def page_workplans(tx: Tx, heard: WorkplanHeard) -> None:
    """Keep at which month's end an agreement's work last lagged behind its plan."""
    await _keep(tx, "page_workplans", heard)


async def _keep(tx: Tx, view: str, heard: object, hidden: store.Row | None = None) -> None:
    await store.keep_row(tx, view, {**plain(heard), "since": tx.today, **(hidden or {})})

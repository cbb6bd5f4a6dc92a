"""Commissions: assign an evaluator, draw the sample, draw further."""

from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from libs.common.contract import Some, Token, body, told
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.evaluation import events
from services.evaluation.domain import visits
from services.evaluation.domain.commissions import Commission, CommissionStatus
from services.evaluation.domain.policies import Policy
from services.evaluation.domain.samples import Sample
from services.evaluation.store import commissions as store
from services.evaluation.store import facts, policies, samples, views
from services.evaluation.store import visits as visit_store

routes: Final = Routes()


@body
class Assignment:
    """Who evaluates: the organisation, whom it sends to recipients, and who scores."""

    evaluator_id: UUID
    visitors: Annotated[tuple[Token, ...], Some(1, 100)]
    scorers: Annotated[tuple[Token, ...], Some(3, 21)]


@routes.post("/commissions/{commission_id}/assignment", scope="evaluation:commission")
async def assign_commission(
    tx: Tx, call: Call, commission_id: UUID, body: Assignment
) -> Commission:
    """Give an evaluation to a third party; until the sample is drawn it may be replaced.

    A direct tie with the provider bars; ties at second hand are listed in the answer and told.
    """
    commission = await store.lock_commission(tx, commission_id, call.rows)
    call.expect(commission)
    if not await views.is_evaluator(tx, body.evaluator_id):
        raise NotYet("organisation")
    persons = (*body.visitors, *body.scorers)
    ties = await facts.list_ties(tx, commission.provider_id, body.evaluator_id, persons)
    assigned = commission.assign(body.evaluator_id, body.visitors, body.scorers, ties)
    await store.save_commission(tx, assigned)
    await emit(tx, assigned, told(events.CommissionAssigned, assigned))
    return assigned


@routes.post("/commissions/{commission_id}/sample", scope="evaluation:sample")
async def draw_sample(tx: Tx, call: Call, commission_id: UUID) -> Sample:
    """Draw whom to visit, once the frame has closed; the seed is revealed.

    Everybody named in a check-in of the agreement can be drawn, except those who are closed,
    under the special visit rule, or unknown to casework; these are counted apart.
    """
    commission = await store.lock_commission(tx, commission_id, call.rows)
    call.expect(commission)
    sampled = commission.sampled(tx.now)
    policy = await policies.get_version(tx, commission.policy_version)
    sample = await samples.lock_sample(tx, commission_id)
    served = await facts.list_served(tx, commission.agreement_id, commission.frame_closes_at)
    drawn = sample.draw(served, policy.sample, tx.now)
    await store.save_commission(tx, sampled)
    await _save_drawn(tx, sampled, drawn, policy, drawn.drawn)
    return drawn


@routes.post("/commissions/{commission_id}/further-sample", scope="evaluation:sample")
async def draw_further(tx: Tx, call: Call, commission_id: UUID) -> Sample:
    """Draw one more for each who did not answer, next in the same order, if too few answered."""
    commission = await store.lock_commission(tx, commission_id, call.rows)
    call.expect(commission)
    commission.expect_sampled()
    policy = await policies.get_version(tx, commission.policy_version)
    progress = await visit_store.get_progress(tx, commission_id)
    sample = await samples.lock_sample(tx, commission_id)
    drawn = sample.draw_further(progress.further(policy.sample.answered_share_bp))
    await _save_drawn(tx, commission, drawn, policy, drawn.drawn[len(sample.drawn) :])
    return drawn


async def _save_drawn(
    tx: Tx, commission: Commission, sample: Sample, policy: Policy, recipients: Sequence[str]
) -> None:
    """Keep the sample, tell it, and assign a visit to each who is new in it."""
    await samples.save_sample(tx, sample)
    drawn = len(sample.drawn)
    await emit(
        tx,
        commission,
        told(events.SampleDrawn, sample, agreement_id=commission.agreement_id, drawn=drawn),
    )
    ids = [new_id() for _ in recipients]
    assigned = visits.assign(ids, commission, recipients, drawn - len(recipients), tx.today, policy)
    await visit_store.add_visits(tx, assigned)
    for visit in assigned:
        await emit(tx, visit, told(events.VisitAssigned, visit))


@routes.get("/commissions/{commission_id}/sample", scope="evaluation:read-sample")
async def read_sample(tx: Tx, call: Call, commission_id: UUID) -> Sample:
    """The seed, the frame and who was drawn: everything to draw again and compare."""
    return await samples.get_sample(tx, commission_id, call.rows)


@routes.get("/commissions/{commission_id}", scope="evaluation:read")
async def read_commission(tx: Tx, call: Call, commission_id: UUID) -> Commission:
    """One commission, with the commitment to its seed and the declared ties."""
    return await store.get_commission(tx, commission_id, call.rows)


@routes.get("/commissions", scope="evaluation:read")
async def list_commissions(
    tx: Tx,
    call: Call,
    page_request: PageRequest,
    agreement_id: UUID | None = None,
    status: CommissionStatus | None = None,
) -> Page[Commission]:
    """Commissions in the caller's divisions, or of the caller's organisation."""
    found = await store.list_commissions(tx, call.rows, agreement_id, status, page_request)
    return await page(tx, page_request, found)

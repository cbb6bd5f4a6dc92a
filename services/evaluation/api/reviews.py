"""Reviews of a notified result, and corrections of a sealed one."""

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from libs.common.contract import BasisPoints, Text, Token, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.evaluation import actions, events
from services.evaluation.domain.results import (
    Edition,
    Result,
    change_line,
    expect_indicator,
    make_edition,
)
from services.evaluation.domain.reviews import Correction, Review, ReviewOutcome, ask, propose
from services.evaluation.store import policies, results
from services.evaluation.store import reviews as store

routes: Final = Routes()


@body
class ReviewRequest:
    """Which indicator the provider doubts, and why."""

    indicator: Token
    reason_code: Token
    text: Text


@body
class Decision:
    """Whether the value is kept or changed, to what, and why."""

    outcome: ReviewOutcome
    points_bp: BasisPoints | None = None
    reason_code: Token


@body
class CorrectionProposal:
    """What is wrong in a sealed result: the indicator, its right value, and the reason."""

    indicator: Token
    points_bp: BasisPoints
    reason_code: Token


@routes.post("/results/{result_id}/reviews", scope="evaluation:review", status=201)
async def ask_review(tx: Tx, call: Call, result_id: UUID, body: ReviewRequest) -> Review:
    """Ask, within the review period, that one indicator be looked at again; officials are told."""
    result = await results.lock_result(tx, result_id, call.rows)
    call.expect(result)
    current = await results.get_edition(tx, result.id, result.edition)
    expect_indicator(current.lines, body.indicator)
    policy = await policies.get_version(tx, result.policy_version)
    due = tx.today + timedelta(days=policy.follow_up.review_decision_days)
    review = ask(
        new_id(), result, body.indicator, body.reason_code, body.text, call.person, tx.now, due
    )
    await store.add_review(tx, review)
    await _tell(tx, events.ReviewAsked, review, result, result)
    return review


@routes.post("/reviews/{review_id}/decision", scope="evaluation:decide")
async def decide_review(tx: Tx, call: Call, review_id: UUID, body: Decision) -> Review:
    """Keep the value or change it, which makes a new edition; both parties are told."""
    result_id = (await store.get_review(tx, review_id, call.rows)).result_id
    result = await results.lock_result(tx, result_id, call.rows)
    review = await store.lock_review(tx, review_id, call.rows)
    call.expect(review)
    decided = review.decide(body.outcome, body.points_bp, body.reason_code, call.person, tx.now)
    result.expect_notified()
    result.expect_other_than_notifier(call.person)
    await store.save_decision(tx, decided)
    after = result
    if decided.points_bp is not None:
        edition = await _changed_edition(
            tx, result, decided.indicator, decided.points_bp, body.reason_code, call.person
        )
        after = await _take(tx, result, edition)
    await _tell(tx, events.ReviewDecided, decided, result, after)
    return decided


@routes.post("/results/{result_id}/corrections", scope="evaluation:correct", status=201)
async def propose_correction(
    tx: Tx, call: Call, result_id: UUID, body: CorrectionProposal
) -> Correction:
    """Propose a correction of a sealed result; a second person has to confirm it."""
    result = await results.lock_result(tx, result_id, call.rows)
    call.expect(result)
    current = await results.get_edition(tx, result.id, result.edition)
    expect_indicator(current.lines, body.indicator)
    correction = propose(
        new_id(), result, body.indicator, body.points_bp, body.reason_code, call.person, tx.now
    )
    await store.add_correction(tx, correction)
    return correction


@routes.post("/corrections/{correction_id}/confirmation", scope="evaluation:correct")
async def confirm_correction(tx: Tx, call: Call, correction_id: UUID) -> Correction:
    """Confirm somebody else's correction: a new sealed edition, and the standing follows."""
    correction = await store.lock_correction(tx, correction_id, call.rows)
    call.expect(correction)
    confirmed = correction.confirm(call.person, tx.now)
    result = await results.lock_result(tx, correction.result_id, call.rows)
    made = await _changed_edition(
        tx,
        result,
        correction.indicator,
        correction.points_bp,
        correction.reason_code,
        correction.proposed_by,
    )
    await store.save_confirmation(tx, confirmed)
    taken = await _take(tx, result, replace(made, confirmed_by=call.person, sealed_at=tx.now))
    await actions.follow_result(tx, taken, call.person)
    await actions.refresh_standing(tx, result.provider_id)
    return confirmed


async def _changed_edition(
    tx: Tx, result: Result, indicator: str, points_bp: int, reason_code: str, by: str
) -> Edition:
    """The next edition: one value changed, all weighed again by the same policy."""
    current = await results.get_edition(tx, result.id, result.edition)
    policy = await policies.get_version(tx, result.policy_version)
    agreement = await actions.agreement_of(tx, result.agreement_id)
    lines = change_line(current.lines, indicator, points_bp, reason_code)
    made = make_edition(result.edition + 1, lines, policy, agreement, by, tx.now)
    return replace(made, reason_code=reason_code)


async def _take(tx: Tx, result: Result, edition: Edition) -> Result:
    """Let the new edition count, and tell it; the former ones stay as they are."""
    taken = result.take(edition)
    await results.add_edition(tx, taken.id, edition)
    await results.save_result(tx, taken)
    await actions.tell_result(tx, taken)
    return taken


async def _tell(
    tx: Tx,
    what: type[events.ReviewAsked | events.ReviewDecided],
    review: Review,
    before: Result,
    after: Result,
) -> None:
    """Tell a review with what the result said before it and says now."""
    lines = (await results.get_edition(tx, after.id, after.edition)).lines
    said = told(
        what,
        review,
        agreement_id=after.agreement_id,
        purchaser_id=after.purchaser_id,
        title=next(line.title for line in lines if line.indicator == review.indicator),
        review_until=None if after.is_review_over(tx.now) else after.review_until,
        former_score_bp=before.score_bp,
        score_bp=after.score_bp,
        former_balance_share_bp=before.balance_share_bp,
        balance_share_bp=after.balance_share_bp,
    )
    await emit(tx, review, said)


@routes.get("/reviews", scope="evaluation:read")
async def list_reviews(
    tx: Tx, call: Call, page_request: PageRequest, result_id: UUID | None = None
) -> Page[Review]:
    """Reviews in the caller's divisions, or of the caller's organisation."""
    found = await store.list_reviews(tx, call.rows, result_id, page_request)
    return await page(tx, page_request, found)

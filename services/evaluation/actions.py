"""Four beats that a command shares with a job or another command."""

import secrets
from datetime import date
from typing import Final
from uuid import UUID

from libs.common.clock import end_of, legal_day, start_of
from libs.common.contract import told
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.ids import new_id
from libs.common.jobs import clear_timers, set_timer
from libs.common.outbox import emit
from services.evaluation import events
from services.evaluation.domain.agreements import Agreement
from services.evaluation.domain.commissions import Commission, plan_again
from services.evaluation.domain.explanations import publish
from services.evaluation.domain.policies import Policy
from services.evaluation.domain.rectifications import order_for_result
from services.evaluation.domain.results import Result
from services.evaluation.domain.samples import Sample, seeded
from services.evaluation.domain.standings import months_later, newcomer
from services.evaluation.store import commissions, policies, rectifications, samples, views
from services.evaluation.store import results as result_store
from services.evaluation.store import standings as store

SEED_BYTES: Final = 32


async def policy_in_force(tx: Tx, day: date) -> Policy:
    """The policy of a day, or *not yet* while the secretariat has not made one."""
    policy = await policies.find_in_force(tx, day)
    if policy is None:
        raise NotYet("policy")
    return policy


async def agreement_of(tx: Tx, agreement_id: UUID) -> Agreement:
    """The agreement as last heard, or *not yet*."""
    agreement = await views.find_agreement(tx, agreement_id)
    if agreement is None:
        raise NotYet("agreement")
    return agreement


async def tell_result(tx: Tx, result: Result) -> None:
    """Tell a result as notified, or as sealed with its explanation; `version` is its edition."""
    if result.status != "sealed":
        said = told(events.ResultNotified, result, version=result.edition, lines=(), parts=())
        await emit(tx, result, said)
        return
    edition = await result_store.get_edition(tx, result.id, result.edition)
    lines, parts = publish(edition.lines)
    await emit(
        tx,
        result,
        told(events.ResultSealed, result, version=result.edition, lines=lines, parts=parts),
    )


async def follow_result(tx: Tx, result: Result, by: str) -> None:
    """A first result below the line is to be put right; a correction above it withdraws that."""
    ordered = await rectifications.find_rectification_of(tx, result.id)
    if ordered is None and result.calls_for_rectification:
        policy = await policies.get_version(tx, result.policy_version)
        edition = await result_store.get_edition(tx, result.id, result.edition)
        order = order_for_result(new_id(), result, edition, policy, by, tx.today)
        await rectifications.add_rectification(tx, order)
        await set_timer(tx, "rectification-overdue", order.id, end_of(order.due_day))
        await emit(tx, order, told(events.RectificationOrdered, order))
    elif ordered is not None and ordered.status != "resolved" and not result.is_failed:
        withdrawn = ordered.withdraw()
        await rectifications.save_rectification(tx, withdrawn)
        await clear_timers(tx, "rectification-overdue", withdrawn.id)
        await emit(tx, withdrawn, told(events.RectificationWithdrawn, withdrawn))


async def plan_evaluation(tx: Tx, commission: Commission, sample: Sample) -> None:
    """Add a commission with its seed, and publish the commitment to it."""
    await commissions.add_commission(tx, commission)
    await samples.add_sample(tx, sample)
    await emit(tx, commission, told(events.CommissionPlanned, commission))
    await watch(tx, commission)


async def watch(tx: Tx, commission: Commission) -> None:
    """Remember when the evaluation will be late, by the end of the term as it is now."""
    policy = await policies.get_version(tx, commission.policy_version)
    await clear_timers(tx, "evaluation-overdue", commission.id)
    await set_timer(tx, "evaluation-overdue", commission.id, commission.late_at(policy))


async def evaluate_again(tx: Tx, agreement_id: UUID) -> None:
    """A failed result was put right: evaluate once more, by a sample that nobody can foresee."""
    former = await commissions.lock_commission_of(tx, agreement_id)
    assert former is not None, "a result has its commission"
    agreement = await agreement_of(tx, agreement_id)
    sample = seeded(new_id(), secrets.token_bytes(SEED_BYTES))
    closes = end_of(max(tx.today, agreement.to_day))
    again = plan_again(sample.id, former, sample.seed_commitment, closes)
    await plan_evaluation(tx, again, sample)


async def refresh_standing(tx: Tx, organisation_id: UUID) -> None:
    """Judge an organisation anew by what it has within the look-back of the policy in force."""
    division = await views.find_division(tx, organisation_id) or tx.city.division
    standing = await store.lock_standing(tx, newcomer(organisation_id, division, tx.today))
    policy = await policy_in_force(tx, tx.today)
    since = start_of(months_later(tx.today, -policy.look_back_months))
    scores = await result_store.list_sealed_scores(tx, organisation_id, since)
    judged = standing.judge(scores, policy, tx.today)
    await store.save_standing(tx, judged)
    await emit(tx, judged, told(events.StandingChanged, judged))


async def remember_to_forget(tx: Tx, result: Result) -> None:
    """A result leaves the look-back by itself, and the standing is judged anew on that day."""
    assert result.sealed_at is not None, "only a sealed result counts for a standing"
    policy = await policy_in_force(tx, tx.today)
    last = months_later(legal_day(result.sealed_at), policy.look_back_months)
    await set_timer(tx, "refresh-standing", result.provider_id, end_of(last))

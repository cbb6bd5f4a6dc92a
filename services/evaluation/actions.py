"""Four beats that a command shares with a job or another command."""

from datetime import date
from uuid import UUID

from libs.common.clock import end_of, legal_day, start_of
from libs.common.contract import told
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.jobs import set_timer
from libs.common.outbox import emit
from services.evaluation import events
from services.evaluation.domain.agreements import Agreement
from services.evaluation.domain.explanations import publish
from services.evaluation.domain.policies import Policy
from services.evaluation.domain.results import Result
from services.evaluation.domain.standings import months_later, newcomer
from services.evaluation.store import policies, views
from services.evaluation.store import results as result_store
from services.evaluation.store import standings as store


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

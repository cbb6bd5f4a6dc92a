"""Scores: a scorer marks, the evaluator scores."""

from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from libs.common.contract import Some, answer, body
from libs.common.db import Tx
from libs.common.http import Call, Routes
from services.evaluation import actions
from services.evaluation.domain import scores
from services.evaluation.domain.agreements import Agreement
from services.evaluation.domain.commissions import Commission, refuse_tied
from services.evaluation.domain.policies import Indicator, Policy
from services.evaluation.domain.results import Result, first, make_edition
from services.evaluation.domain.scores import Basis, Line, Mark, ScorerMark
from services.evaluation.store import commissions, facts, marks, policies, results, visits

routes: Final = Routes()


@body
class Marking:
    """One scorer's marks, one for each rated indicator."""

    marks: Annotated[tuple[Mark, ...], Some(1, 50)]


@answer
class Marked:
    """Who has marked what; other scorers do not see it before the score."""

    commission_id: UUID
    scorer: str
    marks: tuple[Mark, ...]


@routes.post("/commissions/{commission_id}/marks", scope="evaluation:mark")
async def mark_commission(tx: Tx, call: Call, commission_id: UUID, body: Marking) -> Marked:
    """Mark every rated indicator, once; ties are looked at again, since they may be new."""
    commission = await commissions.lock_commission(tx, commission_id, call.rows)
    call.expect(commission)
    commission.expect_scorer(call.person)
    commission.expect_sampled()
    policy = await policies.get_version(tx, commission.policy_version)
    scores.check_marks(body.marks, policy.rated)
    assert commission.evaluator_id is not None, "a sampled commission has its evaluator"
    refuse_tied(
        await facts.list_ties(tx, commission.provider_id, commission.evaluator_id, (call.person,))
    )
    await marks.add_marks(tx, commission_id, call.person, body.marks)
    return Marked(commission_id=commission_id, scorer=call.person, marks=body.marks)


@routes.post("/commissions/{commission_id}/scoring", scope="evaluation:score")
async def score_commission(tx: Tx, call: Call, commission_id: UUID) -> Result:
    """Compute and explain the score, when every visit has ended and every scorer has marked."""
    commission = await commissions.lock_commission(tx, commission_id, call.rows)
    call.expect(commission)
    scored = commission.scored()
    (await visits.get_progress(tx, commission_id)).expect_all_ended()
    policy = await policies.get_version(tx, commission.policy_version)
    given = await marks.list_marks(tx, commission_id)
    scores.expect_all_marked(given, commission.scorers, policy.rated)
    agreement = await actions.agreement_of(tx, commission.agreement_id)
    lines = await _lines(tx, commission, agreement, policy, given)
    edition = make_edition(1, lines, policy, agreement, call.person, tx.now)
    result = first(commission, edition)
    await commissions.save_commission(tx, scored)
    await results.add_result(tx, result)
    await results.add_edition(tx, result.id, edition)
    return result


async def _lines(
    tx: Tx,
    commission: Commission,
    agreement: Agreement,
    policy: Policy,
    given: Sequence[ScorerMark],
) -> list[Line]:
    return [
        scores.line_of(indicator, await _basis(tx, commission, agreement, policy, given, indicator))
        for indicator in policy.indicators
    ]


async def _basis(
    tx: Tx,
    commission: Commission,
    agreement: Agreement,
    policy: Policy,
    given: Sequence[ScorerMark],
    indicator: Indicator,
) -> Basis:
    """What an indicator's value is made of, each source from its own facts."""
    match indicator.source:
        case "rated":
            return scores.rated_basis(given, indicator.code)
        case "computed-outputs":
            return scores.outputs_basis(agreement, await facts.list_counted(tx, agreement.id))
        case "computed-reports":
            return await facts.get_reports_basis(tx, agreement.id)
        case "computed-observation":
            return await facts.get_observation_basis(tx, agreement.id)
        case "computed-inspections":
            return await facts.get_inspections_basis(tx, agreement.id)
        case "computed-satisfaction":
            cells = await facts.list_cells(tx, commission.id)
            titles = {question.code: question.title for question in policy.questions}
            return scores.satisfaction_basis(cells, titles, policy.least_cell)

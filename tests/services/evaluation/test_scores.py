"""A score is explained down to each indicator, and its parts sum to it exactly."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.contract import load
from libs.common.ids import new_id
from services.evaluation.domain.agreements import Agreement, BalanceBand
from services.evaluation.domain.policies import BandRule, Policy
from services.evaluation.domain.scores import Cell, Line, NothingToScore, satisfaction_basis, weigh
from tests.services.evaluation.story import POLICY, SCORERS, Story, ok

IN_FORCE = load(Policy, {**POLICY, "id": new_id(), "version": 1})
SHARES = st.integers(0, 10_000)


def line(weight_bp: int, value_bp: int | None) -> Line:
    return Line(
        indicator="x",
        title="x",
        source="rated",
        weight_bp=weight_bp,
        value_bp=value_bp,
        contribution_bp=0,
        reached=0,
        possible=0,
        parts=(),
    )


WEIGHTS = st.integers(1, 10_000)
LINES = st.lists(st.builds(line, SHARES, st.none() | SHARES), max_size=19)
WITH_BASIS = st.builds(line, WEIGHTS, SHARES)


@given(WITH_BASIS, LINES)
def test_contributions_sum_exactly(first: Line, others: list[Line]) -> None:
    """Whatever the weights, the contributions add up to the score to the last point."""
    lines = [first, *others]

    score, weighed = weigh(lines)

    assert score == sum(one.contribution_bp for one in weighed)
    known = [one.value_bp for one in lines if one.value_bp is not None and one.weight_bp]
    assert min(known) <= score <= max(known)
    assert all(one.contribution_bp == 0 for one in weighed if not one.value_bp)


@pytest.mark.parametrize("lines", [[], [line(10_000, None)], [line(0, 9_000)]])
def test_what_has_no_basis_has_no_score(lines: list[Line]) -> None:
    """No line, no value, or no weight: refused, not scored with nothing."""
    with pytest.raises(NothingToScore):
        weigh(lines)


@given(WEIGHTS, SHARES, SHARES, LINES)
def test_a_better_value_never_makes_a_worse_score(
    weight: int, one: int, other: int, others: list[Line]
) -> None:
    """Raising one value does not lower the score."""
    worse, better = sorted((one, other))

    assert weigh([line(weight, worse), *others])[0] <= weigh([line(weight, better), *others])[0]


@given(SHARES, SHARES)
def test_bands_are_monotone(one: int, other: int) -> None:
    """A better score never has a worse band, nor a smaller share of the balance."""
    worst_first = ["fail", "pass", "good", "excellent"]
    agreement = Agreement(
        id=new_id(),
        title="x",
        domain="home-care",
        division="510181001001",
        purchaser_id=new_id(),
        provider_id=new_id(),
        from_day=date(2024, 11, 1),
        to_day=date(2025, 10, 31),
        outputs=(),
        bands=tuple(
            BalanceBand(band=name, from_score_bp=score, balance_share_bp=share)
            for name, score, share in (("优", 9000, 10000), ("良", 8000, 9000), ("中", 6000, 7000))
        ),
    )
    low, high = sorted((one, other))

    ranks = [worst_first.index(IN_FORCE.band_of(score)) for score in (low, high)]
    assert ranks == sorted(ranks)
    assert agreement.balance_share_bp(low) <= agreement.balance_share_bp(high)


@given(st.sampled_from(POLICY["bands"]))
def test_a_band_begins_at_its_least_score(rule: dict[str, Any]) -> None:
    """The least score belongs to the band, one point less to the one below."""
    least = load(BandRule, rule)

    assert least.band == IN_FORCE.band_of(least.from_score_bp)
    if least.from_score_bp:
        assert least.band != IN_FORCE.band_of(least.from_score_bp - 1)


def test_small_cells_are_shown_only_in_the_total() -> None:
    """Nine answers to a question show neither their number nor their mean."""
    cells = [Cell(question="q-1", answers=10, points=40), Cell(question="q-2", answers=9, points=9)]

    basis = satisfaction_basis(cells, {"q-1": "满意", "q-2": "帮助"}, least=10)

    assert [(p.code, p.count, p.points_bp) for p in basis.parts] == [
        ("q-1", 10, 8000),
        ("q-2", None, None),
    ]
    assert basis.value_bp == 49 * 10_000 // 95


async def test_every_source_is_explained(story: Story) -> None:
    """One agreement with all sources: each value, its basis, its contribution, and the total."""
    await story.count(24)
    await story.hear_activity(date(2024, 11, 5))
    await story.hear_activity(date(2024, 11, 6), observation="missed")
    await story.hear_activity(date(2024, 11, 7), reported_day=date(2024, 11, 29))
    await story.hear_activity(date(2024, 11, 8), observation="not-required", status="returned")

    result = ok(await story.official().get(f"/results/{await story.score()}"))

    [edition] = result["editions"]
    lines = {line["indicator"]: line for line in edition["lines"]}
    assert {code: line["value_bp"] for code, line in lines.items()} == {
        "outputs": 8000,
        "reports": 5000,
        "seen": 6666,
        "said": 8000,
        # December and January were in order; November waits for a person, with its faults.
        "checks": 10000,
        "effect": 9000,
    }
    assert (lines["reports"]["reached"], lines["reports"]["possible"]) == (2, 4)
    assert (
        lines["effect"]["parts"]
        == [{"code": "well-done", "title": None, "count": None, "points_bp": 9000}] * 3
    )
    assert str(SCORERS[0]) not in str(edition["lines"])
    assert lines["said"]["parts"] == [
        {"code": "q-1", "title": "您对服务满意吗？", "count": None, "points_bp": None}
    ]
    exact = 8000 * 3000 + 5000 * 1000 + 6666 * 1000 + 8000 * 2000 + 10000 * 1000 + 9000 * 2000
    assert edition["score_bp"] == exact // 10_000 == result["score_bp"]
    assert sum(line["contribution_bp"] for line in edition["lines"]) == edition["score_bp"]
    assert (result["band"], result["balance_share_bp"]) == ("pass", 7000)


async def test_without_a_basis_the_others_bear_the_weight(story: Story) -> None:
    """No activity and no answer: those indicators have no value, and the score is of the rest."""
    commission = await story.sample(served=0)
    for scorer in SCORERS:
        ok(await story.mark(commission, scorer))
    ok(await story.third_party().post(f"/commissions/{commission}/scoring"))

    [edition] = ok(await story.official().get(f"/results/{commission}"))["editions"]
    values = {line["indicator"]: line["value_bp"] for line in edition["lines"]}
    assert values == {
        "outputs": 0,
        "reports": None,
        "seen": None,
        "said": None,
        "checks": None,
        "effect": 9000,
    }
    reasons = {line["indicator"]: line["no_basis_code"] for line in edition["lines"]}
    assert reasons == {
        "outputs": None,
        "reports": "no-activity-held",
        "seen": "nothing-to-observe",
        "said": "no-visit-answered",
        "checks": "no-inspection-completed",
        "effect": None,
    }
    assert edition["score_bp"] == 9000 * 2000 // 5000


async def test_rectified_faults_count_as_in_order(story: Story) -> None:
    """An inspection whose faults were all put right is as good as one in order."""
    commission = await story.score_after(rectified=True)
    [edition] = ok(await story.official().get(f"/results/{commission}"))["editions"]

    checks = next(line for line in edition["lines"] if line["indicator"] == "checks")
    assert (checks["reached"], checks["possible"]) == (1, 1)


async def test_unrectified_faults_count_against_it(story: Story) -> None:
    """Faults that nobody put right are not in order."""
    commission = await story.score_after(rectified=False)
    [edition] = ok(await story.official().get(f"/results/{commission}"))["editions"]

    checks = next(line for line in edition["lines"] if line["indicator"] == "checks")
    assert (checks["reached"], checks["possible"]) == (0, 1)


async def test_marks_are_of_the_rated_indicators(story: Story) -> None:
    """Neither a computed indicator nor a repeated one is marked."""
    commission = await story.sample(served=4)
    mark = {"indicator": "effect", "points_bp": 1, "reason_code": "x"}

    for marks in ([{**mark, "indicator": "outputs"}], [mark, mark]):
        answer = await story.third_party("s-1").post(
            f"/commissions/{commission}/marks", {"marks": marks}
        )
        assert (answer.status, answer.code) == (422, "marks-do-not-fit")


async def test_only_named_scorers_mark_and_once(story: Story) -> None:
    """Others do not mark, nobody marks twice, and not before the drawing."""
    ok(await story.assign())
    early = await story.mark(await story.commission(), "s-1")
    commission = await story.sample(served=4)
    ok(await story.mark(commission, "s-1"))
    again = await story.mark(commission, "s-1")
    other = await story.mark(commission, "v-1")

    assert (early.status, early.code) == (409, "commission-not-sampled")
    assert (again.status, again.code) == (409, "already-marked")
    assert (other.status, other.code) == (409, "scorer-not-named")


async def test_an_expert_of_no_organisation_may_be_a_scorer(story: Story) -> None:
    """A scorer from the pool of experts marks with that role."""
    commission = await story.sample(served=4)
    marks = [{"indicator": "effect", "points_bp": 8000, "reason_code": "x"}]

    answer = await story.stage.as_("expert", person="s-3").post(
        f"/commissions/{commission}/marks", {"marks": marks}
    )

    assert ok(answer)["scorer"] == "s-3"


async def test_of_two_marks_at_once_one_counts(story: Story) -> None:
    """The database keeps one mark of a scorer for an indicator."""
    commission = await story.sample(served=4)

    answers = await asyncio.gather(*(story.mark(commission, "s-1", p) for p in (1, 2)))

    assert sorted(answer.status for answer in answers) == [200, 409]
    [row] = await story.stage.fetch("SELECT count(*) FROM marks")
    assert row[0] == 1


async def test_a_tie_declared_since_bars_the_scorer(story: Story) -> None:
    """Whoever became tied after the assignment does not mark."""
    commission = await story.sample(served=4)
    await story.tie("s-1", story.provider)

    assert (await story.mark(commission, "s-1")).code == "evaluator-tied"


async def test_scoring_waits_for_visits_and_marks(story: Story) -> None:
    """Not while visits are under way, not while a scorer is silent, and once only."""
    commission = await story.sample(served=4)
    path = f"/commissions/{commission}/scoring"
    visiting = await story.third_party().post(path)
    await story.end_visits()
    for scorer in SCORERS[:2]:
        ok(await story.mark(commission, scorer))
    silent = await story.third_party().post(path)
    ok(await story.mark(commission, SCORERS[2]))
    ok(await story.third_party().post(path))
    again = await story.third_party().post(path)

    assert (visiting.status, visiting.code) == (409, "visits-under-way")
    assert (silent.status, silent.code) == (409, "marks-missing")
    assert (again.status, again.code) == (409, "commission-not-sampled")


@pytest.mark.parametrize("path", ["scoring", "marks"])
async def test_who_may(story: Story, path: str) -> None:
    """Officials neither mark nor score, and for another evaluator there is nothing."""
    commission = await story.sample(served=4)
    marks = [{"indicator": "effect", "points_bp": 1, "reason_code": "x"}]
    body = {"marks": marks} if path == "marks" else None
    other: UUID = new_id()

    assert (await story.official().post(f"/commissions/{commission}/{path}", body)).status == 403
    answer = await story.third_party("s-1", org=other).post(
        f"/commissions/{commission}/{path}", body
    )
    assert (answer.status, answer.code) == (404, "commission-not-found")

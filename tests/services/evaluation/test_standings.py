"""A standing is made of sealed results, and forgets them in time."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from libs.common.contract import load
from libs.common.ids import new_id
from services.evaluation.domain.policies import Policy
from services.evaluation.domain.standings import months_later, newcomer
from tests.services.evaluation.story import POLICY, Story, ok

IN_FORCE = load(Policy, {**POLICY, "id": new_id(), "version": 1})


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=30))
def test_the_average_lies_between_worst_and_best(scores: list[int]) -> None:
    """Mean rounded down, best and number of results; the band is that of the mean."""
    day = date(2025, 3, 1)
    standing = newcomer(new_id(), "510181000000", day).judge(scores, IN_FORCE, day)

    assert standing.average_score_bp is not None
    assert min(scores) <= standing.average_score_bp <= max(scores) == standing.best_score_bp
    assert len(scores) == standing.sealed_results
    assert IN_FORCE.band_of(standing.average_score_bp) == standing.band


def test_a_newcomer_is_neutral() -> None:
    """Without results there is no band and no effect on a tender."""
    day = date(2025, 3, 1)
    standing = newcomer(new_id(), "510181000000", day).judge([], IN_FORCE, day)

    assert (standing.average_score_bp, standing.band) == (None, None)
    assert standing.effect == "neutral"


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 120))
def test_months_later_is_the_same_day_or_the_months_last(day: date, months: int) -> None:
    """A month later is never in the month after next."""
    later = months_later(day, months)

    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day


async def test_a_standing_follows_the_sealing_and_the_look_back(story: Story) -> None:
    """It is told when a result is sealed, and again on the day that result is too old."""
    ok(
        await story.stage.as_("secretariat").post(
            "/policies", {**POLICY, "effective_from": "2025-01-01", "look_back_months": 12}
        )
    )
    result = await story.seal()
    score = ok(await story.official().get(f"/results/{result}"))["score_bp"]
    standing = ok(await story.manager().get(f"/standings/{story.provider}"))

    assert (standing["sealed_results"], standing["best_score_bp"]) == (1, score)
    assert standing["effect"] == IN_FORCE.effect_of(IN_FORCE.band_of(score))

    await story.stage.move_to(datetime(2026, 3, 1, tzinfo=UTC))

    told = await story.stage.said("evaluation.standing.changed.v1")
    assert [event.data["sealed_results"] for event in told] == [1, 0]
    assert (told[-1].data["average_score_bp"], told[-1].data["effect"]) == (None, "neutral")


async def test_who_may_read(story: Story) -> None:
    """A provider reads its own standing; the city's offices read all of their divisions."""
    await story.seal()
    path = f"/standings/{story.provider}"
    stranger = await story.manager(org=new_id()).get(path)

    assert (stranger.status, stranger.code) == (404, "standing-not-found")
    assert (await story.official().get(path)).status == 200
    assert len(ok(await story.stage.as_("auditor").get("/standings"))["items"]) == 1
    assert ok(await story.manager(org=new_id()).get("/standings"))["items"] == []
    assert (await story.stage.as_("worker", org=story.provider).get(path)).status == 403

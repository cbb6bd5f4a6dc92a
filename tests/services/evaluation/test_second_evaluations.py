"""A result below the line (不合格) is put right once, and evaluated once more."""

from datetime import timedelta

import asyncpg
import pytest

from libs.common.clock import legal_day
from tests.services.evaluation.story import Story, ok


async def test_a_failed_result_orders_its_one_rectification(story: Story) -> None:
    """Sealing orders it by itself, with what lies below the line and the policy's thirty days."""
    result = await story.seal()

    ordered = await story.rectification()
    assert (ordered["result_id"], ordered["inspection_id"]) == (result, None)
    assert (ordered["codes"], ordered["demand"]) == (["outputs"], "产出 0.00")
    assert ordered["ordered_by"] == "o-2"
    [told] = await story.stage.said("evaluation.rectification.ordered.v1")
    assert (told.data["result_id"], told.data["due_day"]) == (result, ordered["due_day"])
    today = legal_day(await story.stage.now())
    assert ordered["due_day"] == str(today + timedelta(days=30))
    assert "demand" not in told.data


async def test_a_passed_result_orders_nothing(story: Story) -> None:
    """Above the line there is nothing to put right."""
    await story.count(30)
    await story.seal()

    assert await story.stage.said("evaluation.rectification.ordered.v1") == []


async def test_what_was_put_right_is_evaluated_again(story: Story) -> None:
    """A commission of its own with its own seed, sample, marks and result; the first one stays."""
    first = await story.seal()
    before = ok(await story.official().get(f"/results/{first}"))
    await story.count(30)

    second = await story.evaluate_again()

    assert first != second
    planned = await story.stage.said("evaluation.commission.planned.v1")
    assert [(e.subject, e.data["round"]) for e in planned] == [(first, 1), (second, 2)]
    assert planned[0].data["seed_commitment"] != planned[1].data["seed_commitment"]
    sealed = await story.stage.said("evaluation.result.sealed.v1")
    assert [(e.subject, e.data["round"], e.data["band"]) for e in sealed] == [
        (first, 1, "fail"),
        (second, 2, "excellent"),
    ]
    assert before == ok(await story.official().get(f"/results/{first}"))
    assert await story.stage.waiting() == []


async def test_the_seed_of_the_second_sample_is_committed_before_its_frame_closes(
    story: Story,
) -> None:
    """Nobody draws on the day on which the commitment is published."""
    await story.seal()
    commission = await story.put_right()
    ok(await story.assign())

    early = await story.third_party().post(f"/commissions/{commission}/sample")

    assert (early.status, early.code) == (409, "frame-open")


async def test_a_second_fail_has_no_third_chance(story: Story) -> None:
    """The second result is final: nothing is ordered on it."""
    await story.seal()
    second = await story.evaluate_again()

    assert ok(await story.official().get(f"/results/{second}"))["band"] == "fail"
    assert len(await story.stage.said("evaluation.rectification.ordered.v1")) == 1


async def test_a_missed_rectification_is_the_end_of_it(story: Story) -> None:
    """It is told as overdue, and can be answered no more; both languages say what follows."""
    result = await story.seal()
    await story.stage.move_to(await story.stage.now() + timedelta(days=32))
    path = f"/rectifications/{(await story.rectification())['id']}"

    zh = await story.manager().post(
        f"{path}/answer", {"text": "已整改。"}, **{"Accept-Language": "zh-CN"}
    )
    en = await story.manager().post(
        f"{path}/answer", {"text": "已整改。"}, **{"Accept-Language": "en"}
    )

    [overdue] = await story.stage.said("evaluation.rectification.overdue.v1")
    assert overdue.data["result_id"] == result
    assert (zh.status, zh.code) == (409, "rectification-missed")
    assert zh.body["title"] == "不合格结果的唯一一次整改机会已逾期，购买主体可以终止协议。"
    assert "the purchaser may end the agreement" in en.body["title"]


async def test_a_correction_above_the_line_withdraws_the_order(story: Story) -> None:
    """What was wrongly below the line need not be put right; a correction below orders it."""
    result = await story.seal()

    await correct(story, result, "outputs", 10_000)
    withdrawn = await story.rectification()
    await correct(story, result, "outputs", 0)
    again = await story.rectification()

    assert (withdrawn["status"], again["status"]) == ("withdrawn", "ordered")
    assert len(await story.stage.said("evaluation.rectification.withdrawn.v1")) == 1
    await story.stage.move_to(await story.stage.now() + timedelta(days=32))
    [overdue] = await story.stage.said("evaluation.rectification.overdue.v1")
    assert overdue.subject == again["id"]


async def test_a_standing_counts_an_agreement_once(story: Story) -> None:
    """The re-evaluation replaces the first score in the provider's standing."""
    await story.seal()
    await story.count(30)
    second = await story.evaluate_again()

    score = ok(await story.official().get(f"/results/{second}"))["score_bp"]
    last = (await story.stage.said("evaluation.standing.changed.v1"))[-1]
    assert (last.data["sealed_results"], last.data["average_score_bp"]) == (1, score)


async def test_the_database_knows_no_third_round(story: Story) -> None:
    """Neither a third evaluation nor a second one of the same round can be kept."""
    await story.seal()
    await story.put_right()

    for broken in ("round = 3", "round = 1"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await story.stage.fetch(f"UPDATE commissions SET {broken} WHERE round = 2")  # noqa: S608


async def correct(story: Story, result: str, indicator: str, points_bp: int) -> None:
    """Two officials correct a sealed value."""
    body = {"indicator": indicator, "points_bp": points_bp, "reason_code": "evidence-found"}
    proposed = ok(await story.official("o-3").post(f"/results/{result}/corrections", body))
    path = f"/corrections/{proposed['id']}/confirmation"
    ok(await story.official("o-4").post(path))

"""A review of a score (复核) is told when it is asked and when it is decided, and so is its day."""

from datetime import date
from typing import Any

import pytest

from tests.services.evaluation.story import Story, ok


async def test_a_review_is_told_with_the_day_by_which_to_decide(story: Story) -> None:
    """What the result says, the policy's day, and nothing of what was written with it."""
    result = await story.notify()
    review = ok(await story.ask_review(result))

    [told] = await story.stage.said("evaluation.review.asked.v1")

    now = ok(await story.official().get(f"/results/{result}"))
    assert (told.subject, told.data["result_id"]) == (review["id"], result)
    assert told.data["title"] == "成效"
    assert told.data["decide_due_day"] == review["decide_due_day"] == "2025-02-16"
    assert told.data["review_until"] == now["review_until"]
    assert told.data["former_score_bp"] == told.data["score_bp"] == now["score_bp"]
    assert told.data["outcome"] is None
    assert not {"text", "asked_by", "decided_by"} & set(told.data)


@pytest.mark.parametrize(
    ("decision", "is_raised"),
    [
        ({"outcome": "kept", "reason_code": "weighed"}, False),
        ({"outcome": "changed", "points_bp": 10_000, "reason_code": "accepted"}, True),
    ],
)
async def test_a_decision_is_told_with_both_scores(
    story: Story, decision: dict[str, Any], is_raised: bool
) -> None:
    """Kept or changed: from which score and share of the balance to which."""
    result = await story.notify()
    before = ok(await story.official().get(f"/results/{result}"))
    review = ok(await story.ask_review(result))["id"]
    ok(await story.official("o-2").post(f"/reviews/{review}/decision", decision))

    [told] = await story.stage.said("evaluation.review.decided.v1")

    after = ok(await story.official().get(f"/results/{result}"))
    assert told.data["outcome"] == decision["outcome"]
    assert told.data["former_score_bp"] == before["score_bp"]
    assert told.data["score_bp"] == after["score_bp"]
    assert told.data["former_balance_share_bp"] == before["balance_share_bp"]
    assert told.data["balance_share_bp"] == after["balance_share_bp"]
    assert is_raised == (told.data["former_score_bp"] < told.data["score_bp"])


async def test_after_a_waiver_no_other_review_is_offered(story: Story) -> None:
    """Whoever has waived the period can ask no more, and is not told that it can."""
    result = await story.notify()
    review = ok(await story.ask_review(result))["id"]
    ok(await story.manager().post(f"/results/{result}/waiver"))
    kept = {"outcome": "kept", "reason_code": "weighed"}
    ok(await story.official("o-2").post(f"/reviews/{review}/decision", kept))

    [told] = await story.stage.said("evaluation.review.decided.v1")
    assert told.data["review_until"] is None


async def test_a_corrected_report_is_in_time_by_its_own_day(story: Story) -> None:
    """In time at first and corrected in time: in time; late in either: late."""
    first, last = date(2024, 12, 2), date(2024, 12, 20)
    due = {"report_due_day": date(2024, 12, 9), "reported_day": last}
    returned = {"first_reported_day": first, "correction_due_day": last}
    for fields in (
        {**due, **returned},
        {**due, **returned, "first_reported_day": date(2024, 12, 10)},
        {**due, **returned, "correction_due_day": date(2024, 12, 19)},
        {**due, "first_reported_day": None, "correction_due_day": None},
    ):
        await story.hear_activity(date(2024, 12, 1), **fields)
    result = await story.score()

    [edition] = ok(await story.official().get(f"/results/{result}"))["editions"]
    reports = next(line for line in edition["lines"] if line["indicator"] == "reports")
    assert (reports["reached"], reports["possible"]) == (1, 4)
    checked = await story.official().get("/inspections", agreement_id=str(story.agreement))
    december = checked.body["items"][1]
    assert (december["from_day"], december["figures"]["reports_late"]) == ("2024-12-01", 3)

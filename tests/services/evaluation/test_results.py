"""Results are notified, reviewed and sealed by different persons, and stay as they are."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from libs.common.ids import new_id
from tests.services.evaluation.story import Story, ok

CORRECTION = {"indicator": "effect", "points_bp": 4000, "reason_code": "evidence-forged"}


async def test_a_sealed_result_is_told_with_its_standing(story: Story) -> None:
    """The whole way from the agreement to the sealed result and the organisation's standing."""
    result = await story.seal()

    explained = ok(await story.official().get(f"/results/{result}"))
    assert explained["status"] == "sealed"
    [edition] = explained["editions"]
    assert edition["score_bp"] == sum(line["contribution_bp"] for line in edition["lines"])
    assert edition["sealed_at"] == explained["sealed_at"]
    [sealed] = await story.stage.said("evaluation.result.sealed.v1")
    assert sealed.data["score_bp"] == explained["score_bp"]
    assert (sealed.data["version"], sealed.data["correction"]) == (1, False)
    assert sealed.data["policy_version"] == 1
    for kept, told in zip(edition["lines"], sealed.data["lines"], strict=True):
        for name in ("indicator", "contribution_bp", "no_basis_code"):
            assert kept[name] == told[name]
    [notified] = await story.stage.said("evaluation.result.notified.v1")
    assert (notified.data["lines"], notified.data["parts"]) == ([], [])
    [standing] = await story.stage.said("evaluation.standing.changed.v1")
    assert standing.data["average_score_bp"] == explained["score_bp"]
    commission = ok(await story.official().get(f"/commissions/{result}"))
    assert commission["status"] == "sealed"
    assert await story.stage.waiting() == []


async def test_a_notification_opens_the_review_period(story: Story) -> None:
    """The policy's seven days count from the day of the notification."""
    result = await story.notify()

    [told] = await story.stage.said("evaluation.result.notified.v1")
    assert told.subject == result
    assert (told.data["status"], told.data["review_until"]) == ("notified", "2025-02-08")
    assert told.data["sealed_at"] is None


async def test_who_scored_does_not_notify(story: Story) -> None:
    """Scoring and notifying are two persons' acts, even when one has both roles."""
    commission = await story.score()
    path = f"/commissions/{commission}/notification"

    same = await story.official("e-1").post(path)
    ok(await story.official("o-1").post(path))
    again = await story.official("o-2").post(path)

    assert (same.status, same.code) == (409, "second-person-required")
    assert (again.status, again.code) == (409, "commission-not-scored")


async def test_a_provider_sees_a_result_once_it_is_notified(story: Story) -> None:
    """Before the notification there is nothing for the provider, and never for another one."""
    commission = await story.score()
    path = f"/results/{commission}"
    before = await story.manager().get(path)
    listed = ok(await story.manager().get("/results"))["items"]
    ok(await story.official().post(f"/commissions/{commission}/notification"))

    assert (before.status, before.code) == (404, "result-not-found")
    assert listed == []
    assert (await story.manager().get(path)).status == 200
    assert (await story.manager(org=new_id()).get(path)).status == 404
    assert (await story.third_party().get(path)).status == 200
    elsewhere = story.stage.as_("town", divisions=("510182",))
    assert (await elsewhere.get(path)).status == 404


async def test_sealing_waits_for_the_review_period(story: Story) -> None:
    """Neither before the period is over nor by the notifier, and once only."""
    commission = await story.notify()
    path = f"/commissions/{commission}/sealing"
    early = await story.official("o-2").post(path)
    await story.stage.move_to(await story.stage.now() + timedelta(days=8))
    same = await story.official("o-1").post(path)
    ok(await story.official("o-2").post(path))
    again = await story.official("o-3").post(path)

    assert (early.status, early.code) == (409, "review-period-running")
    assert (same.status, same.code) == (409, "second-person-required")
    assert (again.status, again.code) == (409, "commission-not-notified")


async def test_a_waiver_ends_the_review_period(story: Story) -> None:
    """A provider that accepts its result need not wait, and cannot ask any more."""
    commission = await story.notify()

    waived = ok(await story.manager().post(f"/results/{commission}/waiver"))

    assert waived["review_waived"]
    refused = await story.ask_review(commission)
    assert (refused.status, refused.code) == (409, "review-period-over")
    ok(await story.official("o-2").post(f"/commissions/{commission}/sealing"))


async def test_a_changed_value_is_a_new_edition(story: Story) -> None:
    """The former edition stays, the provider is told the new one, which is what is sealed."""
    result = await story.notify()
    before = ok(await story.official().get(f"/results/{result}"))
    review = ok(await story.ask_review(result))["id"]

    decided = await story.official("o-2").post(
        f"/reviews/{review}/decision",
        {"outcome": "changed", "points_bp": 10_000, "reason_code": "evidence-accepted"},
    )

    assert ok(decided)["decided_by"] == "o-2"
    after = ok(await story.official().get(f"/results/{result}"))
    assert after["editions"][0] == before["editions"][0]
    assert after["edition"] == 2
    assert after["score_bp"] > before["score_bp"]
    changed = next(x for x in after["editions"][1]["lines"] if x["indicator"] == "effect")
    assert (changed["value_bp"], changed["reason_code"]) == (10_000, "evidence-accepted")
    told = await story.stage.said("evaluation.result.notified.v1")
    assert [event.data["version"] for event in told] == [1, 2]
    await story.stage.move_to(await story.stage.now() + timedelta(days=9))
    assert ok(await story.official("o-2").post(f"/commissions/{result}/sealing"))["edition"] == 2


async def test_a_kept_value_changes_nothing(story: Story) -> None:
    """The review is answered, and the edition stays the first."""
    result = await story.notify()
    review = ok(await story.ask_review(result))["id"]
    body = {"outcome": "kept", "reason_code": "evidence-weighed"}

    kept = ok(await story.official("o-2").post(f"/reviews/{review}/decision", body))
    again = await story.official("o-2").post(f"/reviews/{review}/decision", body)

    assert kept["outcome"] == "kept"
    assert ok(await story.official().get(f"/results/{result}"))["edition"] == 1
    assert (again.status, again.code) == (409, "review-decided")


async def test_an_open_review_holds_the_sealing(story: Story) -> None:
    """Nothing is sealed while a review waits for its decision."""
    result = await story.notify()
    ok(await story.ask_review(result))
    await story.stage.move_to(await story.stage.now() + timedelta(days=9))

    answer = await story.official("o-2").post(f"/commissions/{result}/sealing")

    assert (answer.status, answer.code) == (409, "reviews-open")


async def test_the_notifier_does_not_decide_the_review(story: Story) -> None:
    """Another official decides, and says points only when the value changes."""
    review = ok(await story.ask_review(await story.notify()))["id"]
    path = f"/reviews/{review}/decision"
    kept = {"outcome": "kept", "reason_code": "x"}

    same = await story.official("o-1").post(path, kept)
    pointless = await story.official("o-2").post(path, {**kept, "outcome": "changed"})

    assert (same.status, same.code) == (409, "second-person-required")
    assert (pointless.status, pointless.code) == (422, "points-do-not-fit")


async def test_a_review_is_asked_in_time_and_once_an_indicator(story: Story) -> None:
    """Unknown indicators, a second open review and a late one are refused."""
    result = await story.notify()
    unknown = await story.ask_review(result, "weather")
    both = await asyncio.gather(*(story.ask_review(result) for _ in range(2)))
    await story.stage.move_to(await story.stage.now() + timedelta(days=9))
    late = await story.ask_review(result, "said")

    assert (unknown.status, unknown.code) == (422, "indicator-unknown")
    assert sorted(answer.status for answer in both) == [201, 409]
    assert {answer.code for answer in both if answer.status == 409} == {"review-already-open"}
    assert (late.status, late.code) == (409, "review-period-over")


async def test_who_may_ask_and_decide(story: Story) -> None:
    """Only the provider asks, only officials decide, and only theirs is there for either."""
    result = await story.notify()
    body = {"indicator": "effect", "reason_code": "x", "text": "请再看。"}
    path = f"/results/{result}/reviews"
    stranger = await story.manager(org=new_id()).post(path, body)
    by_official = await story.official().post(path, body)
    review = ok(await story.ask_review(result))["id"]
    kept = {"outcome": "kept", "reason_code": "x"}
    by_manager = await story.manager().post(f"/reviews/{review}/decision", kept)
    elsewhere = story.stage.as_("official", person="o-9", divisions=("510182",))
    out_of_area = await elsewhere.post(f"/reviews/{review}/decision", kept)

    assert [stranger.status, by_official.status, by_manager.status] == [404, 403, 403]
    assert (out_of_area.status, out_of_area.code) == (404, "review-not-found")
    assert len(ok(await story.manager().get("/reviews"))["items"]) == 1
    assert ok(await story.manager(org=new_id()).get("/reviews"))["items"] == []


async def test_a_correction_is_a_new_sealed_edition_by_two_persons(story: Story) -> None:
    """The sealed edition stays, a corrected one follows, and so does the standing."""
    result = await story.seal()
    before = ok(await story.official().get(f"/results/{result}"))
    proposed = await story.official("o-1").post(f"/results/{result}/corrections", CORRECTION)
    path = f"/corrections/{ok(proposed)['id']}/confirmation"
    same = await story.official("o-1").post(path)
    ok(await story.official("o-2").post(path))
    again = await story.official("o-3").post(path)

    after = ok(await story.official().get(f"/results/{result}"))
    assert proposed.status == 201
    assert (same.status, same.code) == (409, "second-person-required")
    assert (again.status, again.code) == (409, "correction-confirmed")
    assert after["editions"][0] == before["editions"][0]
    second = after["editions"][1]
    assert (second["made_by"], second["confirmed_by"]) == ("o-1", "o-2")
    assert (second["reason_code"], second["sealed_at"] is not None) == ("evidence-forged", True)
    assert after["sealed_at"] == before["sealed_at"]
    told = (await story.stage.said("evaluation.result.sealed.v1"))[-1]
    assert (told.data["version"], told.data["correction"]) == (2, True)
    assert told.data["score_bp"] == after["score_bp"] < before["score_bp"]
    standing = (await story.stage.said("evaluation.standing.changed.v1"))[-1]
    assert standing.data["average_score_bp"] == after["score_bp"]


async def test_corrections_are_of_sealed_results_one_at_a_time(story: Story) -> None:
    """Before sealing there are reviews; and one correction waits for its second person."""
    result = await story.notify()
    path = f"/results/{result}/corrections"
    early = await story.official().post(path, CORRECTION)
    await story.stage.move_to(await story.stage.now() + timedelta(days=9))
    ok(await story.official("o-2").post(f"/commissions/{result}/sealing"))
    ok(await story.official().post(path, CORRECTION))
    second = await story.official().post(path, CORRECTION)

    assert (early.status, early.code) == (409, "result-not-sealed")
    assert (second.status, second.code) == (409, "correction-already-open")
    assert (await story.manager().post(path, CORRECTION)).status == 403


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE editions SET score_bp = 10000",
        "UPDATE editions SET sealed_at = NULL",
        "UPDATE editions SET lines = '[]'",
        "DELETE FROM editions",
        "UPDATE results SET score_bp = 10000",
        "UPDATE results SET status = 'notified'",
        "UPDATE results SET sealed_at = now()",
        "DELETE FROM results",
    ],
)
async def test_the_database_refuses_to_change_what_is_sealed(story: Story, sql: str) -> None:
    """Not even who writes past the API changes a sealed result."""
    await story.seal()

    with pytest.raises(asyncpg.RestrictViolationError):
        await story.stage.fetch(sql)


async def test_an_edition_is_written_once_even_before_sealing(story: Story) -> None:
    """What a score was computed from is not touched up afterwards."""
    await story.score()

    with pytest.raises(asyncpg.RestrictViolationError):
        await story.stage.fetch("UPDATE editions SET score_bp = 10000")


async def test_two_sealings_at_once_seal_once(story: Story) -> None:
    """The second of two officials at the same moment is refused."""
    commission = await story.notify()
    await story.stage.move_to(await story.stage.now() + timedelta(days=9))
    path = f"/commissions/{commission}/sealing"

    answers = await asyncio.gather(*(story.official(p).post(path) for p in ("o-2", "o-3")))

    assert sorted(answer.status for answer in answers) == [200, 409]
    assert len(await story.stage.said("evaluation.result.sealed.v1")) == 1

"""Rectifications are ordered by who inspected, answered by the provider, and resolved."""

from datetime import date

import pytest

from libs.common.clock import end_of
from libs.common.ids import new_id
from libs.common.testing import Answer
from tests.services.evaluation.story import Story, ok

ORDER = {"codes": ["no-signage"], "demand": "请于期限内悬挂标识。", "due_day": "2024-12-27"}


@pytest.fixture
async def faulty(story: Story) -> str:
    """An inspection that o-1 completed with faults on 2024-12-17."""
    await story.stage.move_to(end_of(date(2024, 12, 16)))
    inspection = str((await story.inspection("half-year"))["id"])
    body = {"conclusion": "faults", "codes": ["no-signage"], "findings": "未悬挂标识。"}
    ok(await story.official("o-1").post(f"/inspections/{inspection}/completion", body))
    return inspection


async def order(story: Story, inspection: str, person: str = "o-1", **fields: object) -> Answer:
    return await story.official(person).post(
        f"/inspections/{inspection}/rectifications", {**ORDER, **fields}
    )


async def test_a_rectification_is_ordered_answered_and_resolved(story: Story, faulty: str) -> None:
    """The way through, with its events; what people wrote is in none of them."""
    ordered = await order(story, faulty)
    path = f"/rectifications/{ok(ordered)['id']}"
    answered = ok(await story.manager().post(f"{path}/answer", {"text": "已悬挂。"}))
    resolved = ok(await story.official("o-2").post(f"{path}/resolution"))

    assert ordered.status == 201
    assert [
        ordered.body["status"],
        answered["status"],
        resolved["status"],
    ] == ["ordered", "answered", "resolved"]
    told = [e for e in await story.stage.said() if e.subject == ordered.body["id"]]
    assert [event.type for event in told] == [
        "evaluation.rectification.ordered.v1",
        "evaluation.rectification.resolved.v1",
    ]
    assert {"demand", "answer_text"}.isdisjoint(told[-1].data)


async def test_without_a_day_the_policy_gives_it(story: Story, faulty: str) -> None:
    """The policy's fifteen days count from the day of the order."""
    assert ok(await order(story, faulty, due_day=None))["due_day"] == "2025-01-01"


async def test_silence_is_overdue_once_and_may_be_answered_late(story: Story, faulty: str) -> None:
    """A rectification that is not answered in time is told as overdue, and stays open."""
    rectification = ok(await order(story, faulty))["id"]
    await story.stage.move_to(end_of(date(2025, 1, 10)))

    [overdue] = await story.stage.said("evaluation.rectification.overdue.v1")
    assert overdue.subject == rectification
    answered = await story.manager().post(
        f"/rectifications/{rectification}/answer", {"text": "已悬挂。"}
    )
    assert ok(answered)["status"] == "answered"


async def test_an_answer_in_time_is_not_overdue(story: Story, faulty: str) -> None:
    """Who waits for the official is not late."""
    rectification = ok(await order(story, faulty))["id"]
    ok(await story.manager().post(f"/rectifications/{rectification}/answer", {"text": "好。"}))
    await story.stage.move_to(end_of(date(2025, 1, 10)))

    assert await story.stage.said("evaluation.rectification.overdue.v1") == []


async def test_only_faults_are_rectified_and_only_by_who_found_them(
    story: Story, faulty: str
) -> None:
    """Neither a colleague orders, nor is anything ordered before the inspection is completed."""
    planned = (await story.inspection("year-end"))["id"]

    by_colleague = await order(story, faulty, person="o-2")
    too_early = await order(story, planned)

    assert (by_colleague.status, by_colleague.code) == (409, "inspected-by-somebody-else")
    assert (too_early.status, too_early.code) == (409, "inspection-found-no-faults")


async def test_the_due_day_lies_in_the_future(story: Story, faulty: str) -> None:
    """Nothing is due today or earlier."""
    answer = await order(story, faulty, due_day="2024-12-17")

    assert (answer.status, answer.code) == (422, "due-day-passed")
    assert answer.body["errors"][0]["pointer"] == "/due_day"


async def test_steps_are_taken_in_order(story: Story, faulty: str) -> None:
    """Unanswered is not resolved, answered is not answered again."""
    path = f"/rectifications/{ok(await order(story, faulty))['id']}"
    unanswered = await story.official().post(f"{path}/resolution")
    ok(await story.manager().post(f"{path}/answer", {"text": "已悬挂。"}))
    again = await story.manager().post(f"{path}/answer", {"text": "已悬挂。"})

    assert (unanswered.status, unanswered.code) == (409, "rectification-not-answered")
    assert (again.status, again.code) == (409, "rectification-not-open")


async def test_who_may(story: Story, faulty: str) -> None:
    """Only the provider concerned sees and answers; only officials order and resolve."""
    rectification = ok(await order(story, faulty))["id"]
    path, text = f"/rectifications/{rectification}", {"text": "已悬挂。"}
    other = story.manager(org=new_id())

    assert (await other.post(f"{path}/answer", text)).status == 404
    assert (await other.get(path)).status == 404
    assert ok(await other.get("/rectifications"))["items"] == []
    assert (await story.manager().get(path)).status == 200
    assert (await story.manager().post(f"{path}/resolution")).status == 403
    assert (await story.official().post(f"{path}/answer", text)).status == 403
    listed = await story.manager().get("/rectifications", status="ordered")
    assert [rectification] == [item["id"] for item in ok(listed)["items"]]

"""Visits are the visitor's alone, end once, and their answers are shown only in sums."""

from typing import Any

import pytest

from libs.common.ids import new_id
from tests.services.evaluation.story import Story, ok

GOOD = {"outcome": "visited", "answers": [{"question": "q-1", "points": 5}]}


async def test_an_outcome_is_told_without_the_answers(story: Story) -> None:
    """How it went is public by reference, what was said is not."""
    await story.sample(served=4)
    visit = (await story.visits("v-1"))[0]

    ended = ok(await story.third_party("v-1").post(f"/visits/{visit['id']}/outcome", GOOD))

    assert (ended["status"], ended["outcome"]) == ("ended", "visited")
    assert "answers" not in ended
    [told] = await story.stage.said("evaluation.visit.ended.v1")
    assert (told.data["status"], told.data["outcome"]) == ("ended", "visited")
    assert "answers" not in told.data
    commission = ok(await story.official().get(f"/commissions/{ended['commission_id']}"))
    assert commission["status"] == "visiting"


async def test_a_visitor_sees_and_ends_only_their_own(story: Story) -> None:
    """A colleague's visit does not exist for a visitor, nor for another evaluator."""
    await story.sample(served=4)
    visit = (await story.visits("v-1"))[0]
    path = f"/visits/{visit['id']}/outcome"

    colleague = await story.third_party("v-2").post(path, GOOD)
    stranger = await story.third_party("v-1", org=new_id()).post(path, GOOD)

    assert visit["id"] not in {v["id"] for v in await story.visits("v-2")}
    assert (colleague.status, colleague.code) == (404, "visit-not-found")
    assert (stranger.status, stranger.code) == (404, "visit-not-found")


async def test_who_may_list(story: Story) -> None:
    """Officials and auditors see all visits of their divisions, the provider sees none."""
    commission = await story.sample(served=4)

    official = await story.official().get("/visits", commission_id=commission)
    assert len(ok(official)["items"]) == 4
    elsewhere = story.stage.as_("auditor", divisions=("510182",))
    assert ok(await elsewhere.get("/visits"))["items"] == []
    assert (await story.manager().get("/visits")).status == 403


async def test_a_visit_ends_once(story: Story) -> None:
    """An outcome is not changed afterwards; the same key gives the same answer."""
    await story.sample(served=4)
    visitor = story.third_party("v-1")
    path = f"/visits/{(await story.visits('v-1'))[0]['id']}/outcome"
    first = await visitor.post(path, GOOD, key="once")
    repeat = await visitor.post(path, GOOD, key="once")
    again = await visitor.post(path, GOOD)

    assert ok(first) == ok(repeat)
    assert (again.status, again.code) == (409, "visit-ended")
    assert len(await story.stage.said("evaluation.visit.ended.v1")) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"outcome": "visited", "answers": []}, "answers-missing"),
        ({"outcome": "dead", "answers": GOOD["answers"]}, "nobody-answered"),
        (
            {"outcome": "visited", "answers": [{"question": "q-9", "points": 5}]},
            "question-not-asked",
        ),
        (
            {"outcome": "guardian-answered", "answers": [{"question": "q-2", "points": 5}]},
            "question-not-asked",
        ),
        (
            {"outcome": "visited", "answers": [{"question": "q-1", "points": 5}] * 2},
            "question-repeated",
        ),
    ],
)
async def test_answers_have_to_fit(story: Story, body: dict[str, Any], code: str) -> None:
    """Answers need somebody who answered, and questions that may be asked."""
    await story.sample(served=4)
    path = f"/visits/{(await story.visits('v-1'))[0]['id']}/outcome"

    answer = await story.third_party("v-1").post(path, body)

    assert (answer.status, answer.code) == (422, "answers-do-not-fit")
    assert code in {fault["code"] for fault in answer.body["errors"]}


async def test_points_are_from_one_to_five(story: Story) -> None:
    """Six points are no answer."""
    await story.sample(served=4)
    path = f"/visits/{(await story.visits('v-1'))[0]['id']}/outcome"
    body = {"outcome": "visited", "answers": [{"question": "q-1", "points": 6}]}

    answer = await story.third_party("v-1").post(path, body)

    assert answer.status == 422
    assert answer.body["errors"][0]["pointer"] == "/answers/0/points"

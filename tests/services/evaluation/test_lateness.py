"""What is late is told once, first to who has to act, then to those above."""

from datetime import date, timedelta

from libs.common.clock import end_of
from tests.services.evaluation.story import POLICY, TO, Story, ok


async def test_an_evaluation_that_is_not_sealed_is_late(story: Story) -> None:
    """Ninety days after the term it is told, once, though nobody ever began it."""
    late = end_of(TO + timedelta(days=90))
    await story.stage.move_to(late - timedelta(seconds=1))
    before = await story.stage.said("evaluation.commission.overdue.v1")
    await story.stage.move_to(late + timedelta(days=200))

    assert before == []
    [told] = await story.stage.said("evaluation.commission.overdue.v1")
    assert (told.subject, told.data["round"]) == (await story.commission(), 1)
    assert str(story.agreement) == told.data["agreement_id"]


async def test_a_sealed_evaluation_is_never_late(story: Story) -> None:
    """What is concluded in time waits for nothing."""
    await story.count(30)
    await story.seal()
    await story.stage.move_to(end_of(TO + timedelta(days=200)))

    assert await story.stage.said("evaluation.commission.overdue.v1") == []


async def test_a_longer_term_is_late_later(story: Story) -> None:
    """The days count from the last day of the term as it was amended."""
    later = TO + timedelta(days=60)
    await story.hear_agreement("amended", to_day=later)

    await story.stage.move_to(end_of(TO + timedelta(days=91)))
    before = await story.stage.said("evaluation.commission.overdue.v1")
    await story.stage.move_to(end_of(later + timedelta(days=91)))

    assert before == []
    assert len(await story.stage.said("evaluation.commission.overdue.v1")) == 1


async def test_a_missed_rectification_escalates_once(story: Story) -> None:
    """Overdue on its day, told to those above after the policy's seven more, and then no more."""
    rectification = await ordered(story)
    await story.stage.move_to(end_of(date(2024, 12, 27)))
    overdue = await story.stage.said("evaluation.rectification.overdue.v1")
    early = await story.stage.said("evaluation.rectification.escalated.v1")
    await story.stage.move_to(end_of(date(2025, 1, 31)))

    assert [event.subject for event in overdue] == [rectification]
    assert early == []
    [escalated] = await story.stage.said("evaluation.rectification.escalated.v1")
    assert escalated.subject == rectification
    assert str(escalated.time).startswith("2025-01-03")


async def test_a_late_answer_stops_the_escalation(story: Story) -> None:
    """Whoever answers late, but before it is told above, is not told of."""
    path = f"/rectifications/{await ordered(story)}"
    await story.stage.move_to(end_of(date(2024, 12, 30)))
    ok(await story.manager().post(f"{path}/answer", {"text": "已整改。"}))
    await story.stage.move_to(end_of(date(2025, 1, 31)))

    assert await story.stage.said("evaluation.rectification.escalated.v1") == []


async def test_the_days_are_policy(story: Story) -> None:
    """Each number has its bounds, and every fault is named at its place."""
    wrong = POLICY | {
        "effective_from": "2025-01-01",
        "follow_up": {
            "rectification_days": 0,
            "evaluation_days": 0,
            "escalation_days": 367,
            "review_decision_days": 0,
        },
    }
    answer = await story.stage.as_("secretariat").post("/policies", wrong)

    assert (answer.status, answer.code) == (422, "policy-invalid")
    assert sorted(error["pointer"] for error in answer.body["errors"]) == [
        "/follow_up/escalation_days",
        "/follow_up/evaluation_days",
        "/follow_up/rectification_days",
        "/follow_up/review_decision_days",
    ]


async def ordered(story: Story) -> str:
    """A rectification of an inspection's faults, due on 2024-12-27."""
    await story.stage.move_to(end_of(date(2024, 12, 16)))
    inspection = (await story.inspection("half-year"))["id"]
    body = {"conclusion": "faults", "codes": ["no-signage"], "findings": "未悬挂标识。"}
    ok(await story.official().post(f"/inspections/{inspection}/completion", body))
    order = {"codes": ["no-signage"], "demand": "请悬挂标识。", "due_day": "2024-12-27"}
    path = f"/inspections/{inspection}/rectifications"
    return str(ok(await story.official().post(path, order))["id"])

"""Views keep the latest public state of neighbours, in whatever order it arrives."""

from datetime import UTC, datetime
from uuid import UUID

from libs.common.ids import new_id
from libs.common.testing import Stage
from services.evaluation.app import service
from tests.services.evaluation.story import Story


async def hear_activity(stage: Stage, activity: UUID, what: str, sequence: int) -> None:
    await stage.hear(
        f"scheduling.activity.{what}.v1",
        activity,
        {
            "id": activity,
            "agreement_id": None,
            "starts_at": datetime(2024, 11, 5, tzinfo=UTC),
            "status": what,
            "observation": "made",
            "reported_day": None,
            "report_due_day": None,
            "something_new": "ignored",
        },
        sequence=sequence,
    )


async def test_the_highest_sequence_wins(evaluation: Stage) -> None:
    """A report that overtook the holding of its activity is not undone by it."""
    activity = new_id()
    await hear_activity(evaluation, activity, "reported", 3)
    await hear_activity(evaluation, activity, "held", 2)

    [row] = await evaluation.fetch("SELECT status FROM activities WHERE id = $1", activity)
    assert row["status"] == "reported"


async def test_a_corrected_check_in_takes_its_place(story: Story) -> None:
    """A withdrawn check-in is no longer counted, and a repeated event changes nothing."""
    check_in, event = new_id(), new_id()
    data = {
        "id": check_in,
        "agreement_id": story.agreement,
        "recipient_ref": "r-1",
        "at": datetime(2024, 12, 1, tzinfo=UTC),
        "withdrawn": False,
    }
    hear = story.stage.hear
    await hear("scheduling.attendance.recorded.v1", check_in, data, event_id=event)
    await hear("scheduling.attendance.recorded.v1", check_in, {**data, "withdrawn": True})
    await hear("scheduling.attendance.recorded.v1", check_in, data, sequence=1, event_id=event)

    rows = await story.stage.fetch("SELECT withdrawn FROM attendances")
    assert [row["withdrawn"] for row in rows] == [True]


async def test_a_repeated_agreement_is_planned_once(story: Story) -> None:
    """The same event again plans nothing again."""
    before = await story.stage.fetch("SELECT count(*) AS n FROM inspections")
    event = (await story.stage.fetch("SELECT event_id FROM inbox WHERE reaction = 'agreements'"))[0]
    await story.stage.hear(
        "procurement.agreement.in_force.v1",
        story.agreement,
        {},
        sequence=1,
        event_id=event["event_id"],
    )

    assert before == await story.stage.fetch("SELECT count(*) AS n FROM inspections")
    assert await story.stage.waiting() == []


async def test_an_amendment_that_overtook_the_beginning_waits(evaluation: Stage) -> None:
    """What is amended must have been planned first; nothing is dropped."""
    story = Story(evaluation)
    await story.hear_agreement("amended", sequence=2)

    assert await evaluation.waiting() == [
        ("follow_amendment", "commission-not-yet-known", "waiting")
    ]


def test_everything_heard_is_bound_by_its_exact_type() -> None:
    """The queue's bindings are the types of these nouns of its neighbours, and no pattern."""
    assert all(heard.endswith(".v1") and "*" not in heard for heard in service.heard_types)
    assert {heard.rpartition(".v")[0].split(".")[1] for heard in service.heard_types} == {
        "activity",
        "agreement",
        "attendance",
        "certificate",
        "consent",
        "hour",
        "organisation",
        "output",
        "recipient",
        "registration",
        "tie",
        "worker",
    }

"""Check-ins count once, in any order, repeated and late; headcounts stand apart."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from libs.common.ids import new_id
from libs.common.testing import Answer, Stage
from tests.services.scheduling import play


@pytest.fixture
async def activity(scheduling: Stage) -> str:
    """An activity under way."""
    found = await play.published(scheduling)
    await scheduling.move_to(play.START)
    return found


async def batch(stage: Stage, activity: str, *items: dict[str, Any], key: str = "") -> Answer:
    path = f"/activities/{activity}/check-in-batches"
    return await play.manager(stage).post(
        path, {"check_ins": list(items)}, key=key or str(new_id())
    )


def item(ref: str, **other: Any) -> dict[str, Any]:
    return {"id": new_id(), **play.arrival(ref), **other}


async def totals(stage: Stage, activity: str) -> dict[str, Any]:
    answer = await play.manager(stage).post(f"/activities/{activity}/holding", {"volunteers": 0})
    assert answer.status == 200, answer.body
    names = ("persons", "headcount", "observed_count", "person_times")
    return {name: answer.body[name] for name in names}


async def test_a_check_in_counts_and_is_told(scheduling: Stage, activity: str) -> None:
    """201 at first, 200 for the same again, one event."""
    path, body = f"/activities/{activity}/check-ins/{new_id()}", play.arrival("r-1")
    client = play.manager(scheduling)
    first, again = await client.put(path, body), await client.put(path, body)

    assert (first.status, first.body["outcome"]) == (201, "created")
    assert (again.status, again.body["outcome"]) == (200, "same")
    [told] = await scheduling.said("scheduling.attendance.recorded.v1")
    assert first.body["id"] == told.subject
    assert (activity, "r-1", 1, False) == tuple(
        told.data[name] for name in ("activity_id", "recipient_ref", "person_times", "withdrawn")
    )
    assert told.division == play.SITE


async def test_another_content_is_kept_as_a_draft(scheduling: Stage, activity: str) -> None:
    """200 with `draft`; the first stands, the second is kept once, and nothing is told."""
    path = f"/activities/{activity}/check-ins/{new_id()}"
    client = play.manager(scheduling)
    await client.put(path, play.arrival("r-1"))
    answers = [await client.put(path, play.arrival("r-2")) for _ in range(2)]

    assert [(a.status, a.body["draft"]) for a in answers] == [(200, True)] * 2
    assert len(await scheduling.said("scheduling.attendance.recorded.v1")) == 1
    drafts = (await client.get(f"/activities/{activity}/check-in-drafts")).body["items"]
    assert [draft["recipient_ref"] for draft in drafts] == ["r-2"]


async def test_a_person_counts_once_an_activity(scheduling: Stage, activity: str) -> None:
    """A second check-in of the same person is kept and counts for nothing."""
    first = await play.check_in(scheduling, activity, "r-1")
    second = await play.check_in(scheduling, activity, "r-1", device="tablet-2")

    assert [first.status, second.status] == [201, 201]
    told = await scheduling.said("scheduling.attendance.recorded.v1")
    assert [event.data["person_times"] for event in told] == [1, 0]
    assert (await totals(scheduling, activity))["persons"] == 1


async def test_two_devices_at_once_count_a_person_once(scheduling: Stage, activity: str) -> None:
    """Batches at the same moment, overlapping in persons and in ids: the index decides."""
    items = [item(f"r-{n}") for n in range(10)]
    answers = await asyncio.gather(
        batch(scheduling, activity, *items),
        batch(scheduling, activity, *reversed(items)),
        batch(scheduling, activity, *(item(f"r-{n}") for n in range(10))),
    )

    assert {200} == {answer.status for answer in answers}
    assert sum(answer.body["created"] for answer in answers) == 20
    assert sum(answer.body["same"] for answer in answers) == 10
    assert (await totals(scheduling, activity))["persons"] == 10
    told = await scheduling.said("scheduling.attendance.recorded.v1")
    assert (len(told), sum(event.data["person_times"] for event in told)) == (20, 10)


async def test_a_batch_keeps_what_it_can(scheduling: Stage, activity: str) -> None:
    """Each item has its own outcome, in the order of the batch."""
    good = item("r-1")
    contradiction = good | {"recipient_ref": "r-2"}
    early = item("r-3", at=play.START - timedelta(hours=2, seconds=1))
    late = item("r-3", at=play.START + timedelta(hours=6, seconds=1))
    first, last = play.START - timedelta(hours=2), play.START + timedelta(hours=6)

    answer = await batch(
        scheduling,
        activity,
        good,
        early,
        contradiction,
        late,
        item("nobody"),
        good,
        item("r-4", at=first),
        item("r-5", at=last),
    )

    assert [(i["outcome"], i["code"]) for i in answer.body["items"]] == [
        ("created", None),
        ("refused", "outside-activity-time"),
        ("draft", None),
        ("refused", "outside-activity-time"),
        ("refused", "recipient-not-yet-known"),
        ("same", None),
        ("created", None),
        ("created", None),
    ]
    counts = {name: answer.body[name] for name in ("created", "same", "drafts", "refused")}
    assert counts == {"created": 3, "same": 1, "drafts": 1, "refused": 3}
    assert not any("recipient_ref" in i for i in answer.body["items"])


async def test_a_whole_batch_arrives_at_once(scheduling: Stage, activity: str) -> None:
    """Two hundred are taken, two hundred and one are refused."""
    for number in range(10, 200):
        await scheduling.fetch(
            "INSERT INTO recipients (id, organisation_id, division, status) "
            "VALUES ($1, $2, $3, 'open')",
            f"r-{number}",
            play.PROVIDER,
            play.SITE,
        )
    items = [item(f"r-{number}") for number in range(200)]

    answer = await batch(scheduling, activity, *items)
    again = await batch(scheduling, activity, *items)
    too_many = await batch(scheduling, activity, *items, item("r-1"))

    assert (answer.body["created"], again.body["same"]) == (200, 200)
    assert too_many.status == 422
    assert (await totals(scheduling, activity))["persons"] == 200


async def test_an_unknown_recipient_is_waited_for(scheduling: Stage, activity: str) -> None:
    """409 with Retry-After until casework's event is heard; another agency's stays unknown."""
    await play.hear_recipient(scheduling, "theirs", play.OTHER_AGENCY)
    unknown = await play.check_in(scheduling, activity, "new")
    theirs = await play.check_in(scheduling, activity, "theirs")
    await play.hear_recipient(scheduling, "new")
    known = await play.check_in(scheduling, activity, "new")

    assert (unknown.status, unknown.code) == (409, "recipient-not-yet-known")
    assert "Retry-After" in unknown.headers
    assert unknown.code == theirs.code
    assert known.status == 201


async def test_who_was_closed_since_still_counts(scheduling: Stage, activity: str) -> None:
    """The upload is days late; the person was there."""
    facts = {
        "id": "r-1",
        "organisation_id": play.PROVIDER,
        "division": play.SITE,
        "status": "closed",
    }
    await scheduling.hear("casework.recipient.closed.v1", "r-1", facts)
    await scheduling.move_to(play.START + timedelta(days=9))

    assert (await play.check_in(scheduling, activity, "r-1")).status == 201


async def test_late_uploads_count_in_the_report(scheduling: Stage) -> None:
    """Held with three; two more arrive before the report, which then counts five."""
    activity = await play.held(scheduling, persons=3)
    for ref in ("r-8", "r-9"):
        assert (await play.check_in(scheduling, activity, ref)).status == 201
    client = play.manager(scheduling)
    receipt = await client.post(f"/activities/{activity}/reports", await play.report(client))

    assert receipt.body["persons"] == 5


async def test_attendance_is_taken_around_the_activity(scheduling: Stage) -> None:
    """Not of a draft, not days before, not of what was cancelled."""
    draft = await play.drafted(scheduling, play.visit(lead_worker_id=None))
    published = await play.published(scheduling)
    early = await play.check_in(scheduling, published, "r-1")
    refused = await play.check_in(scheduling, draft, "r-1")
    path = f"/activities/{published}/cancellation"
    await play.manager(scheduling).post(path, {"reason": "bad-weather"})
    cancelled = await play.check_in(scheduling, published, "r-1")

    assert early.code == "outside-activity-time"
    assert [refused.code, cancelled.code] == ["attendance-not-open"] * 2


async def test_a_withdrawal_lets_another_of_the_person_count(
    scheduling: Stage, activity: str
) -> None:
    """The mistaken one is told as withdrawn (its second event), the other counts from now on."""
    first = await play.check_in(scheduling, activity, "r-1")
    second = await play.check_in(scheduling, activity, "r-1", device="tablet-2")
    path = f"/activities/{activity}/check-ins/{first.body['id']}/withdrawal"
    client = play.manager(scheduling)

    answer, again = await client.post(path), await client.post(path)

    assert answer.status == 200, answer.body
    assert again.code == "check-in-withdrawn"
    *_, withdrawn, counting = await scheduling.said("scheduling.attendance.recorded.v1")
    assert (first.body["id"], 2, True, 0) == (
        withdrawn.subject,
        withdrawn.sequence,
        withdrawn.data["withdrawn"],
        withdrawn.data["person_times"],
    )
    assert (second.body["id"], 1) == (counting.subject, counting.data["person_times"])
    assert (await totals(scheduling, activity))["persons"] == 1


async def test_what_was_accepted_is_not_withdrawn(scheduling: Stage) -> None:
    """The attendance of an accepted activity is settled."""
    activity = await play.reported(scheduling)
    await play.review(scheduling, activity, "accept")
    client = play.manager(scheduling)
    sheet = (await client.get(f"/activities/{activity}/attendance")).body["items"]

    answer = await client.post(f"/activities/{activity}/check-ins/{sheet[0]['id']}/withdrawal")

    assert (answer.status, answer.code) == (409, "attendance-settled")


async def test_a_headcount_counts_the_named_too(scheduling: Stage, activity: str) -> None:
    """Person-times are the greater of both; the latest of several of one side is taken."""
    for ref in ("r-1", "r-2"):
        await play.check_in(scheduling, activity, ref)
    client, path = play.manager(scheduling), f"/activities/{activity}/headcounts"
    for count in (1, 30):
        body = {"count": count, "method": "estimated", "by": "staff"}
        assert (await client.post(path, body)).status == 201
    seen = await play.observer(scheduling).post(
        path, {"count": 28, "method": "counted", "by": "observer"}
    )

    assert seen.status == 201
    assert await totals(scheduling, activity) == {
        "persons": 2,
        "headcount": 30,
        "observed_count": 28,
        "person_times": 30,
    }


async def test_only_the_observer_counts_as_one(scheduling: Stage, activity: str) -> None:
    """Neither staff nor another observer."""
    body = {"count": 28, "method": "counted", "by": "observer"}
    path = f"/activities/{activity}/headcounts"

    staff = await play.manager(scheduling).post(path, body)
    other = await play.observer(scheduling, "p-other").post(path, body)

    assert [staff.code, other.code] == ["not-the-observer"] * 2


async def test_the_sheet_is_the_organisation_s_own(scheduling: Stage, activity: str) -> None:
    """By reference, by pages; officials, communities and other agencies do not see it."""
    for number in range(3):
        await play.check_in(scheduling, activity, f"r-{number}")
    path = f"/activities/{activity}/attendance"
    page = (await play.manager(scheduling).get(path, limit="2")).body
    rest = (await play.manager(scheduling).get(path, cursor=page["next"])).body

    assert [i["recipient_ref"] for i in page["items"] + rest["items"]] == ["r-0", "r-1", "r-2"]
    assert (await play.official(scheduling).get(path)).status == 403
    assert (await play.community(scheduling).get(path)).status == 404
    assert (await play.manager(scheduling, org=play.OTHER_AGENCY).get(path)).status == 404


async def test_the_database_counts_a_person_once(scheduling: Stage, activity: str) -> None:
    """Two rows of a person at an activity cannot both count."""
    await play.check_in(scheduling, activity, "r-1")
    await play.check_in(scheduling, activity, "r-1", device="tablet-2")

    with pytest.raises(asyncpg.UniqueViolationError):
        await scheduling.fetch("UPDATE check_ins SET counts = true")
    with pytest.raises(asyncpg.CheckViolationError):
        await scheduling.fetch("UPDATE check_ins SET withdrawn = true WHERE counts")

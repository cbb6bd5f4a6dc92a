"""Workers are assigned once at a time, and freed when they may not go on."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.common.testing import Answer, Stage
from tests.services.scheduling import play


async def assign(stage: Stage, activity: str, worker: UUID, role: str = "support") -> Answer:
    body = {"worker_id": str(worker), "role": role}
    return await play.manager(stage).post(f"/activities/{activity}/assignments", body)


async def test_an_assignment_has_the_times_of_its_activity(scheduling: Stage) -> None:
    """It stands, with the certificate as it is known now."""
    activity = await play.drafted(scheduling, play.visit())

    answer = await assign(scheduling, activity, play.SECOND)

    assert answer.status == 201, answer.body
    assert (answer.body["status"], answer.body["certified"]) == ("standing", True)
    assert answer.body["starts_at"] == "2024-11-05T01:00:00Z"


async def test_nobody_works_twice_at_once(scheduling: Stage) -> None:
    """Of two calls at once the database lets one in; duty goes beside; adjoining work too."""
    overlapping = {
        "starts_at": play.START + timedelta(hours=1),
        "ends_at": play.START + timedelta(hours=3),
    }
    adjoining = {
        "starts_at": play.START + timedelta(hours=2),
        "ends_at": play.START + timedelta(hours=3),
    }
    first = await play.drafted(scheduling, play.visit(lead_worker_id=None))
    second = await play.drafted(scheduling, play.visit(lead_worker_id=None, **overlapping))
    third = await play.drafted(scheduling, play.visit(lead_worker_id=None, **adjoining))

    answers = await asyncio.gather(
        assign(scheduling, first, play.SECOND), assign(scheduling, second, play.SECOND)
    )
    duty = await assign(scheduling, second, play.LEAD, "duty")
    beside = await assign(scheduling, first, play.LEAD)
    free = await assign(scheduling, first, play.ASSISTANT)
    after = await assign(scheduling, third, play.ASSISTANT)

    assert sorted(answer.status for answer in answers) == [201, 409]
    assert {"worker-busy"} == {answer.code for answer in answers if answer.status == 409}
    assert [a.status for a in (duty, beside, free, after)] == [201] * 4


async def test_an_activity_has_one_lead(scheduling: Stage) -> None:
    """The second is refused until the first is released."""
    activity = await play.drafted(scheduling, play.visit())
    refused = await assign(scheduling, activity, play.SECOND, "lead")
    twice = await assign(scheduling, activity, play.LEAD, "duty")
    client = play.manager(scheduling)
    [lead] = (await client.get("/assignments", activity_id=activity)).body["items"]
    released = await client.post(f"/assignments/{lead['id']}/release", {"reason": "ill"})
    again = await client.post(f"/assignments/{lead['id']}/release", {"reason": "ill"})
    second = await assign(scheduling, activity, play.SECOND, "lead")

    assert refused.code == "lead-assigned"
    assert twice.code == "worker-assigned"
    assert (released.status, released.body["status"]) == (200, "freed")
    assert again.code == "assignment-not-standing"
    assert second.status == 201
    [told] = await scheduling.said("scheduling.assignment.freed.v1")
    assert ("ill", str(play.LEAD)) == (told.data["reason"], told.data["worker_id"])


@pytest.mark.parametrize(
    ("worker", "code"),
    [
        (play.ASSISTANT, "lead-not-certified"),
        (play.STRANGER, "worker-not-yet-known"),
        (UUID(int=99), "worker-not-yet-known"),
    ],
)
async def test_who_cannot_lead(scheduling: Stage, worker: UUID, code: str) -> None:
    """The uncertified; and another agency's worker is as if unknown."""
    activity = await play.drafted(scheduling, play.visit(lead_worker_id=None))

    answer = await assign(scheduling, activity, worker, "lead")

    assert (409, code) == (answer.status, answer.code)


@pytest.mark.parametrize(
    "facts",
    [
        {"registration_status": "lapsed"},
        {"certificate_valid": False},
        {"certificate_level": None},
    ],
)
async def test_a_lead_s_papers_hold(scheduling: Stage, facts: dict[str, Any]) -> None:
    """Lapsed, revoked, none: no lead; support is open to them."""
    await play.hear_worker(scheduling, play.SECOND, "registration.renewed", **facts)
    activity = await play.drafted(scheduling, play.visit(lead_worker_id=None))

    assert (await assign(scheduling, activity, play.SECOND, "lead")).code == "lead-not-certified"
    assert (await assign(scheduling, activity, play.SECOND)).status == 201


async def test_a_lead_tied_to_the_purchaser_is_refused(scheduling: Stage) -> None:
    """A direct tie bars; one at second hand, or one that ended, does not."""
    await play.hear_tie(scheduling, str(play.LEAD), play.PURCHASER)
    await play.hear_tie(scheduling, str(play.SECOND), play.PURCHASER, degree="second-hand")
    activity = await play.drafted(scheduling, play.visit(lead_worker_id=None))

    assert (await assign(scheduling, activity, play.LEAD, "lead")).code == "worker-tied"
    assert (await assign(scheduling, activity, play.SECOND, "lead")).status == 201


async def test_work_with_minors_needs_a_check_that_holds_on_the_day(scheduling: Stage) -> None:
    """Also for support (未成年人保护法第六十二条)."""
    await play.hear_agreement(scheduling, "amended", domain="left-behind-children")
    activity = await play.drafted(scheduling, play.visit(lead_worker_id=None))
    none = await assign(scheduling, activity, play.SECOND)
    for until, kind in (("2024-11-04", "renewed"), ("2024-11-05", "expiring")):
        await play.hear_worker(
            scheduling, play.SECOND, f"registration.{kind}", minors_check_until=until
        )
        last = await assign(scheduling, activity, play.SECOND)
        assert (201 if until == "2024-11-05" else 409) == last.status

    assert none.code == "minors-check-missing"


async def test_a_revocation_frees_later_work_alone(scheduling: Stage) -> None:
    """What has begun stays; later work goes back to the same provider."""
    now = await play.drafted(scheduling, play.visit())
    tomorrow = {
        "starts_at": play.START + timedelta(days=1),
        "ends_at": play.START + timedelta(days=1, hours=1),
    }
    later = await play.drafted(scheduling, play.visit(**tomorrow))
    await scheduling.move_to(play.START)

    await play.hear_worker(scheduling, play.LEAD, "certificate.revoked", certificate_valid=False)

    [told] = await scheduling.said("scheduling.assignment.freed.v1")
    assert (later, "certificate-revoked") == (told.data["activity_id"], told.data["reason"])
    assert str(play.PROVIDER) == told.data["organisation_id"]
    items = (await play.manager(scheduling).get("/assignments")).body["items"]
    assert {now: "standing", later: "freed"} == {i["activity_id"]: i["status"] for i in items}
    refused = await play.manager(scheduling).post(f"/activities/{later}/publication")
    assert refused.code == "lead-missing"


@pytest.mark.parametrize(
    ("kind", "facts", "reason"),
    [
        ("registration.lapsed", {"registration_status": "lapsed"}, "registration-lapsed"),
        ("worker.left", {"employer_id": None}, "left"),
        ("worker.employed", {"employer_id": play.OTHER_AGENCY}, "left"),
    ],
)
async def test_why_work_is_freed(
    scheduling: Stage, kind: str, facts: dict[str, Any], reason: str
) -> None:
    """A lapse and a leave free it, each with its code."""
    await play.drafted(scheduling, play.visit())

    await play.hear_worker(scheduling, play.LEAD, kind, **facts)

    [told] = await scheduling.said("scheduling.assignment.freed.v1")
    assert reason == told.data["reason"]


async def test_nothing_is_freed_without_need(scheduling: Stage) -> None:
    """Still employed part-time; a second certificate holds; somebody else was revoked."""
    await play.drafted(scheduling, play.visit())
    part_time = {"employer_id": None, "part_time_ids": [play.PROVIDER]}
    await play.hear_worker(scheduling, play.LEAD, "worker.left", **part_time)
    await play.hear_worker(scheduling, play.LEAD, "certificate.revoked", **part_time)
    await play.hear_worker(scheduling, play.SECOND, "certificate.revoked", certificate_valid=False)

    assert await scheduling.said("scheduling.assignment.freed.v1") == []


async def test_a_revocation_and_an_assignment_at_once_leave_nothing_behind(
    scheduling: Stage,
) -> None:
    """Whichever is first: no assignment of the revoked worker stands in the end."""
    activity = await play.drafted(scheduling, play.visit(lead_worker_id=None))

    await asyncio.gather(
        assign(scheduling, activity, play.LEAD, "lead"),
        play.hear_worker(scheduling, play.LEAD, "certificate.revoked", certificate_valid=False),
    )

    standing = await play.manager(scheduling).get("/assignments", status="standing")
    assert standing.body["items"] == []


async def test_assignments_of_others_do_not_exist(scheduling: Stage) -> None:
    """Another agency neither assigns nor releases; officials may not at all."""
    activity = await play.drafted(scheduling, play.visit())
    [lead] = (await play.manager(scheduling).get("/assignments")).body["items"]
    other = play.manager(scheduling, org=play.OTHER_AGENCY)
    body = {"worker_id": str(play.STRANGER), "role": "support"}

    assert (await other.post(f"/activities/{activity}/assignments", body)).status == 404
    released = await other.post(f"/assignments/{lead['id']}/release", {"reason": "ill"})
    assert (released.status, released.code) == (404, "assignment-not-found")
    refused = await play.official(scheduling).post(f"/activities/{activity}/assignments", body)
    assert refused.status == 403


async def test_nobody_is_assigned_to_what_is_over(scheduling: Stage) -> None:
    """Neither to what was held nor to what was cancelled."""
    activity = await play.held(scheduling)

    assert (await assign(scheduling, activity, play.SECOND)).code == "activity-not-open"

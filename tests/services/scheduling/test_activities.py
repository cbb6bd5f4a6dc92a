"""Activities go from draft to held by the rules of their basis."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from libs.common.testing import Stage
from tests.services.scheduling import play


async def test_the_whole_way(scheduling: Stage) -> None:
    """From the draft to the counted output: each step is told, and the output counts one."""
    activity = await play.reported(scheduling)

    answer = await play.review(scheduling, activity, "accept")

    assert answer.status == 200, answer.body
    assert answer.body["counted"] == 1
    kinds = [e.type.removeprefix("scheduling.") for e in await scheduling.said()]
    assert kinds == [
        "observation.assigned.v1",
        "activity.published.v1",
        "attendance.recorded.v1",
        "attendance.recorded.v1",
        "attendance.recorded.v1",
        "activity.held.v1",
        "activity.reported.v1",
        "activity.accepted.v1",
        "output.counted.v1",
    ]
    [counted] = await scheduling.said("scheduling.output.counted.v1")
    assert tuple(counted.data[k] for k in ("counted", "quantity", "person_times")) == (1, 12, 3)
    assert not await scheduling.waiting()


async def test_a_draft_keeps_what_was_planned(scheduling: Stage) -> None:
    """The draft belongs to the provider, waits for an observer, and nobody is told of it."""
    answer = await play.manager(scheduling).post("/activities", play.plan())

    assert answer.status == 201
    assert (answer.body["status"], answer.body["observation"]) == ("draft", "unnamed")
    assert str(play.PROVIDER) == answer.body["organisation_id"]
    assert answer.body["domain"] == "home-care"
    assert answer.body["policy_version"] == 1
    assert await scheduling.said() == []


async def test_the_same_key_drafts_once(scheduling: Stage) -> None:
    """A repeated command gets the stored answer."""
    client = play.manager(scheduling)
    first = await client.post("/activities", play.plan(), key="k")
    second = await client.post("/activities", play.plan(), key="k")

    assert first.body == second.body
    assert len((await client.get("/activities")).body["items"]) == 1


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"ends_at": play.START}, 422, "activity-times-invalid"),
        ({"ends_at": play.START + timedelta(hours=13)}, 422, "activity-times-invalid"),
        ({"starts_at": play.START - timedelta(days=10)}, 422, "activity-times-invalid"),
        ({"agreement_id": None}, 422, "basis-invalid"),
        ({"basis": "own"}, 422, "basis-invalid"),
        ({"basis": "own", "agreement_id": None}, 422, "basis-invalid"),
        ({"division": "510181102001"}, 422, "outside-agreement"),
        ({"kind": "training"}, 422, "outside-agreement"),
        ({"agreement_id": UUID(int=99)}, 409, "agreement-not-yet-known"),
        ({"output_id": UUID(int=99)}, 409, "output-not-yet-known"),
        ({"organisation_id": play.OTHER_AGENCY}, 409, "organisation-not-yet-known"),
        ({"station_id": UUID(int=99)}, 409, "station-not-yet-known"),
        ({"station_id": play.STATION, "room_id": UUID(int=99)}, 409, "room-not-yet-known"),
        ({"room_id": play.ROOM}, 422, "room-without-station"),
        (
            {"station_id": play.STATION, "room_id": play.ROOM, "expected_persons": 41},
            409,
            "room-too-small",
        ),
        ({"basis": "community"}, 403, "forbidden"),
    ],
)
async def test_what_breaks_a_rule_is_not_drafted(
    scheduling: Stage, other: dict[str, object], status: int, code: str
) -> None:
    """Each rule of a draft refuses with its own code, and nothing is kept."""
    client = play.manager(scheduling)

    answer = await client.post("/activities", play.plan(**other))

    assert (status, code) == (answer.status, answer.code), answer.body
    assert (await client.get("/activities")).body["items"] == []


async def test_the_past_is_recorded_afterwards_or_not_at_all(scheduling: Stage) -> None:
    """What has started is recorded afterwards, flagged, within 72 hours."""
    client = play.manager(scheduling)
    await scheduling.move_to(play.START + timedelta(hours=2))
    past = await client.post("/activities", play.visit())
    flagged = await client.post("/activities", play.visit(recorded_afterwards=True))
    await scheduling.move_to(play.START + timedelta(hours=74, seconds=1))
    late = await client.post(
        "/activities", play.visit(recorded_afterwards=True, lead_worker_id=None)
    )

    assert past.code == "activity-in-the-past"
    assert (flagged.status, flagged.body["recorded_afterwards"]) == (201, True)
    assert late.code == "recorded-too-late"


async def test_the_share_recorded_afterwards_is_capped(scheduling: Stage) -> None:
    """One is always possible; the second needs ten activities of which it is the fifth part."""
    client = play.manager(scheduling)
    await scheduling.move_to(play.START + timedelta(hours=2))
    body = play.visit(recorded_afterwards=True, lead_worker_id=None)
    first = await client.post("/activities", body)
    second = await client.post("/activities", body)
    for day in range(1, 9):
        await play.drafted(
            scheduling,
            play.visit(
                starts_at=play.START + timedelta(days=day),
                ends_at=play.START + timedelta(days=day, hours=1),
            ),
        )
    third = await client.post("/activities", body)

    assert (first.status, second.status, third.status) == (201, 409, 201)
    assert second.code == "recorded-afterwards-too-often"


async def test_two_at_once_cannot_both_use_the_last_of_the_quota(scheduling: Stage) -> None:
    """The plan's lock lets one be judged at a time."""
    await scheduling.move_to(play.START + timedelta(hours=2))
    body = play.visit(recorded_afterwards=True, lead_worker_id=None)
    answers = await asyncio.gather(
        *(play.manager(scheduling).post("/activities", body) for _ in range(3))
    )

    assert sorted(answer.status for answer in answers) == [201, 409, 409]


async def test_a_room_is_never_taken_twice(scheduling: Stage) -> None:
    """Two calls at once for the same room: the database lets one in; adjoining times both."""
    body = play.plan(lead_worker_id=None, station_id=play.STATION, room_id=play.ROOM)
    later = {
        "starts_at": body["ends_at"],
        "ends_at": body["ends_at"] + timedelta(hours=1),
    }
    answers = await asyncio.gather(
        *(play.manager(scheduling).post("/activities", body) for _ in range(2))
    )
    adjoining = await play.manager(scheduling).post("/activities", body | later)

    assert sorted(answer.status for answer in answers) == [201, 409]
    assert {"room-taken"} == {answer.code for answer in answers if answer.status == 409}
    assert adjoining.status == 201


async def test_a_cancelled_activity_gives_its_room_and_its_lead_back(scheduling: Stage) -> None:
    """Room and worker are free again, and the cancellation is told."""
    body = play.plan(station_id=play.STATION, room_id=play.ROOM)
    client = play.manager(scheduling)
    activity = await play.drafted(scheduling, body)

    answer = await client.post(f"/activities/{activity}/cancellation", {"reason": "bad-weather"})
    again = await client.post("/activities", body)

    assert (answer.status, answer.body["status"]) == (200, "cancelled")
    assert again.status == 201, again.body
    [told] = await scheduling.said("scheduling.activity.cancelled.v1")
    assert activity == told.subject


async def test_publication_needs_an_observer(scheduling: Stage) -> None:
    """Under the policy `every`, nothing is published before an observer is named; both languages
    say what to do."""
    activity = await play.drafted(scheduling, play.plan())
    path, manager = f"/activities/{activity}/publication", play.manager(scheduling)

    answers = [await manager.post(path, **{"Accept-Language": it}) for it in ("zh-CN", "en")]

    assert [(a.status, a.code) for a in answers] == [(409, "observer-missing")] * 2
    assert [a.body["title"] for a in answers] == [
        "尚未指定现场监督员，请先指定，或由购买方免除。",
        "An observer is required and not named: have one named, or have it waived.",
    ]


async def test_publication_needs_a_lead(scheduling: Stage) -> None:
    """An activity under an agreement is led by somebody certified."""
    activity = await play.drafted(scheduling, play.visit(lead_worker_id=None))

    answer = await play.manager(scheduling).post(f"/activities/{activity}/publication")

    assert (answer.status, answer.code) == (409, "lead-missing")


async def test_publication_needs_the_agreement_in_force(scheduling: Stage) -> None:
    """Nothing is announced, and nothing drafted, under an agreement that was completed."""
    activity = await play.drafted(scheduling, play.visit())
    await play.hear_agreement(scheduling, "completed")

    published = await play.manager(scheduling).post(f"/activities/{activity}/publication")
    drafted = await play.manager(scheduling).post("/activities", play.visit(lead_worker_id=None))

    assert published.code == "agreement-not-in-force"
    assert drafted.code == "agreement-not-in-force"


async def test_work_stops_with_a_termination(scheduling: Stage) -> None:
    """What would start after the end is called off and its worker free; what was held stays."""
    held = await play.published(scheduling)
    await scheduling.move_to(play.START + timedelta(hours=3))
    ok = await play.manager(scheduling).post(f"/activities/{held}/holding", {"volunteers": 0})
    start = await scheduling.now() + timedelta(days=1)
    later = play.visit(starts_at=start, ends_at=start + timedelta(hours=1))
    planned = await play.drafted(scheduling, later)

    await play.hear_agreement(scheduling, "terminated")
    published = await play.manager(scheduling).post(f"/activities/{planned}/publication")
    drafted = await play.manager(scheduling).post("/activities", later)

    assert ok.status == 200, ok.body
    assert (published.status, published.code) == (409, "agreement-not-in-force")
    assert (drafted.status, drafted.code) == (409, "agreement-not-in-force")
    [told] = await scheduling.said("scheduling.activity.cancelled.v1")
    assert (told.subject, told.data["status"]) == (planned, "cancelled")
    found = await scheduling.as_("auditor").get(f"/activities/{planned}")
    assert found.body["cancel_reason"] == "agreement-terminated"
    assigned = await scheduling.as_("auditor").get("/assignments", activity_id=planned)
    assert [one["status"] for one in assigned.body["items"]] == ["cancelled"]
    stays = await scheduling.as_("auditor").get(f"/activities/{held}")
    assert stays.body["status"] == "held"


async def test_publication_is_told_once(scheduling: Stage) -> None:
    """The full public state is told; a second publication is refused."""
    activity = await play.published(scheduling)

    again = await play.manager(scheduling).post(f"/activities/{activity}/publication")

    assert again.code == "activity-not-draft"
    [told] = await scheduling.said("scheduling.activity.published.v1")
    assert told.data["observation"] == "assigned"
    assert told.division == play.SITE


async def test_a_move_takes_everybody_along(scheduling: Stage) -> None:
    """Lead and observer are moved with the activity, and both are told."""
    activity = await play.published(scheduling)
    start = play.START + timedelta(days=1)
    times = {"starts_at": start, "ends_at": start + timedelta(hours=1)}

    answer = await play.manager(scheduling).post(f"/activities/{activity}/rescheduling", times)

    assert answer.status == 200, answer.body
    [told] = await scheduling.said("scheduling.activity.rescheduled.v1")
    assert told.data["starts_at"] == "2024-11-06T01:00:00Z"
    *_, observation = await scheduling.said("scheduling.observation.assigned.v1")
    assert observation.data["starts_at"] == "2024-11-06T01:00:00Z"
    free = await play.manager(scheduling).post("/activities", play.visit())
    assert free.status == 201, free.body


async def test_a_move_is_refused_where_somebody_is_busy(scheduling: Stage) -> None:
    """The lead has other work at the new time: nothing is moved."""
    activity = await play.published(scheduling)
    start = play.START + timedelta(hours=4)
    times = {"starts_at": start, "ends_at": start + timedelta(hours=1)}
    await play.drafted(scheduling, play.visit(**times))

    client = play.manager(scheduling)
    answer = await client.post(f"/activities/{activity}/rescheduling", times)
    outside = {
        "starts_at": "2025-11-01T01:00:00Z",
        "ends_at": "2025-11-01T02:00:00Z",
    }
    after_term = await client.post(f"/activities/{activity}/rescheduling", outside)

    assert (answer.status, answer.code) == (409, "worker-busy")
    assert (after_term.status, after_term.code) == (422, "outside-agreement")
    assert await scheduling.said("scheduling.activity.rescheduled.v1") == []


async def test_a_stale_etag_changes_nothing(scheduling: Stage) -> None:
    """If-Match with another version than the present one is 412."""
    activity = await play.drafted(scheduling, play.visit())

    answer = await play.manager(scheduling).post(
        f"/activities/{activity}/publication", **{"If-Match": '"7"'}
    )

    assert answer.status == 412


async def test_nothing_is_held_before_it_starts(scheduling: Stage) -> None:
    """Holding waits for the start."""
    activity = await play.published_visit(scheduling)

    answer = await play.manager(scheduling).post(
        f"/activities/{activity}/holding", {"volunteers": 0}
    )

    assert (answer.status, answer.code) == (409, "activity-not-started")


async def test_the_lead_or_a_manager_says_that_it_was_held(scheduling: Stage) -> None:
    """Another worker of the same provider cannot; the lead can, and the report falls due."""
    activity = await play.published_visit(scheduling)
    await scheduling.move_to(play.START)
    path, body = f"/activities/{activity}/holding", {"volunteers": 1}
    worker = scheduling.as_("worker", org=play.PROVIDER, person=str(play.SECOND))
    lead = scheduling.as_("worker", org=play.PROVIDER, person=str(play.LEAD))

    refused = await worker.post(path, body)
    answer = await lead.post(path, body)

    assert (refused.status, refused.code) == (409, "lead-or-manager-required")
    assert (answer.status, answer.body["status"]) == (200, "held")
    assert answer.body["report_due_day"] == "2024-11-12"


async def test_working_days_follow_the_calendar(scheduling: Stage) -> None:
    """A holiday and a make-up workday (调休) move the day on which the report is due."""
    for day, working in (("2024-11-07", False), ("2024-11-09", True), ("2024-11-12", False)):
        await scheduling.hear(
            "registry.calendar.changed.v1", day, {"day": day, "working": working, "name": "调休"}
        )
    activity = await play.held(scheduling)

    answer = await play.manager(scheduling).get(f"/activities/{activity}")

    assert answer.body["report_due_day"] == "2024-11-13"


async def test_what_was_published_and_never_held_is_listed_as_late(scheduling: Stage) -> None:
    """Three days after its end an activity that nobody says was held is late, and stays."""
    activity = await play.published_visit(scheduling)
    client = play.official(scheduling)
    await scheduling.move_to(play.START + timedelta(hours=74))
    before = await client.get("/activities", late="true")
    await scheduling.move_to(play.START + timedelta(hours=74, seconds=1))
    after = await client.get("/activities", late="true")

    assert before.body["items"] == []
    assert [activity] == [item["id"] for item in after.body["items"]]
    assert after.body["items"][0]["status"] == "published"


async def test_a_community_holds_what_is_self_organised(scheduling: Stage) -> None:
    """No agreement, no lead, no observer, no duty to report."""
    client = play.community(scheduling)
    body = play.plan(
        basis="community",
        agreement_id=None,
        output_id=None,
        organisation_id=play.ELDERS,
        lead_worker_id=None,
    )
    drafted = await client.post("/activities", body)
    path = f"/activities/{drafted.body['id']}"
    published = await client.post(f"{path}/publication")
    await scheduling.move_to(play.START)
    held = await client.post(f"{path}/holding", {"volunteers": 5})

    assert drafted.body["observation"] == "not-required"
    assert published.status == 200, published.body
    assert (held.status, held.body["report_due_day"]) == (200, None)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"organisation_id": play.OTHER_AGENCY}, "organisation-not-yet-known"),
        ({"division": "510181102001"}, "division-not-yet-known"),
        ({"basis": "own"}, "forbidden"),
    ],
)
async def test_a_community_plans_for_itself_alone(
    scheduling: Stage, other: dict[str, object], code: str
) -> None:
    """An organisation or division that is not the community's own is as if unknown."""
    body = play.plan(
        basis="community",
        agreement_id=None,
        output_id=None,
        organisation_id=play.ELDERS,
        lead_worker_id=None,
    )

    answer = await play.community(scheduling).post("/activities", body | other)

    assert code == answer.code


async def test_nobody_runs_what_is_anothers(scheduling: Stage) -> None:
    """Another agency, the community, another town: the activity does not exist for them."""
    activity = await play.drafted(scheduling, play.visit())
    path = f"/activities/{activity}/publication"
    answers = [
        await play.manager(scheduling, org=play.OTHER_AGENCY).post(path),
        await play.community(scheduling).post(path),
        await scheduling.as_("town", divisions=("510181102",)).get(f"/activities/{activity}"),
        await play.manager(scheduling, org=play.OTHER_AGENCY).get(f"/activities/{activity}"),
    ]

    assert {(404, "activity-not-found")} == {(a.status, a.code) for a in answers}


@pytest.mark.parametrize("role", ["official", "auditor", "observer", "evaluator"])
async def test_who_only_watches_plans_nothing(scheduling: Stage, role: str) -> None:
    """403 before anything is read."""
    answer = await scheduling.as_(role, org=play.PROVIDER).post("/activities", play.plan())

    assert answer.status == 403


async def test_lists_are_filtered(scheduling: Stage) -> None:
    """By agreement, by status, and by what was modified since."""
    draft = await play.drafted(scheduling, play.visit(lead_worker_id=None))
    published = await play.published_visit(scheduling)
    client = play.official(scheduling)

    async def ids(**query: str) -> list[str]:
        return [item["id"] for item in (await client.get("/activities", **query)).body["items"]]

    assert [draft] == await ids(status="draft")
    assert [published] == await ids(status="published", agreement_id=str(play.AGREEMENT))
    assert await ids(agreement_id=str(UUID(int=99))) == []
    assert [draft, published] == await ids(modified_after="2020-01-01T00:00:00Z")
    assert await ids(modified_after="2999-01-01T00:00:00Z") == []


async def test_the_database_forbids_what_the_domain_forbids(scheduling: Stage) -> None:
    """Statuses, times and reasons are checked by constraints too."""
    activity = await play.drafted(scheduling, play.plan())
    for statement in (
        "UPDATE activities SET status = 'done' WHERE id = $1",
        "UPDATE activities SET status = 'cancelled' WHERE id = $1",
        "UPDATE activities SET status = 'published' WHERE id = $1",
        "UPDATE activities SET ends_at = starts_at WHERE id = $1",
        "UPDATE activities SET agreement_id = NULL WHERE id = $1",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await scheduling.fetch(statement, UUID(activity))

"""Observers are independent, waivers are few, and a no-show cancels nothing."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.common.testing import Answer, Stage
from tests.services.scheduling import play


async def waive(stage: Stage, activity: str, reason: str = "observer-ill") -> Answer:
    path = f"/activities/{activity}/waiver"
    return await play.official(stage).post(path, {"reason": reason})


async def record(
    stage: Stage, activity: str, person: str = "p-observer", counted: int = 4
) -> Answer:
    body = {"counted": counted, "remark_code": "orderly"}
    return await play.observer(stage, person).post(f"/activities/{activity}/observation", body)


async def plain_draft(stage: Stage, **other: Any) -> str:
    return await play.drafted(stage, play.plan(lead_worker_id=None, **other))


async def test_naming_an_observer_is_told(scheduling: Stage) -> None:
    """Who, from which side, for which hours."""
    activity = await plain_draft(scheduling)

    answer = await play.observed(scheduling, activity, side="town")

    assert (answer.status, answer.body["status"]) == (200, "assigned"), answer.body
    [told] = await scheduling.said("scheduling.observation.assigned.v1")
    assert answer.body["id"] == told.subject
    assert (told.data["observer"], told.data["side"]) == ("p-observer", "town")
    assert told.data["title"], "the observer learns of what, before it is published"
    assert (activity, str(play.AGREEMENT)) == (
        told.data["activity_id"],
        told.data["agreement_id"],
    )


@pytest.mark.parametrize("role", ["purchaser", "town", "community", "association"])
async def test_every_side_can_name_one(scheduling: Stage, role: str) -> None:
    """Purchaser, town, community and association name observers."""
    activity = await plain_draft(scheduling)
    client = scheduling.as_(role, person="p-9", divisions=("510181101",))
    body = {"person": "p-observer", "side": role}

    assert (await client.post(f"/activities/{activity}/observer", body)).status == 200


async def test_an_observer_is_never_of_the_agency(scheduling: Stage) -> None:
    """No worker of it, nobody it sends, nobody tied to it, at whatever degree."""
    activity = await plain_draft(scheduling)
    await play.hear_tie(scheduling, "p-cousin", play.PROVIDER, degree="second-hand")
    await play.hear_tie(scheduling, "p-former", play.PROVIDER, status="ended")

    own = await play.observed(scheduling, activity, person=str(play.LEAD))
    sent = await play.observed(scheduling, activity, organisation_id=play.PROVIDER)
    tied = await play.observed(scheduling, activity, person="p-cousin")
    former = await play.observed(scheduling, activity, person="p-former")

    assert [own.code, sent.code] == ["observer-of-agency"] * 2
    assert tied.code == "observer-tied"
    assert former.status == 200


async def test_another_observer_can_take_over(scheduling: Stage) -> None:
    """The same observation with another person; the first can record nothing."""
    activity = await play.published(scheduling)

    again = await play.observed(scheduling, activity, person="p-other", side="resident")
    await scheduling.move_to(play.START)

    told = await scheduling.said("scheduling.observation.assigned.v1")
    assert [event.sequence for event in told] == [1, 2]
    assert len({event.subject for event in told}) == 1
    assert again.body["observer"] == "p-other"
    assert (await record(scheduling, activity)).code == "not-the-observer"
    assert (await record(scheduling, activity, "p-other")).status == 200


async def test_confidential_work_is_not_observed(scheduling: Stage) -> None:
    """Neither named nor waived: there is nothing to observe."""
    activity = await play.drafted(scheduling, play.visit())

    assert (await play.observed(scheduling, activity)).code == "observation-not-required"
    assert (await waive(scheduling, activity)).code == "observation-not-required"


async def test_a_waiver_opens_the_way_once(scheduling: Stage) -> None:
    """Told with its code; of few activities one may go without, the second may not."""
    first = await play.drafted(scheduling, play.plan())
    second = await plain_draft(scheduling)

    answer = await waive(scheduling, first)
    refused = await waive(scheduling, second)
    chinese = await play.official(scheduling).post(
        f"/activities/{second}/waiver", {"reason": "observer-ill"}, **{"Accept-Language": "zh-CN"}
    )
    published = await play.manager(scheduling).post(f"/activities/{first}/publication")

    assert (answer.status, answer.body["status"]) == (200, "waived")
    assert (refused.status, refused.code) == (409, "waiver-quota-used")
    assert refused.body["title"].endswith("is used up; name an observer.")
    assert chinese.body["title"] == "免除现场监督的比例已用完，请指定监督员。"
    assert (published.status, published.body["observation"]) == (200, "waived")
    [told] = await scheduling.said("scheduling.observation.waived.v1")
    assert (told.data["reason"], told.data["observer"]) == ("observer-ill", None)


async def test_two_waivers_at_once_do_not_share_a_quota(scheduling: Stage) -> None:
    """The plan's lock lets one be judged at a time."""
    drafts = [await plain_draft(scheduling) for _ in range(3)]

    answers = await asyncio.gather(*(waive(scheduling, draft) for draft in drafts))

    assert sorted(answer.status for answer in answers) == [200, 409, 409]


async def test_a_waiver_names_a_known_reason_once(scheduling: Stage) -> None:
    """A code of the policy; not again, and not when an observer is named."""
    activity = await plain_draft(scheduling)
    unknown = await waive(scheduling, activity, "because")
    await waive(scheduling, activity)
    again = await waive(scheduling, activity)

    assert (unknown.status, unknown.code) == (422, "waiver-reason-unknown")
    assert again.code == "observation-closed"


async def test_the_observer_s_count_stands_beside_ours(scheduling: Stage) -> None:
    """Made: told, and in the totals when the activity is held."""
    activity = await play.published(scheduling)
    await scheduling.move_to(play.START)
    answer = await record(scheduling, activity, counted=17)
    held = await play.manager(scheduling).post(f"/activities/{activity}/holding", {"volunteers": 0})

    assert (answer.status, answer.body["status"]) == (200, "made")
    [told] = await scheduling.said("scheduling.observation.made.v1")
    assert (told.data["counted"], told.data["reason"]) == (17, "orderly")
    assert (held.body["observation"], held.body["observed_count"]) == ("made", 17)
    assert (await record(scheduling, activity)).code == "observation-closed"


async def test_nothing_is_observed_before_it_starts_or_long_after(scheduling: Stage) -> None:
    """From the start until 24 hours after the end."""
    activity = await play.published(scheduling)
    early = await record(scheduling, activity)
    await scheduling.move_to(play.START + timedelta(hours=26))
    late = await record(scheduling, activity)

    assert early.code == "activity-not-started"
    assert late.code == "observation-closed"


async def test_a_no_show_cancels_nothing(scheduling: Stage) -> None:
    """A day after the end it is missed; three of those who were there are called back."""
    activity = await play.held(scheduling, persons=5)

    await scheduling.move_to(play.START + timedelta(hours=26))

    [told] = await scheduling.said("scheduling.observation.missed.v1")
    assert (told.data["status"], told.data["reason"]) == ("missed", "no-record")
    assert "call_backs" not in told.data
    shown = await play.official(scheduling).get(f"/activities/{activity}/observation")
    assert len(set(shown.body["call_backs"])) == 3
    assert set(shown.body["call_backs"]) <= {f"r-{n}" for n in range(5)}
    still = await play.official(scheduling).get(f"/activities/{activity}")
    assert (still.body["status"], still.body["observation"]) == ("held", "missed")


async def test_a_record_or_a_cancellation_ends_the_waiting(scheduling: Stage) -> None:
    """Neither is missed afterwards."""
    made = await play.published(scheduling)
    tomorrow = {
        "starts_at": play.START + timedelta(days=1),
        "ends_at": play.START + timedelta(days=1, hours=1),
    }
    cancelled = await play.published(scheduling, **tomorrow)
    await play.manager(scheduling).post(
        f"/activities/{cancelled}/cancellation", {"reason": "bad-weather"}
    )
    await scheduling.move_to(play.START)
    await record(scheduling, made)
    await scheduling.move_to(play.START + timedelta(days=4))

    assert await scheduling.said("scheduling.observation.missed.v1") == []


async def test_a_draft_that_never_happened_is_not_missed(scheduling: Stage) -> None:
    """The timer finds nothing to do."""
    activity = await plain_draft(scheduling)
    await play.observed(scheduling, activity)

    await scheduling.move_to(play.START + timedelta(days=4))

    assert await scheduling.said("scheduling.observation.missed.v1") == []


async def test_who_may_what(scheduling: Stage) -> None:
    """The agency names and waives nothing; towns waive nothing; who is elsewhere sees nothing."""
    activity = await plain_draft(scheduling)
    path, body = f"/activities/{activity}", {"person": "p-observer", "side": "town"}
    agency, town = play.manager(scheduling), scheduling.as_("town")
    elsewhere = scheduling.as_("town", divisions=("510181102",))

    assert (await agency.post(f"{path}/observer", body)).status == 403
    assert (await agency.get(f"{path}/observation")).status == 403
    assert (await town.post(f"{path}/waiver", {"reason": "observer-ill"})).status == 403
    assert (await town.post(f"{path}/observation", {"counted": 1})).status == 403
    assert (await elsewhere.post(f"{path}/observer", body)).status == 404
    assert (await town.get(f"{path}/observation")).status == 404
    unknown = await play.official(scheduling).post(f"/activities/{UUID(int=7)}/observer", body)
    assert unknown.status == 404

"""Series make all their activities at once."""

from datetime import date
from typing import Any

from libs.common.testing import Stage
from tests.services.scheduling import play


def party(**other: Any) -> dict[str, Any]:
    """The birthday party of 友爱社区 老年协会 at each month's end."""
    return {
        "basis": "community",
        "title": "月末集体生日会",
        "kind": "community-activity",
        "organisation_id": play.ELDERS,
        "division": play.SITE,
        "place": "友爱社区活动室",
        "rrule": "FREQ=MONTHLY;BYMONTHDAY=-1",
        "first_starts_at": "2024-11-30T15:00:00+08:00",
        "minutes": 120,
        "until": date(2025, 10, 31),
        **other,
    }


async def test_a_community_s_series_is_published(scheduling: Stage) -> None:
    """Twelve parties, each told, none observed."""
    client = play.community(scheduling)

    answer = await client.post("/series", party())

    assert (answer.status, answer.body["occurrences"]) == (201, 12), answer.body
    told = await scheduling.said("scheduling.activity.published.v1")
    assert len(told) == 12
    assert {answer.body["id"]} == {event.data["series_id"] for event in told}
    assert {"not-required"} == {event.data["observation"] for event in told}
    assert "2025-02-28T07:00:00Z" in {event.data["starts_at"] for event in told}
    assert [answer.body["id"]] == [i["id"] for i in (await client.get("/series")).body["items"]]


async def test_a_series_under_an_agreement_is_drafted(scheduling: Stage) -> None:
    """Each occurrence still needs its lead, its observer and its publication."""
    body = party(
        basis="agreement",
        agreement_id=play.AGREEMENT,
        output_id=play.OUTPUT,
        organisation_id=None,
        rrule="FREQ=WEEKLY;BYDAY=MO",
        until="2024-12-31",
    )

    answer = await play.manager(scheduling).post("/series", body)

    assert answer.status == 201, answer.body
    drafts = (await play.manager(scheduling).get("/activities", status="draft")).body["items"]
    assert answer.body["occurrences"] == len(drafts) == 5
    assert {"unnamed"} == {draft["observation"] for draft in drafts}
    assert await scheduling.said() == []


async def test_a_series_that_leaves_the_term_makes_nothing(scheduling: Stage) -> None:
    """One occurrence after the agreement's end, and none of them is kept."""
    body = party(
        basis="agreement",
        agreement_id=play.AGREEMENT,
        organisation_id=None,
        first_starts_at="2025-10-01T15:00:00+08:00",
        until="2025-11-30",
    )

    answer = await play.manager(scheduling).post("/series", body)

    assert (answer.status, answer.code) == (422, "outside-agreement")
    assert (await play.manager(scheduling).get("/activities")).body["items"] == []


async def test_a_rule_that_is_not_offered_is_named(scheduling: Stage) -> None:
    """422 with the pointer to the rule."""
    answer = await play.community(scheduling).post("/series", party(rrule="FREQ=YEARLY"))

    assert (answer.status, answer.code) == (422, "recurrence-invalid")
    assert answer.body["errors"][0]["pointer"] == "/rrule"


async def test_officials_plan_no_series(scheduling: Stage) -> None:
    """403 before anything is read."""
    assert (await play.official(scheduling).post("/series", party())).status == 403

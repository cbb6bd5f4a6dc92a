"""Workplans follow agreements; months are added up, and lag is told at their ends."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from libs.common.testing import Stage
from tests.services.scheduling import play


async def test_an_agreement_in_force_has_a_workplan(scheduling: Stage) -> None:
    """With its outputs, nothing counted; for its provider and its divisions alone."""
    path = f"/workplans/{play.AGREEMENT}"
    answer = await play.manager(scheduling).get(path)
    other = play.manager(scheduling, org=play.OTHER_AGENCY)
    elsewhere = scheduling.as_("town", divisions=("510181102",))

    assert answer.status == 200, answer.body
    assert [(o["quantity"], o["counted"]) for o in answer.body["outputs"]] == [(12, 0), (120, 0)]
    assert str(play.LEAD) == answer.body["lead_worker_id"]
    assert [(a.status, a.code) for a in (await other.get(path), await elsewhere.get(path))] == [
        (404, "workplan-not-found")
    ] * 2
    assert (await scheduling.as_("expert").get(path)).status == 403


async def test_an_amendment_changes_the_plan(scheduling: Stage) -> None:
    """The quantities are those of the latest event, whatever arrives when."""
    outputs = [play.OUTPUTS[0] | {"quantity": 20}]
    amended = play.TERMS | {"outputs": outputs}
    agreement = play.AGREEMENT
    await scheduling.hear("procurement.agreement.amended.v1", agreement, amended, sequence=9)
    await scheduling.hear("procurement.agreement.amended.v1", agreement, play.TERMS, sequence=8)

    plan = (await play.official(scheduling).get(f"/workplans/{agreement}")).body

    assert [output["quantity"] for output in plan["outputs"]] == [20]


async def test_what_is_behind_is_told_at_the_month_s_end(scheduling: Stage) -> None:
    """At the midnight that ends November, as of its last day, each output by itself."""
    end = datetime(2024, 11, 30, 16, tzinfo=UTC)
    await scheduling.move_to(end)

    told = await scheduling.said("scheduling.workplan.behind.v1")

    facts = ("output_id", "counted", "expected", "quantity", "as_of")
    assert [
        (str(play.OUTPUT), 0, 0, 12, "2024-11-30"),
        (str(play.VISITS), 0, 9, 120, "2024-11-30"),
    ] == [tuple(event.data[name] for name in facts) for event in told]
    assert {str(play.AGREEMENT)} == {event.subject for event in told}
    assert {end} == {event.time for event in told}


async def test_an_agreement_that_ended_is_not_behind(scheduling: Stage) -> None:
    """Terminated: no month's end tells anything."""
    await play.hear_agreement(scheduling, "terminated")

    await scheduling.move_to(datetime(2025, 11, 30, tzinfo=UTC))

    assert await scheduling.said("scheduling.workplan.behind.v1") == []


async def test_the_same_event_twice_begins_one_plan(scheduling: Stage) -> None:
    """One timer a month's end, however often the agreement is told."""
    before = await scheduling.fetch("SELECT id FROM timers")
    await play.hear_agreement(scheduling)

    assert before == await scheduling.fetch("SELECT id FROM timers")
    assert len(before) == 12


async def test_the_monthly_report_is_added_up_from_the_records(scheduling: Stage) -> None:
    """Two activities in November: the same three persons, six person-times."""
    first = await play.reported(scheduling)
    await play.review(scheduling, first, "accept")
    start = play.START + timedelta(days=1)
    visit = await play.published_visit(
        scheduling, starts_at=start, ends_at=start + timedelta(minutes=90)
    )
    await scheduling.move_to(start)
    for number in range(3):
        await play.check_in(scheduling, visit, f"r-{number}", at=start)
    await play.manager(scheduling).post(f"/activities/{visit}/holding", {"volunteers": 1})
    path = f"/agreements/{play.AGREEMENT}/monthly-report"

    november = (await play.manager(scheduling).get(path, month="2024-11")).body
    december = (await play.official(scheduling).get(path, month="2024-12")).body

    names = ("activities", "accepted", "persons", "person_times", "volunteers", "hours")
    assert tuple(november[name] for name in names) == (2, 1, 3, 6, 3, 3.5)
    assert [k["kind"] for k in november["by_kind"]] == ["community-activity", "home-visit"]
    assert tuple(december[name] for name in names) == (0, 0, 0, 0, 0, 0)


async def test_a_month_is_a_month(scheduling: Stage) -> None:
    """YYYY-MM, and of an agreement that one may see."""
    client, path = play.official(scheduling), f"/agreements/{play.AGREEMENT}/monthly-report"

    for month in ("2024-13", "2024-1", "9999-12", "november", ""):
        assert (await client.get(path, month=month)).status == 422
    unknown = await client.get(f"/agreements/{UUID(int=99)}/monthly-report", month="2024-11")
    assert unknown.status == 404

"""Inspections come from the term, fall due by themselves, and are completed or told as overdue."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from libs.common.clock import end_of
from libs.common.ids import new_id
from libs.common.testing import Stage
from services.evaluation.domain.inspections import plan
from tests.services.evaluation.story import POLICY, TO, Story, ok

FAULTS = {"conclusion": "faults", "codes": ["no-signage"], "findings": "未悬挂标识。"}
IN_ORDER = {"conclusion": "in-order", "findings": "情况良好。"}
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 12, 31))


@given(DAYS, st.integers(min_value=0, max_value=1200))
def test_monthly_checks_cover_the_term_without_a_gap(from_day: date, days: int) -> None:
    """Each day of a term lies in exactly one monthly check, and none reaches over a month."""
    to_day = from_day + timedelta(days=days)

    spans = list(plan(from_day, to_day))

    monthly = [span for span in spans if span.kind == "monthly"]
    assert (from_day, to_day) == (monthly[0].from_day, monthly[-1].to_day)
    for before, after in pairwise(monthly):
        assert before.to_day + timedelta(days=1) == after.from_day
    assert all(span.from_day.month == span.to_day.month for span in monthly)
    assert [span.kind for span in spans[-2:]] == ["half-year", "year-end"]
    assert from_day <= spans[-2].to_day <= to_day == spans[-1].to_day


async def list_inspections(story: Story, **query: str) -> list[dict[str, Any]]:
    return list(ok(await story.official().get("/inspections", **query))["items"])


async def test_a_term_is_planned_when_it_begins(story: Story) -> None:
    """Three months have three desk checks, one visit on site in the middle and one at the end."""
    found = await list_inspections(story)

    assert [(i["kind"], i["on_site"], i["to_day"], i["due_day"]) for i in found] == [
        ("monthly", False, "2024-11-30", "2024-12-05"),
        ("monthly", False, "2024-12-31", "2025-01-05"),
        ("monthly", False, "2025-01-31", "2025-02-05"),
        ("half-year", True, "2024-12-16", "2024-12-26"),
        ("year-end", True, "2025-01-31", "2025-02-10"),
    ]
    assert {"planned"} == {i["status"] for i in found}
    assert {1} == {i["policy_version"] for i in found}


async def test_a_month_in_order_completes_itself(story: Story) -> None:
    """A desk check is compiled at the month's last midnight, and needs nobody if all is well."""
    await story.count(10)
    await story.hear_activity(date(2024, 11, 20))

    await story.stage.move_to(end_of(date(2024, 11, 30)))

    monthly = await story.inspection("monthly")
    assert (monthly["status"], monthly["conclusion"]) == ("completed", "in-order")
    assert monthly["figures"] == {
        "planned": 1,
        "held": 1,
        "observation_required": 1,
        "observed": 1,
        "reports_late": 0,
        "outputs_behind": 0,
    }
    assert monthly["completed_by"] is None
    told = await story.stage.said()
    assert [event.type for event in told if event.subject == monthly["id"]] == [
        "evaluation.inspection.due.v1",
        "evaluation.inspection.completed.v1",
    ]


async def test_a_month_with_something_wrong_waits_for_a_person(story: Story) -> None:
    """Unobserved, late and behind are named as codes, and the check stays due."""
    late = {"reported_day": date(2024, 11, 29), "report_due_day": date(2024, 11, 27)}
    await story.hear_activity(date(2024, 11, 20), observation="missed", **late)

    await story.stage.move_to(end_of(date(2024, 11, 30)))

    monthly = await story.inspection("monthly")
    assert monthly["status"] == "due"
    assert monthly["codes"] == ["activities-unobserved", "reports-late", "outputs-behind-plan"]


async def test_what_was_waived_cancelled_or_elsewhere_is_not_held_against_it(
    story: Story,
) -> None:
    """A waiver, a cancellation, another month and another agreement are no faults of this one."""
    await story.count(10)
    await story.hear_activity(date(2024, 11, 20), observation="waived")
    await story.hear_activity(date(2024, 11, 21), status="cancelled", observation="missed")
    await story.hear_activity(date(2024, 12, 1), observation="missed")
    await story.hear_activity(date(2024, 11, 22), agreement_id=new_id(), observation="missed")

    await story.stage.move_to(end_of(date(2024, 11, 30)))

    monthly = await story.inspection("monthly")
    assert monthly["status"] == "completed"
    assert (
        monthly["figures"]["planned"],
        monthly["figures"]["held"],
        monthly["figures"]["observation_required"],
    ) == (1, 1, 0)


async def test_an_official_completes_an_inspection_on_site(story: Story) -> None:
    """What an official found is kept, and codes alone are told."""
    await story.stage.move_to(end_of(date(2024, 12, 16)))
    half_year = await story.inspection("half-year")

    answer = await story.official().post(f"/inspections/{half_year['id']}/completion", FAULTS)

    assert ok(answer)["status"] == "completed"
    told = (await story.stage.said("evaluation.inspection.completed.v1"))[-1]
    assert told.data["codes"] == ["no-signage"]
    assert "findings" not in told.data
    await story.stage.move_to(end_of(date(2024, 12, 26)))
    overdue = await story.stage.said("evaluation.inspection.overdue.v1")
    assert half_year["id"] not in {event.subject for event in overdue}


async def test_an_inspection_is_overdue_once_and_can_still_be_completed(story: Story) -> None:
    """Overdue is told after the due day, once."""
    await story.stage.move_to(end_of(date(2025, 1, 20)))
    half_year = await story.inspection("half-year")

    assert half_year["status"] == "overdue"
    overdue = await story.stage.said("evaluation.inspection.overdue.v1")
    assert [half_year["id"]] == [e.subject for e in overdue if e.subject == half_year["id"]]
    answer = await story.official().post(f"/inspections/{half_year['id']}/completion", IN_ORDER)
    assert ok(answer)["conclusion"] == "in-order"


async def test_an_inspection_is_completed_once_and_only_when_due(story: Story) -> None:
    """Neither a planned nor a completed inspection can be completed."""
    path = f"/inspections/{(await story.inspection('half-year'))['id']}/completion"
    early = await story.official().post(path, IN_ORDER)
    await story.stage.move_to(end_of(date(2024, 12, 16)))
    ok(await story.official().post(path, IN_ORDER))
    again = await story.official().post(path, IN_ORDER)

    assert [early.status, again.status] == [409, 409]
    assert [early.code, again.code] == ["inspection-not-due"] * 2


async def test_codes_have_to_fit_the_conclusion(story: Story) -> None:
    """Faults have codes, and an inspection in order has none."""
    await story.stage.move_to(end_of(date(2024, 12, 16)))
    path = f"/inspections/{(await story.inspection('half-year'))['id']}/completion"

    for body in ({**FAULTS, "codes": []}, {**IN_ORDER, "codes": ["no-signage"]}):
        answer = await story.official().post(path, body)
        assert answer.status == 422
        assert answer.code == "codes-do-not-fit"
        assert answer.body["errors"][0]["pointer"] == "/codes"


async def test_a_stale_reader_is_refused(story: Story) -> None:
    """Whoever has read another version does not complete it."""
    await story.stage.move_to(end_of(date(2024, 12, 16)))
    path = f"/inspections/{(await story.inspection('half-year'))['id']}/completion"

    answer = await story.official().post(path, IN_ORDER, **{"If-Match": '"1"'})

    assert answer.status == 412


async def test_who_may_see_and_complete(story: Story) -> None:
    """The provider reads its own inspections, another provider sees none, neither completes."""
    inspection = (await story.inspection("half-year"))["id"]
    other = story.manager(org=new_id())

    assert (await story.manager().get(f"/inspections/{inspection}")).status == 200
    assert (await other.get(f"/inspections/{inspection}")).status == 404
    assert ok(await other.get("/inspections"))["items"] == []
    answer = await story.manager().post(f"/inspections/{inspection}/completion", IN_ORDER)
    assert answer.status == 403
    elsewhere = story.stage.as_("official", divisions=("510182",))
    answer = await elsewhere.post(f"/inspections/{inspection}/completion", IN_ORDER)
    assert (answer.status, answer.code) == (404, "inspection-not-found")


async def test_an_agreement_waits_for_the_first_policy(evaluation: Stage) -> None:
    """Without a policy nothing is planned; the agreement waits and is planned afterwards."""
    story = Story(evaluation)
    await story.hear_agreement("in_force")
    waiting = await evaluation.waiting()
    ok(await evaluation.as_("secretariat").post("/policies", POLICY))
    await evaluation.retry_waiting()

    assert waiting == [("plan_oversight", "policy-not-yet-known", "waiting")]
    assert await evaluation.waiting() == []
    assert len(await list_inspections(story)) == 5


async def test_an_agreement_signed_late_catches_up(evaluation: Stage) -> None:
    """Months that were over at the signing fall due at once, with their days from then on."""
    story = Story(evaluation)
    await evaluation.move_to(end_of(date(2024, 12, 9)))
    await story.begin()

    await evaluation.move_to(end_of(date(2024, 12, 10)))

    monthly = await story.inspection("monthly")
    assert (monthly["status"], monthly["due_day"]) == ("due", "2024-12-15")


async def test_a_longer_term_has_more_inspections(story: Story) -> None:
    """An amendment to the term adds what is lacking and moves what is still planned."""
    await story.stage.move_to(end_of(date(2024, 12, 20)))
    await story.hear_agreement("amended", to_day=date(2025, 2, 15))

    found = await list_inspections(story)
    standing = [(i["kind"], i["to_day"]) for i in found if i["status"] != "cancelled"]
    assert ("monthly", "2025-02-15") in standing
    assert ("year-end", "2025-02-15") in standing
    assert ("year-end", "2025-01-31") not in standing
    assert [key for key in standing if key[0] == "half-year"] == [("half-year", "2024-12-16")]
    assert len(set(standing)) == len(standing)


async def test_a_terminated_agreement_is_inspected_no_further(story: Story) -> None:
    """What lies after the termination is cancelled, and falls due no more."""
    await story.stage.move_to(end_of(date(2024, 12, 9)))
    await story.hear_agreement("terminated")

    await story.stage.move_to(end_of(TO))

    found = await list_inspections(story)
    assert {"2024-11-30", "2024-12-10"} >= {
        i["to_day"] for i in found if i["status"] != "cancelled" and i["kind"] != "half-year"
    }
    assert (
        ok(await story.official().get("/commissions"))["items"][0]["frame_closes_at"]
        == "2024-12-10T16:00:00Z"
    )


async def test_an_older_amendment_that_arrives_late_changes_nothing(story: Story) -> None:
    """The latest state of an agreement wins, whatever arrives last."""
    await story.hear_agreement("amended", to_day=date(2025, 3, 31), sequence=3)
    before = await list_inspections(story)

    await story.hear_agreement("amended", to_day=date(2024, 11, 30), sequence=2)

    assert before == await list_inspections(story)

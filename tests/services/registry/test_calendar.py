"""The calendar and the policies: data of the city, entered once and changed knowingly."""

from libs.common.testing import Stage
from tests.services.registry.city import BEGIN


async def test_a_year_is_imported_once(registry: Stage) -> None:
    """Holidays on weekdays and make-up days on weekends are told, each day once."""
    official = registry.as_("official")
    first = await official.post("/calendars/2025")
    again = await official.post("/calendars/2025")

    assert first.status == 200, first.body
    assert (first.body["days"], 0) == (first.body["entered"], again.body["entered"])
    days = {event.subject: event.data for event in await registry.said()}
    assert first.body["days"] == len(days)
    assert (days["2025-10-01"]["working"], days["2025-10-01"]["name"]) == (False, "国庆节")
    assert (days["2025-01-26"]["working"], days["2025-01-26"]["name"]) == (True, "春节调休")
    assert "2025-02-01" not in days, "a Saturday is free without being said"


async def test_a_year_that_is_not_published_is_refused(registry: Stage) -> None:
    """Years before the platform, and those not announced yet, are entered day by day."""
    for year in (2023, 2099):
        answer = await registry.as_("official").post(f"/calendars/{year}")
        assert (answer.status, answer.code) == (409, "calendar-not-published")
    assert (await registry.as_("town").post("/calendars/2025")).status == 403


async def test_a_day_is_changed_only_by_who_has_read_it(registry: Stage) -> None:
    """The same again is 200; another content needs the ETag."""
    official = registry.as_("official")
    path, day = "/calendar-days/2025-06-03", {"working": False, "name": "本市停工"}

    assert (await official.put(path, day)).status == 201
    assert (await official.put(path, day)).status == 200
    other = {"working": True, "name": "照常"}
    assert (await official.put(path, other)).status == 428
    assert (await official.put(path, other, **{"If-Match": '"7"'})).status == 412
    assert (await official.put(path, other, **{"If-Match": '"1"'})).status == 200

    assert [event.sequence for event in await registry.said()] == [1, 2]
    [listed] = (await official.get("/calendar-days", year="2025")).body["items"]
    assert listed["name"] == "照常"


async def test_a_policy_is_versioned_by_its_day(registry: Stage) -> None:
    """A new day makes a version; the same is 200; another rule for that day needs If-Match."""
    official = registry.as_("official")
    rule = {"minimum": 2, "counts_kinds": ["social-worker"], "effective_from": BEGIN}
    path = "/policies/coverage"

    made = await official.put(path, rule)
    assert (made.status, made.body["version"]) == (201, 2)
    assert (await official.put(path, rule)).status == 200
    assert (await official.put(path, {**rule, "minimum": 1})).status == 428
    again = await official.put(path, {**rule, "minimum": 1}, **{"If-Match": '"2"'})
    assert (again.status, again.body["version"]) == (200, 3)
    past = await official.put(path, {**rule, "effective_from": "2024-10-01"})
    assert (past.status, past.code) == (422, "policy-in-the-past")

    before = await official.get(path, day="2024-10-01")
    assert (before.body["version"], before.body["minimum"]) == (1, 1)
    assert (await registry.as_("agency-manager").put(path, rule)).status == 403


async def test_tiers_and_terms_are_the_citys_own(registry: Stage) -> None:
    """Station tiers and registration terms are set by the city, and read back with their day."""
    official = registry.as_("official")
    tiers = {"tiers": ["总站", "站", "室"], "effective_from": "2025-01-01"}
    assert (await official.put("/policies/stations", tiers)).status == 201
    assert (await official.put("/policies/stations", tiers)).status == 200
    term = {
        "valid_years": 2,
        "renewal_months": 3,
        "first_months": 12,
        "hours": [{"level": "assistant", "hours": 48}],
        "effective_from": "2025-01-01",
    }
    assert (await official.put("/policies/registration", term)).status == 201
    assert (await official.put("/policies/registration", term)).status == 200

    now = await official.get("/policies/stations")
    later = await official.get("/policies/stations", day="2025-01-01")
    assert (now.body["version"], later.body["tiers"]) == (1, ["总站", "站", "室"])
    assert (await official.get("/policies/registration")).body["valid_years"] == 3

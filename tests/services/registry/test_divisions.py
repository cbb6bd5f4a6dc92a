"""Divisions fit their codes and parents, come as lists, and end with successors."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.testing import Stage
from services.registry.domain.divisions import draw_division, faults_of
from tests.sentences import told_in
from tests.services.registry.city import (
    BEGIN,
    CITY,
    COMMUNITY,
    OTHER_COMMUNITY,
    TOWN,
    draw_city,
    entry,
    found_agency,
    midnight,
    post,
    staff,
)

ENTRY = {"name": "新村", "level": "community", "parent": TOWN, "urban": False, "valid_from": BEGIN}


async def test_a_division_is_entered_once(registry: Stage) -> None:
    """The same content again is 200 and tells nothing; other content is a clash."""
    await draw_city(registry)
    official = registry.as_("official")
    path = "/divisions/510181001003"

    assert (await official.put(path, ENTRY)).status == 201
    assert (await official.put(path, ENTRY)).status == 200
    clash = await official.put(path, {**ENTRY, "name": "旧村"})

    assert (clash.status, clash.code) == (409, "division-code-taken")
    changed = await registry.said("registry.division.changed.v1")
    assert len([e for e in changed if e.subject == "510181001003"]) == 1


async def test_a_list_is_entered_whole_or_not_at_all(registry: Stage) -> None:
    """Every fault of a list is named by its place, and nothing of it is kept."""
    answer = await registry.as_("official").post(
        "/divisions/imports",
        {
            "divisions": [
                entry(CITY, "city", None),
                entry(TOWN, "town", CITY),
                entry(TOWN, "town", CITY),
                entry("510182001001", "community", TOWN),
                entry(OTHER_COMMUNITY, "community", None),
                entry(COMMUNITY, "group", TOWN),
            ]
        },
    )

    assert (answer.status, answer.code) == (422, "division-invalid")
    faults = {(fault["pointer"], fault["code"]) for fault in answer.body["errors"]}
    assert {
        ("/divisions/2/code", "listed-twice"),
        ("/divisions/3/code", "not-below-parent"),
        ("/divisions/4/parent", "parent-missing"),
        ("/divisions/5/parent", "parent-not-one-above"),
    } == faults
    assert (await registry.as_("official").get("/divisions")).body["items"] == []


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "zh",
            [
                "代码须以上级区划的 510181001 开头，且与上级不同，请核对。",
                "请填写上级区划（town）的代码。",
            ],
        ),
        (
            "en",
            [
                "Correct the code: it begins with 510181001, as its parent's does, and differs"
                " from that.",
                "Name the division above, of the level town, by its code.",
            ],
        ),
    ],
)
async def test_every_fault_is_told_to_people(
    registry: Stage, language: str, told: list[str]
) -> None:
    """In the language they ask for, with what the code begins with."""
    listed = [
        entry(CITY, "city", None),
        entry(TOWN, "town", CITY),
        entry("510182001001", "community", TOWN),
        entry(OTHER_COMMUNITY, "community", None),
    ]
    body, path = {"divisions": listed}, "/divisions/imports"

    assert told == await told_in(registry.as_("official"), language, "POST", path, body)


async def test_a_division_outside_the_callers_area_is_not_found(registry: Stage) -> None:
    """A registrar enters, ends and reads divisions of their own area alone."""
    await draw_city(registry)
    stranger = registry.as_("official", divisions=("510182",))

    assert (await stranger.put("/divisions/510181001003", ENTRY)).status == 404
    assert (await stranger.get(f"/divisions/{COMMUNITY}")).status == 404
    patch = await stranger.patch(
        f"/divisions/{COMMUNITY}", {"valid_to": BEGIN, "successors": []}, match='"1"'
    )
    assert patch.status == 404
    assert (await registry.as_("town").put("/divisions/510181001003", ENTRY)).status == 403


async def test_a_merger_moves_stations_and_postings(registry: Stage) -> None:
    """After the last day the first successor has the station, the posting and the coverage."""
    await draw_city(registry)
    agency = await found_agency(registry)
    worker = await staff(registry, agency)
    official = registry.as_("official")
    station = await official.post(
        "/stations", {"name": "社区站", "tier": "社工服务站", "division": COMMUNITY}
    )
    await post(registry, agency, worker, station_id=station.body["id"])

    ended = await official.patch(
        f"/divisions/{COMMUNITY}",
        {"valid_to": "2024-12-31", "successors": [OTHER_COMMUNITY]},
        match='"1"',
    )
    assert ended.status == 200, ended.body
    await midnight(registry, "2025-01-01")

    moved = await official.get(f"/stations/{station.body['id']}")
    assert moved.body["division"] == OTHER_COMMUNITY
    postings = (await official.get("/postings")).body["items"]
    assert [(p["division"], p["status"]) for p in postings] == [
        (COMMUNITY, "ended"),
        (OTHER_COMMUNITY, "standing"),
    ]
    [row] = (await official.get("/coverage")).body["items"]
    assert (row["id"], row["workers"], row["short_since"]) == (OTHER_COMMUNITY, 1, None)


async def test_what_ends_or_begins_with_the_division_is_left_in_order(registry: Stage) -> None:
    """A posting that ends that day just ends, one that begins the day after goes to the heir."""
    await draw_city(registry)
    agency = await found_agency(registry)
    first, second = await staff(registry, agency), await staff(registry, agency)
    await registry.as_("official").patch(
        f"/divisions/{COMMUNITY}",
        {"valid_to": "2024-12-31", "successors": [OTHER_COMMUNITY]},
        match='"1"',
    )
    await post(registry, agency, first, to_day="2024-12-31")
    refused = await post(registry, agency, second, from_day="2025-01-01")
    assert refused.code == "division-ended"
    await post(registry, agency, second, from_day="2024-12-30", to_day="2025-06-30")

    await midnight(registry, "2025-01-01")

    postings = (await registry.as_("official").get("/postings")).body["items"]
    assert {
        (first, COMMUNITY, "ended", "2024-12-31"),
        (second, COMMUNITY, "ended", "2024-12-31"),
        (second, OTHER_COMMUNITY, "standing", "2025-06-30"),
    } == {(p["worker_id"], p["division"], p["status"], p["to_day"]) for p in postings}


async def test_a_posting_begun_at_that_midnight_goes_on_in_the_heir(registry: Stage) -> None:
    """Planned before the end was known, it serves the successor from its first day."""
    await draw_city(registry)
    agency = await found_agency(registry)
    worker = await staff(registry, agency)
    await post(registry, agency, worker, from_day="2025-01-01")
    await registry.as_("official").patch(
        f"/divisions/{COMMUNITY}",
        {"valid_to": "2024-12-31", "successors": [OTHER_COMMUNITY]},
        match='"1"',
    )

    await midnight(registry, "2025-01-02")

    coverage = await registry.as_("official").get("/coverage")
    [row] = coverage.body["items"]
    assert (row["id"], row["workers"]) == (OTHER_COMMUNITY, 1)


async def test_an_end_needs_a_day_to_come_and_fitting_successors(registry: Stage) -> None:
    """Both faults of an ending are named at once, and it ends only once."""
    await draw_city(registry)
    official = registry.as_("official")
    path = f"/divisions/{COMMUNITY}"

    wrong = await official.patch(
        path, {"valid_to": "2024-10-01", "successors": [TOWN]}, match='"1"'
    )
    assert (wrong.status, wrong.code) == (422, "division-end-invalid")
    assert len(wrong.body["errors"]) == 2
    unknown = await official.patch(
        path, {"valid_to": BEGIN, "successors": ["510181999999"]}, match='"1"'
    )
    assert unknown.code == "division-not-yet-known"

    await official.patch(path, {"valid_to": BEGIN}, match='"1"')
    again = await official.patch(path, {"valid_to": BEGIN}, match='"2"')
    assert again.code == "division-ended"


async def test_a_community_of_the_future_begins_on_its_day(registry: Stage) -> None:
    """A community entered ahead is counted from its first day on."""
    await draw_city(registry)
    ahead = {**ENTRY, "valid_from": "2025-01-01"}
    await registry.as_("official").put("/divisions/510181001003", ahead)
    coverage = await registry.as_("official").get("/coverage", division="510181001003")
    assert coverage.body["items"] == []

    await midnight(registry, "2025-01-01")

    coverage = await registry.as_("official").get("/coverage", division="510181001003")
    assert coverage.body["items"][0]["short_since"] == "2025-01-01"


@given(town=st.integers(1, 999), community=st.integers(1, 999), other=st.integers(1, 999))
def test_a_community_lies_below_its_own_town_alone(town: int, community: int, other: int) -> None:
    """Whatever the digits: a code fits the town that it begins with, and no other."""
    day = date(2024, 11, 1)
    code = f"510181{town:03}{community:03}"
    above = draw_division(f"510181{other:03}000", "镇", "town", True, CITY, day)
    below = draw_division(code, "村", "community", True, above.id, day)

    assert (town == other) == (faults_of(below, above) == [])

"""November 2024: the city's divisions, organisations, groups, station, calendar and experts."""

from collections.abc import Iterator
from typing import Any, Final

from scenarios.dujiangyan import codes, data, people
from scenarios.dujiangyan.client import together
from scenarios.dujiangyan.data import Agency
from scenarios.dujiangyan.people import ASSOCIATION, REGISTRAR
from scenarios.dujiangyan.world import World

VALID_FROM: Final = "2024-11-01"
ESTATE_SUFFIX: Final = "901"
COVERAGE: Final = {
    "minimum": 1,
    "counts_kinds": ["social-worker", "community-worker"],
    "effective_from": VALID_FROM,
}
"""The city's target is one or two professional workers in every community, urban or rural."""


async def import_divisions(world: World) -> None:
    """导入区划"""
    await world.client.do(
        REGISTRAR,
        "/registry/v1/divisions/imports",
        {"divisions": list(_divisions())},
        "divisions",
        0,
    )


async def set_rules(world: World) -> None:
    """工作日历与覆盖标准"""
    await together(
        world.client.do(REGISTRAR, f"/registry/v1/calendars/{year}", None, "calendar", year)
        for year in (2024, 2025, 2026)
    )
    await world.client.make(REGISTRAR, "/registry/v1/policies/coverage", COVERAGE)


async def register_organisations(world: World) -> None:
    """登记机构"""
    entries = data.raw("organisations")
    city = data.raw("places")["city"]["code"]
    formal = [
        ("bureau", entries["bureau"]["name"], "organ", "purchaser"),
        ("association", entries["association"]["name"], "association", "association"),
        *((one["key"], one["name"], "company", "evaluator") for one in entries["evaluators"]),
        *((one.key, one.name, "social-service", "provider") for one in data.agencies()),
    ]
    await together(
        _register(world, key, name, form, role, city, number)
        for number, (key, name, form, role) in enumerate(formal)
    )


async def file_groups(world: World) -> None:
    """备案社区组织"""
    await together(
        _file(world, group.key, group.name, group.community, number)
        for number, group in enumerate(data.groups())
    )


async def open_station(world: World) -> None:
    """开设社工服务站"""
    station = data.raw("organisations")["station"]
    await world.client.do(
        REGISTRAR,
        "/registry/v1/stations",
        {
            "name": station["name"],
            "tier": "社工服务站",
            "division": estate(),
            "operator_id": world.org(station["operator"]),
            "rooms": [{"name": "活动室", "capacity": 40}],
        },
        "station",
        0,
    )


async def admit_experts(world: World) -> None:
    """建立专家库与回避关系"""
    await together(
        world.client.do(
            ASSOCIATION,
            "/registry/v1/experts",
            {
                "person": expert(number),
                "name": f"专家{number:02}号",
                "kinds": ["social-work"],
                "division": data.raw("places")["city"]["code"],
            },
            "expert",
            number,
        )
        for number in range(data.raw("organisations")["experts"])
    )
    await world.client.do(
        REGISTRAR,
        "/registry/v1/ties",
        {
            "person": expert(0),
            "organisation_id": world.org("huilin"),
            "kind": "leadership",
            "degree": "direct",
        },
        "tie",
        0,
    )


async def register_newcomer(world: World) -> None:
    """登记新机构"""
    agency: Agency = data.newcomer()
    city = data.raw("places")["city"]["code"]
    await _register(world, agency.key, agency.name, "social-service", "provider", city, 90)


def expert(number: int) -> str:
    """The person of an expert of the pool."""
    return f"dj-expert-{number:02}"


def estate() -> str:
    """金陵花园, a group within its community."""
    community = data.community(data.raw("places")["estate"]["community"])
    return community.code[:9] + ESTATE_SUFFIX


async def _register(
    world: World, key: str, name: str, form: str, role: str, division: str, number: int
) -> None:
    applied = await world.client.do(
        ASSOCIATION,
        "/registry/v1/organisations",
        {"name": name, "legal_form": form, "roles": [role], "division": division},
        "organisation",
        key,
    )
    await world.client.do(
        REGISTRAR,
        f"/registry/v1/organisations/{applied['id']}/registration",
        {"uscc": codes.uscc(form, number)},
        "registration",
        key,
    )
    world.organisations[key] = applied["id"]


async def _file(world: World, key: str, name: str, community: str, number: int) -> None:
    place = data.community(community)
    applied = await world.client.do(
        people.community(place.code),
        "/registry/v1/organisations",
        {
            "name": name,
            "legal_form": "filed-group",
            "roles": ["community-organisation"],
            "division": place.code,
        },
        "group",
        key,
    )
    await world.client.do(
        people.town(place.host),
        f"/registry/v1/organisations/{applied['id']}/filing",
        {"filing_number": f"DJY-{number + 1:04}"},
        "filing",
        key,
    )
    world.organisations[key] = applied["id"]


def _divisions() -> Iterator[dict[str, Any]]:
    """The city, its towns, their communities and one estate, each after its parent."""
    city = data.raw("places")["city"]
    yield _division(city["name"], city["code"], "city", None, True)
    for town in data.towns():
        yield _division(town.name, town.code, "town", city["code"], False)
    for one in data.communities():
        yield _division(one.name, one.code, "community", one.host, one.urban)
    home = data.raw("places")["estate"]
    parent = data.community(home["community"])
    yield _division(home["name"], estate(), "group", parent.code, True)


def _division(name: str, code: str, level: str, parent: str | None, urban: bool) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "level": level,
        "parent": parent,
        "urban": urban,
        "valid_from": VALID_FROM,
    }

"""November 2024: the survey's needs, and the call for next year's projects (征集)."""

from typing import Final

from scenarios.dujiangyan import data, people
from scenarios.dujiangyan.calendar import at
from scenarios.dujiangyan.client import Json, together
from scenarios.dujiangyan.data import Community, Project
from scenarios.dujiangyan.people import SECRETARIAT, Who
from scenarios.dujiangyan.world import World

RESPONDENTS: Final = 60
DECLINED: Final = "declined"


async def survey(world: World) -> None:
    """社区调研"""
    await together(
        survey_one(world, project, number) for number, project in enumerate(data.projects())
    )


async def survey_one(world: World, project: Project, number: int) -> None:
    """The need that a project answers."""
    need = await world.client.do(
        people.community(project.community.code),
        "/procurement/v1/needs",
        _need(project.title, project.community, project.domain, number),
        "need",
        project.key,
    )
    world.needs[project.key] = need["id"]


async def open_call(world: World) -> None:
    """发布征集"""
    await _open(world, 2025)


async def open_next_call(world: World) -> None:
    """发布下一年度征集"""
    await _open(world, 2026)


async def propose(world: World) -> None:
    """各部门申报项目"""
    await together(propose_one(world, project) for project in data.projects())
    extra = data.raw("projects")["declined"]
    world.needs[DECLINED] = world.needs["p07"]
    await _propose(
        world,
        DECLINED,
        extra["title"],
        extra["domain"],
        data.community(extra["community"]),
        data.raw("projects")["departments"][extra["department"]],
        extra["price_yuan"] * data.FEN,
        2025,
    )


async def propose_one(world: World, one: Project) -> None:
    """A department proposes a project of 2025."""
    await _propose(
        world, one.key, one.title, one.domain, one.community, one.department, one.price, 2025
    )


async def select(world: World) -> None:
    """遴选项目"""
    await together(select_one(world, project.key) for project in data.projects())
    await world.client.do(
        SECRETARIAT,
        f"/procurement/v1/proposals/{world.proposals[DECLINED]}/declination",
        {"reason": "similar-project"},
        "declination",
        0,
    )


async def propose_next(world: World) -> None:
    """下一年度项目申报与遴选"""
    following = data.raw("projects")["next_year"]
    place = data.community(following["community"])
    need = await world.client.do(
        people.community(place.code),
        "/procurement/v1/needs",
        _need(following["title"], place, following["domain"], 90),
        "need",
        following["key"],
    )
    world.needs[following["key"]] = need["id"]
    await _propose(
        world,
        following["key"],
        following["title"],
        following["domain"],
        place,
        data.raw("projects")["departments"][following["department"]],
        following["ceiling_yuan"] * data.FEN,
        2026,
    )


async def select_next(world: World) -> None:
    """下一年度遴选"""
    await select_one(world, data.raw("projects")["next_year"]["key"])


async def _open(world: World, year: int) -> None:
    call = await world.client.do(
        SECRETARIAT,
        "/procurement/v1/calls",
        {
            "title": f"{year}年度政府购买社会工作服务项目征集",
            "fiscal_year": year,
            "opens_at": at(f"{year - 1}-11-01", 12).isoformat(),
            "closes_at": at(f"{year - 1}-12-01", 0).isoformat(),
            "domains": list(data.domains()),
        },
        "call",
        year,
    )
    world.calls[year] = call["id"]


async def _propose(
    world: World,
    key: str,
    title: str,
    domain: str,
    place: Community,
    department: str,
    amount: int,
    year: int,
) -> None:
    proposal: Json = await world.client.do(
        _of_department(department),
        f"/procurement/v1/calls/{world.calls[year]}/proposals",
        {
            "title": title,
            "domain": domain,
            "division": place.code,
            "amount": amount,
            "department": department,
            "need_ids": [world.needs[key]],
            "outline": f"由{department}联合{place.name}提出，依据社区调研开展为期一年的专业服务。",
        },
        "proposal",
        key,
    )
    world.proposals[key] = proposal["id"]


async def select_one(world: World, key: str) -> None:
    """The leading group's office takes a proposal up."""
    path = f"/procurement/v1/proposals/{world.proposals[key]}/selection"
    await world.client.do(SECRETARIAT, path, None, "selection", key)


def _of_department(name: str) -> Who:
    """The officer of a department that proposes."""
    number = data.raw("projects")["departments"].index(name)
    return Who(person=f"dj-department-{number}", role="official", divisions=(people.CITY,))


def _need(title: str, place: Community, domain: str, number: int) -> Json:
    return {
        "title": f"{title}需求",
        "finding": f"{place.name}入户调研与居民座谈显示，居民最希望得到此类服务。",
        "source": "survey",
        "division": place.code,
        "domain": domain,
        "respondents": RESPONDENTS + number % 20,
    }

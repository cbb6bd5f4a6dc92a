"""January 2025: the recipients of every agreement with their consents; older residents."""

from typing import Final

from scenarios.dujiangyan import data, generator, people
from scenarios.dujiangyan.client import Json, together
from scenarios.dujiangyan.data import Project
from scenarios.dujiangyan.generator import Person
from scenarios.dujiangyan.people import Who
from scenarios.dujiangyan.world import World

ELDERS: Final = "elders"
GUARDIAN_UNDER: Final = 2011
"""Whoever is born from this year on is a child, and a guardian consents."""


async def enrol_all(world: World) -> None:
    """建立服务对象档案"""
    await together(enrol(world, project) for project in data.projects())


async def enrol(world: World, project: Project) -> None:
    """The recipients of one agreement."""
    await together(_enrol(world, project, one) for one in generator.recipients(project))


async def enrol_elders(world: World) -> None:
    """友爱社区老年居民建档"""
    place = data.community("友爱社区")
    who = people.community(place.code)
    await together(
        _create(world, who, one, place.code, world.org(ELDERS)) for one in generator.elders()
    )


async def _enrol(world: World, project: Project, one: Person) -> None:
    """A recipient; whoever an evaluator may visit is asked for consent to that."""
    who = world.manager(project.provider)
    await _create(world, who, one, project.community.code, None)
    if one.special:
        return
    await world.client.do(
        who,
        f"/casework/v1/recipients/{world.recipients[one.key]}/consents",
        {
            "purpose": "visit",
            "given_by": "self",
            "form": "written",
        },
        "consent",
        f"{one.key}/visit",
    )


async def _create(
    world: World, who: Who, one: Person, division: str, organisation: str | None
) -> None:
    body: Json = {
        "name": one.name,
        "birth_date": one.born.isoformat(),
        "sex": one.sex,
        "division": division,
        "phone": None,
        "address": f"{one.name}家",
        "domains": [one.domain],
        "visit_rule": "special" if one.special else "ordinary",
    }
    if organisation is not None:
        body["organisation_id"] = organisation
    if _is_child(one):
        body["guardian"] = {"name": f"{one.name}监护人"}
    found = await world.client.do(who, "/casework/v1/recipients", body, "recipient", one.key)
    world.recipients[one.key] = found["id"]


def _is_child(one: Person) -> bool:
    return one.born.year >= GUARDIAN_UNDER

"""November 2024: seventy certified workers are enrolled, employed, registered and posted."""

from typing import Final

from scenarios.dujiangyan import data
from scenarios.dujiangyan.client import Json, together
from scenarios.dujiangyan.data import Agency, Community
from scenarios.dujiangyan.people import ASSOCIATION
from scenarios.dujiangyan.world import World

CERTIFIED: Final = "2024-06-30"
EMPLOYED: Final = "2024-11-01"
LONG_REGISTERED: Final = ("qingyan", 4)
"""The one whose registration ends within the year: certified and registered long before."""
LONG_AGO: Final = ("2022-05-10", "2022-05-20")
LEVELS: Final = ("assistant", "social-worker", "senior")
CHECKED_UNTIL: Final = "2026-12-31"
FOR_MINORS: Final = "left-behind-children"


async def enrol_all(world: World) -> None:
    """登记社工、聘用与证书"""
    await _enrol_agencies(world, data.agencies())


async def enrol_newcomers(world: World) -> None:
    """新机构社工"""
    await _enrol_agencies(world, (data.newcomer(),))


async def check_for_minors(world: World) -> None:
    """从事未成年人服务的查询"""
    keys = {one.provider for one in data.projects() if one.domain == FOR_MINORS}
    await together(
        world.client.do(
            ASSOCIATION,
            f"/registry/v1/workers/{worker}/checks",
            {"kind": "minors", "passed": True, "day": EMPLOYED, "valid_until": CHECKED_UNTIL},
            "check",
            f"{key}/{number}",
        )
        for key in sorted(keys)
        for number, worker in enumerate(world.workers[key])
    )


async def post_all(world: World) -> None:
    """派驻社区"""
    await together(
        world.client.do(
            world.manager(key),
            "/registry/v1/postings",
            {
                "worker_id": worker,
                "station_id": None,
                "division": place.code,
                "from_day": EMPLOYED,
                "to_day": None,
            },
            "posting",
            f"{key}/{number}",
        )
        for key, number, worker, place in _postings(world)
    )


def _postings(world: World) -> list[tuple[str, int, str, Community]]:
    """Each worker to one community; those of the data's list are left without any."""
    short = frozenset(data.raw("places")["without_posting"])
    places = [one for one in data.communities() if one.name not in short]
    workers = [
        (agency.key, number, worker)
        for agency in data.agencies()
        for number, worker in enumerate(world.workers[agency.key])
    ]
    return [
        (key, number, worker, places[turn % len(places)])
        for turn, (key, number, worker) in enumerate(workers)
    ]


async def _enrol_agencies(world: World, agencies: tuple[Agency, ...]) -> None:
    asked = [(one.key, number) for one in agencies for number in range(one.workers)]
    found = await together(enrol(world, key, number, EMPLOYED) for key, number in asked)
    for (key, _), worker in zip(asked, found, strict=True):
        world.workers.setdefault(key, []).append(worker)


async def enrol(world: World, key: str, number: int, day: str) -> str:
    """A worker with employer, certificate and registration."""
    place = f"{key}/{number}"
    certified, registered = LONG_AGO if (key, number) == LONG_REGISTERED else (CERTIFIED, day)
    manager = world.manager(key)
    worker: Json = await world.client.do(
        manager,
        "/registry/v1/workers",
        {"kind": "social-worker", "name": f"社工{key}{number + 1:02}号"},
        "worker",
        place,
    )
    path = f"/registry/v1/workers/{worker['id']}"
    await world.client.do(
        manager,
        f"{path}/employments",
        {"organisation_id": world.org(key), "full_time": True, "from_day": day},
        "employment",
        place,
    )
    await world.client.do(
        ASSOCIATION,
        f"{path}/certificates",
        {
            "level": LEVELS[number % 3],
            "number": f"GEN-{key}-{number + 1:02}",
            "issued_day": certified,
        },
        "certificate",
        place,
    )
    await world.client.do(
        ASSOCIATION,
        f"{path}/registrations",
        {"from_day": registered},
        "worker-registration",
        place,
    )
    return str(worker["id"])

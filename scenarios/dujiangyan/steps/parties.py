"""友爱社区: a birthday party at every month's end, by the residents themselves."""

from datetime import date
from typing import Final

from scenarios.dujiangyan import data, people
from scenarios.dujiangyan.calendar import at, month_ends
from scenarios.dujiangyan.client import key_of
from scenarios.dujiangyan.people import Who
from scenarios.dujiangyan.world import World

ROOT: Final = "/scheduling/v1"
COMMUNITY: Final = "友爱社区"
GROUP: Final = "elders"
FIRST: Final = date(2025, 1, 31)
LAST: Final = date(2025, 12, 31)
STARTS_AT: Final = 15
MINUTES: Final = 120
FROM_AGE: Final = 60
GUESTS: Final = 30
"""How many come to a party, children and neighbours too."""


async def found_series(world: World) -> None:
    """生日会系列"""
    first = at(FIRST.isoformat(), STARTS_AT)
    series = await world.client.do(
        _who(),
        f"{ROOT}/series",
        {
            "basis": "community",
            "kind": "community-activity",
            "title": "友爱社区月末生日会",
            "organisation_id": world.org(GROUP),
            "division": data.community(COMMUNITY).code,
            "place": "友爱社区院坝",
            "rrule": "FREQ=MONTHLY;BYMONTHDAY=-1",
            "first_starts_at": first.isoformat(),
            "minutes": MINUTES,
            "until": LAST.isoformat(),
        },
        "series",
        0,
    )
    world.series = series["id"]


async def celebrate(world: World, month: int) -> None:
    """Invite those of 60 and more by their birthdays; note who came; say that it took place."""
    party = await _party(world, month)
    invited = await world.client.do(
        _who(),
        "/casework/v1/invitation-lists",
        {
            "organisation_id": world.org(GROUP),
            "from_age": FROM_AGE,
            "month": f"{FIRST.year}-{month + 1:02}",
        },
        "invitation-list",
        month,
    )
    path = f"{ROOT}/activities/{party}"
    starts = at(days()[month].isoformat(), STARTS_AT)
    check_ins = [
        {
            "id": str(key_of("party-check-in", f"{month}/{ref}")),
            "recipient_ref": ref,
            "at": starts.isoformat(),
            "device": "pad-youai",
            "collector": None,
        }
        for ref in invited["recipients"]
    ]
    await world.client.do(
        _who(), f"{path}/check-in-batches", {"check_ins": check_ins}, "party-check-ins", month
    )
    await world.client.do(
        _who(),
        f"{path}/headcounts",
        {"count": GUESTS + month % 5, "method": "estimated", "by": "staff"},
        "party-headcount",
        month,
    )
    await world.client.do(_who(), f"{path}/holding", {"volunteers": 6}, "party-holding", month)


def days() -> list[date]:
    """The last day of each month."""
    return list(month_ends(FIRST, LAST))


async def _party(world: World, month: int) -> str:
    """The series' activity of that month."""
    if not world.parties:
        found = await world.client.ask_all(_who(), f"{ROOT}/activities")
        mine = [one for one in found if one["series_id"] == world.series]
        world.parties = [one["id"] for one in sorted(mine, key=lambda one: str(one["starts_at"]))]
    return world.parties[month]


def _who() -> Who:
    return people.community(data.community(COMMUNITY).code)

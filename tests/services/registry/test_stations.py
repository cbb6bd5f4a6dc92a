"""Stations open in a tier of the policy, change, and close when nobody works there."""

from libs.common.testing import Stage
from tests.services.registry.city import (
    BEGIN,
    COMMUNITY,
    TOWN,
    draw_city,
    found_agency,
    manager,
    midnight,
    nobody,
    post,
    staff,
)

STATION = {
    "name": "幸福街道社工站",
    "tier": "社工服务站",
    "division": TOWN,
    "rooms": [{"name": "活动室", "capacity": 40}],
}


async def test_a_station_opens_changes_and_closes(registry: Stage) -> None:
    """Each step is told with the full state, and a room that is there keeps its id."""
    await draw_city(registry)
    agency = await found_agency(registry)
    town = registry.as_("town")
    opened = await town.post("/stations", {**STATION, "operator_id": str(agency)})
    assert opened.status == 201, opened.body
    path = f"/stations/{opened.body['id']}"

    changed = await town.patch(
        path, {"name": "新站", "new_rooms": [{"name": "个案室", "capacity": 4}]}, match='"1"'
    )
    assert opened.body["rooms"][0] == changed.body["rooms"][0]
    assert len(changed.body["rooms"]) == 2
    assert (await town.post(f"{path}/close")).body["status"] == "closed"
    assert (await town.post(f"{path}/close")).code == "station-closed"

    kinds = [e.type.split(".")[2] for e in await registry.said() if ".station." in e.type]
    assert kinds == ["opened", "changed", "closed"]


async def test_a_tier_or_operator_unknown_is_refused(registry: Stage) -> None:
    """The tier is one of the policy's, the operator one that the register has."""
    await draw_city(registry)
    town = registry.as_("town")

    tier = await town.post("/stations", {**STATION, "tier": "夜店"})
    operator = await town.post("/stations", {**STATION, "operator_id": nobody()})

    assert (tier.status, tier.code) == (422, "tier-unknown")
    assert operator.code == "organisation-not-yet-known"
    assert (await registry.as_("auditor").post("/stations", STATION)).status == 403


async def test_a_staffed_station_stays_open(registry: Stage) -> None:
    """Nobody closes the station that a worker is posted to."""
    await draw_city(registry)
    agency = await found_agency(registry)
    town = registry.as_("town")
    station = (await town.post("/stations", STATION)).body["id"]
    posting = await post(
        registry, agency, await staff(registry, agency), station_id=station, division=COMMUNITY
    )
    assert (await town.post(f"/stations/{station}/close")).code == "station-in-use"

    end = f"/postings/{posting.body['id']}/end"
    await manager(registry, agency).post(end, {"day": BEGIN})
    await midnight(registry, "2024-11-02")

    assert (await town.post(f"/stations/{station}/close")).status == 200


async def test_stations_of_others_are_not_found(registry: Stage) -> None:
    """A station outside the caller's divisions does not exist for them."""
    await draw_city(registry)
    station = (await registry.as_("town").post("/stations", STATION)).body["id"]
    stranger = registry.as_("town", divisions=("510182",))

    assert (await stranger.get(f"/stations/{station}")).status == 404
    assert (await stranger.post(f"/stations/{station}/close")).status == 404
    assert (await stranger.post("/stations", STATION)).code == "division-not-yet-known"

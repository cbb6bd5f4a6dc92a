"""What is replaced must have been read: every change of the registry needs the present ETag."""

from libs.common.testing import Stage
from services.registry.app import service
from tests.services.registry.city import COMMUNITY, TOWN, draw_city, found_agency

OPENING = {"name": "社区站", "tier": "社工服务站", "division": COMMUNITY}


async def test_nothing_is_replaced_unread(registry: Stage) -> None:
    """Without If-Match 428, with another version 412, and the thing is as it was; then 200."""
    await draw_city(registry)
    agency = await found_agency(registry)
    station = await registry.as_("town").post("/stations", OPENING)
    changes = {
        "/divisions/{code}": (COMMUNITY, "official", {"valid_to": "2024-12-31", "successors": []}),
        "/organisations/{organisation_id}": (agency, "official", {"name": "新名"}),
        "/stations/{station_id}": (station.body["id"], "town", {"name": "新站"}),
    }
    assert set(changes) == {r.path for _, rs in service.bases() for r in rs if r.replaces}
    for route, (name, role, body) in changes.items():
        path = f"{route.partition('{')[0]}{name}"
        client = registry.as_(role, divisions=(TOWN[:6],))
        before = await client.get(path)
        told = len(await registry.said())
        missing = await client.send("PATCH", path, body, {"Idempotency-Key": f"missing {route}"})
        stale = await client.patch(path, body, match='"77"')

        assert (missing.status, missing.code) == (428, "match-required")
        assert (stale.status, stale.code) == (412, "stale")
        assert before.body == (await client.get(path)).body
        assert told == len(await registry.said())
        assert (await client.patch(path, body, match=before.headers["ETag"])).status == 200

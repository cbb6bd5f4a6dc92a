"""Stations: opened, changed, closed."""

from typing import Annotated, Final
from uuid import UUID

from libs.common.changes import followed
from libs.common.contract import Count, DivisionCode, Name, Some, Token, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.outbox import emit
from libs.common.pages import DeltaRequest, Page, page
from services.registry import events
from services.registry.api.areas import active_operator, standing_division
from services.registry.domain.stations import Room, Station, StationInUse, open_station
from services.registry.store import policies, postings
from services.registry.store import stations as store

routes: Final = Routes()


@body
class RoomAsked:
    """A room, and how many people it holds."""

    name: Name
    capacity: Count


@body
class Opening:
    """A station that begins its work; the tier is one that the policy of stations names."""

    name: Name
    tier: Name
    division: DivisionCode
    operator_id: UUID | None = None
    rooms: Annotated[tuple[RoomAsked, ...], Some(0, 50)] = ()


@body
class StationChange:
    """The station's name and operator from now on, and rooms that are new."""

    name: Name
    operator_id: UUID | None = None
    new_rooms: Annotated[tuple[RoomAsked, ...], Some(0, 50)] = ()


@routes.post("/stations", scope="registry:open-station", status=201)
async def open_new_station(tx: Tx, call: Call, body: Opening) -> Station:
    """Open a station with its rooms."""
    policy = await policies.get_station_policy(tx, tx.today)
    policy.demand(body.tier)
    division = await standing_division(tx, call, body.division)
    await active_operator(tx, call, body.operator_id)
    rooms = _rooms(body.rooms)
    station = open_station(new_id(), body.name, body.tier, division.id, body.operator_id, rooms)
    await store.add_station(tx, station)
    await emit(tx, station, told(events.StationOpened, station))
    return station


@routes.patch("/stations/{station_id}", scope="registry:open-station")
async def change_station(tx: Tx, call: Call, station_id: UUID, body: StationChange) -> Station:
    """Rename a station, give it another operator, or add rooms."""
    station = await store.lock_station(tx, station_id, call.rows)
    call.expect(station)
    await active_operator(tx, call, body.operator_id)
    changed = station.change(body.name, body.operator_id, _rooms(body.new_rooms))
    await store.save_station(tx, changed)
    await emit(tx, changed, told(events.StationChanged, changed))
    return changed


def _rooms(asked: tuple[RoomAsked, ...]) -> list[Room]:
    return [Room(id=new_id(), name=room.name, capacity=room.capacity) for room in asked]


@routes.post("/stations/{station_id}/close", scope="registry:open-station")
async def close_station(tx: Tx, call: Call, station_id: UUID) -> Station:
    """Close a station that nobody is posted to any more."""
    station = await store.lock_station(tx, station_id, call.rows)
    call.expect(station)
    closed = station.close()
    if await postings.is_staffed(tx, station.id, tx.today):
        raise StationInUse
    await store.save_station(tx, closed)
    await emit(tx, closed, told(events.StationClosed, closed))
    return closed


@routes.get("/stations/{station_id}", scope="registry:read")
async def read_station(tx: Tx, call: Call, station_id: UUID) -> Station:
    """One station with its rooms."""
    return await store.get_station(tx, station_id, call.rows)


@routes.get("/stations", scope="registry:read")
async def list_stations(
    tx: Tx, call: Call, page_request: DeltaRequest, division: Token = ""
) -> Page[Station]:
    """Stations in the caller's divisions, below a prefix (`division`)."""
    asked = await followed(tx, page_request, "stations", places=call.rows.divisions)
    found = await store.list_stations(tx, call.rows, division, asked)
    return await page(tx, asked, found)

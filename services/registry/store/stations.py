"""Stations in the database."""

from uuid import UUID

from libs.common.auth import Rows
from libs.common.db import Tx
from libs.common.pages import DeltaRequest
from services.registry.domain.stations import Station


async def add_station(tx: Tx, station: Station) -> None:
    await tx.do(
        """
        INSERT INTO stations (id, version, name, tier, division, operator_id, status, rooms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        station.id,
        station.version,
        station.name,
        station.tier,
        station.division,
        station.operator_id,
        station.status,
        station.rooms,
    )


async def find_station(tx: Tx, station_id: UUID, rows: Rows) -> Station | None:
    """The station, if it is in the caller's divisions; it cannot be closed meanwhile."""
    return await tx.find(
        Station,
        """
        SELECT id, version, name, tier, division, operator_id, status, rooms
          FROM stations
         WHERE id = $1
           AND division LIKE ANY ($2)
           FOR SHARE
        """,
        station_id,
        rows.divisions,
    )


async def get_station(tx: Tx, station_id: UUID, rows: Rows) -> Station:
    return await tx.get(
        Station,
        """
        SELECT id, version, name, tier, division, operator_id, status, rooms
          FROM stations
         WHERE id = $1
           AND division LIKE ANY ($2)
        """,
        station_id,
        rows.divisions,
    )


async def lock_station(tx: Tx, station_id: UUID, rows: Rows) -> Station:
    return await tx.get(
        Station,
        """
        SELECT id, version, name, tier, division, operator_id, status, rooms
          FROM stations
         WHERE id = $1
           AND division LIKE ANY ($2)
           FOR UPDATE
        """,
        station_id,
        rows.divisions,
    )


async def lock_stations_in(tx: Tx, division: str) -> list[Station]:
    return await tx.all(
        Station,
        """
          SELECT id, version, name, tier, division, operator_id, status, rooms
            FROM stations
           WHERE division = $1
             AND status = 'open'
        ORDER BY id
             FOR UPDATE
        """,
        division,
    )


async def lock_stations_of(tx: Tx, operator_id: UUID) -> list[Station]:
    return await tx.all(
        Station,
        """
          SELECT id, version, name, tier, division, operator_id, status, rooms
            FROM stations
           WHERE operator_id = $1
             AND status = 'open'
        ORDER BY id
             FOR UPDATE
        """,
        operator_id,
    )


async def list_stations(tx: Tx, rows: Rows, prefix: str, page: DeltaRequest) -> list[Station]:
    return await tx.all(
        Station,
        """
          SELECT id, version, name, tier, division, operator_id, status, rooms
            FROM stations
           WHERE division LIKE ANY ($1)
             AND starts_with(division, $2)
             AND ($3::uuid IS NULL OR id > $3)
             AND ($5::text[] IS NULL OR id = ANY ($5::text[]::uuid[]))
        ORDER BY id
           LIMIT $4
        """,
        rows.divisions,
        prefix,
        page.after_id,
        page.limit,
        page.changed,
    )


async def save_station(tx: Tx, station: Station) -> None:
    await tx.do(
        """
        UPDATE stations
           SET version = $2,
               name = $3,
               division = $4,
               operator_id = $5,
               status = $6,
               rooms = $7
         WHERE id = $1
        """,
        station.id,
        station.version,
        station.name,
        station.division,
        station.operator_id,
        station.status,
        station.rooms,
    )

"""Stations in tiers, with their rooms: open → closed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from libs.common.contract import changed
from libs.common.errors import Conflict, Fault, Invalid
from services.registry.domain.sentences import TIER_UNKNOWN


class TierUnknown(Invalid):
    """The city has no stations of this tier; the policy of stations names them."""

    zh = "本市没有此层级的站点，层级名称见站点政策。"


class StationClosed(Conflict):
    """The station is closed; choose another one."""

    zh = "该站点已关闭，请另选站点。"


class StationInUse(Conflict):
    """Workers are posted to this station; end or move their postings first."""

    zh = "该站点仍有派驻人员，请先结束派驻。"


@dataclass(frozen=True, slots=True, kw_only=True)
class StationPolicy:
    """The tiers of stations as the city calls them."""

    version: int
    effective_from: date
    tiers: tuple[str, ...]

    def demand(self, tier: str) -> None:
        """Refuse a tier that the city does not have."""
        if tier not in self.tiers:
            raise TierUnknown(Fault("/tier", TIER_UNKNOWN, tiers=self.tiers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room of a station, and how many people it holds."""

    id: UUID
    name: str
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A place where social work is done, with who operates it."""

    id: UUID
    version: int
    name: str
    tier: str
    division: str
    operator_id: UUID | None
    status: Literal["open", "closed"]
    rooms: tuple[Room, ...]

    def change(self, name: str, operator_id: UUID | None, more: Iterable[Room]) -> "Station":
        """Renamed, operated by another, or with more rooms; a room once used is kept."""
        self.demand_open()
        return changed(self, name=name, operator_id=operator_id, rooms=(*self.rooms, *more))

    def relocate(self, division: str) -> "Station":
        """Belonging to another division, because its own has ended."""
        return changed(self, division=division)

    def without_operator(self) -> "Station":
        """Left by an organisation that is no more."""
        return changed(self, operator_id=None)

    def close(self) -> "Station":
        """Closed for good."""
        self.demand_open()
        return changed(self, status="closed")

    def demand_open(self) -> None:
        """Refuse what only an open station can have."""
        if self.status != "open":
            raise StationClosed


def open_station(
    new_id: UUID,
    name: str,
    tier: str,
    division: str,
    operator_id: UUID | None,
    rooms: Iterable[Room],
) -> Station:
    """A station that begins its work."""
    return Station(
        id=new_id,
        version=1,
        name=name,
        tier=tier,
        division=division,
        operator_id=operator_id,
        status="open",
        rooms=tuple(rooms),
    )

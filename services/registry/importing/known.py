"""What the register holds already, as its API tells a keeper."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from libs.common.asking import Asker

BASE: Final = "/registry/v1"
Thing = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The register, by what its things are told apart by."""

    divisions: Mapping[str, Thing]
    organisations: Sequence[Thing]
    stations: Mapping[tuple[str, str], Thing]
    """By division and name."""
    workers: Mapping[str, Thing]
    """By file number."""
    employers: Mapping[str, frozenset[str]]
    """The organisations that employ a worker or did, by the worker's id."""
    communities: Mapping[str, frozenset[str]]
    """The communities that a worker is or was posted to, by the worker's id."""
    tiers: frozenset[str]

    def organisation(self, code: str) -> Thing | None:
        """By its social credit code, or its filing number."""
        for one in self.organisations:
            if code in (one["uscc"], one["filing_number"]):
                return one
        return None

    def applied(self, name: str, division: str) -> Thing | None:
        """One that was entered, and not yet registered or filed."""
        for one in self.organisations:
            if (one["name"], one["division"], one["status"]) == (name, division, "applied"):
                return one
        return None


async def read_known(asker: Asker) -> Known:
    """Ask for all of it."""
    policy = await asker.ask("GET", f"{BASE}/policies/stations")
    if policy.refused:
        raise SystemExit(f"{policy.body.get('title', policy.status)}")
    workers = await asker.all(f"{BASE}/workers")
    stations = await asker.all(f"{BASE}/stations")
    return Known(
        divisions={one["id"]: one for one in await asker.all(f"{BASE}/divisions")},
        organisations=await asker.all(f"{BASE}/organisations"),
        stations={(one["division"], one["name"]): one for one in stations},
        workers={one["file_number"]: one for one in workers if one["file_number"]},
        employers=_by_worker(await asker.all(f"{BASE}/employments"), "organisation_id"),
        communities=_by_worker(await asker.all(f"{BASE}/postings"), "division"),
        tiers=frozenset(policy.body["tiers"]),
    )


def _by_worker(periods: Sequence[Thing], what: str) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for period in periods:
        if period["status"] != "withdrawn":
            found[period["worker_id"]].add(period[what])
    return {worker: frozenset(names) for worker, names in found.items()}

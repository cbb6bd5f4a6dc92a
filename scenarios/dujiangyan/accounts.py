"""Events by type as sets of ids, held as count and exclusive-or, and where two sets differ."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

Sums = dict[str, "Sum"]
Heard = dict[tuple[str, str], Sums]
"""What each reaction of each service has heard, by type."""


OPERATIONS: Final = frozenset({"hour", "difference", "view", "probe", "database"})
"""Of these nouns every service tells, whatever it is about."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A set of ids: how many, and the exclusive-or of all of them."""

    count: int = 0
    xor: int = 0

    def __add__(self, other: "Sum") -> "Sum":
        """The union of two sets that have nothing in common."""
        return Sum(self.count + other.count, self.xor ^ other.xor)

    def with_id(self, identifier: UUID) -> "Sum":
        """The set with one more id."""
        return self + Sum(1, identifier.int)


@dataclass(frozen=True, slots=True)
class Books:
    """What all services together have emitted and heard."""

    emitted: Sums
    heard: Heard


def books(totals: Mapping[str, Mapping[str, Any]]) -> Books:
    """The totals that the services answer, by service, in one account: of what the year is about,
    not of what they tell of their own running, which depends on the hours of the day."""
    emitted: Sums = {}
    heard: Heard = {}
    for service, answer in totals.items():
        for row in filter(_is_of_the_domain, answer["emitted"]):
            emitted[row["type"]] = emitted.get(row["type"], Sum()) + _sum(row)
        for row in filter(_is_of_the_domain, answer["heard"]):
            heard.setdefault((service, row["reaction"]), {})[row["type"]] = _sum(row)
    return Books(emitted, heard)


def differences(kept: Books) -> list[str]:
    """Where a reaction has not heard exactly what was emitted of a type that it hears."""
    found = [
        f"{service}.{reaction}: {kind} heard {sums[kind].count} of {said.count}"
        for (service, reaction), sums in sorted(kept.heard.items())
        for kind in sorted(sums)
        if sums[kind] != (said := kept.emitted.get(kind, Sum()))
    ]
    nowhere = set(kept.emitted).difference(*kept.heard.values())
    return found + [f"{kind}: heard by nobody" for kind in sorted(nowhere)]


def restless(kept: Books) -> set[str]:
    """The services that have still to hear something."""
    return {
        service
        for (service, _), sums in kept.heard.items()
        if any(heard != kept.emitted.get(kind, Sum()) for kind, heard in sums.items())
    }


def unheard(kept: Books) -> int:
    """How many times an event has still to be heard by a reaction."""
    return sum(
        kept.emitted.get(kind, Sum()).count - heard.count
        for sums in kept.heard.values()
        for kind, heard in sums.items()
    )


def of_the_domain(sums: Sums) -> Sums:
    """The same of what another listener has heard."""
    return {kind: one for kind, one in sums.items() if _is_of_the_domain({"type": kind})}


def _is_of_the_domain(row: Mapping[str, Any]) -> bool:
    return row["type"].split(".")[1] not in OPERATIONS


def unequal(emitted: Mapping[str, Sum], others: Mapping[str, Sum]) -> list[str]:
    """The types of which another listener has a different set."""
    return sorted(
        kind
        for kind in emitted.keys() | others.keys()
        if emitted.get(kind, Sum()) != others.get(kind, Sum())
    )


def summed(ids: Iterable[tuple[UUID, str]]) -> Sums:
    """Ids with their types as sums by type."""
    sums: Sums = {}
    for identifier, kind in ids:
        sums[kind] = sums.get(kind, Sum()).with_id(identifier)
    return sums


def _sum(row: Mapping[str, Any]) -> Sum:
    return Sum(int(row["count"]), int(row["xor"], 16))

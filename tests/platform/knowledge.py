"""What a caller can read on a running platform, and what of it concerns nobody else."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import requests

from libs.common.http import Route
from tests.contracts.test_contracts import ALL

Json = Any
UUID_TEXT: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KEPT: Final = 40
"""So many values of a name are enough to try."""

PUBLIC: Final = frozenset(
    {
        "agreement_policy",
        "calendar_day",
        "call",
        "coverage",
        "division",
        "in_force",
        "inbox",
        "message",
        "need",
        "organisation",
        "policy",
        "proposal",
        "ranking",
        "station",
        "template",
        "tender",
    }
)
"""Nouns that all organisations may know of; what stands in any other answer is of one alone.

A message may be to all of a role; that nobody reads another's is a test of notifications."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller: the role, for which organisation, and the token that says so."""

    role: str
    org: str | None
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """Of every request."""
        return {"Authorization": f"Bearer {self.token}", "Accept-Language": "zh"}


@dataclass(slots=True)
class Knowledge:
    """What was read: values by the name they stand under, and ids of what is one's own alone."""

    values: dict[str, list[Json]] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    public: set[str] = field(default_factory=set)

    @property
    def private(self) -> set[str]:
        """Ids that stand in no public answer."""
        return self.own - self.public

    def learn(self, noun: str, answer: Json) -> None:
        """Keep what an answer says about things of that noun."""
        for name, value in _scalars(answer):
            key = f"{noun}_id" if name == "id" else name
            known = self.values.setdefault(key, [])
            if len(known) < KEPT and value not in known:
                known.append(value)
            if UUID_TEXT.fullmatch(str(value)):
                if noun in PUBLIC:
                    self.public.add(value)
                elif name in ("id", "recipient_ref"):
                    self.own.add(value)

    def merge(self, other: "Knowledge") -> None:
        """Know what another knows, too."""
        for name, values in other.values.items():
            mine = self.values.setdefault(name, [])
            mine += [value for value in values[:KEPT] if value not in mine]


def read_all(session: requests.Session, url: str, who: Identity) -> Knowledge:
    """Everything that this caller can list, and one by one what leads on from there."""
    known = Knowledge()
    for deep in (False, True):
        for base, route in _queries(who.role):
            if ("{" in route.path) is deep:
                for values in _ways(route, known):
                    answer = session.get(
                        f"{url}{base}{route.path.format(**values)}", headers=who.headers
                    )
                    if answer.status_code == 200 and "json" in answer.headers["Content-Type"]:
                        known.learn(noun_of(route.path), answer.json())
    return known


def noun_of(path: str) -> str:
    """`/v1/check-in-drafts` → `check_in_draft`: of what a list is."""
    last = [part for part in path.split("/") if not part.startswith("{")][-1].replace("-", "_")
    return f"{last[:-3]}y" if last.endswith("ies") else last.removesuffix("s")


def _queries(role: str) -> Iterator[tuple[str, Route]]:
    for service in ALL:
        for base, routes in service.bases():
            for route in routes:
                if route.method == "GET" and role in service.all_grants[route.scope]:
                    yield base, route


def _ways(route: Route, known: Knowledge) -> Iterator[Mapping[str, str]]:
    """Values for the places in its path, a few of those known."""
    names = [name for name in route.parameters if f"{{{name}}}" in route.path]
    if len(names) > 1:
        return
    if not names:
        yield {}
    for name in names:
        yield from ({name: str(value)} for value in known.values.get(name, [])[:5])


def _scalars(value: Json) -> Iterator[tuple[str, Json]]:
    """Every name with every value that stands under it, at any depth."""
    if isinstance(value, list):
        for item in value:
            yield from _scalars(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if isinstance(item, dict | list):
                yield from _scalars(item)
            elif item is not None:
                yield name, item

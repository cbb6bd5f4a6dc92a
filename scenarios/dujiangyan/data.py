"""The facts that the scenario plays, read from data/*.json; each entry says where it is from."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from scenarios.dujiangyan.calendar import TERM

FOLDER: Final = Path(__file__).parent / "data"
FEN: Final = 100
RECIPIENTS: Final = 50
"""Recipients of each agreement of the year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """An urban community or a village, with its code."""

    name: str
    code: str
    town: str
    urban: bool

    @property
    def host(self) -> str:
        """The code of its town."""
        return self.code[:9] + "000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A town and its communities."""

    name: str
    code: str
    communities: tuple[Community, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An agency and how many social workers it employs."""

    key: str
    name: str
    workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of residents, filed with its town."""

    key: str
    name: str
    community: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One kind of service under every agreement: how many, and for how many persons."""

    kind: str
    title: str
    quantity: int
    minimum_persons: int
    persons: int
    """How many usually come: generated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project: what, where, by whom, for how much, and how well it will go."""

    key: str
    title: str
    domain: str
    community: Community
    department: str
    provider: str
    rivals: tuple[str, ...]
    price: int
    quality: str
    term: tuple[date, date]
    recipients: int
    outputs: tuple[Output, ...]

    @property
    def bidders(self) -> tuple[str, ...]:
        """The agency that will win, then the others."""
        return (self.provider, *self.rivals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bidder:
    """Who bids next year, for how much, and what the panel thinks of the proposal."""

    organisation: str
    price: int
    points_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure that must hold, with its bounds and where it is from."""

    key: str
    zh: str
    en: str
    unit: str
    at_least: int
    at_most: int | None
    origin: str

    def holds(self, value: int) -> bool:
        """Whether a value keeps the bounds."""
        return self.at_least <= value and (self.at_most is None or value <= self.at_most)


@cache
def raw(name: str) -> Any:
    """A file of the data as it is."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@cache
def towns() -> tuple[Town, ...]:
    """The towns of the scenario; a community's code is its town's with a number of its own."""
    return tuple(
        Town(
            name=town["name"],
            code=town["code"],
            communities=tuple(
                Community(
                    name=one["name"],
                    code=f"{town['code'][:9]}{number:03}",
                    town=town["name"],
                    urban=one["urban"],
                )
                for number, one in enumerate(town["communities"], 1)
            ),
        )
        for town in raw("places")["towns"]
    )


@cache
def communities() -> tuple[Community, ...]:
    """All communities, urban and rural."""
    return tuple(one for town in towns() for one in town.communities)


@cache
def community(name: str) -> Community:
    """A community by its name."""
    return next(one for one in communities() if one.name == name)


@cache
def agencies() -> tuple[Agency, ...]:
    """The nine agencies of the source."""
    return tuple(_agency(one) for one in raw("organisations")["agencies"])


@cache
def newcomer() -> Agency:
    """The agency that is founded at the end of the year."""
    return _agency(raw("organisations")["newcomer"])


@cache
def groups() -> tuple[Group, ...]:
    """The groups of residents."""
    return tuple(
        Group(key=one["key"], name=one["name"], community=one["community"])
        for one in raw("organisations")["groups"]
    )


@cache
def outputs() -> tuple[Output, ...]:
    """What every agreement of the year asks for."""
    return tuple(Output(**one) for one in raw("projects")["outputs"])


@cache
def projects() -> tuple[Project, ...]:
    """The projects of the year."""
    shared = {
        "from_day": TERM[0].isoformat(),
        "to_day": TERM[1].isoformat(),
        "recipients": RECIPIENTS,
        "outputs": raw("projects")["outputs"],
    }
    return tuple(_project(one | shared) for one in raw("projects")["projects"])


@cache
def trials() -> tuple[Project, ...]:
    """Small projects beside those of the year: what goes wrong with them upsets no figure."""
    return tuple(_project(one) for one in raw("projects")["trials"])


@cache
def trial(key: str) -> Project:
    """One of them."""
    return next(one for one in trials() if one.key == key)


@cache
def domains() -> tuple[str, ...]:
    """The four domains of the source."""
    return tuple(raw("projects")["domains"])


@cache
def next_bidders() -> tuple[Bidder, ...]:
    """Who bids in the next year's tender."""
    return tuple(
        Bidder(
            organisation=one["organisation"],
            price=one["price_yuan"] * FEN,
            points_bp=one["points_bp"],
        )
        for one in raw("projects")["next_year"]["bidders"]
    )


@cache
def figures() -> tuple[Figure, ...]:
    """The figures that must hold at the end."""
    return tuple(
        Figure(
            key=one["key"],
            zh=one["zh"],
            en=one["en"],
            unit=one["unit"],
            at_least=one["at_least"],
            at_most=one.get("at_most"),
            origin=one["from"],
        )
        for one in raw("figures")
    )


def _project(one: dict[str, Any]) -> Project:
    return Project(
        key=one["key"],
        title=one["title"],
        domain=one["domain"],
        community=community(one["community"]),
        department=raw("projects")["departments"][one["department"]],
        provider=one["provider"],
        rivals=tuple(one["rivals"]),
        price=one["price_yuan"] * FEN,
        quality=one["quality"],
        term=(date.fromisoformat(one["from_day"]), date.fromisoformat(one["to_day"])),
        recipients=one["recipients"],
        outputs=tuple(Output(**output) for output in one["outputs"]),
    )


def _agency(one: dict[str, Any]) -> Agency:
    return Agency(key=one["key"], name=one["name"], workers=one["workers"])

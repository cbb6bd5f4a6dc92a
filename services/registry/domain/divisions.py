"""Divisions: 12-digit codes in four levels, with their validity and their successors."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from libs.common.contract import changed
from libs.common.errors import Conflict, Fault, Invalid
from libs.common.sentences import IN_THE_PAST
from services.registry.domain.sentences import (
    CITY_HAS_NO_PARENT,
    NOT_A_SUCCESSOR,
    NOT_BELOW_PARENT,
    NOT_OF_THE_LEVEL,
    PARENT_MISSING,
    PARENT_NOT_ONE_ABOVE,
    PARENT_UNKNOWN,
)

Level = Literal["city", "town", "community", "group"]
"""City or county, town or subdistrict 街道, 居/村委会, and what lies below: 院落, 小区."""
ABOVE: Final[Mapping[Level, Level]] = {
    "town": "city",
    "community": "town",
    "group": "community",
}


class DivisionInvalid(Invalid):
    """The division does not fit its code or its parent; each fault is listed."""

    zh = "区划与其代码或上级区划不符，请按所列各项改正。"


class DivisionCodeTaken(Conflict):
    """A division with other content has this code already; correct the code, nothing was
    changed."""

    zh = "该区划代码已用于内容不同的区划，未作任何更改，请核对代码。"


class DivisionEnded(Conflict):
    """The division ends, or has ended; use its successors."""

    zh = "该区划已撤销或将撤销，请使用其后继区划。"


class DivisionEndInvalid(Invalid):
    """A division ends today or later, and its successors are other divisions of its level."""

    zh = "区划撤销日期须为今日或以后，后继区划须为同级的其他区划。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """A division as the official list, or a provisional local code, has it."""

    id: str
    version: int
    name: str
    level: Level
    urban: bool
    parent: str | None
    valid_from: date
    valid_to: date | None
    successors: tuple[str, ...]

    @property
    def division(self) -> str:
        """Where its events lie: in itself."""
        return self.id

    def says_the_same(self, other: "Division") -> bool:
        """Whether somebody asks again for what is there already."""
        return (self.name, self.level, self.urban, self.parent, self.valid_from) == (
            other.name,
            other.level,
            other.urban,
            other.parent,
            other.valid_from,
        )

    def end(self, day: date, successors: "tuple[Division, ...]", today: date) -> "Division":
        """Abolished, merged or split: this day is its last, the successors go on."""
        if self.valid_to is not None:
            raise DivisionEnded
        faults = [
            Fault(f"/successors/{place}", NOT_A_SUCCESSOR)
            for place, successor in enumerate(successors)
            if successor.id == self.id
            or successor.level != self.level
            or successor.valid_to is not None
        ]
        earliest = max(today, self.valid_from)
        if day < earliest:
            faults.append(Fault("/valid_to", IN_THE_PAST, earliest=earliest))
        if faults:
            raise DivisionEndInvalid(*faults)
        return changed(self, valid_to=day, successors=tuple(s.id for s in successors))


def draw_division(
    code: str, name: str, level: Level, urban: bool, parent: str | None, valid_from: date
) -> Division:
    """A division that is entered for the first time."""
    return Division(
        id=code,
        version=1,
        name=name,
        level=level,
        urban=urban,
        parent=parent,
        valid_from=valid_from,
        valid_to=None,
        successors=(),
    )


def significant(code: str, level: Level) -> str:
    """The digits of a code that everything below it shares.

    A city is a county-level one (6 digits) or a prefecture (4, the rest zero); a group has the
    nine digits of its town and three of its own, since GB/T 10114 codes end at the community.
    """
    if level == "city":
        return code[:4] if code.endswith("00000000") else code[:6]
    return code[:6] if level == "town" else code[:9]


def faults_of(division: Division, parent: Division | None, at: str = "") -> list[Fault]:
    """Everything wrong with a division below that parent; `at` points to it in the request."""
    faults = []
    if not _shaped(division.id, division.level):
        faults.append(Fault(f"{at}/code", NOT_OF_THE_LEVEL, level=division.level))
    if division.level == "city":
        if division.parent is not None:
            faults.append(Fault(f"{at}/parent", CITY_HAS_NO_PARENT))
        return faults
    above = ABOVE[division.level]
    if division.parent is None:
        faults.append(Fault(f"{at}/parent", PARENT_MISSING, level=above))
    elif parent is None:
        faults.append(Fault(f"{at}/parent", PARENT_UNKNOWN))
    elif parent.level != above:
        faults.append(Fault(f"{at}/parent", PARENT_NOT_ONE_ABOVE, level=above))
    elif not division.id.startswith(_shared(parent)) or division.id == parent.id:
        faults.append(Fault(f"{at}/code", NOT_BELOW_PARENT, beginning=_shared(parent)))
    return faults


def _shared(parent: Division) -> str:
    return parent.id[:9] if parent.level == "town" else significant(parent.id, parent.level)


def _shaped(code: str, level: Level) -> bool:
    """GB/T 2260 and 10114: two, two and two digits, three of the town, three of the community."""
    town, community = code[6:9], code[9:]
    if level == "city":
        return town == community == "000" and code[2:6] != "0000"
    if level == "town":
        return town != "000" and community == "000"
    return town != "000" and community != "000"

"""Ties: conflicts of interest between a person and an organisation: standing → ended."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from libs.common.contract import changed
from libs.common.errors import Conflict, SecondPersonRequired

TieKind = Literal["employment", "kinship", "ownership", "leadership", "other"]
TieDegree = Literal["direct", "second-hand"]


class TieAlreadyDeclared(Conflict):
    """This tie is declared and stands; it need not be declared again."""

    zh = "该利害关系已经申报且仍有效，无需重复申报。"


class TieNotStanding(Conflict):
    """This tie has ended already; there is nothing left to end."""

    zh = "该利害关系已经终止，无需再次终止。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """What ties a person to an organisation, from its declaration on."""

    id: UUID
    version: int
    person: str
    organisation_id: UUID
    kind: TieKind
    degree: TieDegree
    status: Literal["standing", "ended"]
    declared_day: date
    ended_day: date | None

    def end(self, by: str, day: date) -> "Tie":
        """Ended, as somebody else attests: who is tied cannot free themselves of a bar."""
        if by == self.person:
            raise SecondPersonRequired
        if self.status != "standing":
            raise TieNotStanding
        return changed(self, status="ended", ended_day=day)


def declare(
    new_id: UUID, person: str, organisation_id: UUID, kind: TieKind, degree: TieDegree, day: date
) -> Tie:
    """A tie that somebody makes known."""
    return Tie(
        id=new_id,
        version=1,
        person=person,
        organisation_id=organisation_id,
        kind=kind,
        degree=degree,
        status="standing",
        declared_day=day,
        ended_day=None,
    )

"""Panels: the purchaser's representatives are named, the experts drawn, stand-ins in order."""

from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Literal
from uuid import UUID

from libs.common.contract import answer, changed
from libs.common.errors import Conflict, Fault, Invalid
from libs.common.money import WHOLE
from services.procurement.domain.sentences import PERSON_TWICE, TOO_MANY

Side = Literal["purchaser", "expert"]
SeatStatus = Literal["seated", "stand-in", "recused"]


class PanelDrawnAlready(Conflict):
    """The panel has been drawn; a draw is never repeated, so go on with this panel."""

    zh = "评审小组已抽取，不得重新抽取，请以该小组继续。"


class PanelMemberTwice(Invalid):
    """Each person sits on a panel once."""

    zh = "同一人不得重复列入评审小组。"


class PurchaserOutweighs(Invalid):
    """The purchaser's representatives are too large a share of the panel."""

    zh = "采购人代表超过评审小组规定比例。"


class PanelMemberTied(Conflict):
    """A named representative is tied to one of the bidders; name another."""

    zh = "指定的采购人代表与投标人存在利害关系，请另行指定。"


class TooFewExperts(Conflict):
    """The pool has too few experts without a tie to a bidder; admit more, or ask for fewer."""

    zh = "专家库中无利害关系的专家人数不足，请扩充专家库或减少专家人数。"


class NoStandInLeft(Conflict):
    """No stand-in is left for this seat; cancel the tender, and tender again with a larger pool."""

    zh = "已无候补专家可递补，请终止本次采购，扩充专家库后重新采购。"


class PanelNotDrawn(Conflict):
    """The panel has not been drawn yet; draw it first."""

    zh = "评审小组尚未抽取，请先抽取。"


class MemberRecused(Conflict):
    """You have stepped back from this panel, so your scores do not count and no more are taken;
    if you did not mean to, ask the purchaser."""

    zh = "您已回避本项目评审，已交评分不计，也不再接受评分；如系误操作，请联系采购人。"


@answer
class Seat:
    """One person on a panel, or waiting to step in; `place` is the place in the drawn order."""

    person: str
    side: Side
    place: int
    status: SeatStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The panel of one tender, whose id it has; anybody can draw it again from its seed."""

    id: UUID
    version: int
    seed: str
    seats: tuple[Seat, ...]
    drawn_day: date

    @property
    def members(self) -> tuple[str, ...]:
        """Who judges."""
        return tuple(seat.person for seat in self.seats if seat.status == "seated")

    def seat_of(self, person: str) -> Seat:
        """The seat from which that person judges; nobody comes back who has stepped back."""
        [seat] = [seat for seat in self.seats if seat.person == person]
        if seat.status == "recused":
            raise MemberRecused
        return seat

    def recuse(self, person: str) -> "Panel":
        """A member steps back; an expert's seat goes to the next in the drawn order."""
        seat = self.seat_of(person)
        changes = {person: replace(seat, status="recused")}
        if seat.side == "expert":
            waiting = [seat for seat in self.seats if seat.status == "stand-in"]
            if not waiting:
                raise NoStandInLeft
            changes[waiting[0].person] = replace(waiting[0], status="seated")
        return changed(self, seats=tuple(changes.get(s.person, s) for s in self.seats))

    def joined_since(self, before: "Panel") -> str | None:
        """Who has stepped in since then."""
        return next((one for one in self.members if one not in before.members), None)


def drawn_order(seed: str, persons: frozenset[str]) -> list[str]:
    """The order that a seed puts persons in: by SHA-256 of seed and person."""
    return sorted(persons, key=lambda person: sha256(f"{seed}{person}".encode()).digest())


def draw(
    tender_id: UUID,
    seed: str,
    named: tuple[str, ...],
    pool: frozenset[str],
    tied: frozenset[str],
    experts: int,
    members_most_bp: int,
    day: date,
) -> Panel:
    """A panel of the named representatives and that many experts who are tied to no bidder."""
    check_named(named, experts, members_most_bp)
    if tied & set(named):
        raise PanelMemberTied
    order = drawn_order(seed, pool - tied - set(named))
    if len(order) < experts:
        raise TooFewExperts(eligible=len(order), needed=experts)
    seats = [_seat(person, "purchaser", place, len(named)) for place, person in enumerate(named, 1)]
    seats += [_seat(person, "expert", place, experts) for place, person in enumerate(order, 1)]
    return Panel(id=tender_id, version=1, seed=seed, seats=tuple(seats), drawn_day=day)


def check_named(named: tuple[str, ...], experts: int, members_most_bp: int) -> None:
    """Whether the purchaser names each person once, and no more than its share of the panel."""
    if len(set(named)) < len(named):
        raise PanelMemberTwice(Fault("/purchaser_members", PERSON_TWICE))
    if len(named) * WHOLE // (len(named) + experts) > members_most_bp:
        raise PurchaserOutweighs(Fault("/purchaser_members", TOO_MANY, most=members_most_bp))


def _seat(person: str, side: Side, place: int, seated: int) -> Seat:
    status: SeatStatus = "seated" if place <= seated else "stand-in"
    return Seat(person=person, side=side, place=place, status=status)

"""Panels: experts are drawn by a recorded seed, and nobody tied to a bidder judges."""

import asyncio
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.ids import new_id
from libs.common.testing import Stage
from services.procurement.domain.panels import (
    NoStandInLeft,
    Panel,
    PanelMemberTied,
    PurchaserOutweighs,
    TooFewExperts,
    draw,
    drawn_order,
)
from tests.services.procurement.steps import (
    buyer,
    done,
    empanelled,
    know_expert,
    opened,
    published,
    tie,
)

PATIENT = settings(deadline=None)
PRICES = (8_000_000, 7_500_000, 8_500_000)
PERSONS = st.frozensets(st.text("abcdef", min_size=1, max_size=4), max_size=20)


def drawn(
    named: tuple[str, ...], pool: frozenset[str], tied: frozenset[str], experts: int
) -> Panel:
    return draw(new_id(), "5eed", named, pool, tied, experts, 3_333, date(2025, 1, 15))


@PATIENT
@given(PERSONS, PERSONS, st.integers(1, 5))
def test_nobody_tied_is_drawn(pool: frozenset[str], tied: frozenset[str], experts: int) -> None:
    """Exactly so many experts sit, all from the pool, none tied; the rest stand in, in order."""
    if len(pool - tied) < experts:
        with pytest.raises(TooFewExperts):
            drawn((), pool, tied, experts)
        return

    panel = drawn((), pool, tied, experts)

    assert tuple(drawn_order("5eed", pool - tied)[:experts]) == panel.members
    assert pool - tied == {seat.person for seat in panel.seats}


@PATIENT
@given(st.integers(0, 6), st.integers(1, 12))
def test_the_purchaser_has_a_third_at_most(named: int, experts: int) -> None:
    """One of three is allowed, two of five are not."""
    persons = tuple(f"p{number}" for number in range(named))
    pool = frozenset(f"e{number}" for number in range(experts))

    if named * 3 > named + experts:
        with pytest.raises(PurchaserOutweighs):
            drawn(persons, pool, frozenset(), experts)
    else:
        assert named + experts == len(drawn(persons, pool, frozenset(), experts).members)


@PATIENT
@given(PERSONS)
def test_every_recusal_is_replaced_until_nobody_is_left(pool: frozenset[str]) -> None:
    """An expert's seat goes to the next in the drawn order."""
    if not pool:
        return
    panel = drawn((), pool, frozenset(), 1)

    for person in drawn_order("5eed", pool)[:-1]:
        assert (person,) == panel.members
        panel = panel.recuse(person)

    with pytest.raises(NoStandInLeft):
        panel.recuse(panel.members[0])


def test_a_recused_representative_leaves_the_seat_empty() -> None:
    """The purchaser's share only falls."""
    panel = drawn(("p",), frozenset("abc"), frozenset(), 2).recuse("p")

    assert len(panel.members) == 2
    assert "p" not in panel.members


def test_a_tied_representative_is_refused() -> None:
    """The purchaser names another."""
    with pytest.raises(PanelMemberTied):
        drawn(("p",), frozenset("abc"), frozenset("p"), 2)


def test_a_named_representative_is_not_drawn_as_expert() -> None:
    """Each person sits once, also when they are in the pool."""
    panel = drawn(("a",), frozenset("abc"), frozenset(), 2)

    assert sorted("abc") == sorted(panel.members)


async def empanel(procurement: Stage, tender: str, *members: str) -> Any:
    return await buyer(procurement).post(
        f"/tenders/{tender}/panel", {"purchaser_members": list(members)}
    )


async def test_a_panel_can_be_drawn_again_from_its_seed(procurement: Stage) -> None:
    """Retired and tied experts are left out; the seed gives the same order to everybody."""
    ready = await opened(procurement, PRICES)
    for number in range(5):
        await know_expert(procurement, f"expert-{number}")
    await know_expert(procurement, "expert-3", "retired")
    await tie(procurement, "expert-4", ready.bidders[0].org)

    panel = await done(await empanel(procurement, ready.tender, "buyer"))

    experts = [seat for seat in panel["seats"] if seat["side"] == "expert"]
    order = drawn_order(panel["seed"], frozenset({"expert-0", "expert-1", "expert-2"}))
    assert order == [seat["person"] for seat in experts]
    assert [seat["status"] for seat in experts] == ["seated", "seated", "stand-in"]
    read = await procurement.as_("auditor").get(f"/tenders/{ready.tender}/panel")
    assert panel == read.body


async def test_a_panel_follows_the_opening_and_is_drawn_once(procurement: Stage) -> None:
    """Also when two ask at the same instant."""
    for number in range(3):
        await know_expert(procurement, f"expert-{number}")
    early = await empanel(procurement, (await published(procurement))["id"], "buyer")
    ready = await opened(procurement, PRICES)

    answers = await asyncio.gather(*(empanel(procurement, ready.tender, "buyer") for _ in "ab"))

    assert (early.status, early.code) == (409, "tender-not-opened")
    assert sorted(answer.status for answer in answers) == [201, 409]
    assert "panel-drawn-already" in {answer.code for answer in answers}


async def test_who_cannot_sit(procurement: Stage) -> None:
    """Too many representatives, one named twice, one tied, or too few experts."""
    ready = await opened(procurement, PRICES)
    few = await empanel(procurement, ready.tender, "buyer")
    for number in range(2):
        await know_expert(procurement, f"expert-{number}")
    await tie(procurement, "cousin", ready.bidders[1].org)

    many = await empanel(procurement, ready.tender, "a", "b")
    twice = await empanel(procurement, ready.tender, "a", "a")
    tied = await empanel(procurement, ready.tender, "cousin")

    assert (few.status, few.code, few.body["eligible"]) == (409, "too-few-experts", 0)
    assert (many.status, many.code) == (422, "purchaser-outweighs")
    assert (twice.status, twice.code) == (422, "panel-member-twice")
    assert (tied.status, tied.code) == (409, "panel-member-tied")


async def test_a_member_steps_back(procurement: Stage) -> None:
    """The stand-in judges instead; who has never sat has nothing to step back from."""
    ready, members = await empanelled(procurement, PRICES)
    expert = next(member for member in members if member != "buyer")
    path = f"/tenders/{ready.tender}/panel/recusals"

    panel = await done(await procurement.as_("expert", person=expert).post(path))

    seats = {seat["person"]: seat["status"] for seat in panel["seats"]}
    assert seats[expert] == "recused"
    assert list(seats.values()).count("seated") == 3
    again = await procurement.as_("expert", person=expert).post(path)
    stranger = await procurement.as_("expert", person="nobody").post(path)
    assert (again.status, again.code) == (409, "member-recused")
    assert (stranger.status, stranger.code) == (404, "tender-not-found")


async def test_panels_are_closed_to_bidders(procurement: Stage) -> None:
    """A provider neither draws nor reads a panel."""
    ready, _ = await empanelled(procurement, PRICES)
    provider = ready.bidders[0].client(procurement)
    path = f"/tenders/{ready.tender}/panel"

    assert (await provider.get(path)).status == 403
    assert (await provider.post(path, {"purchaser_members": []})).status == 403
    other = procurement.as_("auditor", divisions=("510182",))
    assert (await other.get(path)).status == 404

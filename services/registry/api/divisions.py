"""Divisions: entered one by one or as a list, ended with successors."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

from libs.common import clock
from libs.common.changes import followed
from libs.common.contract import Day, DivisionCode, Name, Some, Token, answer, body, told
from libs.common.db import Tx
from libs.common.errors import Fault, NotFound, NotYet
from libs.common.http import Call, Routes
from libs.common.jobs import set_timer
from libs.common.outbox import emit
from libs.common.pages import DeltaRequest, Page, page
from services.registry import actions, events
from services.registry.api.areas import is_own
from services.registry.domain.divisions import (
    Division,
    DivisionCodeTaken,
    DivisionInvalid,
    Level,
    draw_division,
    faults_of,
)
from services.registry.domain.sentences import CODE_TAKEN, LISTED_TWICE
from services.registry.store import divisions as store

routes: Final = Routes()


@body
class Entry:
    """A division as it is entered."""

    name: Name
    level: Level
    parent: DivisionCode | None = None
    urban: bool
    valid_from: Day


@body
class ListedEntry:
    """A division in a list."""

    code: DivisionCode
    name: Name
    level: Level
    parent: DivisionCode | None = None
    urban: bool
    valid_from: Day


@body
class Listing:
    """Divisions to be entered together; a parent may stand in the same list."""

    divisions: Annotated[tuple[ListedEntry, ...], Some(1, 200)]


@body
class Ending:
    """The last day of a division, and the divisions that go on in its place."""

    valid_to: Day
    successors: Annotated[tuple[DivisionCode, ...], Some(0, 20)] = ()


@answer
class Imported:
    """How many divisions of a list are new, and how many were there already."""

    entered: int
    unchanged: int


@routes.put("/divisions/{code}", scope="registry:divide", creates=True)
async def enter_division(tx: Tx, call: Call, code: DivisionCode, body: Entry) -> Division:
    """Enter a division under its code; the same again changes nothing."""
    if not is_own(call, code):
        raise NotFound("division")
    division = draw_division(code, body.name, body.level, body.urban, body.parent, body.valid_from)
    known = {d.id: d for d in await store.find_divisions(tx, [code, *filter(None, [body.parent])])}
    if faults := faults_of(division, known.get(body.parent or "")):
        raise DivisionInvalid(*faults)
    there = known.get(code)
    if there is not None and not there.says_the_same(division):
        raise DivisionCodeTaken
    call.created = there is None
    if there is None:
        await _enter(tx, [division])
    return there or division


@routes.post("/divisions/imports", scope="registry:divide")
async def import_divisions(tx: Tx, call: Call, body: Listing) -> Imported:
    """Enter a list of divisions, all or none; every fault of the list is named."""
    listed = [
        draw_division(e.code, e.name, e.level, e.urban, e.parent, e.valid_from)
        for e in body.divisions
    ]
    codes = {code for d in listed for code in (d.id, d.parent) if code is not None}
    known = {d.id: d for d in await store.find_divisions(tx, sorted(codes))}
    _refuse_faults(call, listed, known)
    fresh = [division for division in listed if division.id not in known]
    await _enter(tx, sorted(fresh, key=lambda d: _ORDER.index(d.level)))
    return Imported(entered=len(fresh), unchanged=len(listed) - len(fresh))


_ORDER: Final[tuple[Level, ...]] = ("city", "town", "community", "group")


def _refuse_faults(call: Call, listed: Sequence[Division], known: Mapping[str, Division]) -> None:
    """All that is wrong in the list: first its own rules, then what is there already."""
    parents = {**{d.id: d for d in listed}, **known}
    faults, taken, seen = [], [], set()
    for place, division in enumerate(listed):
        at = f"/divisions/{place}"
        faults += faults_of(division, parents.get(division.parent or ""), at)
        if division.id in seen:
            faults.append(Fault(f"{at}/code", LISTED_TWICE))
        seen.add(division.id)
        there = known.get(division.id)
        if there is not None and not there.says_the_same(division):
            taken.append(Fault(f"{at}/code", CODE_TAKEN))
    if faults:
        raise DivisionInvalid(*faults)
    for division in listed:
        if not is_own(call, division.id):
            raise NotYet("division")
    if taken:
        raise DivisionCodeTaken(*taken)


async def _enter(tx: Tx, fresh: Sequence[Division]) -> None:
    """New divisions are told, and new communities counted, when their first day has come."""
    for division in fresh:
        await store.add_division(tx, division)
        await emit(tx, division, told(events.DivisionChanged, division))
    communities = [division for division in fresh if division.level == "community"]
    for community in communities:
        if community.valid_from > tx.today:
            first = clock.start_of(community.valid_from)
            await set_timer(tx, "begin-community", community.id, first)
    await actions.begin_communities(tx, [c for c in communities if c.valid_from <= tx.today])


@routes.patch("/divisions/{code}", scope="registry:divide")
async def end_division(tx: Tx, call: Call, code: DivisionCode, body: Ending) -> Division:
    """End a division; after its last day its first successor takes its stations and postings."""
    division = await store.lock_division(tx, code, call.rows)
    call.expect(division)
    known = {d.id: d for d in await store.find_divisions(tx, list(body.successors))}
    if any(successor not in known or not is_own(call, successor) for successor in body.successors):
        raise NotYet("division")
    ended = division.end(body.valid_to, tuple(known[s] for s in body.successors), tx.today)
    await store.save_division(tx, ended)
    await set_timer(tx, "end-division", ended.id, clock.end_of(body.valid_to))
    await emit(tx, ended, told(events.DivisionChanged, ended))
    return ended


@routes.get("/divisions/{code}", scope="registry:read")
async def read_division(tx: Tx, call: Call, code: DivisionCode) -> Division:
    """One division, with its end and its successors where it has them."""
    return await store.get_division(tx, code, call.rows)


@routes.get("/divisions", scope="registry:read")
async def list_divisions(
    tx: Tx,
    call: Call,
    page_request: DeltaRequest,
    division: Token = "",
    parent: DivisionCode | None = None,
) -> Page[Division]:
    """Divisions in the order of their codes, by prefix (`division`) or by the one above."""
    asked = await followed(tx, page_request, "divisions", places=call.rows.divisions)
    found = await store.list_divisions(tx, call.rows, division, parent, asked)
    return await page(tx, asked, found)

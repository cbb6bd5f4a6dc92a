"""The pool of experts: admitted and retired; whoever draws, draws from an own view."""

from typing import Annotated, Final

from libs.common.contract import DivisionCode, Name, Some, Token, body, told
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.http import Call, Routes
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.registry import events
from services.registry.api.areas import is_own
from services.registry.domain.experts import Expert, admit
from services.registry.store import experts as store
from services.registry.store.experts import ExpertRecord

routes: Final = Routes()


@body
class Admission:
    """A person with the kinds of matters that they can judge."""

    person: Token
    name: Name
    kinds: Annotated[tuple[Token, ...], Some(1, 20)]
    division: DivisionCode


@routes.post("/experts", scope="registry:pool", status=201)
async def admit_expert(tx: Tx, call: Call, body: Admission) -> Expert:
    """Admit a person to the pool, or take them back after they had left it."""
    if not is_own(call, body.division):
        raise NotYet("division")
    known = await store.find_expert(tx, body.person)
    if known is None:
        expert = admit(body.person, body.kinds, body.division)
        await store.add_expert(tx, expert, body.name)
    else:
        expert = known.admit_again(body.kinds, body.division)
        await store.save_expert(tx, expert, body.name)
    await emit(tx, expert, told(events.ExpertAdmitted, expert))
    return expert


@routes.post("/experts/{person}/retirement", scope="registry:pool")
async def retire_expert(tx: Tx, call: Call, person: Token) -> Expert:
    """Take a person out of the pool."""
    expert = await store.lock_expert(tx, person, call.rows)
    call.expect(expert)
    retired = expert.retire()
    await store.save_expert(tx, retired, None)
    await emit(tx, retired, told(events.ExpertRetired, retired))
    return retired


@routes.get("/experts", scope="registry:read-experts")
async def list_experts(tx: Tx, call: Call, page_request: PageRequest) -> Page[ExpertRecord]:
    """The pool in the caller's divisions; names for who keeps it."""
    named = call.is_any("official", "association")
    found = await store.list_experts(tx, call.rows, named, page_request)
    return await page(tx, page_request, found)

"""Ties: declared by the person, or by who keeps the register; ended by somebody else."""

from typing import Final
from uuid import UUID

from libs.common.contract import Token, body, told
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.registry import events
from services.registry.domain.ties import Tie, TieDegree, TieKind, declare
from services.registry.store import organisations
from services.registry.store import ties as store

routes: Final = Routes()


@body
class Declaration:
    """What ties a person to an organisation."""

    person: Token
    organisation_id: UUID
    kind: TieKind
    degree: TieDegree


@routes.post("/ties", scope="registry:declare", status=201)
async def declare_tie(tx: Tx, call: Call, body: Declaration) -> Tie:
    """Declare a tie: everybody their own, the association and officials also those of others."""
    if body.person != call.person and not call.is_any("official", "association"):
        raise NotYet("person")
    if await organisations.find_organisation(tx, body.organisation_id) is None:
        raise NotYet("organisation")
    tie = declare(new_id(), body.person, body.organisation_id, body.kind, body.degree, tx.today)
    await store.add_tie(tx, tie)
    await emit(tx, tie, told(events.TieDeclared, tie))
    return tie


@routes.post("/ties/{tie_id}/end", scope="registry:end-tie")
async def end_tie(tx: Tx, call: Call, tie_id: UUID) -> Tie:
    """Attest that another person's tie has ended."""
    tie = await store.lock_tie(tx, tie_id, call.rows)
    call.expect(tie)
    ended = tie.end(call.person, tx.today)
    await store.save_tie(tx, ended)
    await emit(tx, ended, told(events.TieEnded, ended))
    return ended


@routes.get("/ties", scope="registry:read-ties")
async def list_ties(tx: Tx, call: Call, page_request: PageRequest) -> Page[Tie]:
    """Ties to organisations in the caller's divisions, with those that have ended."""
    return await page(tx, page_request, await store.list_ties(tx, call.rows, page_request))


@routes.get("/own-ties", scope="registry:declare")
async def list_own_ties(tx: Tx, call: Call, page_request: PageRequest) -> Page[Tie]:
    """The caller's own ties."""
    return await page(tx, page_request, await store.list_own_ties(tx, call.person, page_request))

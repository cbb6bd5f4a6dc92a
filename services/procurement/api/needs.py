"""Needs: record and read."""

from typing import Final
from uuid import UUID

from libs.common.contract import Count, DivisionCode, Name, Text, Token, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.procurement.api.areas import in_area
from services.procurement.domain.needs import Need, Origin
from services.procurement.events.needs import NeedRecorded
from services.procurement.store import needs as store

routes: Final = Routes()


@body
class Finding:
    """What was found, where and how; never about one person."""

    title: Name
    finding: Text
    source: Origin
    division: DivisionCode
    domain: Token
    respondents: Count


@routes.post("/needs", scope="procurement:record-need", status=201)
async def record_need(tx: Tx, call: Call, body: Finding) -> Need:
    """Record what a survey, a visit, a meeting or the hotline found."""
    in_area(call, body.division)
    need = Need(
        id=new_id(),
        version=1,
        title=body.title,
        finding=body.finding,
        source=body.source,
        division=body.division,
        domain=body.domain,
        respondents=body.respondents,
        recorded_by=call.person,
        recorded_day=tx.today,
    )
    await store.add_need(tx, need)
    await emit(tx, need, told(NeedRecorded, need))
    return need


@routes.get("/needs/{need_id}", scope="procurement:read")
async def read_need(tx: Tx, call: Call, need_id: UUID) -> Need:
    """One need."""
    return await store.get_need(tx, need_id, call.rows)


@routes.get("/needs", scope="procurement:read")
async def list_needs(tx: Tx, call: Call, page_request: PageRequest) -> Page[Need]:
    """Needs in the caller's divisions."""
    return await page(tx, page_request, await store.list_needs(tx, call.rows, page_request))

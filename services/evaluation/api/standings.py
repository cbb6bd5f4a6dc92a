"""Standings: read."""

from typing import Final
from uuid import UUID

from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.pages import Page, PageRequest, page
from services.evaluation.domain.standings import Standing
from services.evaluation.store import standings as store

routes: Final = Routes()


@routes.get("/standings/{organisation_id}", scope="evaluation:read")
async def read_standing(tx: Tx, call: Call, organisation_id: UUID) -> Standing:
    """An organisation's standing: its sealed results within the policy's look-back."""
    return await store.get_standing(tx, organisation_id, call.rows)


@routes.get("/standings", scope="evaluation:read")
async def list_standings(tx: Tx, call: Call, page_request: PageRequest) -> Page[Standing]:
    """The standings of organisations in the caller's divisions."""
    return await page(tx, page_request, await store.list_standings(tx, call.rows, page_request))

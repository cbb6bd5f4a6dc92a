"""Coverage: which communities have the workers that they need."""

from typing import Final

from libs.common.contract import Token
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.pages import Page, PageRequest, page
from services.registry.store import coverage as store
from services.registry.store.coverage import CommunityCoverage

routes: Final = Routes()


@routes.get("/coverage", scope="registry:read")
async def list_coverage(
    tx: Tx,
    call: Call,
    page_request: PageRequest,
    division: Token = "",
    only_short: bool = False,
) -> Page[CommunityCoverage]:
    """Every community below a prefix (`division`), or only those short, and since when."""
    found = await store.list_coverage(tx, call.rows, division, only_short, page_request)
    return await page(tx, page_request, found)

"""Probes: whether commands to other services reach those who follow them."""

from typing import Final

from libs.common.contract import answer
from libs.common.db import Tx
from libs.common.http import Call, Routes
from services.notifications.store import probes as store
from services.notifications.store.probes import Probe

routes: Final = Routes()


@answer
class Probes:
    """How far the probes have come, by service."""

    probes: list[Probe]


@routes.get("/probes", scope="notifications:follow")
async def list_probes(tx: Tx, call: Call) -> Probes:
    """The latest probe of each service that has arrived here; the feed does not show them."""
    return Probes(probes=await store.list_probes(tx))

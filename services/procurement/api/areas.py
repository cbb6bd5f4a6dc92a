"""Which divisions and organisations a caller may name in a body."""

from uuid import UUID

from libs.common.db import Tx
from libs.common.errors import NotFound, NotYet
from libs.common.http import Call
from services.procurement.domain.agreements import Agreement
from services.procurement.store import views


def in_area(call: Call, division: str) -> None:
    """A division outside the caller's own is answered as one that nobody has told of yet."""
    if not any(division.startswith(pattern.removesuffix("%")) for pattern in call.rows.divisions):
        raise NotYet("division")


async def known_buyer(tx: Tx, call: Call, purchaser_id: UUID) -> None:
    """A caller who acts for a purchaser acts for that one alone."""
    if call.caller.org not in (None, purchaser_id) and not call.is_any("official"):
        raise NotYet("organisation")
    if await views.find_active(tx, purchaser_id, "purchaser") is None:
        raise NotYet("organisation")


def check_purchaser(call: Call, agreement: Agreement, noun: str) -> None:
    """To another purchaser than the agreement's own it does not exist."""
    if call.caller.org not in (None, agreement.purchaser_id):
        raise NotFound(noun)

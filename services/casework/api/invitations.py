"""Invitation lists by age: references only, so that a list can travel."""

import re
from typing import Final
from uuid import UUID

from libs.common.contract import Count, Token, answer, body
from libs.common.db import Tx
from libs.common.errors import Fault, Invalid
from libs.common.http import Call, Routes
from libs.common.sentences import MONTH_UNREADABLE
from services.casework.api.keepers import keeper
from services.casework.domain.invitations import invited
from services.casework.store import identities
from services.casework.store.sealing import Vault

routes: Final = Routes()
_MONTH: Final = re.compile(r"^([12]\d{3})-(0[1-9]|1[0-2])$")


class MonthUnreadable(Invalid):
    """A month is written as year and month, such as 2025-03."""

    zh = "月份须写作年和月，例如 2025-03。"


@body
class InvitationRequest:
    """Who is invited; an agency leaves `organisation_id` out."""

    organisation_id: UUID | None = None
    from_age: Count
    """Full years on the birthday."""
    month: Token
    """`YYYY-MM`."""


@answer
class InvitationList:
    """The references of those invited."""

    organisation_id: UUID
    from_age: int
    month: str
    recipients: tuple[UUID, ...]


@routes.post("/invitation-lists", scope="casework:keep")
async def make_invitation_list(tx: Tx, call: Call, body: InvitationRequest) -> InvitationList:
    """Open recipients of one organisation who have their birthday in that month and are at
    least that old on it."""
    year, month = _month(body.month)
    organisation_id = await keeper(tx, call, body.organisation_id)
    births = await identities.list_births(tx, Vault(call.keys), organisation_id)
    return InvitationList(
        organisation_id=organisation_id,
        from_age=body.from_age,
        month=body.month,
        recipients=invited(births, body.from_age, year, month),
    )


def _month(text: str) -> tuple[int, int]:
    match = _MONTH.match(text)
    if match is None:
        raise MonthUnreadable(Fault("/month", MONTH_UNREADABLE))
    return int(match[1]), int(match[2])

"""What a body may name: a division or an organisation that the caller may use."""

from uuid import UUID

from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.http import Call
from services.registry.domain.divisions import Division, DivisionEnded
from services.registry.domain.organisations import Organisation
from services.registry.domain.workers import EmployerNotActive
from services.registry.store import divisions, organisations


def is_own(call: Call, code: str) -> bool:
    """Whether a code, in use or not, lies in the caller's divisions."""
    return any(code.startswith(pattern.removesuffix("%")) for pattern in call.rows.divisions)


async def standing_division(tx: Tx, call: Call, code: str) -> Division:
    """The division, which has not ended, for something new in it."""
    division = await divisions.find_division(tx, code, call.rows)
    if division is None:
        raise NotYet("division")
    if division.valid_to is not None and division.valid_to < tx.today:
        raise DivisionEnded
    return division


async def active_organisation(tx: Tx, call: Call, organisation_id: UUID) -> Organisation:
    """The organisation, registered or filed, for which the caller may act."""
    organisation = await organisations.find_usable(tx, organisation_id, call.rows)
    if organisation is None:
        raise NotYet("organisation")
    if not organisation.active:
        raise EmployerNotActive
    return organisation


async def active_operator(tx: Tx, call: Call, operator_id: UUID | None) -> None:
    """Whoever operates a station is registered or filed; a station may do without."""
    if operator_id is not None:
        await active_organisation(tx, call, operator_id)

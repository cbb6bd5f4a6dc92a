"""Which organisation a caller keeps recipients for."""

from uuid import UUID

from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.http import Call
from services.casework.store import views


async def keeper(tx: Tx, call: Call, organisation_id: UUID | None) -> UUID:
    """The caller's own organisation; for a community, a filed group that it names."""
    if call.rows.org is not None:
        if organisation_id not in (None, call.rows.org):
            raise NotYet("organisation")
        return call.rows.org
    if organisation_id is None or not await views.keeps_filed_group(tx, organisation_id, call.rows):
        raise NotYet("organisation")
    return organisation_id

"""Restored databases: what they have forgotten, and that somebody has dealt with it."""

from typing import Final
from uuid import UUID

from libs.common.contract import Text, answer, body
from libs.common.db import Tx
from libs.common.errors import Conflict, SecondPersonRequired
from libs.common.http import Call, Routes
from services.notifications.store import restorations as store
from services.notifications.store.restorations import Forgotten, Restoration

routes: Final = Routes()


@answer
class Restorations:
    """Databases that came from a backup, the open ones first."""

    restorations: list[Restoration]


@answer
class ForgottenEvents:
    """What a restored service told and does not know, in the order in which it was told."""

    events: list[Forgotten]


@body
class Conclusion:
    """What has become of the forgotten events: repeated, entered again, or void."""

    conclusion: Text


class RestorationClosed(Conflict):
    """Two persons have closed this restoration already; their conclusion stands."""

    zh = "该恢复事项已由两人办结，结论不再更改。"


@routes.get("/restorations", scope="notifications:watch")
async def list_restorations(tx: Tx, call: Call) -> Restorations:
    """Databases that came from a backup; at most two hundred."""
    return Restorations(restorations=await store.list_restorations(tx))


@routes.get("/restorations/{restoration_id}/forgotten", scope="notifications:watch")
async def list_forgotten(
    tx: Tx, call: Call, restoration_id: UUID, after: UUID | None = None
) -> ForgottenEvents:
    """What that service told after its backup and does not know: two hundred after an id."""
    found = await store.get_restoration(tx, restoration_id)
    return ForgottenEvents(events=await store.list_forgotten(tx, found, after))


@routes.post("/restorations/{restoration_id}/closure", scope="notifications:conclude")
async def close_restoration(
    tx: Tx, call: Call, restoration_id: UUID, body: Conclusion
) -> Restoration:
    """Say what has become of all of it. It is closed when a second operator says the same, word by
    word; other words replace what the first has said. The metric then lets its events go."""
    found = await store.lock_restoration(tx, restoration_id)
    if found.confirmed_at is not None:
        raise RestorationClosed
    if found.conclusion != body.conclusion:
        return await store.save_conclusion(tx, restoration_id, call.person, body.conclusion)
    if found.closed_by == call.person:
        raise SecondPersonRequired
    return await store.save_closed(tx, restoration_id, call.person)

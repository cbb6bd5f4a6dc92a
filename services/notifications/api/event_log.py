"""The feed of all events, without loss, and what is held back from it."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from libs.common.contract import Instant, Name, Text, answer, dump
from libs.common.db import Tx
from libs.common.http import Call, Download, Routes
from services.notifications import actions
from services.notifications.catalogue import TYPES
from services.notifications.domain.feeds import (
    USUAL,
    FeedRestored,
    Limit,
    read_filter,
    read_start,
    write_position,
)
from services.notifications.store import event_log as store
from services.notifications.store.event_log import Gap, Row

routes: Final = Routes()
LONG: Final = timedelta(minutes=5)
"""How long an event may wait for the one before it until somebody should ask for that."""


@answer
class LogState:
    """How far the feed has come, and where it waits for an event that has not arrived."""

    position: int
    held_back: int
    held_back_long: list[Gap]
    """Held back for more than five minutes: the missing events have to be sent again."""


@routes.get("/events", scope="notifications:follow")
async def read_events(
    tx: Tx,
    call: Call,
    after: Name | None = None,
    types: Text | None = None,
    division: Name | None = None,
    subject: Name | None = None,
    until: Instant | None = None,
    limit: Limit = USUAL,
) -> Download:
    """Follow all events of the caller's divisions: `{"events": […], "next": "…"}`.

    Another system gets what its agreements open, while they last.
    `after` is the `next` of the last answer, the `feed` of a list (to follow from that snapshot),
    or an instant; without it, the beginning. `types` are exact types with commas between,
    `division` a code or its beginning, `subject` one subject, `until` an instant before which
    the events arrived, `limit` 1 to 500. Each event is as it was published (CloudEvents 1.0), with
    its `position` in the feed. `next` is always there, to go on with: an answer looks through at
    most 5000 positions, so one without events is the end only when `next` has not moved.
    """
    start = read_start(after)
    wanted = replace(read_filter(types, division, limit, TYPES), subject=subject, until=until)
    if start.epoch not in (None, tx.city.epoch):
        raise FeedRestored
    wanted = replace(wanted, account=await actions.bound_account(tx, call))
    portion = await store.read_portion(tx, start, call.rows, wanted)
    following = write_position(tx.city.epoch, portion.following)
    return Download(content=_feed(portion.events, following), media_type="application/json")


@routes.get("/event-log", scope="notifications:watch")
async def read_log_state(tx: Tx, call: Call) -> LogState:
    """How far the feed has come, and which events have been missing for long."""
    return LogState(
        position=await store.read_end(tx),
        held_back=await store.count_held_back(tx),
        held_back_long=await store.list_gaps(tx, tx.wall - LONG),
    )


def _feed(found: list[Row], following: str) -> bytes:
    """Bytes put together, not parsed and written anew: an event stays as its author wrote it."""
    events = b",".join(b'{"position":%d,%s' % (row.position, row.body[1:]) for row in found)
    return b'{"events":[%s],"next":%s}' % (events, dump(following))

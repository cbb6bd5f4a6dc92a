"""Lists by opaque cursor, each item with its sequence, each list with a cursor into the feed."""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

from libs.common import clock
from libs.common.db import Tx
from libs.common.envelope import rfc3339
from libs.common.errors import Fault, Invalid
from libs.common.sentences import (
    CURSOR_UNREADABLE,
    INSTANT_UNREADABLE,
    LIMIT_OUT_OF_RANGE,
)

I = TypeVar("I", bound="Identified")  # noqa: E741 - an item

MOST: Final = 200
OF_A_LIST: Final = ("limit", "cursor")
OF_A_DELTA: Final = "modified_after"
"""The query parameters of every list, and of one that can tell what was modified."""
MARK: Final = re.compile(r"[0-9]{1,9}\.[0-9]{1,19}", re.ASCII)
"""An epoch and the oldest transaction that had not ended in it."""
SKEW: Final = timedelta(seconds=60)
"""How far the clocks of two machines may lie apart when somebody follows from a snapshot."""


class Identified(Protocol):
    """What a list holds: each item has an id that the list is ordered by."""

    @property
    def id(self) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """Which part of a list is asked for.

    `after` is the last id of the page before (all ids sort as text or UUID); `limit` is one more
    than the page, to see whether another follows.
    """

    after: str | None
    limit: int
    feed: datetime

    @property
    def after_id(self) -> UUID | None:
        """The same, for a list that is ordered by UUID."""
        try:
            return UUID(self.after) if self.after else None
        except ValueError:
            raise cursor_unreadable() from None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaRequest(PageRequest):
    """The same, of a list that tells what was changed; `changes.followed` completes it."""

    modified_after: str | None
    mark: str | None = None
    """Where to go on from next time; of the moment before the first page was read."""
    changed: list[str] | None = None
    """The ids on this page of a delta, in their order, whether the list still has them or not."""
    more: bool = False
    """Whether others follow them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[I]):
    """One page: its items with their sequences, the next page's cursor, and the feed's."""

    items: list[I]
    sequences: dict[str, int]
    next: str | None
    feed: str
    changes: str | None = None
    """Of a list that tells what was changed: the mark to ask from next time."""
    ceased: list[str] | None = None
    """Of a delta: what the list has no longer."""


async def page(tx: Tx, request: PageRequest, items: Sequence[I]) -> Page[I]:
    """A page of what `store` returned for `request.limit`; sequences are of the same snapshot."""
    shown = list(items[: request.limit - 1])
    ids = [str(item.id) for item in shown]
    rows = await tx.all(
        SubjectSequence,
        "SELECT id, sequence FROM subjects WHERE id = ANY ($1::text[])",
        ids,
    )
    walked, more = ids, len(items) > len(shown)
    changes = ceased = None
    if isinstance(request, DeltaRequest):
        changes, ceased = request.mark, list[str]()
        if request.changed is not None:
            # A delta goes on after what has changed, of which the list may have nothing any more.
            walked, more = request.changed, request.more
            ceased = sorted(set(request.changed) - set(ids))
    return Page(
        items=shown,
        sequences={row.id: row.sequence for row in rows},
        next=_cursor(walked[-1], request) if more else None,
        feed=rfc3339(request.feed),
        changes=changes,
        ceased=ceased,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectSequence:
    """How many events have been told of a subject."""

    id: str
    sequence: int


def read_request(query: Mapping[str, str], *, delta: bool) -> PageRequest:
    """The query parameters of a list, each fault named."""
    limit, cursor, since = (query.get(name) for name in (*OF_A_LIST, OF_A_DELTA))
    if limit is not None and not (_is_short_number(limit) and 1 <= int(limit) <= MOST):
        raise Invalid(Fault("?limit", LIMIT_OUT_OF_RANGE, most=MOST))
    place = _read_cursor(cursor) if cursor else Place(after=None, feed=clock.wall() - SKEW)
    most = int(limit or 50) + 1
    if not delta:
        return PageRequest(after=place.after, limit=most, feed=place.feed)
    if since:
        read_since(since)
    return DeltaRequest(
        after=place.after,
        limit=most,
        feed=place.feed,
        modified_after=since or place.modified_after,
        mark=place.mark,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a cursor says: after which id, since when to follow, and of which delta it is a page."""

    after: str | None
    feed: datetime
    mark: str | None = None
    modified_after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """From where on to tell changes: from a transaction of an epoch, or from a wall time."""

    epoch: int | None = None
    transaction: str | None = None
    instant: datetime | None = None


def read_since(text: str) -> Since:
    """The mark of an earlier answer, or an instant for whoever has none."""
    if MARK.fullmatch(text):
        epoch, transaction = text.split(".")
        return Since(epoch=int(epoch), transaction=transaction)
    try:
        return Since(instant=clock.read_instant(text))
    except ValueError:
        raise Invalid(Fault("?modified_after", INSTANT_UNREADABLE)) from None


def cursor_unreadable() -> Invalid:
    """The refusal of a cursor that this platform did not make."""
    return Invalid(Fault("?cursor", CURSOR_UNREADABLE))


def _is_short_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def _cursor(after: str, request: PageRequest) -> str:
    place: list[str | None] = [after, request.feed.isoformat()]
    if isinstance(request, DeltaRequest):
        place += [request.mark, request.modified_after]
    raw = json.dumps(place).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read_cursor(cursor: str) -> Place:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        after, feed, mark, since = [*json.loads(raw), None, None][:4]
        moment = clock.read_instant(feed)
        # A lone surrogate can stand in JSON; no database can store it.
        if "\x00" in after or not after.encode() or not (mark is None or MARK.fullmatch(mark)):
            raise ValueError
        if since is not None:
            read_since(since)
    except Invalid:
        raise cursor_unreadable() from None
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        raise cursor_unreadable() from None
    return Place(after=after, feed=moment, mark=mark, modified_after=since)

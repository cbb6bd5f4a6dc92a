"""Lists by opaque cursor, each item with its sequence, each list with a cursor into the feed."""

import base64
import binascii
import json
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
    """The same, of a list that can tell what was modified: `modified_after` is a wall time."""

    modified_after: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[I]):
    """One page: its items with their sequences, the next page's cursor, and the feed's."""

    items: list[I]
    sequences: dict[str, int]
    next: str | None
    feed: str


async def page(tx: Tx, request: PageRequest, items: Sequence[I]) -> Page[I]:
    """A page of what `store` returned for `request.limit`; sequences are of the same snapshot."""
    shown = list(items[: request.limit - 1])
    rows = await tx.all(
        SubjectSequence,
        "SELECT id, sequence FROM subjects WHERE id = ANY ($1::text[])",
        [str(item.id) for item in shown],
    )
    more = len(items) >= request.limit
    return Page(
        items=shown,
        sequences={row.id: row.sequence for row in rows},
        next=_cursor(str(shown[-1].id), request.feed) if more else None,
        feed=rfc3339(request.feed),
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
    after, feed = _read_cursor(cursor) if cursor else (None, clock.wall() - SKEW)
    most = int(limit or 50) + 1
    if not delta:
        return PageRequest(after=after, limit=most, feed=feed)
    modified_after = _instant(since) if since else None
    return DeltaRequest(after=after, limit=most, feed=feed, modified_after=modified_after)


def cursor_unreadable() -> Invalid:
    """The refusal of a cursor that this platform did not make."""
    return Invalid(Fault("?cursor", CURSOR_UNREADABLE))


def _is_short_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def _cursor(after: str, feed: datetime) -> str:
    raw = json.dumps([after, feed.isoformat()]).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[str, datetime]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        after, feed = json.loads(raw)
        moment = clock.read_instant(feed)
        # A lone surrogate can stand in JSON; no database can store it.
        if "\x00" in after or not after.encode():
            raise ValueError
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        raise cursor_unreadable() from None
    return after, moment


def _instant(text: str) -> datetime:
    try:
        return clock.read_instant(text)
    except ValueError:
        raise Invalid(Fault("?modified_after", INSTANT_UNREADABLE)) from None

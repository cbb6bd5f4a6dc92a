"""Where in the feed somebody goes on: at a position, or at the instant of a snapshot."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from libs.common import clock
from libs.common.contract import Between
from libs.common.errors import Conflict, Fault, Invalid
from libs.common.sentences import CURSOR_UNREADABLE
from services.notifications.domain.sentences import DIVISION_UNREADABLE, TYPE_UNKNOWN

FIRST_EPOCH: Final = 1
_POSITION: Final = re.compile(r"^(?:([0-9]{1,10})-)?([0-9]{1,18})$", re.ASCII)
USUAL: Final = 100
Limit = Annotated[int, Between(1, 500)]
"""How many events one answer of the feed may hold."""


class FeedQueryInvalid(Invalid):
    """The feed cannot be asked like this; each fault names its parameter."""

    zh = "事件流的查询参数不正确，请按所列各项改正。"


class FeedRestored(Conflict):
    """The feed was restored from a backup, and positions of before mean other events now: go on
    from an instant before the restore, and leave aside what you know by its id."""

    zh = "事件流已从备份恢复，原有位置不再有效：请以恢复之前的时间作为起点继续，并按事件 id 去重。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """After a position, or from the first event that arrived at an instant or later."""

    after: int | None = None
    epoch: int | None = None
    """The epoch of the log that the position is of; none of the beginning."""
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which events of the feed are asked for; an empty list of types is every type."""

    types: tuple[str, ...]
    division: str
    limit: int
    subject: str | None = None
    until: datetime | None = None
    account: str | None = None
    """Whose agreements open what is shown; none for those who serve the city."""
    """Only what arrived before this instant."""


def read_start(text: str | None) -> Start:
    """The `after` of a query: nothing is the beginning, digits a position, else an instant."""
    if text is None:
        return Start(after=0)
    if found := _POSITION.match(text):
        return Start(after=int(found[2]), epoch=int(found[1] or FIRST_EPOCH))
    try:
        return Start(since=clock.read_instant(text))
    except ValueError:
        raise FeedQueryInvalid(Fault("?after", CURSOR_UNREADABLE)) from None


def write_position(epoch: int, position: int) -> str:
    """What `read_start` reads; the first epoch goes without saying."""
    return str(position) if epoch == FIRST_EPOCH else f"{epoch}-{position}"


def read_filter(
    types: str | None, division: str | None, limit: int, known: frozenset[str]
) -> Filter:
    """What is asked for, with every fault at once."""
    wanted = tuple(dict.fromkeys(t.strip() for t in types.split(","))) if types else ()
    faults = [Fault("?types", TYPE_UNKNOWN, type=t[:100]) for t in wanted if t not in known]
    prefix = division or ""
    if division is not None and not (prefix.isascii() and prefix.isdigit() and len(prefix) <= 12):
        faults.append(Fault("?division", DIVISION_UNREADABLE))
    if faults:
        raise FeedQueryInvalid(*faults)
    return Filter(types=wanted, division=prefix, limit=limit)

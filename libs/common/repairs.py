"""An operator's means: see what is missing, have it sent again, fill a view anew."""

from collections.abc import Set as AbstractSet
from datetime import timedelta
from typing import Annotated, Final

from libs.common import notices, reconciling, resending
from libs.common.bus import Reactions
from libs.common.contract import Instant, Some, Token, answer, body
from libs.common.db import Tx
from libs.common.errors import Fault, Invalid, NotFound
from libs.common.http import Call, Routes
from libs.common.operations import READ, REPAIR
from libs.common.outbox import emit
from libs.common.publisher import EVERYBODY
from libs.common.reconciling import Difference
from libs.common.resending import LOG, OUTBOX, Resending
from libs.common.sentences import (
    ENDS_BEFORE_IT_BEGINS,
    OLDER_THAN_THE_OUTBOX,
    RECEIVER_UNKNOWN,
    TOO_LONG_AGO,
    TYPE_NOT_TOLD_HERE,
)

OUTBOX_REACHES: Final = timedelta(days=7)
INBOX_REACHES: Final = timedelta(days=390)
"""Further back no inbox could tell what has been heard."""
EMPTYING_SECONDS: Final = 60


@answer
class Emptied:
    """A view that was emptied; the log of all events fills it again."""

    view: str
    rows: int
    """How many it held."""
    types: tuple[str, ...]


@body
class NewResending:
    """Which events one service is to get again; what it has heard already, it leaves aside."""

    receiver: Token = EVERYBODY
    """A service, or `everybody`: as after a loss of the broker's data."""
    types: Annotated[tuple[Token, ...], Some(0, 200)] = ()
    """None is every type that is told here."""
    since: Instant
    """From events whose ids were made at this wall time …"""
    until: Instant
    """… until before this one."""


@answer
class Resendings:
    """What was asked to be sent again, the latest first."""

    resendings: list[Resending]


@answer
class Differences:
    """What is missing or too much here; what is missing can be sent again by its publisher."""

    differences: list[Difference]


class ResendingImpossible(Invalid):
    """These events cannot be sent from here; each fault says what to ask for instead."""

    zh = "无法从此处重新发送这些事件，请按所列各项调整。"


class _View:
    """What is told of a view is told of the service's view of that name."""

    def __init__(self, name: str) -> None:
        self.id = f"view-{name}"


def repairs(
    service: str,
    reactions: Reactions,
    tells: AbstractSet[str],
    sources: AbstractSet[str],
    receivers: AbstractSet[str],
) -> Routes:
    """The repairs that every service offers to operators."""
    routes = Routes()

    @routes.post("/operations/views/{view}/rebuild", scope=REPAIR, status=202)
    async def rebuild_view(tx: Tx, call: Call, view: Token) -> Emptied:
        """Empty a view and ask for its events anew; effects do not run again."""
        reaction = reactions.by_name.get(view)
        if reaction is None or not reaction.view:
            raise NotFound("view")
        await tx.do(f"SET LOCAL statement_timeout = '{EMPTYING_SECONDS}s'")
        rows = await tx.value("SELECT empty_view($1)", view, seconds=EMPTYING_SECONDS)
        types = tuple(sorted(reaction.heard))
        await emit(tx, _View(view), notices.view_emptied(service)(view=view, types=types))
        return Emptied(view=view, rows=rows, types=types)

    @routes.post("/operations/resendings", scope=REPAIR, status=202)
    async def resend(tx: Tx, call: Call, body: NewResending) -> Resending:
        """Publish events again, with the same ids, for one service; others leave them aside."""
        types = body.types or tuple(sorted(tells))
        own = tells >= set(types) and body.since > tx.wall - OUTBOX_REACHES
        source = OUTBOX if own else LOG
        faults = [
            *_faults_of_receiver(body, receivers),
            *_faults_of_time(tx, body),
            *(_faults_of_source(tx, body, tells) if source not in sources else []),
        ]
        if faults:
            raise ResendingImpossible(*faults)
        until = min(body.until, tx.wall)
        return await resending.add(tx, source, body.receiver, types, body.since, until)

    @routes.get("/operations/resendings", scope=READ)
    async def list_resendings(tx: Tx, call: Call) -> Resendings:
        """What was asked to be sent again, and how far it has come; at most two hundred."""
        return Resendings(resendings=await resending.list_latest(tx))

    @routes.get("/operations/differences", scope=READ)
    async def list_differences(tx: Tx, call: Call) -> Differences:
        """Where an hour of a type is not here as its publisher told it, those that stand first."""
        return Differences(differences=await reconciling.list_differences(tx))

    return routes


def _faults_of_receiver(asked: NewResending, receivers: AbstractSet[str]) -> list[Fault]:
    """Nobody would hear what is addressed to a name that nobody has."""
    if asked.receiver in {EVERYBODY, *receivers}:
        return []
    known = sorted(receivers)
    return [Fault("/receiver", RECEIVER_UNKNOWN, receiver=asked.receiver, known=known)]


def _faults_of_time(tx: Tx, asked: NewResending) -> list[Fault]:
    faults = []
    if asked.since >= asked.until:
        faults.append(Fault("/until", ENDS_BEFORE_IT_BEGINS, since=asked.since))
    earliest = tx.wall - INBOX_REACHES
    if asked.since < earliest:
        days = INBOX_REACHES.days
        faults.append(Fault("/since", TOO_LONG_AGO, days=days, earliest=earliest))
    return faults


def _faults_of_source(tx: Tx, asked: NewResending, tells: AbstractSet[str]) -> list[Fault]:
    """Why the outbox cannot serve, where there is no log beside it."""
    faults = [
        Fault(f"/types/{place}", TYPE_NOT_TOLD_HERE)
        for place, name in enumerate(asked.types)
        if name not in tells
    ]
    if asked.since <= tx.wall - OUTBOX_REACHES:
        faults.append(Fault("/since", OLDER_THAN_THE_OUTBOX))
    return faults

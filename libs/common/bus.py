"""Hearing others: reactions with their inbox, and what waits or is parked instead of lost."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

import structlog
from prometheus_client import Counter, Histogram

from libs.common import contract, waiting
from libs.common.db import Database, Origin, Tx, background
from libs.common.envelope import Envelope, Unreadable, decode
from libs.common.errors import NotYet, Unreachable
from libs.common.ids import age_of
from libs.common.outbox import DELAYS
from libs.common.waiting import Waiting

log = structlog.get_logger()
H = TypeVar("H", bound=Callable[..., Awaitable[None]])

News = Literal["new", "again", "stale", "too old"]
WAITING_LANE: Final = -1
REACTION_SECONDS: Final = 8.0
"""Less than the database leaves a transaction idle: one that hangs is set aside like a failure,
and neither its lane nor the broker waits for it."""
_heard = Counter("sanshe_events_heard_total", "Reactions that ran", ["service", "reaction"])
_duplicates = Counter("sanshe_inbox_duplicates_total", "Events heard again", ["service"])
_aside = Counter(
    "sanshe_events_set_aside_total", "Waiting or parked", ["service", "reaction", "state"]
)
_seconds = Histogram("sanshe_reaction_seconds", "Time of a reaction", ["service", "reaction"])
_delay = Histogram(
    "sanshe_event_delay_seconds",
    "From the making of an event until all reactions to it are done or set aside",
    ["service"],
    buckets=DELAYS,
)


class ReactionTooSlow(Exception):
    """A reaction hung."""


class OlderThanTheInbox(Exception):
    """Whether an effect has had this event, nobody can tell any more."""


class ReactionUnknown(Exception):
    """A reaction of another release has set this aside."""

    code = waiting.NOBODY_REACTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What a service does on hearing an event: a view of others' state, or an effect."""

    name: str
    view: bool
    heard: dict[str, type[Any]]
    handle: Callable[..., Awaitable[None]]


class Reactions:
    """A service's reactions, by the type of event."""

    def __init__(self, known: Iterable[Reaction] = ()) -> None:
        """Those that are known already, to which others can be added."""
        self.by_type: dict[str, list[Reaction]] = {}
        self.by_name: dict[str, Reaction] = {}
        for reaction in known:
            self._add(reaction)

    def effect(self, *heard: type[Any]) -> Callable[[H], H]:
        """Runs once an event, in any order; raises `NotYet` to wait for what is missing."""
        return self._register(heard, view=False)

    def view(self, *heard: type[Any]) -> Callable[[H], H]:
        """Keeps a copy of public state in the table of its own name: of a subject's events the
        highest sequence wins."""
        return self._register(heard, view=True)

    def every(self, types: Iterable[str]) -> Callable[[H], H]:
        """An effect of each of these types, given the whole event instead of a view of it."""

        def decorate(handle: H) -> H:
            heard = dict.fromkeys(types, Envelope)
            self._add(Reaction(name=handle.__name__, view=False, heard=heard, handle=handle))
            return handle

        return decorate

    def to(self, event_type: str, only: str | None = None) -> list[Reaction]:
        """Those that react to a type; or the one of that name, if it does."""
        return [r for r in self.by_type.get(event_type, []) if only in (None, r.name)]

    @property
    def views(self) -> list[Reaction]:
        """Those that keep a copy of others' state."""
        return [reaction for reaction in self.by_name.values() if reaction.view]

    def _register(self, heard: tuple[type[Any], ...], *, view: bool) -> Callable[[H], H]:
        def decorate(handle: H) -> H:
            by_type = {t: cls for cls in heard for t in cls.event_types}
            self._add(Reaction(name=handle.__name__, view=view, heard=by_type, handle=handle))
            return handle

        return decorate

    def _add(self, reaction: Reaction) -> None:
        if reaction.name in self.by_name:
            raise ValueError(f"two reactions are named {reaction.name}")
        self.by_name[reaction.name] = reaction
        for event_type in reaction.heard:
            self.by_type.setdefault(event_type, []).append(reaction)


class Hearing:
    """Deals with one message at a time: each reaction in a transaction of its own."""

    def __init__(
        self,
        database: Database,
        reactions: Reactions,
        ring: Callable[[], Awaitable[None]],
    ) -> None:
        """`ring` is called after each commit, since a reaction may have told something."""
        self._ring = ring
        self._database = database
        self.reactions = reactions
        self._duplicates = _duplicates.labels(database.service)
        self._delay = _delay.labels(database.service)

    async def hear(self, raw: bytes, lane: int = 0, only: str | None = None) -> None:
        """Returns when each reaction has its inbox row, waits, or is parked; `only` names one.

        `Unreachable` is no attempt: nothing was done, and the message stays with the broker.
        """
        envelope = read(raw)
        if envelope is None:
            await self.park(raw, "unreadable")
            return
        if envelope.rehearsal != self._database.city.rehearsal:
            await self.park(raw, "of-another-kind-of-city")
            return
        reactions = self.reactions.to(envelope.type, only)
        if not reactions:
            await self.park(raw, waiting.NOBODY_REACTS, only or waiting.EVERY)
        for reaction in reactions:
            await self._react(reaction, envelope, raw, lane)
        if only is None:
            self._delay.observe(age_of(envelope.id))

    async def _react(self, reaction: Reaction, envelope: Envelope, raw: bytes, lane: int) -> None:
        try:
            with _seconds.labels(self._database.service, reaction.name).time():
                async with self._database.transaction(_origin(envelope)) as tx:
                    await self._apply(tx, reaction, envelope, lane)
        except Unreachable:
            raise
        except Exception as failure:
            await self._set_aside(reaction, envelope, raw, failure)
        else:
            await self._ring()

    async def _apply(self, tx: Tx, reaction: Reaction, envelope: Envelope, lane: int) -> None:
        """Inbox row, order for a view, reaction: all of it or nothing."""
        news = await enter(tx, reaction, envelope, lane)
        if news == "again":
            self._duplicates.inc()
        if news == "too old":
            raise OlderThanTheInbox
        if news != "new":
            return
        cls = reaction.heard[envelope.type]
        heard = envelope if cls is Envelope else contract.load(cls, envelope.data)
        try:
            async with asyncio.timeout(REACTION_SECONDS) as bound:
                await reaction.handle(tx, heard)
        except TimeoutError:
            if bound.expired():
                raise ReactionTooSlow from None
            raise
        _heard.labels(self._database.service, reaction.name).inc()

    async def _set_aside(
        self, reaction: Reaction, envelope: Envelope, raw: bytes, failure: Exception
    ) -> None:
        if not isinstance(failure, NotYet):
            error = type(failure).__name__
            log.error(
                "reaction-failed", reaction=reaction.name, event_id=str(envelope.id), error=error
            )
        _aside.labels(self._database.service, reaction.name, "waiting").inc()
        async with self._database.transaction(background("bus")) as tx:
            await waiting.add(tx, reaction.name, envelope, raw, failure)

    async def park(self, raw: bytes, reason: str, reaction: str = waiting.EVERY) -> None:
        """Keep a message that nobody here can handle, or not the one that it is for."""
        log.error("message-parked", reason=reason)
        _aside.labels(self._database.service, waiting.EVERY, "parked").inc()
        async with self._database.transaction(background("bus")) as tx:
            await waiting.park(tx, reaction, read(raw), raw, reason)

    async def hand_out_known(self) -> int:
        """Hand out what the release that took it did not know and this one does; how many."""
        known = {kind: [one.name for one in to] for kind, to in self.reactions.by_type.items()}
        async with self._database.transaction(background("bus")) as tx:
            count = await waiting.hand_out_known(tx, known)
        if count:
            log.info("parked-handed-out", messages=count)
            await self._ring()
        return count

    async def run_next_waiting(self) -> bool:
        """Try the reaction that has been due longest, its row locked; False when none is due."""
        row: Waiting | None = None
        try:
            async with self._database.transaction(background("bus")) as tx:
                row = await waiting.lock_next(tx)
                if row is None:
                    return False
                envelope = decode(row.body)
                tx.react_to(_origin(envelope))
                found = self.reactions.to(row.type, row.reaction)
                if not found:
                    raise ReactionUnknown
                await self._apply(tx, found[0], envelope, WAITING_LANE)
                await waiting.remove(tx, row)
        except Unreachable:
            raise
        except Exception as failure:
            if row is None:
                raise
            await self._wait_longer(row, failure)
        return True

    async def _wait_longer(self, row: Waiting, failure: Exception) -> None:
        async with self._database.transaction(background("bus")) as tx:
            parked = await waiting.put_off(tx, row, failure)
        if parked:
            log.error("reaction-parked", reaction=row.reaction, event_id=str(row.event_id))
            _aside.labels(self._database.service, row.reaction, "parked").inc()


async def enter(tx: Tx, reaction: Reaction, envelope: Envelope, lane: int) -> News:
    """Into the inbox and the totals, for a view also what it knows: `new` if there is to be done
    something, `again` or `stale` if not, `too old` if nobody can tell."""
    news: News = await tx.value(
        "SELECT hear($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        envelope.id,
        reaction.name,
        tx.wall,
        envelope.type,
        lane,
        envelope.subject,
        envelope.epoch,
        envelope.sequence,
        reaction.view,
    )
    return news


def read(raw: bytes) -> Envelope | None:
    """The event, if it is one."""
    try:
        return decode(raw)
    except Unreadable:
        return None


def _origin(envelope: Envelope) -> Origin:
    return Origin(
        actor=envelope.actor,
        correlation=envelope.correlation,
        causation=str(envelope.id),
        cause=envelope,
    )

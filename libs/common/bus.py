"""Hearing others: reactions with their inbox, and what waits or is parked instead of lost."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

import structlog
from prometheus_client import Counter, Histogram

from libs.common import contract
from libs.common.db import Database, Origin, Tx, background
from libs.common.envelope import Envelope, Unreadable, decode
from libs.common.errors import NotYet, Unreachable
from libs.common.ids import new_id

log = structlog.get_logger()
H = TypeVar("H", bound=Callable[..., Awaitable[None]])

NOT_YET_FOR: Final = timedelta(hours=24)
FAILURES: Final = 5
WAITING_LANE: Final = -1
NO_REACTION: Final = "*"
_heard = Counter("events_heard_total", "Reactions that ran", ["service", "reaction"])
_duplicates = Counter("inbox_duplicates_total", "Events heard again", ["service"])
_aside = Counter("events_set_aside_total", "Waiting or parked", ["service", "reaction", "state"])
_seconds = Histogram("reaction_seconds", "Time of a reaction", ["service", "reaction"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What a service does on hearing an event: a view of others' state, or an effect."""

    name: str
    view: bool
    heard: dict[str, type[Any]]
    handle: Callable[..., Awaitable[None]]


class Reactions:
    """A service's reactions, by the type of event."""

    def __init__(self) -> None:
        self.by_type: dict[str, list[Reaction]] = {}
        self.names: set[str] = set()

    def effect(self, *heard: type[Any]) -> Callable[[H], H]:
        """Runs once an event, in any order; raises `NotYet` to wait for what is missing."""
        return self._register(heard, view=False)

    def view(self, *heard: type[Any]) -> Callable[[H], H]:
        """Keeps a copy of public state: of a subject's events the highest sequence wins."""
        return self._register(heard, view=True)

    def every(self, types: Iterable[str]) -> Callable[[H], H]:
        """An effect of each of these types, given the whole event instead of a view of it."""

        def decorate(handle: H) -> H:
            self._add(handle, dict.fromkeys(types, Envelope), view=False)
            return handle

        return decorate

    def _register(self, heard: tuple[type[Any], ...], *, view: bool) -> Callable[[H], H]:
        def decorate(handle: H) -> H:
            self._add(handle, {t: cls for cls in heard for t in cls.event_types}, view=view)
            return handle

        return decorate

    def _add(self, handle: Any, heard: dict[str, type[Any]], *, view: bool) -> None:
        reaction = Reaction(name=handle.__name__, view=view, heard=heard, handle=handle)
        if reaction.name in self.names:
            raise ValueError(f"two reactions are named {reaction.name}")
        self.names.add(reaction.name)
        for event_type in heard:
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
        self._reactions = reactions
        self._duplicates = _duplicates.labels(database.service)

    async def hear(self, raw: bytes, lane: int = 0) -> None:
        """Returns when each reaction has its inbox row, waits, or is parked.

        `Unreachable` is no attempt: nothing was done, and the message stays with the broker.
        """
        try:
            envelope = decode(raw)
        except Unreadable:
            await self._park(raw, "unreadable")
            return
        reactions = self._reactions.by_type.get(envelope.type, [])
        if envelope.rehearsal != self._database.city.rehearsal:
            await self._park(raw, "of another kind of city", envelope)
        elif not reactions:
            await self._park(raw, "nobody here reacts to this type", envelope)
        for reaction in reactions:
            await self._react(reaction, envelope, raw, lane)

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
        if not await tx.value(
            _FIRST_TIME, envelope.id, reaction.name, tx.wall, envelope.type, lane
        ):
            self._duplicates.inc()
            return
        if reaction.view and not await tx.value(
            _NEWER, reaction.name, envelope.subject, envelope.epoch, envelope.sequence
        ):
            return
        cls = reaction.heard[envelope.type]
        heard = envelope if cls is Envelope else contract.load(cls, envelope.data)
        await reaction.handle(tx, heard)
        _heard.labels(self._database.service, reaction.name).inc()

    async def _set_aside(
        self, reaction: Reaction, envelope: Envelope, raw: bytes, failure: Exception
    ) -> None:
        failed = 0 if isinstance(failure, NotYet) else 1
        if failed:
            log.error(
                "reaction-failed",
                reaction=reaction.name,
                event=str(envelope.id),
                error=type(failure).__name__,
            )
        _aside.labels(self._database.service, reaction.name, "waiting").inc()
        async with self._database.transaction(background("bus")) as tx:
            await tx.do(
                _WAIT,
                new_id(),
                reaction.name,
                envelope.id,
                envelope.type,
                raw,
                _reason(failure),
                failed,
                tx.wall,
            )

    async def park(self, raw: bytes, reason: str) -> None:
        """Keep a message that nobody here can handle, for a person to look at."""
        await self._park(raw, reason)

    async def _park(self, raw: bytes, reason: str, envelope: Envelope | None = None) -> None:
        log.error("message-parked", reason=reason)
        _aside.labels(self._database.service, NO_REACTION, "parked").inc()
        async with self._database.transaction(background("bus")) as tx:
            await tx.do(
                _PARK,
                new_id(),
                NO_REACTION,
                envelope and envelope.id,
                envelope and envelope.type,
                raw,
                reason,
                tx.wall,
            )

    async def run_next_waiting(self) -> bool:
        """Try the reaction that has been due longest, its row locked; False when none is due."""
        row: Waiting | None = None
        try:
            async with self._database.transaction(background("bus")) as tx:
                row = await tx.find(Waiting, _NEXT_WAITING, tx.wall)
                if row is None:
                    return False
                envelope = decode(row.body)
                tx.react_to(_origin(envelope))
                await self._apply(tx, self._named(row), envelope, WAITING_LANE)
                await tx.do("DELETE FROM waiting WHERE id = $1", row.id)
        except Unreachable:
            raise
        except Exception as failure:
            if row is None:
                raise
            await self._wait_longer(row, failure)
        return True

    def _named(self, row: "Waiting") -> Reaction:
        found = [r for r in self._reactions.by_type.get(row.type, []) if r.name == row.reaction]
        if not found:
            raise LookupError(f"no reaction {row.reaction} to {row.type}")
        return found[0]

    async def _wait_longer(self, row: "Waiting", failure: Exception) -> None:
        failures = row.failures + (not isinstance(failure, NotYet))
        async with self._database.transaction(background("bus")) as tx:
            parked = failures >= FAILURES or tx.wall - row.since > NOT_YET_FOR
            state = "parked" if parked else "waiting"
            due = tx.wall + timedelta(seconds=min(300, 2 ** min(row.attempts, 9)))
            await tx.do(_LATER, row.id, state, due, failures, _reason(failure))
        if parked:
            log.error("reaction-parked", reaction=row.reaction, event=str(row.event_id))
            _aside.labels(self._database.service, row.reaction, "parked").inc()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A message that one reaction could not handle yet."""

    id: UUID
    reaction: str
    event_id: UUID
    type: str
    body: bytes
    attempts: int
    failures: int
    since: datetime


def _origin(envelope: Envelope) -> Origin:
    return Origin(
        actor=envelope.actor,
        correlation=envelope.correlation,
        causation=str(envelope.id),
        cause=envelope,
    )


def _reason(failure: Exception) -> str:
    """What an operator may read: never the message, which could quote a value."""
    return getattr(failure, "code", None) or type(failure).__name__


_FIRST_TIME: Final = """
WITH arrived AS (
    INSERT INTO inbox (event_id, reaction, heard_at)
         VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING
      RETURNING event_id)
INSERT INTO totals AS known (direction, reaction, type, hour, lane, count, xor)
     SELECT 'heard', $2, $4, hour_of(event_id), $5, 1, bits_of(event_id)
       FROM arrived
ON CONFLICT (direction, reaction, type, hour, lane)
  DO UPDATE SET count = known.count + 1, xor = known.xor # excluded.xor
  RETURNING true
"""

_NEWER: Final = """
INSERT INTO known AS mine (reaction, subject, epoch, sequence)
     VALUES ($1, $2, $3, $4)
ON CONFLICT (reaction, subject)
  DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence
      WHERE (excluded.epoch, excluded.sequence) > (mine.epoch, mine.sequence)
  RETURNING true
"""

_WAIT: Final = """
INSERT INTO waiting (id, reaction, event_id, type, body, reason,
                     attempts, failures, since, due_at)
     VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $8 + interval '1 second')
ON CONFLICT (event_id, reaction) DO NOTHING
"""

_PARK: Final = """
INSERT INTO waiting (id, reaction, event_id, type, body, reason,
                     attempts, failures, since, due_at, state)
     VALUES ($1, $2, $3, $4, $5, $6, 1, 1, $7, $7, 'parked')
ON CONFLICT (event_id, reaction) DO NOTHING
"""

_NEXT_WAITING: Final = """
    SELECT id, reaction, event_id, type, body, attempts, failures, since
      FROM waiting
     WHERE state = 'waiting'
       AND due_at <= $1
  ORDER BY due_at
     LIMIT 1
FOR UPDATE SKIP LOCKED
"""

_LATER: Final = """
UPDATE waiting
   SET state = $2,
       due_at = $3,
       failures = $4,
       reason = $5,
       attempts = attempts + 1
 WHERE id = $1
"""

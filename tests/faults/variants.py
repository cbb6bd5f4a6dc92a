"""K8: eight mistakes that the platform does not make, each put into a process at its start.

A matrix that is green proves little unless its checkers have been seen to find something.
"""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from libs.common import auth, bus, config, consumer, db, leader, outbox, publisher
from libs.common.ids import new_id


def acknowledge_before_commit() -> None:
    """The message is gone from the broker before its reaction is committed."""

    async def run(self: consumer.Lane) -> None:
        while (message := await self._messages.get()) is not None:
            await message.ack()
            await self._handled(message)
            self._messages.task_done()

    _put(consumer.Lane, "_run", run)


def no_inbox() -> None:
    """Nothing remembers which events a reaction has dealt with."""
    apply = bus.Hearing._apply

    async def forget_and_apply(
        self: bus.Hearing, tx: db.Tx, reaction: Any, envelope: Any, lane: int
    ) -> None:
        await tx.do(
            "DELETE FROM inbox WHERE event_id = $1 AND reaction = $2", envelope.id, reaction.name
        )
        await apply(self, tx, reaction, envelope, lane)

    _put(bus.Hearing, "_apply", forget_and_apply)


def new_id_on_retry() -> None:
    """Each publication of a row carries an id of its own."""
    send: Callable[..., Any] = publisher._send

    async def send_as_new(exchange: Any, letter: publisher.Letter, *rest: Any) -> None:
        event_id = new_id()
        body = json.loads(letter.body) | {"id": str(event_id)}
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        await send(exchange, replace(letter, event_id=event_id, body=raw), *rest)

    _put(publisher, "_send", send_as_new)


def publish_before_commit() -> None:
    """The event is out before anybody knows whether the change will be."""
    emit = outbox.emit

    async def emit_and_send(tx: db.Tx, aggregate: Any, event: Any) -> None:
        await emit(tx, aggregate, event)
        letter = await tx.get(
            publisher.Letter,
            "SELECT * FROM outbox WHERE subject = $1 ORDER BY place DESC LIMIT 1",
            str(aggregate.id),
        )
        sender = publisher.Publisher(config.read(("AMQP_URL",)).of(tx.service).amqp_url)
        await sender.publish([letter])
        await sender.close()

    _put(outbox, "emit", emit_and_send)


def poll_after_last_id() -> None:
    """The relay takes what lies behind the last row it published, and never looks back."""
    last = "AND place > (SELECT coalesce(max(place), 0) FROM outbox WHERE published_at IS NOT NULL)"
    before = outbox._UNPUBLISHED
    _put(outbox, "_UNPUBLISHED", before.replace("     AND NOT", f"     {last}\n     AND NOT", 1))


def no_row_lock() -> None:
    """What a decision is made on may be changed by another before it is saved."""
    find = db.Tx.find

    async def find_unlocked(self: db.Tx, cls: type[Any], sql: str, *args: object) -> Any:
        return await find(self, cls, re.sub(r"FOR (UPDATE|SHARE)( SKIP LOCKED)?", "", sql), *args)

    _put(db.Tx, "find", find_unlocked)


def no_organisation_filter() -> None:
    """A caller who acts for one organisation is given the rows of all."""
    rows_of = auth.rows_of

    def rows_of_all(caller: auth.Caller, allowed: Any) -> auth.Rows:
        return replace(rows_of(caller, allowed), org=None)

    _put(auth, "rows_of", rows_of_all)


def cancellation_swallowed() -> None:
    """A part of the leader that is cancelled from below ends without a word."""

    async def run_as_group(*works: Callable[[], Any]) -> None:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work())

    _put(leader, "_until_one_ends", run_as_group)


VARIANTS: Final[dict[str, Callable[[], None]]] = {
    variant.__name__: variant
    for variant in (
        acknowledge_before_commit,
        no_inbox,
        new_id_on_retry,
        publish_before_commit,
        poll_after_last_id,
        no_row_lock,
        no_organisation_filter,
        cancellation_swallowed,
    )
}


def _put(owner: Any, name: str, changed: Any) -> None:
    """In the place of what is there, which must be there: a renamed function is an error."""
    getattr(owner, name)
    setattr(owner, name, changed)

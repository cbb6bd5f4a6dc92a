"""What waits or is parked, as an operator sees it: looked at, replayed, or discarded by two."""

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from libs.common import bus, waiting
from libs.common.bus import Reactions, enter
from libs.common.contract import Name, Text, answer, body
from libs.common.db import Tx
from libs.common.errors import Conflict, NotFound, Refusal, SecondPersonRequired
from libs.common.http import Call, Routes
from libs.common.operations import READ, REPAIR
from libs.common.pages import Page, PageRequest, page
from libs.common.waiting import AT_ONCE, EVERY, Message, Parked

_FIELD_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


@answer
class MessageInside:
    """The same, with its attributes and the names of its fields; never their values."""

    message: Message
    bytes: int
    source: str | None
    sequence: int | None
    time: datetime | None
    division: str | None
    correlation: UUID | None
    causation: str | None
    fields: tuple[str, ...]


@answer
class Kept:
    """A message that cannot be replayed, and why."""

    id: UUID
    code: str


@answer
class Replays:
    """How many were handed to their reactions once more; the others stay parked."""

    replayed: int
    kept: list[Kept]


@body
class Chosen:
    """Which parked messages: of a reaction, of a type, of both; without either, all."""

    reaction: Name | None = None
    type: Name | None = None


@body
class Discard:
    """Why a message is never to be dealt with; the reason stays with it."""

    reason: Text


class MessageUnreadable(Conflict):
    """This is no event of the platform and cannot be replayed; it stays parked."""

    zh = "该消息不是本平台的事件，无法重放，仍保留在搁置区。"


class MessageOfAnotherCity(Conflict):
    """This comes from a rehearsal, or from a live city while this is one; it stays parked."""

    zh = "该消息来自另一类环境（演练或正式），无法重放，仍保留在搁置区。"


class NobodyReacts(Conflict):
    """Nothing here reacts to this type; upgrade the service, which then deals with it by itself."""

    zh = "本服务尚无处理此类事件的功能，请升级服务，升级后将自动处理。"


class MessageNotParked(Conflict):
    """Only what is parked is replayed or discarded; this waits by itself, or was discarded."""

    zh = "只有已搁置的消息才能重放或作废；该消息正在自动等待，或已作废。"


class DiscardNotProposed(Conflict):
    """Nobody has proposed to discard this; propose it first, with the reason."""

    zh = "尚无人提出作废该消息，请先提出并说明理由。"


def parking(reactions: Reactions) -> Routes:
    """What every service offers to operators for what waits or is parked."""
    routes = Routes()

    @routes.get("/operations/parked", scope=READ)
    async def list_parked(
        tx: Tx,
        call: Call,
        asked: PageRequest,
        state: Name | None = None,
        reaction: Name | None = None,
        type: Name | None = None,
    ) -> Page[Message]:
        """What waits or is parked; of one `state`, `reaction` or `type` if named."""
        found = await waiting.list_messages(tx, asked, state, reaction, type)
        return await page(tx, asked, found)

    @routes.get("/operations/parked/{message_id}", scope=READ)
    async def look_at_parked(tx: Tx, call: Call, message_id: UUID) -> MessageInside:
        """One message, without the values that it carries."""
        message = await waiting.get_message(tx, message_id)
        return _inside(message, await waiting.get_body(tx, message_id))

    @routes.post("/operations/parked/{message_id}/replay", scope=REPAIR)
    async def replay_parked(tx: Tx, call: Call, message_id: UUID) -> Replays:
        """Hand a parked message to its reaction once more; the leader does so at once."""
        await _replay(tx, reactions, await _lock(tx, message_id))
        return Replays(replayed=1, kept=[])

    @routes.post("/operations/parked/replays", scope=REPAIR)
    async def replay_all_parked(tx: Tx, call: Call, body: Chosen) -> Replays:
        """Hand all parked messages of a reaction or type to it once more, at most 500 at once."""
        kept = []
        chosen = await waiting.lock_parked(tx, body.reaction, body.type, AT_ONCE)
        for row in chosen:
            try:
                await _replay(tx, reactions, row)
            except Refusal as refusal:
                kept.append(Kept(id=row.id, code=refusal.code))
        return Replays(replayed=len(chosen) - len(kept), kept=kept)

    @routes.post("/operations/parked/{message_id}/discard", scope=REPAIR)
    async def propose_discard(tx: Tx, call: Call, message_id: UUID, body: Discard) -> Message:
        """Propose that a parked message is never dealt with; another person confirms."""
        row = await _lock(tx, message_id)
        return await waiting.propose_discard(tx, row.id, body.reason, call.person)

    @routes.post("/operations/parked/{message_id}/discard/confirmation", scope=REPAIR)
    async def confirm_discard(tx: Tx, call: Call, message_id: UUID) -> Message:
        """Confirm what another person has proposed: from now on it counts as dealt with."""
        row = await _lock(tx, message_id)
        if row.proposed_by is None:
            raise DiscardNotProposed
        if row.proposed_by == call.person:
            raise SecondPersonRequired
        envelope = bus.read(row.body)
        if envelope is not None and envelope.rehearsal == tx.city.rehearsal:
            for reaction in reactions.to(envelope.type, _only(row)):
                await enter(tx, reaction, envelope, bus.WAITING_LANE)
        return await waiting.discard(tx, row.id, call.person)

    return routes


async def _lock(tx: Tx, message_id: UUID) -> Parked:
    row = await waiting.lock_message(tx, message_id)
    if row is None:
        raise NotFound("message")
    if row.state != "parked":
        raise MessageNotParked
    return row


async def _replay(tx: Tx, reactions: Reactions, row: Parked) -> None:
    """To its reaction; or, if it could not be given to any, to each that reacts to it now."""
    envelope = bus.read(row.body)
    if envelope is None:
        raise MessageUnreadable
    if envelope.rehearsal != tx.city.rehearsal:
        raise MessageOfAnotherCity
    found = reactions.to(envelope.type, _only(row))
    if not found:
        raise NobodyReacts
    if row.reaction != EVERY:
        await waiting.try_again(tx, row.id)
    else:
        await waiting.hand_out(tx, row.id, [reaction.name for reaction in found])


def _only(row: Parked) -> str | None:
    return None if row.reaction == EVERY else row.reaction


def _inside(message: Message, raw: bytes) -> MessageInside:
    """A name of a field that is no name could be anything, and is not shown."""
    event = bus.read(raw)
    fields = event.data if event else {}
    return MessageInside(
        message=message,
        bytes=len(raw),
        source=event.source if event else None,
        sequence=event.sequence if event else None,
        time=event.time if event else None,
        division=event.division if event else None,
        correlation=event.correlation if event else None,
        causation=event.causation if event else None,
        fields=tuple(sorted(n if _FIELD_NAME.fullmatch(n) else "(?)" for n in fields)),
    )

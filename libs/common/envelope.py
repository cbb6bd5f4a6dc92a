"""Events on the wire: CloudEvents 1.0 in structured mode, with Sanshe's extensions."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from libs.common import contract
from libs.common.errors import Malformed, TooLarge

MEDIA_TYPE: Final = "application/cloudevents+json"
MAX_BYTES: Final = 64 * 1024
SEQUENCE_DIGITS: Final = 19
"""`sequence` travels zero-padded, so that it also sorts as text, and is compared as a number."""


_SEQUENCE_NAME: Final = b'"sequence":"'


class EventTooLarge(TooLarge):
    """This is too much to be told to others in one event; shorten it or divide it."""

    # 64 KiB is what CloudEvents asks everybody to forward.
    zh = "内容过多，无法在一条事件中告知其他系统，请精简或分次提交。"


class Unreadable(Malformed):
    """A message on the bus is not an event of this platform."""

    zh = "总线上的消息不是本平台的事件。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One event: who says it, of what, in which order, and why; `data` is its public content."""

    id: UUID
    type: str
    source: str
    subject: str
    time: datetime
    sequence: int
    epoch: int
    division: str
    correlation: UUID
    causation: str
    actor: str
    rehearsal: bool
    data: Any

    SPECVERSION: ClassVar[str] = "1.0"


def encode(envelope: Envelope) -> bytes:
    """Write an event as it is stored in the outbox and published, byte for byte."""
    data = envelope.data
    attributes = {
        "specversion": Envelope.SPECVERSION,
        "id": str(envelope.id),
        "type": envelope.type,
        "source": envelope.source,
        "subject": envelope.subject,
        "time": rfc3339(envelope.time),
        "datacontenttype": "application/json",
        "sequence": f"{envelope.sequence:0{SEQUENCE_DIGITS}d}",
        "epoch": str(envelope.epoch),
        "division": envelope.division,
        "correlationid": str(envelope.correlation),
        "causationid": envelope.causation,
        "actor": envelope.actor,
        **({"rehearsal": "true"} if envelope.rehearsal else {}),
        "data": data if isinstance(data, dict) else contract.plain(data),
    }
    raw = json.dumps(attributes, ensure_ascii=False, separators=(",", ":")).encode()
    if len(raw) > MAX_BYTES:
        raise EventTooLarge(event=envelope.type, bytes=len(raw))
    return raw


def encode_around_sequence(envelope: Envelope) -> tuple[bytes, bytes]:
    """The event without its sequence, as what stands before it and after it: the database
    counts while it inserts, in one statement."""
    raw = encode(envelope)
    head, mark, tail = raw.partition(_SEQUENCE_NAME)
    return head + mark, tail[SEQUENCE_DIGITS:]


def decode(raw: bytes) -> Envelope:
    """Read an event; `Unreadable` for anything that is not one of ours."""
    if len(raw) > MAX_BYTES:
        raise Unreadable
    try:
        contract.refuse_ambiguous(raw)
        found = json.loads(raw)
        if found["specversion"] != Envelope.SPECVERSION or not isinstance(found["data"], dict):
            raise Unreadable
        return Envelope(
            id=UUID(found["id"]),
            type=found["type"],
            source=found["source"],
            subject=found["subject"],
            time=_instant(found["time"]),
            sequence=int(found["sequence"]),
            epoch=int(found["epoch"]),
            division=found["division"],
            correlation=UUID(found["correlationid"]),
            causation=found["causationid"],
            actor=found["actor"],
            rehearsal=found.get("rehearsal") == "true",
            data=found["data"],
        )
    except (Malformed, KeyError, TypeError, ValueError, AttributeError):
        raise Unreadable from None


def rfc3339(instant: datetime) -> str:
    """An instant in UTC as RFC 3339 with a `Z`."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs its offset")
    return instant

"""The AsyncAPI 3 document of all events: a channel a type, each message with its whole envelope."""

import inspect
import json
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from libs.common import contract
from libs.common.envelope import MEDIA_TYPE, SEQUENCE_DIGITS, Envelope, encode
from libs.common.examples import example
from libs.common.topology import EXCHANGE

Json = dict[str, Any]
ID: Final = UUID("01937b2e-5c00-7000-8000-000000000002")
DIVISION: Final = "510181001001"
ABOUT: Final = f"""
Every event as it is published to the topic exchange `{EXCHANGE}` of RabbitMQ, with its type as the
routing key: CloudEvents 1.0 in structured mode, as one JSON document, also in AMQP 0-9-1.

* An event may arrive more than once: `source` and `id` together name it. Of one `subject` the
  `sequence` counts up without a gap within an `epoch`, which ends when a database is restored.
* `rehearsal` is there in events of a rehearsal alone, which must never act on anything real.
* Persons appear as opaque ids. `division` is the place an event concerns, by its 12-digit code.
* Amounts are whole fen, shares basis points, times RFC 3339, days of Asia/Shanghai.
* An event may gain fields: ignore what you do not know. Anything else is a new version of its type.
"""

_ATTRIBUTES: Final[Json] = {
    "specversion": {"const": "1.0"},
    "id": {"type": "string", "format": "uuid"},
    "type": {"type": "string"},
    "source": {"type": "string", "description": "City and service: `urn:sanshe:<city>:<service>`."},
    "subject": {"type": "string", "description": "The id of the thing that it tells of."},
    "time": {"type": "string", "format": "date-time", "description": "On the business clock."},
    "datacontenttype": {"const": "application/json"},
    "sequence": {
        "type": "string",
        "pattern": f"^[0-9]{{{SEQUENCE_DIGITS}}}$",
        "description": "How many events there were of this subject, this one included.",
    },
    "epoch": {
        "type": "string",
        "pattern": "^[0-9]+$",
        "description": "Counts the restorations of the service's database.",
    },
    "division": {"type": "string", "description": "The division's code, or nothing."},
    "correlationid": {"type": "string", "format": "uuid", "description": "Of the first request."},
    "causationid": {
        "type": "string",
        "description": "What it follows from: an event or a request.",
    },
    "actor": {"type": "string", "description": "The opaque id of who did it."},
    "rehearsal": {"const": "true", "description": "Only in a rehearsal."},
    "data": {"type": "object"},
}
ENVELOPE: Final[Json] = {
    "type": "object",
    "description": "The attributes of every event: CloudEvents 1.0, and some of the platform's.",
    "properties": _ATTRIBUTES,
    "required": [name for name in _ATTRIBUTES if name != "rehearsal"],
}


def document(title: str, told: dict[str, list[Any]]) -> Json:
    """The document; `told` are the event classes of each service."""
    events = [(service, cls) for service in sorted(told) for cls in _by_type(told[service])]
    schemas: Json = {"Envelope": ENVELOPE}
    for service, cls in events:
        schemas.update(_schemas(service, cls))
    return {
        "asyncapi": "3.0.0",
        "info": {"title": title, "version": "1", "description": ABOUT.strip()},
        "defaultContentType": MEDIA_TYPE,
        "channels": {_type(cls): _channel(cls) for _, cls in events},
        "operations": {f"tell-{_type(cls)}": _operation(service, cls) for service, cls in events},
        "components": {
            "messages": {_type(cls): _message(service, cls) for service, cls in events},
            "schemas": schemas,
        },
    }


def _by_type(classes: list[Any]) -> list[Any]:
    return sorted(classes, key=_type)


def _type(cls: Any) -> str:
    return str(cls.event_types[0])


def _channel(cls: Any) -> Json:
    exchange = {"name": EXCHANGE, "type": "topic", "durable": True, "autoDelete": False}
    return {
        "address": _type(cls),
        "messages": {"event": _ref("components", "messages", _type(cls))},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}},
    }


def _operation(service: str, cls: Any) -> Json:
    return {
        "action": "send",
        "channel": _ref("channels", _type(cls)),
        "messages": [_ref("channels", _type(cls), "messages", "event")],
        "tags": [{"name": service}],
    }


def _message(service: str, cls: Any) -> Json:
    of_this_type = {
        "type": {"const": _type(cls)},
        "data": _ref("components", "schemas", _type(cls)),
    }
    return {
        "name": _type(cls),
        "summary": inspect.cleandoc(cls.__doc__ or "").partition("\n")[0],
        "description": inspect.cleandoc(cls.__doc__ or ""),
        "contentType": MEDIA_TYPE,
        "payload": {
            "allOf": [
                _ref("components", "schemas", "Envelope"),
                {"type": "object", "properties": of_this_type},
            ]
        },
        "examples": [{"name": "one", "payload": _example(service, cls)}],
    }


def _example(service: str, cls: Any) -> Json:
    """As it would be written on the wire."""
    data = example(cls)
    envelope = Envelope(
        id=ID,
        type=_type(cls),
        source=f"urn:sanshe:{DIVISION}:{service}",
        subject=str(data.get("id", ID)),
        time=datetime(2025, 3, 1, 1, tzinfo=UTC),
        sequence=1,
        epoch=1,
        division=DIVISION,
        correlation=ID,
        causation=str(ID),
        actor="p-1",
        rehearsal=False,
        data=data,
    )
    return dict(json.loads(encode(envelope)))


def _schemas(service: str, cls: Any) -> Json:
    """Its data under its type, and what that is made of under the service's name."""
    schema = contract.schema(cls)
    parts = {f"{service}.{name}": one for name, one in schema.pop("$defs", {}).items()}
    text = json.dumps({_type(cls): schema, **parts})
    moved: Json = json.loads(text.replace("#/$defs/", f"#/components/schemas/{service}."))
    return moved


def _ref(*path: str) -> Json:
    return {"$ref": "#/" + "/".join(path)}

"""The broker's virtual host, users and rights, as the file that it reads at every start."""

import base64
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

VHOST: Final = "sanshe"
ADMIN: Final = "admin"
TOPOLOGY: Final = "topology"
SCENARIO: Final = "scenario"
EXCHANGE: Final = "sanshe.events"
REPLAYS: Final = frozenset({"notifications"})
"""Services that send to a queue directly, through the default exchange, to rebuild a view."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user and three patterns: what it may declare, write to and read from."""

    name: str
    configure: str
    write: str
    read: str
    tags: str = ""


def users(services: Sequence[str]) -> list[User]:
    """An administrator, one who declares the topology, one for scenarios, and the services'."""
    ours = r"^sanshe\..*"
    return [
        User(name=ADMIN, configure=".*", write=".*", read=".*", tags="administrator"),
        User(name=TOPOLOGY, configure=ours, write=ours, read=ours),
        User(name=SCENARIO, configure="^$", write="^$", read=r"^scenario\..*"),
        *(runtime_user(service) for service in services),
    ]


def runtime_user(service: str) -> User:
    """A service writes events and reads its own queue; it declares nothing."""
    event, name = re.escape(EXCHANGE), re.escape(service)
    write = rf"^({event}|amq\.default)$" if service in REPLAYS else f"^{event}$"
    read = rf"^sanshe\.{name}(\.dead)?$"
    return User(name=f"sanshe_{service}", configure="^$", write=write, read=read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A queue that hears every event, made by the broker itself before anybody tells one."""

    name: str
    arguments: Mapping[str, str | int]


def scenario_queue() -> Listener:
    """Where the scenario hears; it is an ordinary client and may declare nothing."""
    return Listener(
        name="scenario.dujiangyan", arguments={"x-queue-type": "quorum", "x-delivery-limit": 1000}
    )


def document(
    known: Sequence[User], passwords: Mapping[str, str], listeners: Sequence[Listener] = ()
) -> str:
    """The definitions file as JSON, with salted hashes in place of the passwords."""
    return json.dumps(
        {
            **_heard_by(listeners),
            "vhosts": [{"name": VHOST}],
            "users": [_user(user, passwords[user.name]) for user in known],
            "permissions": [
                {
                    "user": user.name,
                    "vhost": VHOST,
                    "configure": user.configure,
                    "write": user.write,
                    "read": user.read,
                }
                for user in known
            ],
        },
        indent=2,
    )


def _heard_by(listeners: Sequence[Listener]) -> dict[str, list[dict[str, object]]]:
    if not listeners:
        return {}
    place = {"vhost": VHOST}
    exchange = {"name": EXCHANGE, "type": "topic", "durable": True, "auto_delete": False}
    return {
        "exchanges": [{**place, **exchange, "internal": False, "arguments": {}}],
        "queues": [
            {
                **place,
                "name": one.name,
                "durable": True,
                "auto_delete": False,
                "arguments": dict(one.arguments),
            }
            for one in listeners
        ],
        "bindings": [
            {
                **place,
                "source": EXCHANGE,
                "destination": one.name,
                "destination_type": "queue",
                "routing_key": "#",
                "arguments": {},
            }
            for one in listeners
        ],
    }


def _user(user: User, password: str) -> dict[str, str]:
    salt = os.urandom(4)
    digest = hashlib.sha256(salt + password.encode()).digest()
    return {
        "name": user.name,
        "password_hash": base64.b64encode(salt + digest).decode(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": user.tags,
    }

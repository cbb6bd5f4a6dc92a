"""The broker's virtual host, users and rights, as the file that it reads at every start."""

import base64
import hashlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

VHOST: Final = "sanshe"
ADMIN: Final = "admin"
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
    """An administrator for the topology, a runtime user a service, and one for scenarios."""
    return [
        User(name=ADMIN, configure=".*", write=".*", read=".*", tags="administrator"),
        User(name="scenario", configure="^$", write="^$", read=r"^scenario\..*"),
        *(runtime_user(service) for service in services),
    ]


def runtime_user(service: str) -> User:
    """A service writes events and reads its own queue; it declares nothing."""
    event, name = re.escape(EXCHANGE), re.escape(service)
    write = rf"^({event}|amq\.default)$" if service in REPLAYS else f"^{event}$"
    read = rf"^sanshe\.{name}(\.dead)?$"
    return User(name=f"sanshe_{service}", configure="^$", write=write, read=read)


def document(services: Sequence[str], passwords: dict[str, str]) -> str:
    """The definitions file as JSON, with salted hashes in place of the passwords."""
    known = users(services)
    return json.dumps(
        {
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


def _user(user: User, password: str) -> dict[str, str]:
    salt = os.urandom(4)
    digest = hashlib.sha256(salt + password.encode()).digest()
    return {
        "name": user.name,
        "password_hash": base64.b64encode(salt + digest).decode(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": user.tags,
    }

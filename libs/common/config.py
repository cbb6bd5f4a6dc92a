"""The environment of a process, read once into one frozen object."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit


class Missing(SystemExit):
    """Variables are missing or wrong; the message names every one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a process needs to know. `{service}` in an address stands for the service's name."""

    database_url: str = field(repr=False)
    amqp_url: str = field(default="", repr=False)
    api_port: int = 8080
    ops_port: int = 9090
    auth_issuer: str = ""
    auth_audience: str = "sanshe"
    auth_jwks: str = ""
    city_division: str = ""
    blob_url: str = ""
    secret_key: str = field(default="", repr=False)
    bind_address: str = "127.0.0.1"
    drain_seconds: int = 5
    """How long an API still answers after it has said on /readyz that it is going."""
    log_level: str = "info"

    def of(self, service: str) -> "Config":
        """The same with the service's name filled into the addresses."""
        return replace(
            self,
            database_url=self.database_url.replace("{service}", service),
            amqp_url=self.amqp_url.replace("{service}", service),
        )


REQUIRED_TO_SERVE = (
    "DATABASE_URL",
    "AUTH_ISSUER",
    "AUTH_JWKS",
    "CITY_DIVISION",
    "BLOB_URL",
    "SECRET_KEY",
)
REQUIRED_TO_WORK = ("DATABASE_URL", "AMQP_URL", "CITY_DIVISION", "SECRET_KEY", "BLOB_URL")


def read(required: tuple[str, ...], environment: Mapping[str, str] = os.environ) -> Config:
    """The configuration of a running service; ends the process naming all that is wrong."""
    wrong = [f"{name} is not set" for name in required if not environment.get(name)]
    values: dict[str, str | int] = {}
    for name in Config.__slots__:
        text = environment.get(name.upper())
        if not text:
            continue
        if not name.endswith(("_port", "_seconds")):
            values[name] = text
        elif text.isdigit() and int(text) < 65536:
            values[name] = int(text)
        else:
            wrong.append(f"{name.upper()} is not a number below 65536: {text!r}")
    wrong += [
        f"{name.upper()} has no host or database"
        for name in ("database_url", "amqp_url")
        if name in values and not urlsplit(str(values[name])).path.strip("/")
    ]
    if wrong:
        raise Missing("The environment is not complete:\n  " + "\n  ".join(wrong))
    return Config(**{"database_url": "", **values})  # type: ignore[arg-type]

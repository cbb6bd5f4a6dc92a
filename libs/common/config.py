"""The environment of a process, read once into one frozen object."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from libs.common import claims
from libs.common.auth import ROLES
from libs.common.claims import Claims
from libs.common.endings import ANNOUNCE_SECONDS
from libs.common.secret import Secret

UNSET: Final = Secret()
_DIVISION: Final = re.compile("[0-9]{12}")


class Missing(SystemExit):
    """Variables are missing or wrong; the message names every one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a process needs to know. `{service}` in an address stands for the service's name."""

    database_url: Secret = UNSET
    amqp_url: Secret = UNSET
    api_port: int = 8080
    ops_port: int = 9090
    auth_issuer: str = ""
    auth_audience: str = "sanshe"
    auth_jwks: str = ""
    auth_roles_claim: str = "roles"
    auth_person_claim: str = "person"
    auth_org_claim: str = "org"
    auth_divisions_claim: str = "divisions"
    auth_role_names: str = ""
    """`NAME=ROLE; …`: what the issuer calls our roles, if not as we do."""
    city_division: str = ""
    blob_url: str = ""
    secret_key: Secret = UNSET
    bind_address: str = "127.0.0.1"
    drain_seconds: int = ANNOUNCE_SECONDS
    """How long an API still answers after it has said on /readyz that it is going."""
    log_level: str = "info"

    @property
    def auth_claims(self) -> Claims:
        """Where the issuer's tokens say who calls."""
        return Claims(
            roles=self.auth_roles_claim,
            person=self.auth_person_claim,
            org=self.auth_org_claim,
            divisions=self.auth_divisions_claim,
            role_names=claims.read_role_names(self.auth_role_names),
        )

    def of(self, service: str) -> "Config":
        """The same with the service's name filled into the addresses."""
        return replace(
            self,
            database_url=self.database_url.of(service),
            amqp_url=self.amqp_url.of(service),
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


SECRETS: Final = ("database_url", "amqp_url", "secret_key")
"""These may be given as `NAME_FILE` instead, and then change while the process runs."""


def read(required: tuple[str, ...], environment: Mapping[str, str] = os.environ) -> Config:
    """The configuration of a running service; ends the process naming all that is wrong."""
    wrong: list[str] = []
    values: dict[str, str | int | Secret] = {}
    for name in Config.__slots__:
        text, file = environment.get(name.upper()), environment.get(f"{name.upper()}_FILE")
        if name in SECRETS and (text or file):
            values[name] = secret = Secret(text or "", Path(file) if file else None)
            wrong += _faults_of_secret(name, secret)
        elif text and not name.endswith(("_port", "_seconds")):
            values[name] = text
        elif text and text.isdigit() and int(text) < 65536:
            values[name] = int(text)
        elif text:
            wrong.append(f"{name.upper()} is not a number below 65536: {text!r}")
        elif name.upper() in required:
            wrong.append(f"{name.upper()} is not set")
    found = Config(**values)  # type: ignore[arg-type]
    if found.city_division and not _DIVISION.fullmatch(found.city_division):
        wrong.append(f"CITY_DIVISION is not a code of twelve digits: {found.city_division!r}")
    wrong += claims.faults_of(found.auth_claims, ROLES)
    if wrong:
        raise Missing("The environment is not complete:\n  " + "\n  ".join(wrong))
    return found


def _faults_of_secret(name: str, secret: Secret) -> list[str]:
    """What is wrong with it, without a word of what it holds."""
    if name == "secret_key":
        try:
            _ = secret.keys
        except ValueError as fault:
            return [f"SECRET_KEY {fault}"]
    elif not all(urlsplit(url).path.strip("/") for url in secret.values):
        return [f"{name.upper()} has no host or database"]
    return []

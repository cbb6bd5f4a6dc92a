"""Bearer tokens (OIDC access tokens as JWT) become a caller with roles and an area."""

import asyncio
import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any, Final, Literal, get_args
from uuid import UUID

import aiohttp
import structlog
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from libs.common.claims import Claims
from libs.common.errors import Forbidden, Unauthenticated, Unreachable

log = structlog.get_logger()

Role = Literal[
    "official",
    "secretariat",
    "purchaser",
    "town",
    "community",
    "association",
    "agency-manager",
    "worker",
    "expert",
    "evaluator",
    "observer",
    "treasury",
    "auditor",
    "operator",
    "system",
]
ROLES: Final[tuple[str, ...]] = get_args(Role)
OF_ONE_ORGANISATION: Final = frozenset({"agency-manager", "worker", "evaluator"})
"""Roles that see the rows of their own organisation alone."""
ALGORITHMS: Final = ["EdDSA", "Ed25519", "RS256", "ES256"]
LEEWAY: Final = 60
CACHE_SIZE: Final = 10_000
KEYS_LIVE: Final = 300.0
"""Seconds after which the published keys are read again."""

KEYS_AT_MOST_EVERY: Final = 10.0
"""Seconds between two readings, however many unknown keys are named."""

KEYS_MISSING: Final = 1.0
"""The same while there are none at all."""

Grants = Mapping[str, frozenset[Role]]


class ClaimsUnreadable(Unauthenticated):
    """Your token is genuine, but what it says of the person, roles, organisation or divisions
    cannot be read; ask whoever runs the sign-in to correct its claims."""

    zh = "令牌有效，但其中的人员、角色、机构或区划信息无法识别，请联系统一登录管理员更正。"


class NoRoleHere(Forbidden):
    """Your token names no role of this platform; ask whoever runs the sign-in to give you one."""

    zh = "令牌中没有本平台的角色，请联系统一登录管理员为您授予角色。"


class OrganisationNotNamed(Forbidden):
    """Your role acts for one organisation, and your token names none; ask whoever runs the sign-in
    to add it."""

    zh = "您的角色须代表某一机构，而令牌中没有机构编号，请联系统一登录管理员补充。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls: an account (`subject`) of a person, with roles, an organisation and an area."""

    subject: str
    person: str
    roles: frozenset[str]
    org: UUID | None
    divisions: tuple[str, ...]
    expires: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Which rows a caller may see: of one organisation or any, in divisions by LIKE patterns."""

    org: UUID | None
    divisions: list[str]

    @property
    def owners(self) -> list[UUID] | None:
        """Whose rows they are: of one organisation, or of any."""
        return None if self.org is None else [self.org]


ALL_ROWS: Final = Rows(org=None, divisions=["%"])
"""For what is done on nobody's behalf, as when time passes: whose rows they are does not matter."""


def rows_of(caller: Caller, allowed: frozenset[Role]) -> Rows:
    """The rows that the caller's granted roles open; `Forbidden` where no role is granted."""
    granted = caller.roles & allowed
    if not granted:
        raise Forbidden if caller.roles & set(ROLES) else NoRoleHere
    bound = granted <= OF_ONE_ORGANISATION
    if bound and caller.org is None:
        raise OrganisationNotNamed
    patterns = [f"{prefix}%" for prefix in caller.divisions]
    return Rows(
        org=caller.org if bound else None,
        divisions=patterns or (["%"] if bound else []),
    )


def visitor(role: Role) -> Caller:
    """Whoever looks at a rehearsal without a token: nobody in particular, in that role."""
    return Caller(
        subject="visitor",
        person="visitor",
        roles=frozenset({role}),
        org=None,
        divisions=("",),
        expires=float("inf"),
    )


class Tokens:
    """Checks tokens against the issuer's published keys; a good token is remembered briefly."""

    def __init__(self, issuer: str, audience: str, jwks: str, claims: Claims | None = None) -> None:
        """`jwks` is the address of the issuer's keys, or the path of a file holding them; `claims`
        tells where its tokens say who calls, if not where ours do."""
        self._jwks = jwks
        self._where = claims or Claims()
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        self._keys: KeySet | None = None
        self._keys_read = -inf
        self._reading = asyncio.Lock()
        self._known: OrderedDict[bytes, Caller] = OrderedDict()

    async def caller(self, authorization: str | None) -> Caller:
        """The caller that an Authorization header names, or `Unauthenticated`."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > 8_192:
            raise Unauthenticated
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        known = self._known.get(digest)
        if known is None or time.monotonic() - self._keys_read > KEYS_LIVE:
            known = await self._check(token.strip())
            self._known[digest] = known
            if len(self._known) > CACHE_SIZE:
                self._known.popitem(last=False)
        if known.expires + LEEWAY < time.time():
            raise Unauthenticated
        return known

    async def _check(self, token: str) -> Caller:
        try:
            decoded = jwt.decode(token, await self._keys_for(token), algorithms=ALGORITHMS)
            self._claims.validate(decoded.claims)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            raise Unauthenticated from None
        try:
            return _caller(decoded.claims, self._where)
        except (ValueError, TypeError, KeyError, AttributeError):
            # Only the holder of a genuine token reads this.
            raise ClaimsUnreadable from None

    async def _keys_for(self, token: str) -> KeySet:
        """The issuer's keys, read again early when a token names one that is not among them."""
        keys = await self._published(KEYS_LIVE)
        named = jws.extract_compact(token.encode()).headers().get("kid")
        known = {key.kid for key in keys.keys}
        return keys if named in known else await self._published(KEYS_AT_MOST_EVERY)

    async def _published(self, older_than: float) -> KeySet:
        """The issuer's keys; while it cannot be asked, those that were read last go on.

        However many ask at once, one of them reads: a storm of tokens is none on the issuer.
        """
        if not self._are_younger(older_than):
            async with self._reading:
                if not self._are_younger(older_than):
                    await self._read()
        if self._keys is None:
            raise Unreachable
        return self._keys

    def _are_younger(self, seconds: float) -> bool:
        """Whether they were read, or could not be read, so recently."""
        age = time.monotonic() - self._keys_read
        return age <= (seconds if self._keys is not None else min(seconds, KEYS_MISSING))

    async def _read(self) -> None:
        try:
            self._keys = KeySet.import_key_set(json.loads(await _fetch(self._jwks)))
            self._known.clear()
        except (OSError, aiohttp.ClientError, TimeoutError, ValueError, JoseError) as failure:
            log.error("issuer-keys-unreadable", error=type(failure).__name__)
        self._keys_read = time.monotonic()


async def _fetch(address: str) -> bytes:
    if not address.startswith(("http://", "https://")):
        return Path(address).read_bytes()  # noqa: ASYNC240 - a small local file, every 5 minutes
    timeout = aiohttp.ClientTimeout(total=5)
    async with aiohttp.ClientSession(timeout=timeout) as session, session.get(address) as answer:
        answer.raise_for_status()
        return await answer.read()


def _caller(claims: Mapping[str, Any], where: Claims) -> Caller:
    org = where.org_of(claims)
    return Caller(
        subject=str(claims["sub"]),
        person=where.person_of(claims),
        roles=where.roles_of(claims),
        org=UUID(org) if org else None,
        divisions=where.divisions_of(claims),
        expires=float(claims["exp"]),
    )

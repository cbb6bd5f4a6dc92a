"""Tokens: who is let in while the issuer's keys change, or cannot be read."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import Key, KeySet, OKPKey

from libs.common import auth, testing
from libs.common.auth import Tokens
from libs.common.errors import Unauthenticated, Unreachable
from libs.common.testing import ISSUER, KEY, token


def tokens(path: Path) -> Tokens:
    return Tokens(ISSUER, "sanshe", str(path))


def publish(path: Path, key: OKPKey) -> None:
    path.write_text(json.dumps(KeySet([key]).as_dict(private=False)))


@pytest.fixture
def jwks(tmp_path: Path) -> Path:
    """The issuer's published keys."""
    path = tmp_path / "jwks.json"
    publish(path, KEY)
    return path


async def test_a_known_token_needs_no_second_check(jwks: Path) -> None:
    """A checked token is remembered as long as the keys are fresh."""
    checker, bearer = tokens(jwks), f"Bearer {token('official')}"

    assert await checker.caller(bearer) is await checker.caller(bearer)


async def test_a_rotated_key_ends_its_tokens(jwks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the issuer publishes other keys, remembered tokens are checked again."""
    checker, bearer = tokens(jwks), f"Bearer {token('official')}"
    await checker.caller(bearer)
    publish(jwks, OKPKey.generate_key("Ed25519", {"kid": "another"}))
    monkeypatch.setattr(auth, "KEYS_LIVE", 0.0)

    with pytest.raises(Unauthenticated):
        await checker.caller(bearer)


async def test_a_new_key_is_looked_for_at_once(jwks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that names an unknown key makes the keys be read again, but not all the time."""
    checker = tokens(jwks)
    await checker.caller(f"Bearer {token('official')}")
    new = OKPKey.generate_key("Ed25519", {"kid": "new"})
    publish(jwks, new)
    monkeypatch.setattr(testing, "KEY", new)
    fresh = f"Bearer {token('official', kid='new')}"
    with pytest.raises(Unauthenticated):
        await checker.caller(fresh)

    monkeypatch.setattr(auth, "KEYS_AT_MOST_EVERY", 0.0)

    assert (await checker.caller(fresh)).person == "p-1"


async def test_the_issuer_may_be_away(jwks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that were read once go on while the issuer cannot be asked; without any it is 503."""
    checker, bearer = tokens(jwks), f"Bearer {token('official')}"
    await checker.caller(bearer)
    jwks.unlink()
    monkeypatch.setattr(auth, "KEYS_LIVE", 0.0)

    assert (await checker.caller(bearer)).person == "p-1"
    with pytest.raises(Unreachable):
        await tokens(jwks).caller(bearer)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Basic abc", "Bearer a.b.c", "Bearer " * 9])
async def test_what_is_no_token_is_refused(jwks: Path, header: str | None) -> None:
    """Nothing but a signed token opens anything."""
    with pytest.raises(Unauthenticated):
        await tokens(jwks).caller(header)


@dataclass(slots=True)
class Issuer:
    """One that answers over HTTP and counts how often it is asked."""

    keys: list[Key]
    address: str = ""
    asked: int = 0
    status: int = 200

    async def answer(self, _request: web.Request) -> web.Response:
        """Slowly, as from far away."""
        self.asked += 1
        await asyncio.sleep(0.05)
        published = KeySet(self.keys).as_dict(private=False)
        return web.json_response(published, status=self.status)


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    """An issuer with the key of the tests."""
    found = Issuer([KEY])
    app = web.Application()
    app.router.add_get("/keys", found.answer)
    async with TestServer(app) as server:
        found.address = str(server.make_url("/keys"))
        yield found


def signed(key: OKPKey) -> str:
    """A header with a token that this key has signed and names."""
    claims = {
        "iss": ISSUER,
        "aud": "sanshe",
        "sub": "account",
        "exp": int(time.time()) + 600,
        "roles": ["official"],
        "person": "p-1",
        "divisions": ["510181"],
    }
    header = {"alg": "Ed25519", "kid": key.kid}
    return f"Bearer {jwt.encode(header, claims, key, algorithms=['Ed25519'])}"


async def test_a_key_is_replaced_while_its_tokens_live(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both published: tokens of the new key are taken at once and those of the former still; once
    the former is taken away, its tokens end when the keys are read next."""
    checker = Tokens(ISSUER, "sanshe", issuer.address)
    former, new = signed(KEY), OKPKey.generate_key("Ed25519", {"kid": "next"})
    await checker.caller(former)
    monkeypatch.setattr(auth, "KEYS_AT_MOST_EVERY", 0.0)

    issuer.keys = [new, KEY]
    for bearer in (signed(new), former):
        assert (await checker.caller(bearer)).person == "p-1"
    assert issuer.asked == 2

    issuer.keys = [new]
    assert (await checker.caller(former)).person == "p-1"
    monkeypatch.setattr(auth, "KEYS_LIVE", 0.0)
    with pytest.raises(Unauthenticated):
        await checker.caller(former)
    assert (await checker.caller(signed(new))).person == "p-1"


async def test_a_storm_of_unknown_keys_is_none_on_the_issuer(issuer: Issuer) -> None:
    """Hundreds at once that name keys nobody knows are refused; the issuer is asked once, and
    whoever has a good token is served meanwhile."""
    checker = Tokens(ISSUER, "sanshe", issuer.address)
    storm = [signed(OKPKey.generate_key("Ed25519", {"kid": f"k{n}"})) for n in range(200)]

    answers = await asyncio.gather(
        *(checker.caller(bearer) for bearer in [*storm, signed(KEY)]), return_exceptions=True
    )
    again = await asyncio.gather(*(checker.caller(b) for b in storm), return_exceptions=True)

    assert {type(refused) for refused in [*answers[:-1], *again]} == {Unauthenticated}
    assert not isinstance(answers[-1], BaseException)
    assert issuer.asked == 1


async def test_an_issuer_that_cannot_be_asked_is_not_asked_by_everybody(issuer: Issuer) -> None:
    """At a start without keys all are told to come again, after one reading for all of them."""
    checker = Tokens(ISSUER, "sanshe", issuer.address)
    issuer.status = 503

    answers = await asyncio.gather(
        *(checker.caller(signed(KEY)) for _ in range(50)), return_exceptions=True
    )

    assert {type(refused) for refused in answers} == {Unreachable}
    assert issuer.asked == 1

"""Tokens: who is let in while the issuer's keys change, or cannot be read."""

import json
from pathlib import Path

import pytest
from joserfc.jwk import KeySet, OKPKey

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

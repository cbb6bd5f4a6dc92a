"""The token issuer of a rehearsal: a key pair in the home, and tokens signed with it."""

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from joserfc import jwt
from joserfc.jwk import KeyParameters, OKPKey

from libs.embedded.home import default_folder, kept

ALGORITHM: Final = "Ed25519"
AUDIENCE: Final = "sanshe"
HOUR: Final = 3600

Claim = str | int | Sequence[str] | None


class Issuer:
    """Makes its key on the first use of a home; `jwks` is the file that services read."""

    def __init__(self, folder: Path | None = None) -> None:
        self._secrets = (folder or default_folder()) / "secrets"
        self.name = kept(
            self._secrets / "issuer", lambda: f"urn:sanshe:rehearsal:{secrets.token_hex(8)}"
        )
        self._key = OKPKey.import_key(json.loads(kept(self._secrets / "issuer.jwk", _new_key)))
        self.jwks = self._secrets / "issuer.jwks"
        kept(self.jwks, self._published)

    def token(self, claims: Mapping[str, Claim], *, lifetime: int = HOUR) -> str:
        """A signed access token (seconds of life) with these claims and the issuer's own."""
        now = int(time.time())
        own = {
            "iss": self.name,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + lifetime,
            "jti": secrets.token_hex(8),
        }
        given = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": ALGORITHM, "kid": self._key.kid, "typ": "at+jwt"}
        return jwt.encode(header, own | given, self._key, algorithms=[ALGORITHM])

    def _published(self) -> str:
        return json.dumps({"keys": [self._key.as_dict(private=False)]})


def _new_key() -> str:
    names: KeyParameters = {"kid": secrets.token_hex(8), "use": "sig", "alg": ALGORITHM}
    key = OKPKey.generate_key("Ed25519", names, private=True)
    return json.dumps(key.as_dict(private=True))

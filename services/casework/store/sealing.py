"""How personal data rests: sealed field by field, and found again by keyed hashes alone."""

import base64
import hmac
import secrets
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from libs.common.secret import Keys

NONCE_BYTES: Final = 12
_FORMAT: Final = ("v1", "aesgcm")


class SealedWithAnotherKey(RuntimeError):
    """A sealed field names a key that this process does not have; see SECRET_KEY."""


class Vault:
    """Seals and opens personal fields with keys derived from the service's secret.

    AES-256-GCM. Table, column, row and organisation are authenticated with each field, so a
    ciphertext that somebody moved elsewhere does not open there. The first key seals, each opens
    what it has sealed: so one can replace another while all go on working.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._ciphers = {_id_of(key): AESGCM(_derive(key, "field", 32)) for key in keys}
        self._first = _id_of(keys[0])

    @property
    def prefix(self) -> str:
        """What everything begins with that the first key has sealed."""
        return "|".join((*_FORMAT, self._first, ""))

    def seal(self, column: str, row: UUID, organisation: UUID, text: str) -> str:
        """The field as it is stored: `v1|aesgcm|key|nonce|ciphertext`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = self._ciphers[self._first]
        sealed = cipher.encrypt(nonce, text.encode(), _place(column, row, organisation))
        return f"{self.prefix}{_encode(nonce)}|{_encode(sealed)}"

    def open(self, column: str, row: UUID, organisation: UUID, stored: str) -> str:
        """What was sealed there; raises if it was sealed elsewhere, changed, or by another key."""
        version, algorithm, key_id, nonce, sealed = stored.split("|")
        if (version, algorithm) != _FORMAT or key_id not in self._ciphers:
            raise SealedWithAnotherKey(f"{version}|{algorithm}|{key_id}")
        place = _place(column, row, organisation)
        return self._ciphers[key_id].decrypt(_decode(nonce), _decode(sealed), place).decode()

    def indexes(self, field: str, organisation: UUID, text: str) -> list[bytes]:
        """Blind indexes, one a key, the first to be stored: equal texts of one organisation are
        equal, and nothing else is told.

        Identity numbers can be counted through, so the keys never lie in the database.
        """
        use = f"index|{field}|{organisation}"
        return [hmac.digest(_derive(k, use, 32), text.encode(), "sha256") for k in self._keys]


def _id_of(key: bytes) -> str:
    return _derive(key, "key-id", 4).hex()


def _derive(key: bytes, use: str, length: int) -> bytes:
    info = f"sanshe|casework|{use}".encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(key)


def _place(column: str, row: UUID, organisation: UUID) -> bytes:
    return f"identities|{column}|{row}|{organisation}".encode()


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text, validate=True)

"""How personal data rests: sealed field by field, and found again by keyed hashes alone."""

import base64
import hmac
import secrets
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES: Final = 12
_FORMAT: Final = ("v1", "aesgcm")


class SealedWithAnotherKey(RuntimeError):
    """A sealed field names a key that this process does not have; see SECRET_KEY."""


class Vault:
    """Seals and opens personal fields with keys derived from the service's secret.

    AES-256-GCM. Table, column, row and organisation are authenticated with each field, so a
    ciphertext that somebody moved elsewhere does not open there.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._key_id = self._derive("key-id", 4).hex()
        self._cipher = AESGCM(self._derive("field", 32))

    def seal(self, column: str, row: UUID, organisation: UUID, text: str) -> str:
        """The field as it is stored: `v1|aesgcm|key|nonce|ciphertext`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode(), _place(column, row, organisation))
        return "|".join((*_FORMAT, self._key_id, _encode(nonce), _encode(sealed)))

    def open(self, column: str, row: UUID, organisation: UUID, stored: str) -> str:
        """What was sealed there; raises if it was sealed elsewhere, changed, or by another key."""
        version, algorithm, key_id, nonce, sealed = stored.split("|")
        if (version, algorithm, key_id) != (*_FORMAT, self._key_id):
            raise SealedWithAnotherKey(f"{version}|{algorithm}|{key_id}")
        place = _place(column, row, organisation)
        return self._cipher.decrypt(_decode(nonce), _decode(sealed), place).decode()

    def index(self, field: str, organisation: UUID, text: str) -> bytes:
        """A blind index: equal texts of one organisation are equal, and nothing else is told.

        Identity numbers can be counted through, so the key never lies in the database.
        """
        return hmac.digest(
            self._derive(f"index|{field}|{organisation}", 32), text.encode(), "sha256"
        )

    def _derive(self, use: str, length: int) -> bytes:
        info = f"sanshe|casework|{use}".encode()
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(self._secret)


def _place(column: str, row: UUID, organisation: UUID) -> bytes:
    return f"identities|{column}|{row}|{organisation}".encode()


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text, validate=True)

"""A command is carried out once: its answer is kept with its key, in its own transaction."""

import hmac
from dataclasses import dataclass
from typing import Final

from libs.common.db import Tx
from libs.common.errors import Conflict, Invalid, Malformed

KEPT_DAYS: Final = 400


class IdempotencyKeyMissing(Malformed):
    """This command needs an Idempotency-Key header: a fresh unique text for each new intention."""

    zh = "此操作需要 Idempotency-Key 请求头：每个新意图使用一个新的唯一值。"


class IdempotencyKeyMalformed(Malformed):
    """An Idempotency-Key has 1 to 255 visible ASCII characters, quoted or bare."""

    zh = "Idempotency-Key 须为 1 至 255 个可见 ASCII 字符，可加引号。"


class IdempotencyKeyReused(Invalid):
    """This Idempotency-Key was used for another request; use a new key for a new intention."""

    zh = "该 Idempotency-Key 已用于另一请求；新的意图请使用新的键值。"


class CommandUnderWay(Conflict):
    """The same command is being carried out at this moment; ask again shortly for its answer."""

    zh = "相同的操作正在执行，请稍后重试以取得结果。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as it is given, and kept for a repetition; then `resource` instead of a body that
    is personal."""

    status: int
    body: bytes | None = None
    etag: str | None = None
    location: str | None = None
    resource: str | None = None


def read_key(header: str | None) -> str:
    """The key in an Idempotency-Key header (a structured-field string, or bare)."""
    if header is None:
        raise IdempotencyKeyMissing
    key = header.strip()
    if len(key) >= 2 and key[0] == key[-1] == '"':
        key = key[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if not 1 <= len(key) <= 255 or not (key.isascii() and key.isprintable()):
        raise IdempotencyKeyMalformed
    return key


def hash_of(secret: bytes, method: str, path: str, body: bytes) -> bytes:
    """A keyed hash, so that a stored row does not let anybody guess a body."""
    return hmac.digest(secret, b"\0".join([method.encode(), path.encode(), body]), "sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """Whether the key's lock was free, and what is stored under it."""

    locked: bool
    hash: bytes | None
    status: int | None
    body: bytes | None
    etag: str | None
    location: str | None
    resource: str | None


async def claim(tx: Tx, subject: str, key: str, request: tuple[bytes, ...]) -> Answer | None:
    """Hold this key until the transaction ends, and find the answer kept under it.

    Refuses while somebody else holds it, and a key that was used for another request: one with
    none of these hashes.
    """
    found = await tx.find(_Claim, "SELECT * FROM claim_command($1, $2)", subject, key)
    if found is None:
        return None
    if not found.locked:
        raise CommandUnderWay(retry_after=1)
    stored = found.hash
    if stored is None or not any(hmac.compare_digest(stored, known) for known in request):
        raise IdempotencyKeyReused
    return Answer(
        status=found.status or 200,
        body=found.body,
        etag=found.etag,
        location=found.location,
        resource=found.resource,
    )


async def keep(tx: Tx, subject: str, key: str, request: bytes, answer: Answer) -> None:
    """Keep the answer; it becomes visible with the command's own effect."""
    await tx.do(
        """
        INSERT INTO commands (subject, key, hash, status, body, etag, location, resource, done_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        subject,
        key,
        request,
        answer.status,
        answer.body,
        answer.etag,
        answer.location,
        answer.resource,
        tx.wall,
    )


async def forget_old(tx: Tx) -> int:
    """Remove answers older than 400 days, a bounded number at a time."""
    return await tx.do(
        """
        DELETE FROM commands
         WHERE ctid = ANY (ARRAY(SELECT ctid
                                   FROM commands
                                  WHERE done_at < $1::timestamptz - $2 * interval '1 day'
                                  LIMIT 5000))
        """,
        tx.wall,
        KEPT_DAYS,
    )

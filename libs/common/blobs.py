"""Blobs by their SHA-256 in a folder: photos, scans, sealed envelopes."""

import asyncio
import hashlib
import os
import secrets
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from libs.common.errors import Fault, Invalid, NotFound, Unreachable
from libs.common.sentences import BLOB_DIFFERS

LARGEST: Final = 20 * 1024 * 1024
"""The largest upload, in bytes."""


class BlobDiffers(Invalid):
    """The content does not have the SHA-256 in its address; send it again whole."""

    zh = "内容与地址中的 SHA-256 不符，请重新完整上传。"


class Blobs:
    """A folder of immutable blobs; writing the same one twice is once."""

    def __init__(self, url: str, service: str) -> None:
        """`url` is `file:///…`; each service has its own folder in it."""
        parts = urlsplit(url)
        if parts.scheme != "file" or not parts.path:
            raise SystemExit(f"BLOB_URL must be file:///a/folder, not {url!r}")
        self._folder = Path(parts.path) / service

    async def put(self, sha256: str, content: bytes) -> None:
        """Check the content against its hash and keep it."""
        if hashlib.sha256(content).hexdigest() != sha256:
            raise BlobDiffers(Fault("/sha256", BLOB_DIFFERS))
        try:
            await asyncio.to_thread(_write, self._path(sha256), content)
        except OSError as failure:
            raise Unreachable from failure

    async def get(self, sha256: str) -> bytes:
        """The content, or `NotFound`."""
        try:
            return await asyncio.to_thread(self._path(sha256).read_bytes)
        except FileNotFoundError:
            raise NotFound("blob") from None
        except OSError as failure:
            raise Unreachable from failure

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk before anybody is told so."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    drafted = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with drafted.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        drafted.replace(path)
    except BaseException:
        drafted.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

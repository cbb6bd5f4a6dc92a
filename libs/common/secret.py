"""What may change while a process runs: addresses with their passwords, and keys."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import structlog

log = structlog.get_logger()
T = TypeVar("T")

Keys = tuple[bytes, ...]
"""The first makes what is new, all of them recognise what is older."""


class Secret:
    """One value a line, the one to try first above: two are there while one is replaced.

    In the environment it stays as it is. In a file (`NAME_FILE`) it is read whenever it is asked
    for, since Kubernetes changes a mounted Secret in place; while that is away, what was read last
    goes on.
    """

    def __init__(self, text: str = "", file: Path | None = None, service: str = "") -> None:
        self._text = text
        self._file = file
        self._service = service
        self._keys: Keys = ()

    def of(self, service: str) -> "Secret":
        """The same, where `{service}` stands for that name."""
        return Secret(self._text, self._file, service)

    @property
    def values(self) -> list[str]:
        """All of them as they are now."""
        if self._file is not None:
            with suppress(OSError, UnicodeDecodeError):
                self._text = self._file.read_text(encoding="utf-8")
        return self._text.replace("{service}", self._service).split() or [""]

    async def first(self, enter: Callable[[str], Awaitable[T]], refused: type[Exception]) -> T:
        """What comes of the first that is not refused: the password that holds at this moment."""
        *others, last = self.values
        for value in others:
            with suppress(refused):
                return await enter(value)
        return await enter(last)

    @property
    def keys(self) -> Keys:
        """All of them as keys, which are written in base64; ValueError says what is wrong with the
        first reading, a later one that is wrong changes nothing."""
        try:
            self._keys = tuple(_key(value) for value in self.values)
        except ValueError as fault:
            if not self._keys:
                raise
            log.error("keys-unreadable", fault=str(fault))
        return self._keys

    def __repr__(self) -> str:
        """Nothing of what it holds."""
        return f"Secret(file={self._file})"


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("is not base64") from None
    if len(key) < 32:
        raise ValueError("has less than 32 bytes")
    return key

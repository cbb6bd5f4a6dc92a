"""K1: what clients asked and were told, written down before it is sent."""

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["invoke", "ok", "fail", "info"]
"""`info`: nobody knows whether it happened, because no answer came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One line of a history."""

    kind: Kind
    op: str
    what: str
    subject: str = ""
    version: int = 0
    """The version of the subject that an answer acknowledged; 0 if it has none."""
    attempts: int = 0
    replayed: bool = False
    note: str = ""
    at: float = 0.0


class History:
    """A file of records: each is on the disk before the request it announces leaves."""

    def __init__(self, path: Path) -> None:
        self.records: list[Record] = []
        self._file = path.open("a", encoding="utf-8")

    def write(self, record: Record) -> None:
        """Append a record, and return when it would survive a crash of this process."""
        self.records.append(record)
        self._file.write(json.dumps(asdict(record) | {"at": time.time()}) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def ops(self, kind: Kind, *whats: str) -> set[str]:
        """The operations of which there is a record of that kind."""
        return {r.op for r in self.records if r.kind == kind and (not whats or r.what in whats)}

    def unknown(self, *whats: str) -> set[str]:
        """The operations that were sent and of which no answer tells whether they happened."""
        ended = self.ops("ok", *whats) | self.ops("fail", *whats)
        return self.ops("invoke", *whats) - ended

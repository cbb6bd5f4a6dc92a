"""What people were told when something went wrong, kept across runs.

A refusal leaves no trace on the platform, and what was refused then may be allowed by now: so each
is written down when it is heard, before anything is done about it, and not asked for again.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A refusal (with its status) or a message (without), in both languages, and whom it met."""

    who: str
    status: int | None
    code: str
    zh: str
    en: str


class Journal:
    """What was told, by names of the scenario's own; the file is always whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._told = _read(path) if path.exists() else {}

    @property
    def told(self) -> Mapping[str, Told]:
        """Everything that was told, by its name."""
        return self._told

    def note(self, name: str, told: Told) -> None:
        """Keep it on disk, before anything else happens."""
        self._told[name] = told
        draft = self._path.with_suffix(".new")
        with draft.open("w", encoding="utf-8") as file:
            whole = {name: asdict(one) for name, one in self._told.items()}
            json.dump(whole, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)


def _read(path: Path) -> dict[str, Told]:
    kept = json.loads(path.read_text(encoding="utf-8"))
    return {name: Told(**one) for name, one in kept.items()}

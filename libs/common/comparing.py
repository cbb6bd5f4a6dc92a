"""Compares the contracts of two trees, and holds each break against the changelog."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from libs.common.compatibility import Break, broken_events, broken_operations

_SECTION: Final = re.compile(r"^### (Changed|Removed)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
_QUOTED: Final = re.compile(r"`([^`]+)`")


def breaks(old: Path, new: Path) -> Iterator[Break]:
    """What the contracts below `services/` of the new tree break of those of the old one."""
    for document in sorted(old.glob("services/*/contracts/openapi.json")):
        now = new / document.relative_to(old)
        there = _read(now) if now.exists() else {"paths": {}}
        yield from broken_operations(_read(document), there)
    yield from broken_events(_schemas(old), _schemas(new))


def unnamed(found: list[Break], changelog: str) -> list[Break]:
    """The breaks that no line under *Changed* or *Removed* of what is unreleased names, by the
    operation or the type of event in backquotes, where `*` stands for any part of it."""
    unreleased = changelog.partition("\n## [Unreleased]")[2].partition("\n## ")[0]
    told = [
        name
        for _, section in _SECTION.findall(unreleased)
        for name in _QUOTED.findall(" ".join(section.split()))
    ]
    return [one for one in found if not any(fnmatchcase(one.subject, name) for name in told)]


def _schemas(tree: Path) -> dict[str, Any]:
    files = sorted(tree.glob("services/*/contracts/events/*.json"))
    return {path.stem: _read(path)["schema"] for path in files}


def _read(path: Path) -> Any:
    return json.loads(path.read_text())

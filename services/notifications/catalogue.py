"""Every type of event that a service of the platform tells, as `make contracts` wrote it down."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from libs.common import contract
from libs.common.notices import PROBE_SENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """A reaction of a service."""

    service: str
    reaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One type of event: what it means, who says and hears it, what its data looks like."""

    type: str
    description: str
    said_by: str
    heard_by: tuple[Hearing, ...]
    schema: dict[str, Any]
    example: dict[str, Any]

    @property
    def hearers(self) -> list[str]:
        """The services that hear it."""
        return sorted({hearing.service for hearing in self.heard_by})


CATALOGUE: Final[dict[str, Entry]] = {
    entry.type: entry
    for entry in contract.load(
        tuple[Entry, ...],
        json.loads((Path(__file__).parent / "contracts" / "event-catalogue.json").read_bytes()),
    )
}
"""A new type reaches the log, the feed and the pages with it."""
PROBES: Final = frozenset(name for name in CATALOGUE if name.endswith(f".{PROBE_SENT}"))
"""Whoever follows the feed has no use for these, and the log would keep them for ever."""
TYPES: Final[frozenset[str]] = frozenset(CATALOGUE) - PROBES
"""What the log holds and the feed shows."""

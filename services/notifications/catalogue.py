"""Every type of event that a service of the platform tells."""

import json
from pathlib import Path
from typing import Final

TYPES: Final[frozenset[str]] = frozenset(
    json.loads((Path(__file__).parent / "contracts" / "all-events.json").read_bytes())
)
"""`make contracts` writes the file; a new type reaches the log and the feed with it."""

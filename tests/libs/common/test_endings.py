"""What the documents say of an ending is what the code counts on."""

import re
from pathlib import Path
from typing import Final

from libs.common import endings
from libs.common.config import Config
from libs.common.health import CHECK_SECONDS

ROOT: Final = Path(__file__).parents[3]
_SECONDS: Final = re.compile(r"(?:(\d) × )?(\d+) s")


def seconds(cell: str) -> float:
    """What a cell of the table comes to: `2 × 10 s`."""
    found = _SECONDS.search(cell)
    return float(found[1] or 1) * float(found[2]) if found else 0.0


def columns() -> tuple[list[float], list[float]]:
    """Seconds of an API and of a worker, row by row of the table in the operations page."""
    page = (ROOT / "docs" / "operations.md").read_text().partition("## How long an end takes")[2]
    rows = [line.split("|")[2:4] for line in page.splitlines() if line.startswith("| ")][1:]
    return [seconds(api) for api, _ in rows], [seconds(worker) for _, worker in rows]


def test_the_table_of_an_ending_adds_up() -> None:
    """Its steps are those of the code, come to what it says, and more than that is given."""
    for role, column in zip(("api", "worker"), columns(), strict=True):
        *steps, most, given = column
        longest = endings.longest("api" if role == "api" else "worker")
        assert sum(steps) == most, role
        assert steps[0] + longest == most, role
        assert given > most, role


def test_without_being_told_an_api_announces_its_end() -> None:
    """The default is the one that the arithmetic goes by, and a look at readiness fits into it."""
    assert Config().drain_seconds == endings.ANNOUNCE_SECONDS
    assert CHECK_SECONDS < endings.ANNOUNCE_SECONDS

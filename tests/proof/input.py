"""Every operation called at length, right and wrong, after a year that was played."""

import tempfile
import time
from pathlib import Path
from typing import Final

from tests.platform.running import explore, resumed, strangers
from tests.proof.year import clean, play

EACH: Final = 12
"""Right and wrong requests to an operation by each of its two callers."""


def prove() -> bool:
    """No 5xx, no answer outside its document, nothing of another organisation, nobody's data."""
    with tempfile.TemporaryDirectory(prefix="sanshe-input-") as folder:
        home = Path(folder, "home")
        played, _ = play(home, processes=False)
        with resumed(home) as url:
            started = time.monotonic()
            report = explore(home, url, EACH).report
            seconds = time.monotonic() - started
            itself = strangers(home, url, same=True)
            itself.learn()
            itself.try_everything(["procurement"], 1)
        clean(home)
    print(report.written())
    print(f"{seconds:.0f} s; set upon itself, an organisation has", end=" ")
    print(f"{len(itself.report.findings)} findings, as it must")
    held = [
        ("the year was played", played is not None),
        ("every answer is one that its document promises", not report.findings),
        ("the search finds what is there to be found", bool(itself.report.findings)),
    ]
    for name, holds in held:
        print(f"{'✓' if holds else '✗'} {name}")
    return all(holds for _, holds in held)

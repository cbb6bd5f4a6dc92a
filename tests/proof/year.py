"""The year undisturbed, again, and as separate processes with fifty kills: one summary."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from libs.embedded import postgres
from libs.embedded.home import free_ports
from tests.proof.kills import SEED, Killer, planned

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 2400.0
"""Seconds that a whole year may take."""
Disturb = Callable[[Killer], None]


def prove() -> bool:
    """Play the year undisturbed, again, and with kills; all three summaries are the same bytes."""
    kills, killed = planned(SEED), list[str]()
    print(f"seed {SEED}: {len(kills)} kills planned from {kills[0].at:%F} to {kills[-1].at:%F}")
    with tempfile.TemporaryDirectory(prefix="sanshe-year-") as folder:
        quiet, troubled = Path(folder, "quiet"), Path(folder, "troubled")
        first, seconds = play(quiet, processes=False)
        again, seconds_again = play(quiet, processes=False)
        disturbed, seconds_troubled = play(
            troubled,
            processes=True,
            disturb=lambda killer: killed.extend(killer.carry_out(kills)),
        )
        print((quiet / "summary.txt").read_text())
        clean(quiet)
        clean(troubled)
    print("\n".join(killed))
    print(f"one process: {seconds:.0f} s · again: {seconds_again:.0f} s")
    print(f"separate processes, {len(killed)} times kill -9: {seconds_troubled:.0f} s")
    held = [
        ("the year was played", first is not None),
        ("the second run ends with the same summary", first == again),
        ("every kill was carried out", len(killed) == len(kills)),
        ("the disturbed year ends with the same summary", first == disturbed),
    ]
    for name, holds in held:
        print(f"{'✓' if holds else '✗'} {name}")
    return all(holds for _, holds in held)


def play(
    home: Path, *, processes: bool, disturb: Disturb | None = None
) -> tuple[bytes | None, float]:
    """Play the year in that home; its summary, or None if a figure did not hold, and seconds."""
    port = str(free_ports(1)[0])
    command = [sys.executable, "-m", "libs.embedded", "run", "--no-stay", "--port", port]
    command += ["--processes"] if processes else []
    started = time.monotonic()
    home.mkdir(exist_ok=True)
    with (home / "run.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "SANSHE_HOME": str(home)},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            if disturb is not None:
                disturb(Killer(home, f"127.0.0.1:{port}", lambda: process.poll() is None))
            status = process.wait(PATIENCE)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
                process.wait(60)
    seconds = time.monotonic() - started
    if status != 0:
        print((home / "run.log").read_text()[-4000:])
        print("\n".join(errors_of(home)))
        return None, seconds
    return (home / "summary.json").read_bytes(), seconds


def errors_of(home: Path) -> list[str]:
    """The last hundred errors that the platform's processes logged."""
    return [
        f"{log.stem}: {line}"
        for log in sorted((home / "log").glob("*.log"))
        for line in log.read_text(errors="replace").splitlines()
        if '"level": "error"' in line
    ][-100:]


def plain() -> dict[str, str]:
    """The surroundings without what names another platform."""
    return {name: text for name, text in os.environ.items() if not name.startswith("SANSHE_")}


def clean(home: Path) -> None:
    """Remove what a home keeps, also beside it."""
    shutil.rmtree(postgres.place_of(home), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)

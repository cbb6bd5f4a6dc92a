"""The year as separate processes, with a service and the broker killed in the middle of it."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from libs.embedded import postgres
from libs.embedded.home import free_ports

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 1200.0
"""Seconds that a whole year may take."""


def prove() -> bool:
    """Play the year undisturbed, again, and with kills; all three summaries must be the same."""
    with tempfile.TemporaryDirectory(prefix="sanshe-year-") as folder:
        quiet, killed = Path(folder, "quiet"), Path(folder, "killed")
        first, seconds = play(quiet, processes=False)
        again, seconds_again = play(quiet, processes=False)
        disturbed, seconds_killed = play(killed, processes=True, disturb=kill_in_mid_year)
        print((quiet / "summary.txt").read_text())
        print(f"one process: {seconds:.0f} s · again: {seconds_again:.0f} s")
        print(f"separate processes with kills: {seconds_killed:.0f} s")
        clean(quiet)
        clean(killed)
        held = [
            ("the year was played", first is not None),
            ("the second run ends with the same summary", first == again),
            ("the disturbed year ends with the same summary", first == disturbed),
        ]
    for name, holds in held:
        print(f"{'✓' if holds else '✗'} {name}")
    return all(holds for _, holds in held)


def play(
    home: Path, *, processes: bool, disturb: Callable[[Path], None] | None = None
) -> tuple[object | None, float]:
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
                disturb(home)
            status = process.wait(PATIENCE)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
                process.wait(60)
    seconds = time.monotonic() - started
    if status != 0:
        print((home / "run.log").read_text()[-4000:])
        return None, seconds
    return json.loads((home / "summary.json").read_text()), seconds


def clean(home: Path) -> None:
    """Remove what a home keeps, also beside it."""
    shutil.rmtree(postgres.place_of(home), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def kill_in_mid_year(home: Path) -> None:
    """`kill -9` scheduling's worker, procurement's API and the broker, once the year is on."""
    _until(lambda: _heard(home) > 8_000)
    for name in ("services/scheduling-worker", "services/procurement-api", "rabbitmq/rabbitmq"):
        pid = int((home / "run" / f"{name}.pid").read_text().split()[0])
        print(f"kill -9 {name} at event {_heard(home)}")
        os.killpg(pid, signal.SIGKILL)
        time.sleep(5)


def _heard(home: Path) -> int:
    """How many events the scenario's own consumer has written down."""
    path = home / "events.csv"
    return path.read_bytes().count(b"\n") if path.exists() else 0


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the year did not come to its middle")
        time.sleep(0.2)

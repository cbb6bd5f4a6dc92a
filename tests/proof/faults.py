"""Every row of the fault matrix at full size, and eight mistakes that its checkers must find."""

import asyncio
import logging
import os
import tempfile
from pathlib import Path
from random import SystemRandom
from typing import Final

from libs.common import log
from tests.faults.ground import Ground, ground
from tests.faults.lab import laboratory
from tests.faults.matrix import Row, all_rows
from tests.faults.trials import CONTROLS, TAKING_PART, TRIALS, Trial

COLUMNS: Final = "{:4} {:63} {:>9} {:>5} {:>8} {:>8}  {}"


def prove() -> bool:
    """Play all rows and trials, or those that ROWS names; true if nothing was lost or doubled."""
    log.configure("critical")
    logging.disable(logging.ERROR)
    seed = int(os.environ.get("SEED") or SystemRandom().randrange(10**6))
    only = frozenset(os.environ.get("ROWS", "").split())
    print(f"seed {seed} (SEED={seed} draws the same again, ROWS='A1 K8' plays a part)")
    with tempfile.TemporaryDirectory(prefix="sanshe-faults-") as folder:
        return asyncio.run(_prove(Path(folder), seed, only))


async def _prove(folder: Path, seed: int, only: frozenset[str]) -> bool:
    _print("row", "fault", "confirmed", "lost", "doubled", "seconds", "moved")
    async with ground(folder / "ground") as on:
        rows = [row for row in all_rows() if not only or row.id in only]
        held = [await _play(row, on, folder / row.id, seed) for row in rows]
        if not only or "K8" in only:
            print("\nmistakes put into a process at its start, and who noticed", flush=True)
            for trial in TRIALS:
                held.append(await _try(trial, on, folder / trial.variant, seed))
            for trial in CONTROLS:
                held.append(await _control(trial, on, folder / f"not-{trial.variant}", seed))
    return all(held)


async def _play(row: Row, on: Ground, folder: Path, seed: int) -> bool:
    try:
        async with laboratory(on, folder, row.services, seed=seed, full=True) as lab:
            came = await row.play(lab)
    except Exception as failure:
        _print(row.id, row.fault, "-", "-", "-", "-", f"✗ {failure!r}")
        return False
    seconds = f"{came.seconds:.1f}"
    _print(row.id, row.fault, came.confirmed, came.lost, came.doubled, seconds, came.moved)
    for problem in came.problems:
        print(f"     ✗ {problem}", flush=True)
    return came.holds


def _print(*cells: object) -> None:
    print(COLUMNS.format(*cells), flush=True)


async def _try(trial: Trial, on: Ground, folder: Path, seed: int) -> bool:
    async with laboratory(on, folder, TAKING_PART, seed=seed) as lab:
        caught = (await trial.play(lab, *trial.mistake)).caught_by
    noticed = bool(trial.checkers & set(caught))
    mark, who = "✓" if noticed else "✗", ", ".join(caught) or "nobody"
    print(f"{mark} {trial.variant} ({trial.fault}): {who}", flush=True)
    return noticed


async def _control(trial: Trial, on: Ground, folder: Path, seed: int) -> bool:
    async with laboratory(on, folder, TAKING_PART, seed=seed) as lab:
        caught = (await trial.play(lab)).caught_by
    mark, who = "✗" if caught else "✓", ", ".join(caught) or "nothing to notice"
    print(f"{mark} without {trial.variant}: {who}", flush=True)
    return not caught

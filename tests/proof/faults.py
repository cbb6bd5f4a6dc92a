"""Every row of the fault matrix at full size, and eight mistakes that its checkers must find."""

import asyncio
import os
import tempfile
from pathlib import Path
from random import SystemRandom
from typing import Final

from tests.faults.lab import Ground, ground, laboratory
from tests.faults.matrix import Outcome, Row, all_rows
from tests.faults.trials import CONTROLS, TAKING_PART, TRIALS, Trial

COLUMNS: Final = "{:4} {:58} {:>9} {:>5} {:>8} {:>8}  {}"


def prove() -> bool:
    """Play all rows and trials, or those that ROWS names; true if nothing was lost or doubled."""
    seed = int(os.environ.get("SEED") or SystemRandom().randrange(10**6))
    only = frozenset(os.environ.get("ROWS", "").split())
    with tempfile.TemporaryDirectory(prefix="sanshe-faults-") as folder:
        return asyncio.run(_prove(Path(folder), seed, only))


async def _prove(folder: Path, seed: int, only: frozenset[str]) -> bool:
    print(f"seed {seed} (SEED={seed} draws the same again, ROWS='A1 B2' plays some rows)")
    print(COLUMNS.format("row", "fault", "confirmed", "lost", "doubled", "seconds", "moved"))
    async with ground(folder / "ground") as on:
        held = [
            await _play(row, on, folder / row.id, seed)
            for row in all_rows()
            if not only or row.id in only
        ]
        if not only or "K8" in only:
            print("\nK8: mistakes put into a process at its start, and who noticed")
            held += [await _try(trial, on, folder / trial.variant, seed) for trial in TRIALS]
            held += [
                await _control(trial, on, folder / f"no-{trial.variant}") for trial in CONTROLS
            ]
    return all(held)


async def _play(row: Row, on: Ground, folder: Path, seed: int) -> bool:
    async with laboratory(on, folder, row.services, seed=seed, full=True) as lab:
        outcome = await row.play(lab)
    _print(row, outcome)
    return outcome.holds


def _print(row: Row, outcome: Outcome) -> None:
    print(
        COLUMNS.format(
            row.id,
            row.fault,
            outcome.confirmed,
            outcome.lost,
            outcome.doubled,
            f"{outcome.seconds:.1f}",
            outcome.moved,
        ),
        flush=True,
    )
    for problem in outcome.problems:
        print(f"     ✗ {problem}", flush=True)


async def _try(trial: Trial, on: Ground, folder: Path, seed: int) -> bool:
    async with laboratory(on, folder, TAKING_PART, seed=seed) as lab:
        caught = (await trial.play(lab, *trial.mistake)).caught_by
    noticed = bool(trial.checkers & set(caught))
    mark, who = "✓" if noticed else "✗", ", ".join(caught) or "nobody"
    print(f"{mark} {trial.variant} ({trial.fault}): {who}", flush=True)
    return noticed


async def _control(trial: Trial, on: Ground, folder: Path) -> bool:
    async with laboratory(on, folder, TAKING_PART, seed=0) as lab:
        caught = (await trial.play(lab)).caught_by
    if caught:
        print(f"✗ without {trial.variant}, and yet {', '.join(caught)}", flush=True)
    return not caught

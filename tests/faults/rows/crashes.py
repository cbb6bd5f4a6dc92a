"""A1–A5: a process is killed between two steps that only look like one."""

import asyncio
import time
from typing import Final

from tests.faults.history import History
from tests.faults.lab import Child, Lab
from tests.faults.load import Load
from tests.faults.matrix import Outcome, outcome, row
from tests.faults.verdict import judge, settle

TAKING_PART: Final = ("registry", "notifications")
CLIENTS: Final = 4
OPERATIONS: Final = 12
AGE: Final = "outbox_oldest_age_seconds"


async def _under_load(lab: Lab, mortal: Child) -> tuple[Load, float, History]:
    """Load until the mortal process has died and everything has recovered; the seconds of that."""
    history = History(lab.folder / "history.jsonl")
    api = next(child for child in lab.children.values() if child.role == "api")
    async with Load(lab, api.api, history) as load:
        running = asyncio.create_task(load.run(CLIENTS, lab.size(OPERATIONS, 5 * OPERATIONS)))
        await lab.ended(mortal)
        died = time.monotonic()
        await lab.restart(mortal)
        await running
    await settle(lab)
    return load, time.monotonic() - died, history


@row("A1", "kill -9 of an API before the commit", *TAKING_PART)
async def killed_before_commit(lab: Lab) -> Outcome:
    """The client repeats the command under its key, and there is one effect."""
    api = await lab.start("registry", "api", "--crash", "before_commit", "--times", "20")
    await lab.start("registry", "worker")
    await lab.start("notifications", "worker")
    load, seconds, history = await _under_load(lab, api)
    verdict = await judge(lab, history)
    cut = sum(load.disturbed.values())
    problems = [] if cut else ["no client noticed the crash"]
    return outcome(verdict, seconds, f"requests cut off {cut}", *problems)

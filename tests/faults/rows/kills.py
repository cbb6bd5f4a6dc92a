"""A8, A11: processes are killed while commands arrive: all of them, or the one that leads."""

import asyncio
import time
from statistics import median
from typing import Final

from libs.embedded.proxy import proxying
from tests.faults.ground import ALL
from tests.faults.history import History
from tests.faults.lab import BORN, Child, Lab
from tests.faults.load import Load
from tests.faults.matrix import Outcome, outcome, row
from tests.faults.scene import at_it
from tests.faults.verdict import judge, recover, settle

RTO: Final = 30.0
"""Seconds in which a killed process must be ready again, on a machine that does nothing else."""
SOME: Final = ("registry", "procurement", "notifications")


@row("A8", "kill -9 of every process in random order under load", *ALL)
async def killed_all_over(lab: Lab) -> Outcome:
    """Whatever dies whenever, each command has one effect and each event is heard once."""
    names = ALL if lab.full else SOME
    children = await asyncio.gather(
        *(lab.start(name, role) for name in names for role in ("api", "worker"))
    )
    births = await lab.births(*children)
    ports = {child.service: child.api_port for child in children if child.role == "api"}
    history = History(lab.folder / "history.jsonl")
    pause = 0.2 if lab.full else 0.05
    async with (
        proxying(0, ports, "registry") as port,
        Load(lab, f"http://127.0.0.1:{port}", history, pause=pause) as load,
    ):
        enough = asyncio.Event()
        running = asyncio.create_task(load.run_until(enough, 4))
        took = await _kill(lab, list(children), lab.size(10, 200))
        born_again = await lab.born_again(births)
        enough.set()
        last = time.monotonic()
        await running
        await recover(lab, load)
        seconds = time.monotonic() - last
        await settle(lab)
    problems = [f"{one:.0f} s until ready again" for one in took if lab.full and one > RTO]
    if born_again != (killed := min(len(took), len(children))):
        problems.append(f"{BORN} moved in {born_again} processes, not in {killed}")
    moved = (
        f"{BORN} moved in {born_again}, kills {len(took)}, "
        f"ready again in {median(took):.1f} s, at most {max(took):.1f} s; "
        f"requests cut off {sum(load.disturbed.values())}, replays {load.replays}"
    )
    return outcome(await judge(lab, history), seconds, moved, *problems)


async def _kill(lab: Lab, children: list[Child], kills: int) -> list[float]:
    """So many kills, every process once before any twice; the seconds until each was back."""
    took: list[float] = []
    turn: list[Child] = []
    while len(took) < kills:
        if not turn:
            turn = lab.random.sample(children, len(children))
        victim = turn.pop()
        await asyncio.sleep(lab.random.uniform(0, 0.5))
        began = time.monotonic()
        await lab.kill(victim)
        await lab.restart(victim)
        took.append(time.monotonic() - began)
    return took


@row("A11", "kill -9 of the active workers while others stand by", "registry", "notifications")
async def taken_over(lab: Lab) -> Outcome:
    """Nobody starts them again: those that stood by go on, with nothing lost and nothing twice."""
    api = await lab.start("registry", "api")
    tellers, hearers = [
        await asyncio.gather(*(lab.start(name, "worker") for _ in range(2)))
        for name in ("registry", "notifications")
    ]
    history = History(lab.folder / "history.jsonl")
    async with Load(lab, api.api, history, pause=0.05) as load:
        enough = asyncio.Event()
        running = asyncio.create_task(load.run_until(enough, 4))
        active = [
            await at_it(lab, "sanshe_leader", *tellers),
            await at_it(lab, "sanshe_events_heard_total", *hearers),
        ]
        await asyncio.gather(*(lab.kill(child) for child in active))
        began = time.monotonic()
        await recover(lab, load)
        seconds = time.monotonic() - began
        enough.set()
        await running
        await settle(lab)
    left = [await lab.metric(c, "sanshe_leader") for c in tellers if c not in active]
    problems = [] if left == [1.0] else [f"who is left leads: {left}"]
    moved = f"taken over in {seconds:.1f} s"
    return outcome(await judge(lab, history), seconds, moved, *problems)

"""Registry and notifications at work under a load, while something around them is broken."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import aio_pika
from aio_pika.abc import AbstractChannel

from libs.common import topology
from tests.faults.ground import service_of
from tests.faults.history import History
from tests.faults.lab import Child, Lab, until
from tests.faults.link import Link
from tests.faults.load import Load
from tests.faults.matrix import Outcome, outcome
from tests.faults.verdict import judge, recover, settle

TAKING_PART: Final = ("registry", "notifications")
CLIENTS: Final = 4


@dataclass(slots=True)
class Scene:
    """Who works, and what has been noticed so far."""

    lab: Lab
    api: Child
    teller: Child
    """The worker of the registry, with its relay."""
    hearer: Child
    """The worker of notifications, with its consumer."""
    load: Load
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def confirmed(self) -> int:
        """How many operations have been acknowledged so far."""
        return sum(record.kind == "ok" for record in self.load.history.records)

    async def progress(self, least: int = 10) -> None:
        """Wait until some more operations have been acknowledged."""
        before = self.confirmed
        async with asyncio.timeout(60):
            while self.confirmed < before + least:  # noqa: ASYNC110 - the load's own count
                await asyncio.sleep(0.05)

    async def recovered(self) -> None:
        """The fault is over: measure until a new command has its effect everywhere."""
        over = time.monotonic()
        await recover(self.lab, self.load)
        self.seconds = max(self.seconds, time.monotonic() - over)

    def expect(self, holds: bool, problem: str) -> None:
        """Note what did not hold."""
        if not holds:
            self.problems.append(problem)

    async def metric(self, child: Child, name: str, **labels: str) -> float:
        """A metric of one of them."""
        return await self.lab.metric(child, name, **labels)

    async def outcome(self, moved: str) -> Outcome:
        """What came of it, once everything has come to rest."""
        await settle(self.lab)
        verdict = await judge(self.lab, self.load.history)
        broken = {r.note for r in self.load.history.records if r.kind == "fail" and r.note >= "500"}
        why = [line for line in self.lab.log_of(self.api).splitlines() if "request-failed" in line]
        self.expect(not broken, f"clients were told {sorted(broken)}: {why[:1]}")
        told = ", ".join(f"{times}× {what}" for what, times in self.load.disturbed.items())
        moved = f"{moved}; clients: {told or 'undisturbed'}"
        return outcome(verdict, self.seconds, moved, *self.problems)


@asynccontextmanager
async def at_work(lab: Lab, front: Link | None = None) -> AsyncIterator[Scene]:
    """The three processes under a load that ends with the block; each command gets its answer.

    With a `front`, clients come over that link.
    """
    api, teller, hearer = await asyncio.gather(
        lab.start("registry", "api"),
        lab.start("registry", "worker"),
        lab.start("notifications", "worker"),
    )
    enough = asyncio.Event()
    history = History(lab.folder / "history.jsonl")
    address = f"http://127.0.0.1:{front.port}" if front else api.api
    async with Load(lab, address, history, pause=0.05) as load:
        running = asyncio.create_task(load.run_until(enough, CLIENTS))
        scene = Scene(lab, api, teller, hearer, load)
        try:
            await scene.progress()
            yield scene
        finally:
            enough.set()
            await running


@asynccontextmanager
async def administration(lab: Lab) -> AsyncIterator[AbstractChannel]:
    """A channel of the broker's administrator."""
    async with await aio_pika.connect(lab.ground.broker.url(), timeout=10) as broker:
        yield await broker.channel()


async def migrate_topology(lab: Lab) -> None:
    """Declare again what is missing of everybody's queues and bindings, as `migrate` does.

    Notifications is first: an event that reaches some queues only is told to nobody as missing.
    That is what reconciliation is for (C5).
    """
    for name in sorted(lab.ground.prepared, key=lambda one: one != "notifications"):
        heard = service_of(name).heard_types
        await topology.declare(lab.ground.broker.url(), name, heard)


async def at_it(lab: Lab, metric: str, *children: Child) -> Child:
    """The one of these that is at work, of which a metric is above zero."""
    found: list[Child] = []

    async def seen() -> bool:
        found[:] = [child for child in children if await lab.metric(child, metric) > 0]
        return bool(found)

    await until(seen, f"{metric} of one of them")
    return found[0]

"""A load balancer before the replicas of one API: whoever is not ready is given nothing new."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import count

from libs.embedded.proxy import proxying
from tests.faults.lab import Child, Lab

LOOK_SECONDS = 0.2


class Replicas(Mapping[str, int]):
    """Answers with the port of the next replica that said it was ready."""

    def __init__(self, lab: Lab, replicas: list[Child]) -> None:
        self.ready = list(replicas)
        self._lab = lab
        self._replicas = replicas
        self._turn = count()

    async def look(self) -> None:
        """Ask every replica on /readyz, again and again."""
        while True:
            states = [await self._lab.get(f"{one.ops}/readyz") for one in self._replicas]
            ready = [o for o, status in zip(self._replicas, states, strict=True) if status == 200]
            self.ready = ready or self.ready
            await asyncio.sleep(LOOK_SECONDS)

    def __getitem__(self, service: str) -> int:
        return self.ready[next(self._turn) % len(self.ready)].api_port

    def __iter__(self) -> Iterator[str]:
        return iter({one.service for one in self._replicas})

    def __len__(self) -> int:
        return 1


@asynccontextmanager
async def balancing(lab: Lab, *replicas: Child) -> AsyncIterator[tuple[str, Replicas]]:
    """The address of a balancer before these replicas, and who it thinks is ready."""
    table = Replicas(lab, list(replicas))
    looking = asyncio.create_task(table.look())
    try:
        async with proxying(0, table, replicas[0].service) as port:
            yield f"http://127.0.0.1:{port}", table
    finally:
        looking.cancel()
        await asyncio.wait([looking])

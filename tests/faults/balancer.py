"""A load balancer before the replicas of one API: whoever is not ready is given no connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from tests.faults.lab import Child, Lab
from tests.faults.link import linked

LOOK_SECONDS: Final = 0.2


class Balancer:
    """Picks a ready replica for each connection, as a cluster does, and never breaks one."""

    def __init__(self, lab: Lab, replicas: tuple[Child, ...]) -> None:
        self.address = ""
        self.ready = replicas
        self._lab = lab
        self._replicas = replicas
        self._given = 0

    def port(self) -> int:
        """The port of the replica whose turn it is."""
        self._given += 1
        return self.ready[self._given % len(self.ready)].api_port

    def join(self, replica: Child) -> None:
        """One more, which is given connections once it is ready."""
        self._replicas = (*self._replicas, replica)

    async def look(self) -> None:
        """Ask every replica on /readyz, again and again."""
        while True:
            states = [await self._lab.get(f"{one.ops}/readyz") for one in self._replicas]
            pairs = zip(self._replicas, states, strict=True)
            self.ready = tuple(one for one, state in pairs if state == 200) or self.ready
            await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def balancing(lab: Lab, *replicas: Child) -> AsyncIterator[Balancer]:
    """A balancer before these replicas."""
    balancer = Balancer(lab, replicas)
    looking = asyncio.create_task(balancer.look())
    try:
        async with linked(balancer.port) as link:
            balancer.address = f"http://127.0.0.1:{link.port}"
            yield balancer
    finally:
        looking.cancel()
        await asyncio.wait([looking])

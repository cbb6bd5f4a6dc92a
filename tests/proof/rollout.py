"""Services as processes of two releases, replaced as a cluster replaces them, behind a Service."""

import asyncio
import random
import signal
import sys
import time
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import aiohttp
from aiohttp import ClientSession, ClientTimeout, TraceConfig, web

from libs.common import endings
from libs.embedded.children import Children, Program
from libs.embedded.home import free_ports
from libs.embedded.platform import FRONT, Environment
from libs.embedded.proxy import Proxy
from tests.faults.link import linked

LAG_SECONDS: Final = (1.0, 3.0)
"""How long after its end has begun a replica may still be given new connections."""
DRAIN_SECONDS: Final = 4
PATIENCE: Final = 120.0
LONGEST_END: Final = max(endings.longest("api", DRAIN_SECONDS), endings.longest("worker"))
LOOK_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Part:
    """What is replaced as one: the API or the worker of a service."""

    service: str
    role: str


@dataclass(slots=True, kw_only=True)
class Replica:
    """One process of a part, of one release."""

    part: Part
    release: str
    process: Process
    name: str
    api_port: int
    ops_port: int


@dataclass(slots=True)
class Told:
    """What the front was told by the services, in counts."""

    requests: int = 0
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def unsafe(self) -> int:
        """Those after which a client cannot know whether anything was done."""
        safe = {"refused connection", "503"}
        return sum(count for kind, count in self.failures.items() if kind not in safe)

    def tracing(self) -> TraceConfig:
        """Hooks for the session that asks the services."""
        trace = TraceConfig()

        async def ended(_s: Any, _c: SimpleNamespace, end: aiohttp.TraceRequestEndParams) -> None:
            self.requests += 1
            if end.response.status >= 500:
                self.failures[str(end.response.status)] += 1

        async def failed(
            _s: Any, _c: SimpleNamespace, end: aiohttp.TraceRequestExceptionParams
        ) -> None:
            self.requests += 1
            refused = isinstance(end.exception, aiohttp.ClientConnectorError)
            kind = "refused connection" if refused else type(end.exception).__name__
            self.failures[kind] += 1

        trace.on_request_end.append(ended)
        trace.on_request_exception.append(failed)
        return trace


class Fleet:
    """All parts, each with the replicas that its Service knows."""

    def __init__(self, home: Path, releases: dict[str, Path], seed: int) -> None:
        self.told = Told()
        self.ends: list[float] = []
        """Seconds from the signal to the end of each process that was replaced."""
        self._releases = releases
        self._children = Children(home / "log", home / "run" / "fleet")
        self._dice = random.Random(seed)
        self._endpoints: dict[Part, list[Replica]] = {}
        self._environment: Environment = {}
        self._started = 0

    async def start(self, parts: list[Part], release: str, environment: Environment) -> None:
        """One replica a part."""
        self._environment = environment | {"DRAIN_SECONDS": str(DRAIN_SECONDS)}
        new = await asyncio.gather(*(self._new(part, release) for part in parts))
        self._endpoints = {replica.part: [replica] for replica in new}

    async def roll(self, part: Part, release: str) -> float:
        """One more, and when it is ready one less; seconds until the former has ended."""
        began = time.monotonic()
        [old] = self._endpoints[part]
        new = await self._new(part, release)
        self._endpoints[part].append(new)
        lag = asyncio.create_task(self._forget(part, old))
        told = time.monotonic()
        old.process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(old.process.wait(), PATIENCE)
        self.ends.append(time.monotonic() - told)
        await lag
        return time.monotonic() - began

    async def _forget(self, part: Part, old: Replica) -> None:
        await asyncio.sleep(self._dice.uniform(*LAG_SECONDS))
        self._endpoints[part].remove(old)

    async def _new(self, part: Part, release: str) -> Replica:
        self._started += 1
        api_port, ops_port = free_ports(2)
        name = f"{part.service}-{part.role}-{self._started}"
        program = Program(
            name=name,
            argv=[sys.executable, "-m", f"services.{part.service}", part.role],
            environment=self._environment | {"API_PORT": str(api_port), "OPS_PORT": str(ops_port)},
            folder=self._releases[release],
        )
        process = await self._children.start(program)
        replica = Replica(
            part=part,
            release=release,
            process=process,
            name=name,
            api_port=api_port,
            ops_port=ops_port,
        )
        await self._ready(replica)
        return replica

    async def _ready(self, replica: Replica) -> None:
        url = f"http://127.0.0.1:{replica.ops_port}/readyz"
        async with asyncio.timeout(PATIENCE), ClientSession(timeout=ClientTimeout(3)) as session:
            while True:
                if replica.process.returncode is not None:
                    raise self._children.failed(replica.name)
                try:
                    async with session.get(url) as answer:
                        if answer.status == 200:
                            return
                except (aiohttp.ClientError, TimeoutError):
                    pass
                await asyncio.sleep(LOOK_SECONDS)

    def port(self, part: Part) -> int:
        """Where a new connection to that part is led: any replica that is known."""
        return self._dice.choice(self._endpoints[part]).api_port

    async def stop(self) -> None:
        """End every replica."""
        replicas = [one for known in self._endpoints.values() for one in known]
        await asyncio.gather(
            *(self._children.stop(one.name, one.process, grace=LONGEST_END) for one in replicas)
        )

    @asynccontextmanager
    async def front(self, port: int) -> AsyncIterator[None]:
        """One address before them all, which keeps its connections as an ingress does."""
        async with AsyncExitStack() as stack:
            ports = {}
            for part in (part for part in self._endpoints if part.role == "api"):
                link = await stack.enter_async_context(linked(partial(self.port, part)))
                ports[part.service] = link.port
            session = await stack.enter_async_context(
                ClientSession(
                    connector=aiohttp.TCPConnector(limit=0),
                    timeout=ClientTimeout(total=None, sock_connect=2),
                    auto_decompress=False,
                    trace_configs=[self.told.tracing()],
                )
            )
            server = web.Server(
                Proxy(ports, FRONT, session), handler_cancellation=True, access_log=None
            )
            runner = web.ServerRunner(server, shutdown_timeout=2)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", port).start()
            yield

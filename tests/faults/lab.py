"""The laboratory: real PostgreSQL and RabbitMQ, and services as processes that may be killed."""

import asyncio
import base64
import json
import os
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import aio_pika
import aiohttp
import asyncpg
from joserfc.jwk import KeySet
from prometheus_client.parser import text_string_to_metric_families

from libs.common.testing import CITY, ISSUER, KEY
from libs.embedded.children import Children, Program
from libs.embedded.home import CHECKOUT, free_ports
from tests.faults.ground import Ground

BORN: Final = "process_start_time_seconds"
"""A process that was started again has a later one: that is how monitoring sees a restart."""
PATIENCE: Final = 90.0
"""Seconds that anything may take on a busy machine before it counts as never."""


@dataclass(slots=True, kw_only=True)
class Child:
    """One process of a service; it keeps its ports over restarts."""

    name: str
    service: str
    role: str
    api_port: int
    ops_port: int
    arguments: tuple[str, ...]
    process: Process | None = None

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def ops(self) -> str:
        return f"http://127.0.0.1:{self.ops_port}"

    @property
    def status(self) -> int | None:
        """How it ended; minus the signal's number if it was ended by one."""
        return self.process.returncode if self.process else None

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.returncode is None


@dataclass(slots=True)
class Lab:
    """Some services on fresh databases and empty queues, and every means to hurt them."""

    ground: Ground
    folder: Path
    services: tuple[str, ...]
    seed: int
    full: bool = False
    """At full size, as `make proof OF=faults` runs it."""
    children: dict[str, Child] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    """Of every child to come; a test may put other addresses in, of a proxy for example."""
    random: Random = field(init=False)
    _keeper: Children = field(init=False)
    _admin: dict[str, asyncpg.Connection] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self._keeper = Children(self.folder / "log", self.folder / "run")

    def size(self, short: int, full: int) -> int:
        """How much of something, here in the tests or there in the proof."""
        return full if self.full else short

    # Processes

    async def start(self, service: str, role: str, *arguments: str, wait: bool = True) -> Child:
        """Start a process of a service; see `tests.faults.launch` for the arguments."""
        api_port, ops_port = free_ports(2)
        number = sum(c.service == service and c.role == role for c in self.children.values()) + 1
        child = Child(
            name=f"{service}-{role}-{number}",
            service=service,
            role=role,
            api_port=api_port,
            ops_port=ops_port,
            arguments=arguments,
        )
        self.children[child.name] = child
        await self.restart(child, *arguments, wait=wait)
        return child

    async def restart(self, child: Child, *arguments: str, wait: bool = True) -> float:
        """Start it again, on the same ports; seconds until it was ready."""
        began = time.monotonic()
        child.arguments = arguments
        argv = [sys.executable, "-m", "tests.faults.launch", child.service, child.role, *arguments]
        ports = {"API_PORT": str(child.api_port), "OPS_PORT": str(child.ops_port)}
        child.process = await self._keeper.start(
            Program(
                name=child.name, argv=argv, environment=self.environment | ports, folder=CHECKOUT
            )
        )
        if wait:
            await self.ready(child)
        return time.monotonic() - began

    async def ready(self, child: Child) -> None:
        """Wait until /readyz says so; an early end of the process is an error."""
        async with asyncio.timeout(PATIENCE):
            while await self.get(f"{child.ops}/readyz") != 200:
                if not child.alive:
                    raise self._keeper.failed(child.name)
                await asyncio.sleep(0.05)

    async def kill(self, child: Child) -> None:
        """`kill -9`."""
        if child.process is not None:
            await self._keeper.kill(child.name, child.process)

    async def signal(self, child: Child, number: int = signal.SIGTERM) -> None:
        """Send a signal to the process, which may have ended, and return at once."""
        assert child.process is not None
        with suppress(ProcessLookupError):
            child.process.send_signal(number)

    async def ended(self, child: Child, limit: float = PATIENCE) -> float:
        """Wait until the process has ended by itself; how many seconds that took."""
        assert child.process is not None
        began = time.monotonic()
        await asyncio.wait_for(child.process.wait(), limit)
        return time.monotonic() - began

    # What can be seen

    async def get(self, url: str) -> int | None:
        """The status that address answers, None if nobody does."""
        timeout = aiohttp.ClientTimeout(total=3)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as got:
                return got.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None

    async def metric(self, child: Child, name: str, **labels: str) -> float:
        """A metric of a process, summed over the samples with these labels."""
        async with aiohttp.ClientSession() as session, session.get(f"{child.ops}/metrics") as got:
            families = text_string_to_metric_families(await got.text())
        return sum(
            sample.value
            for family in families
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    async def births(self, *children: Child) -> dict[str, float]:
        """When each of them was started, as its metrics say."""
        return {child.name: await self.metric(child, BORN) for child in children}

    async def born_again(self, before: dict[str, float]) -> int:
        """How many of these processes have been started since."""
        now = await self.births(*(self.children[name] for name in before))
        return sum(now[name] > before[name] for name in before)

    @asynccontextmanager
    async def watching(self, name: str, *children: Child) -> AsyncIterator[list[float]]:
        """What a metric of these processes was, read ten times a second; dead ones are skipped."""
        seen: list[float] = []

        async def watch() -> None:
            while True:
                for child in children:
                    with suppress(aiohttp.ClientError, OSError):
                        seen.append(await self.metric(child, name))
                await asyncio.sleep(0.1)

        watcher = asyncio.create_task(watch())
        try:
            yield seen
        finally:
            watcher.cancel()
            await asyncio.wait([watcher])

    async def sql(self, service: str, statement: str, *args: object) -> list[asyncpg.Record]:
        """Look into the database of a service, or break something in it, as its owner."""
        connection = self._admin.get(service)
        if connection is None or connection.is_closed():
            address = _in(self.ground.postgres.url, self._database(service))
            connection = self._admin[service] = await asyncpg.connect(address, timeout=10)
        return await connection.fetch(statement, *args)

    async def value(self, service: str, statement: str, *args: object) -> Any:
        """The first column of the first row."""
        return (await self.sql(service, statement, *args))[0][0]

    async def consumers(self, service: str) -> int:
        """How many consumers the queue of a service has."""
        broker = await aio_pika.connect(self.ground.broker.url(), timeout=10)
        async with broker:
            queue = await (await broker.channel()).get_queue(f"sanshe.{service}")
            return queue.declaration_result.consumer_count or 0

    def log_of(self, child: Child) -> str:
        """What a process has written."""
        return self._keeper.log_of(child.name).read_text("utf-8", "replace")

    # Opening and closing

    def _database(self, service: str) -> str:
        return f"lab_{self.seed}_{service}"

    async def open(self) -> None:
        """Fresh databases, empty queues, and the environment of the children."""
        jwks = self.folder / "jwks.json"
        jwks.write_text(json.dumps(KeySet([KEY]).as_dict(private=False)))
        place = urlsplit(self.ground.postgres.url).netloc.rpartition("@")[2]
        self.environment |= {
            "PATH": os.environ.get("PATH", os.defpath),
            "DATABASE_URL": f"postgresql://sanshe_{{service}}:runtime@{place}/"
            + self._database("{service}"),
            "AMQP_URL": self.ground.broker.runtime_url,
            "AUTH_ISSUER": ISSUER,
            "AUTH_JWKS": str(jwks),
            "CITY_DIVISION": CITY,
            "BLOB_URL": (self.folder / "blobs").as_uri(),
            "DRAIN_SECONDS": "0",
            "SECRET_KEY": base64.b64encode(b"0" * 32).decode(),
        }
        for name in self.services:
            await self.ground.prepare(name)
        connection = await asyncpg.connect(self.ground.postgres.url, timeout=10)
        for name in self.services:
            database, model = self._database(name), f"sanshe_{name}"
            await connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            await connection.execute(
                f"CREATE DATABASE {database} TEMPLATE {model} OWNER {model}_owner"
            )
        await connection.close()
        await self._empty_queues()

    async def _empty_queues(self) -> None:
        """Every queue is bound, also those of services that do not take part here."""
        broker = await aio_pika.connect(self.ground.broker.url(), timeout=10)
        async with broker:
            channel = await broker.channel()
            for name in self.ground.prepared:
                for queue in (f"sanshe.{name}", f"sanshe.{name}.dead"):
                    await (await channel.get_queue(queue, ensure=False)).purge()

    async def close(self) -> None:
        """End every process and forget the databases."""
        for child in self.children.values():
            await self.kill(child)
        for connection in self._admin.values():
            await connection.close()
        connection = await asyncpg.connect(self.ground.postgres.url, timeout=10)
        for name in self.services:
            await connection.execute(f"DROP DATABASE IF EXISTS {self._database(name)} WITH (FORCE)")
        await connection.close()


@asynccontextmanager
async def laboratory(
    on: Ground, folder: Path, services: Sequence[str], *, seed: int, full: bool = False
) -> AsyncIterator[Lab]:
    """A laboratory that is cleaned up whatever happened in it."""
    folder.mkdir(parents=True, exist_ok=True)
    lab = Lab(on, folder, tuple(services), seed, full)
    await lab.open()
    try:
        yield lab
    finally:
        await lab.close()


async def until(
    condition: Callable[[], Awaitable[Any]], what: str, limit: float = PATIENCE
) -> float:
    """Wait until that holds; how many seconds it took."""
    began = time.monotonic()
    while not await condition():
        if time.monotonic() - began > limit:
            raise TimeoutError(f"never within {limit:.0f} s: {what}")
        await asyncio.sleep(0.05)
    return time.monotonic() - began


def _in(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))

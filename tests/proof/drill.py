"""A platform whose servers lose their data, and get them back by the commands of the document."""

import asyncio
import os
import re
import shutil
import signal
import sys
import time
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg

from libs.common.db import Database, background
from libs.common.listening import count_heard
from libs.common.operations import count_emitted
from libs.common.secret import Secret
from libs.embedded import rabbitmq
from libs.embedded.__main__ import SCENARIO, declare_scenario_queue
from libs.embedded.children import Children, Program
from libs.embedded.home import CHECKOUT, Home, free_ports
from libs.embedded.issuer import Issuer
from libs.embedded.platform import CITY, administration, platform, prepare, runtime, service_names
from libs.embedded.postgres import Durability, Postgres
from libs.embedded.rabbitmq import Broker
from libs.embedded.servers import Servers
from libs.embedded.supervisor import Supervisor
from libs.embedded.tokens import sign
from scenarios.dujiangyan.accounts import Books, Sum, books
from tests.faults.ground import service_of
from tests.proof.year import plain

DOCUMENT: Final = CHECKOUT / "docs" / "operations.md"
BLOCK: Final = re.compile(r"^( *)```sh\n\1# (?P<name>[^\n]+)\n(?P<text>.*?)^\1```", re.M | re.S)
LESS: Final = timedelta(minutes=5)
LOOK_SECONDS: Final = 0.1
PATIENCE: Final = 180.0


def commands() -> dict[str, str]:
    """The commands of the document, by the name in their first line."""
    return {one["name"]: one["text"] for one in BLOCK.finditer(DOCUMENT.read_text())}


class Drill:
    """PostgreSQL and RabbitMQ that nobody starts again by himself, and what is done to them."""

    def __init__(self, home: Home, *, processes: bool = False) -> None:
        home.make()
        self._processes = processes
        self.home = home
        self.port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self.port}"
        self.ran: list[str] = []
        """Each block of commands that was run, with the seconds it took."""
        self.since = datetime.now(UTC)
        """`T` of the document."""
        self._postgres = Postgres(home.folder, Durability.REHEARSAL)
        self._broker = Broker(home.folder, service_names(), rabbitmq.find())
        self._children = Children(home.log, home.run / "drill")
        self._backup = home.folder / "backup"

    @property
    def addresses(self) -> Servers:
        """The same before and after a loss."""
        return Servers(
            database_url=self._postgres.url,
            amqp_admin_url=self._broker.url(),
            amqp_runtime_url=self._broker.runtime_url,
            amqp_scenario_url=self._broker.url("scenario"),
        )

    @asynccontextmanager
    async def servers(self) -> AsyncIterator[None]:
        """Both servers with everybody's schema and queues."""
        try:
            await asyncio.gather(self._postgres.start(), self._broker.start())
            await prepare(self.home, self.addresses)
            await declare_scenario_queue(self.addresses.amqp_admin_url)
            yield
        finally:
            await asyncio.gather(self._postgres.stop(), self._broker.stop())

    @asynccontextmanager
    async def services(self) -> AsyncIterator[Supervisor]:
        """All services, ready."""
        async with platform(
            self.home, self.addresses, processes=self._processes, port=self.port
        ) as supervisor:
            yield supervisor

    @asynccontextmanager
    async def held_up(
        self, supervisor: Supervisor, service: str, then: int = signal.SIGCONT
    ) -> AsyncIterator[None]:
        """That service's worker stands still, and something was told that it has not heard; what it
        was sent meanwhile it goes on with, unless `then` is its end."""
        pid = supervisor.pids[f"{service}-worker"]
        os.kill(pid, signal.SIGSTOP)
        try:
            await self.until(lambda: self._has_unheard(service))
            yield
        finally:
            os.kill(pid, then)

    async def _has_unheard(self, service: str) -> bool:
        return unheard(await self.books(), service).total() > 0

    # The client

    async def start_client(self, *options: str) -> Process:
        """The scenario, which plays from the beginning: what was done before is repeated."""
        environment = plain() | {
            "SANSHE_URL": self.url,
            "SANSHE_AMQP_URL": self.addresses.amqp_scenario_url,
            "SANSHE_HOME": str(self.home.folder),
        }
        argv = [sys.executable, "-m", f"scenarios.{SCENARIO}", *options]
        program = Program(name="client", argv=argv, environment=environment, folder=CHECKOUT)
        return await self._children.start(program)

    async def finish(self, client: Process) -> None:
        """Wait until it has played all; `Failed` with its last words if it could not."""
        if await client.wait():
            raise self._children.failed("client")

    async def reached(self, instant: datetime, client: Process) -> datetime:
        """Wait until the clock of the play has come there."""
        connection = await asyncpg.connect(self.database("registry"))
        try:
            there: datetime | None = None
            while there is None or there < instant:
                if client.returncode is not None:
                    raise self._children.failed("client")
                await asyncio.sleep(LOOK_SECONDS)
                there = await connection.fetchval(_CLOCK)
        finally:
            await connection.close()
        return there

    async def crash(self, supervisor: Supervisor, client: Process | None) -> None:
        """Every service and the client end at once, with no word to anybody."""
        for pid in supervisor.pids.values():
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        await supervisor.stop()
        if client is not None:
            await self._children.kill("client", client)

    # Loss and return

    async def back_up(self) -> None:
        """By the document, while everything runs."""
        await asyncio.to_thread(self._backup.mkdir)
        await self.run("back up")
        self.since = datetime.now(UTC) - LESS

    async def lose_databases(self) -> None:
        """The server with all databases, and the blobs beside it."""
        await self._postgres.lose()
        await asyncio.to_thread(shutil.rmtree, self.home.blobs)
        self.home.make()

    async def lose_broker(self) -> None:
        """The broker with all that was in its queues; a new one is there, and empty."""
        await self._broker.lose()
        await self._broker.start()

    async def put_back(self) -> None:
        """The copy in its place, and the server running on it."""
        await self.run("put the copy in place")
        await self._postgres.start()

    async def put_one_back(self, service: str) -> None:
        """Of the copy that one database alone, by a second server."""
        spare = Postgres(self.home.folder / "spare", Durability.REHEARSAL)
        try:
            await asyncio.to_thread(lambda: spare.programs)
            await self.run("put the copy in place", PGDATA=str(spare.data))
            await spare.start()
            url = spare.url.rpartition("/")[0]
            await self.run("put one database back", SERVICE=service, SPARE_URL=url)
        finally:
            await spare.stop()
            await asyncio.to_thread(shutil.rmtree, spare.place, ignore_errors=True)

    async def make_broker_anew(self) -> None:
        """Everybody's queues, and the one that the client had of its own."""
        await self.run("make the broker anew")
        await declare_scenario_queue(self.addresses.amqp_admin_url)

    async def run(self, name: str, **more: str) -> None:
        """Run what the document says under that name; `Failed` with the end of its log."""
        began = time.monotonic()
        program = Program(
            name=name.replace(" ", "-"),
            argv=["bash", "-euo", "pipefail", "-c", commands()[name]],
            environment=self._operator() | more,
            folder=CHECKOUT,
        )
        await self._children.complete(program)
        self.ran.append(f"{name} {time.monotonic() - began:.0f} s")

    def _operator(self) -> dict[str, str]:
        """What the commands of the document need."""
        programs = (Path(sys.executable).parent, self._postgres.programs, self._broker.programs)
        path = [str(folder) for folder in programs]
        surroundings = self._broker.surroundings | runtime(self.home, self.addresses)
        return (
            surroundings
            | administration(self.home, self.addresses)
            | {
                "PATH": os.pathsep.join([*path, self._broker.surroundings["PATH"]]),
                "HOME": self._broker.surroundings["HOME"],
                "SUPERUSER_URL": self._postgres.url,
                "BACKUP": str(self._backup),
                "BLOBS": str(self.home.blobs),
                "PGDATA": str(self._postgres.data),
                "PGOWNER": str(self._postgres.owner),
                "REHEARSAL": "1",
                "T": self.since.isoformat(),
                "API_URL": self.url,
                "OPERATOR_TOKEN": self.token("operator", "drill-operator"),
            }
        )

    # Looking

    def token(self, role: str, person: str) -> str:
        """Of a person of the whole city."""
        return sign(Issuer(self.home.folder), [role], person, None, [CITY[:6]])

    def database(self, service: str) -> str:
        """The address of a service's database, with every right."""
        return self._postgres.url.rpartition("/")[0] + f"/sanshe_{service}"

    async def books(self) -> Books:
        """What every service has told and heard, as its database has it."""
        totals: dict[str, dict[str, Any]] = {}
        for name in service_names():
            database = Database(name, Secret(self.database(name)), CITY, 1)
            await database.open()
            try:
                async with database.transaction(background("drill"), read_only=True) as tx:
                    reactions = service_of(name).reactions
                    totals[name] = {
                        "emitted": [_row(one) for one in await count_emitted(tx)],
                        "heard": [_row(one) for one in await count_heard(tx, reactions)],
                    }
            finally:
                await database.close()
        return books(totals)

    async def until(self, holds: Callable[[], Awaitable[bool]]) -> None:
        """Wait for it as long as anything may take."""
        async with asyncio.timeout(PATIENCE):
            while not await holds():  # noqa: ASYNC110 - the work of other processes
                await asyncio.sleep(LOOK_SECONDS)

    async def ask(self, service: str, sql: str) -> list[asyncpg.Record]:
        """Rows of a service's database."""
        connection = await asyncpg.connect(self.database(service))
        try:
            return list(await connection.fetch(sql))
        finally:
            await connection.close()


def unheard(kept: Books, service: str) -> Counter[str]:
    """How often that service has still to hear an event of each type that was told."""
    missing = Counter[str]()
    for (hearer, _), sums in kept.heard.items():
        for kind, heard in sums.items() if hearer == service else ():
            missing[kind] += kept.emitted.get(kind, Sum()).count - heard.count
    return missing


def _row(total: Any) -> dict[str, Any]:
    return {name: getattr(total, name) for name in ("type", "reaction", "count", "xor")}


_CLOCK: Final = "SELECT instant FROM rehearsal_clock"

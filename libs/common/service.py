"""Starts and stops a service: the only module of this library that knows all the others."""

import asyncio
import json
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import structlog
from aiohttp import web

from libs.common import docs, endings, listening, migrate, notices, openapi, server
from libs.common.auth import Grants, Tokens
from libs.common.blobs import Blobs
from libs.common.bus import Hearing, Reactions
from libs.common.config import Config
from libs.common.consumer import Consumer
from libs.common.db import Database, background
from libs.common.health import Health, wellness
from libs.common.http import Route, Routes
from libs.common.jobs import Jobs
from libs.common.leader import Leader
from libs.common.levels import Board, Levels, ground
from libs.common.operations import MOVE_CLOCK, PROBE, READ, REPAIR, operations, rehearsal
from libs.common.outbox import Bell, Relay
from libs.common.parking import parking
from libs.common.probing import probing
from libs.common.problems import Constraints, application
from libs.common.publisher import Publisher
from libs.common.reconciling import comparing_hours
from libs.common.repairs import repairs
from libs.common.resending import LOG, OUTBOX, Sender, Source, from_outbox
from libs.common.tasks import Supervised, measure_lag

log = structlog.get_logger()

EVERYWHERE: Final[Grants] = {
    READ: frozenset({"operator", "auditor"}),
    REPAIR: frozenset({"operator"}),
    MOVE_CLOCK: frozenset({"operator"}),
    PROBE: frozenset({"operator", "system"}),
}
API_POOL: Final = 16
POOL_IN_COMPANY: Final = 8
"""Connections a service when all run in one process."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Service:
    """A service on one screen: what it answers, what it reacts to, what it does in time."""

    name: str
    title: str
    about: str
    folder: Path
    routes: tuple[Routes, ...]
    grants: Grants
    reactions: Reactions = field(default_factory=Reactions)
    jobs: Jobs = field(default_factory=Jobs)
    levels: Levels = field(default_factory=Levels)
    tells: tuple[type[Any], ...] = ()
    constraints: Constraints = field(default_factory=dict)
    pages: Routes = field(default_factory=Routes)
    """Routes whose paths are whole: what people look at, beside the API."""
    shows: tuple[str, ...] = ()
    """Files of its contracts that it serves to everybody, beside its own document."""
    log: Source | None = None
    """Where the log of all events is kept, what was published long ago comes from here."""

    def __post_init__(self) -> None:
        """Every service tells of its own running, and compares with what others tell of theirs."""
        more = [
            notices.hour_counted(self.name),
            notices.database_restored(self.name),
            notices.probe_sent(self.name),
        ]
        if self.reactions.by_type:
            object.__setattr__(self, "reactions", comparing_hours(self.reactions))
            more.append(notices.difference_found(self.name))
        if self.reactions.views:
            more.append(notices.view_emptied(self.name))
        object.__setattr__(self, "tells", (*self.tells, *more))

    @property
    def sources(self) -> dict[str, Source]:
        """Where events can be taken from to be sent again."""
        return {OUTBOX: from_outbox, **({LOG: self.log} if self.log else {})}

    @property
    def receivers(self) -> frozenset[str]:
        """The services that can be sent something from here, as `make contracts` wrote them."""
        return frozenset(json.loads((self.folder / "contracts" / "receivers.json").read_text()))

    @property
    def all_grants(self) -> Grants:
        return {**EVERYWHERE, **self.grants}

    @property
    def heard_types(self) -> list[str]:
        """The exact types that its queue is bound to."""
        return sorted(self.reactions.by_type)

    def bases(self) -> list[tuple[str, list[Route]]]:
        """Path prefixes with their routes; every scope must be granted to somebody."""
        told = {cls.event_types[0] for cls in self.tells}
        ground = (
            operations(self.reactions),
            parking(self.reactions),
            probing(self.name),
            repairs(self.name, self.reactions, told, self.sources.keys(), self.receivers),
        )
        own = [route for routes in (*self.routes, *ground) for route in routes.routes]
        found = [
            (f"/{self.name}/v1", own),
            (f"/{self.name}/rehearsal/v1", rehearsal(self.reactions).routes),
            ("", self.pages.routes),
        ]
        unknown = {r.scope for _, routes in found for r in routes} - set(self.all_grants)
        if unknown:
            raise SystemExit(f"{self.name}: no role is granted {sorted(unknown)}")
        return found

    def openapi(self) -> dict[str, object]:
        """Its OpenAPI document."""
        return openapi.document(self.name, self.title, self.about, self.bases(), self.all_grants)


@cache
def described(service: Service) -> bytes:
    """Its OpenAPI document as it is sent, made once: it stays the same while the process lives."""
    return json.dumps(service.openapi()).encode()


class Running:
    """One service with its database open, as API, as worker, or as both."""

    def __init__(self, service: Service, config: Config, health: Health, pool: int) -> None:
        self.service = service
        self._config = config.of(service.name)
        self.health = health
        self.database = Database(
            service.name, self._config.database_url, config.city_division, pool
        )
        self.bell = Bell(self.database)
        self.hearing = Hearing(self.database, service.reactions, self.bell.ring)
        self._tasks: list[Supervised] = []
        self._consumer: Consumer | None = None

    async def open(self) -> None:
        """Connect, and refuse a schema that does not fit."""
        mine = migrate.found(self.service.folder / "migrations")
        fits = partial(migrate.check_schema, mine=mine)
        await self.database.open(fits)
        await self.database.check(migrate.make_partitions)
        self.health.register(f"{self.service.name}-database", self.database.ping)
        self.health.register(f"{self.service.name}-schema", partial(self.database.check, fits))

    def serve(self, app: web.Application) -> None:
        """Add its routes, its document and its page to an application."""
        service, config = self.service, self._config
        host = server.Host(
            database=self.database,
            bell=self.bell,
            tokens=Tokens(
                config.auth_issuer, config.auth_audience, config.auth_jwks, config.auth_claims
            ),
            grants=service.all_grants,
            blobs=Blobs(config.blob_url, service.name),
            secret=config.secret_key,
        )
        for base, routes in service.bases():
            app.router.add_routes([server.bind(host, base, route) for route in routes])
        docs.show(app, f"/{service.name}/openapi.json", described(service))
        for name in service.shows:
            written = (service.folder / "contracts" / name).read_bytes()
            docs.show(app, f"/{service.name}/{name}", written)
        app.router.add_get(f"/{service.name}/health", wellness(self.database.ping))
        docs.add(app, service.name, service.title)

    def work(self) -> None:
        """Start the leader and the consumer."""
        name, amqp = self.service.name, self._config.amqp_url
        self._tasks.append(Supervised(name, "leader", self.leader().run))
        if self.service.heard_types:
            self._consumer = Consumer(name, amqp, self.hearing)
            self._tasks.append(Supervised(name, "consumer", partial(self._hear, self._consumer)))

    async def _hear(self, consumer: Consumer) -> None:
        async with self.database.transaction(background("consumer")) as tx:
            await listening.begin(tx, self.service.reactions)
        await consumer.run()

    def leader(self) -> Leader:
        """One that could lead."""
        service, url = self.service, self._config.amqp_url
        relay = Relay(service.name, Publisher(url))
        sender = Sender(self.database, Publisher(url), service.sources)
        boards = [Board(self.database, levels) for levels in (ground, service.levels)]
        return Leader(self.database, self.bell, relay, sender, self.hearing, service.jobs, boards)

    async def stop_work(self) -> None:
        """Finish what was taken, then end the consumer and the leader."""
        if self._consumer is not None:
            await self._consumer.stop()
        for task in reversed(self._tasks):
            await task.stop()
        self._tasks.clear()

    async def stop(self) -> None:
        """Finish what was taken, then let go of everything."""
        await self.stop_work()
        await self.database.close()


async def run(services: list[Service], config: Config, roles: frozenset[str]) -> None:
    """Run services as `api`, `worker` or both until SIGTERM or SIGINT; a second one ends sooner."""
    stopping, hurry = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: (hurry if stopping.is_set() else stopping).set())
    health = Health()
    pool = API_POOL if len(services) == 1 else POOL_IN_COMPANY
    running = [Running(service, config, health, pool) for service in services]
    sites: list[web.AppRunner] = []
    lag = Supervised("process", "lag", measure_lag)
    try:
        for one in running:
            await one.open()
        if "api" in roles:
            app = _application(running, health)
            sites.append(await _listen(app, config.bind_address, config.api_port))
        if "worker" in roles:
            for one in running:
                one.work()
        sites.append(await _listen(health.application(), config.bind_address, config.ops_port))
        log.info("ready", services=[s.name for s in services], roles=sorted(roles))
        await stopping.wait()
        health.draining = True
        if "api" in roles:
            await _drain(config.drain_seconds, hurry)
    finally:
        for site in sites:
            await site.cleanup()
        await asyncio.gather(*(one.stop() for one in running), lag.stop())


async def _drain(seconds: int, hurry: asyncio.Event) -> None:
    """Go on answering until whoever balances the load has seen that /readyz says no."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await hurry.wait()


def _application(running: list[Running], health: Health) -> web.Application:
    app = application(_constraints(running))

    async def part(_request: web.Request, response: web.StreamResponse) -> None:
        # A connection that is kept would be closed just when its next request arrives.
        if health.draining:
            response.headers["Connection"] = "close"
            response.force_close()

    app.on_response_prepare.append(part)
    for one in running:
        one.serve(app)
    return app


def _constraints(running: list[Running]) -> Constraints:
    """Those of all services; one name may not mean two things."""
    merged: Constraints = {}
    for one in running:
        for name, refusal in one.service.constraints.items():
            if merged.setdefault(name, refusal) is not refusal:
                raise SystemExit(f"two services have a constraint named {name}")
    return merged


async def _listen(app: web.Application, address: str, port: int) -> web.AppRunner:
    # A packed body is refused, never unpacked: see server._read_body.
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=endings.REQUEST_SECONDS, auto_decompress=False
    )
    await runner.setup()
    await web.TCPSite(runner, address, port).start()
    return runner

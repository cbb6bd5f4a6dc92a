"""The commands of a service's image: `api`, `worker`, what prepares them, what operators ask for.

Without one, API and worker run in one process.
"""

import argparse
import asyncio
import json
import os
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any

import uvloop

from libs.common import config, console, log, migrate, probing, restoring, topology
from libs.common.asking import api_address
from libs.common.config import Missing
from libs.common.db import Database
from libs.common.patience import await_schema, until_up
from libs.common.prepare import prepare
from libs.common.secret import Secret
from libs.common.service import Service, run


def parser_of(service: Service) -> argparse.ArgumentParser:
    """What the command line of a service takes."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{service.name}")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("api", help="answer HTTP")
    commands.add_parser("worker", help="relay, timers, reactions")
    commands.add_parser("prepare", help="roles and database (administrative rights)")
    add_migrate_options(commands.add_parser("migrate", help="schema and topology"))
    commands.add_parser("await-schema", help="wait until the schema fits this code")
    commands.add_parser("restored", help="begin an epoch, after a restore (owner's rights)")
    if probing.probed_by(service.heard_types):
        probe = commands.add_parser("probe", help="a command to each service, until it is heard")
        probe.add_argument("--every", type=float, help="seconds; without it, once")
    console.add_commands(commands)
    return parser


def main(service: Service) -> None:
    """Run one service as its command line says."""
    chosen = parser_of(service).parse_args()
    if "ask" in chosen:
        start(console.run(service.name, chosen.ask(chosen)))
        return
    match chosen.command:
        case "prepare":
            start(prepare_all([service.name]))
        case "migrate":
            phases = phases_of(chosen.phase)
            start(migrate_all([service], rehearsal=chosen.rehearsal, phases=phases))
        case "restored":
            start(begin_epoch_of(service))
        case "await-schema":
            address = config.read(("DATABASE_URL",)).of(service.name).database_url
            start(await_schema(address, service.folder / "migrations"))
        case "probe":
            probed = probing.probed_by(service.heard_types)
            start(probe_all(service.name, probed, chosen.every))
        case "api" | "worker":
            serve([service], frozenset({chosen.command}))
        case _:
            serve([service], frozenset({"api", "worker"}))


def add_migrate_options(parser: argparse.ArgumentParser) -> None:
    """What `migrate` takes."""
    parser.add_argument("--rehearsal", action="store_true", help="with migrate: a rehearsal")
    parser.add_argument(
        "--phase", choices=["before", "after", "all"], default="all", help="with migrate"
    )


def phases_of(chosen: str) -> frozenset[str]:
    """The phases that an option stands for."""
    return frozenset({"before", "after"} if chosen == "all" else {chosen})


def serve(services: list[Service], roles: frozenset[str]) -> None:
    """Run services until they are told to stop."""
    required: tuple[str, ...] = config.REQUIRED_TO_SERVE if "api" in roles else ()
    required += config.REQUIRED_TO_WORK if "worker" in roles else ()
    start(run(services, config.read(tuple(dict.fromkeys(required))), roles))


async def prepare_all(names: Sequence[str]) -> None:
    """Make every role and database of these services that is missing."""
    required = ("SANSHE_DATABASE_URL", "OWNER_PASSWORD", "RUNTIME_PASSWORD")
    values = [os.environ.get(name, "") for name in required]
    if not all(values):
        raise Missing(f"prepare needs {', '.join(required)}")
    url, owner, runtime = values
    for name in names:
        await until_up(partial(prepare, url, name, owner, runtime))


async def migrate_all(services: list[Service], *, rehearsal: bool, phases: frozenset[str]) -> None:
    """Bring schema and topology of services up to date, with administrative rights."""
    url, amqp = os.environ.get("MIGRATE_DATABASE_URL"), os.environ.get("MIGRATE_AMQP_URL")
    if not url or not amqp:
        raise Missing("migrate needs MIGRATE_DATABASE_URL and MIGRATE_AMQP_URL")
    for service in services:
        database, broker = (a.replace("{service}", service.name) for a in (url, amqp))
        await until_up(
            partial(
                migrate.migrate_schema,
                database,
                service.folder / "migrations",
                f"sanshe_{service.name}",
                rehearsal=rehearsal,
                phases=phases,
            )
        )
        await until_up(
            partial(
                topology.migrate_topology,
                database,
                broker,
                service.name,
                service.heard_types,
                phases,
            )
        )


async def probe_all(hearer: str, services: Sequence[str], every: float | None) -> None:
    """Probe for good; or once, say what became of it, and end with status 1 if it did not reach."""
    prober = probing.Prober(api_address(), hearer, services)
    if every is not None:
        await probing.serve(prober, every, config.read(()))
        return
    outcomes = await prober.once()
    print(json.dumps(outcomes, indent=2))
    if set(outcomes.values()) != {"through"}:
        raise SystemExit(1)


async def begin_epoch_of(service: Service) -> None:
    """Have a service whose database was restored go on as itself, and as nobody's double."""
    url, division = os.environ.get("MIGRATE_DATABASE_URL"), os.environ.get("CITY_DIVISION")
    if not url or not division:
        raise Missing("restored needs MIGRATE_DATABASE_URL and CITY_DIVISION")
    database = Database(service.name, Secret(url).of(service.name), division, 1)
    await database.open()
    try:
        print(f"epoch {await restoring.begin_epoch(database)}")
    finally:
        await database.close()


def start(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end on uvloop, with the log set up."""
    log.configure(os.environ.get("LOG_LEVEL", "info"))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)

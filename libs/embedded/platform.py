"""The platform on one machine: the services' environment, their start and their readiness."""

import asyncio
import base64
import os
import secrets
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from libs.embedded.children import Children, Failed, Program
from libs.embedded.home import CHECKOUT, Home, free_ports, kept
from libs.embedded.issuer import AUDIENCE, Issuer
from libs.embedded.proxy import proxying
from libs.embedded.servers import Servers
from libs.embedded.supervisor import Supervisor

FRONT: Final = "notifications"
"""The service whose pages the root of the address shows."""
CITY: Final = "510181000000"
"""Dujiangyan's division code, unless CITY_DIVISION names another city."""
PATIENCE: Final = 90.0
DEATHS: Final = 3
"""How often a part may die before it was ever ready."""
TOGETHER: Final = "platform"

Environment = dict[str, str]


def service_names() -> list[str]:
    """The services of this checkout: each folder that holds an application."""
    return sorted(app.parent.name for app in (CHECKOUT / "services").glob("*/app.py"))


def administration(home: Home, servers: Servers) -> Environment:
    """What `prepare` and `migrate` need: powers that no running service has."""
    owner, runtime = home.secret("postgres-owner"), home.secret("postgres-runtime")
    return _inherited() | {
        "SANSHE_DATABASE_URL": servers.database_url,
        "OWNER_PASSWORD": owner,
        "RUNTIME_PASSWORD": runtime,
        "MIGRATE_DATABASE_URL": _database(servers, "sanshe_{service}_owner", owner),
        "MIGRATE_AMQP_URL": servers.amqp_admin_url,
    }


def runtime(home: Home, servers: Servers) -> Environment:
    """What a running service needs, but for its ports."""
    issuer = Issuer(home.folder)
    key = kept(home.secrets / "service-key", new_key)
    password = home.secret("postgres-runtime")
    return _inherited() | {
        "DATABASE_URL": _database(servers, "sanshe_{service}", password),
        "AMQP_URL": servers.amqp_runtime_url,
        "AUTH_ISSUER": issuer.name,
        "AUTH_AUDIENCE": AUDIENCE,
        "AUTH_JWKS": str(issuer.jwks),
        "CITY_DIVISION": os.environ.get("CITY_DIVISION", CITY),
        "BLOB_URL": home.blobs.as_uri(),
        "SECRET_KEY": key,
        "DRAIN_SECONDS": "0",
    }


async def prepare(home: Home, servers: Servers) -> None:
    """Roles and databases, then schema and topology, marked as a rehearsal."""
    children = Children(home.log, home.run / "preparation")
    await children.stop_leftovers()
    environment = administration(home, servers)
    for command in (["prepare"], ["migrate", "--rehearsal"]):
        await children.complete(_program(command[0], ["services", *command], environment))


async def end_leftovers(home: Home) -> None:
    """End the services that a killed run left behind, so that its port is free again."""
    await _children(home).stop_leftovers()


@asynccontextmanager
async def platform(
    home: Home, servers: Servers, *, processes: bool = False, port: int = 8080
) -> AsyncIterator[Supervisor]:
    """All services, ready, on one port: in one process, or each api and worker in its own."""
    environment = runtime(home, servers)
    async with AsyncExitStack() as stack:
        supervisor = await stack.enter_async_context(
            Supervisor(_children(home), home.folder / "pids.json")
        )
        if processes:
            names = service_names()
            programs, ports = apart(names, environment)
            await stack.enter_async_context(proxying(port, ports, FRONT))
        else:
            programs = [together(environment, port)]
        supervisor.start(programs)
        await _ready(supervisor, programs)
        yield supervisor


def _children(home: Home) -> Children:
    return Children(home.log, home.run / "services")


def together(environment: Environment, port: int) -> Program:
    """All services in one process."""
    ports = {"API_PORT": str(port), "OPS_PORT": str(free_ports(1)[0])}
    return _program(TOGETHER, ["services"], environment | ports)


def apart(names: Sequence[str], environment: Environment) -> tuple[list[Program], dict[str, int]]:
    """An api and a worker a service, and the ports of the apis by service."""
    free = iter(free_ports(4 * len(names)))
    programs, ports = [], {}
    for name in names:
        for part in ("api", "worker"):
            api_port, ops_port = next(free), next(free)
            own = {"API_PORT": str(api_port), "OPS_PORT": str(ops_port)}
            argv = [f"services.{name}", part]
            programs.append(_program(f"{name}-{part}", argv, environment | own))
            if part == "api":
                ports[name] = api_port
    return programs, ports


async def _ready(supervisor: Supervisor, programs: Sequence[Program]) -> None:
    latest = time.monotonic() + PATIENCE
    timeout = aiohttp.ClientTimeout(total=2)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        for program in programs:
            url = f"http://127.0.0.1:{program.environment['OPS_PORT']}/readyz"
            while not await _answers(session, url):
                if time.monotonic() > latest or supervisor.deaths[program.name] >= DEATHS:
                    raise supervisor.children.failed(program.name)
                await asyncio.sleep(0.1)


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


def _program(name: str, module: Sequence[str], environment: Environment) -> Program:
    argv = [sys.executable, "-m", *module]
    return Program(name=name, argv=argv, environment=environment, folder=CHECKOUT)


def _inherited() -> Environment:
    """The surroundings without the administrative addresses, which services must not have."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SANSHE_", "MIGRATE_"))
    }


def _database(servers: Servers, role: str, password: str) -> str:
    address = urlsplit(servers.database_url)
    if not address.hostname:
        raise Failed("The database's address names no host.")
    query = f"?{address.query}" if address.query else ""
    place = address.netloc.rpartition("@")[2]
    return f"postgresql://{role}:{password}@{place}/sanshe_{{service}}{query}"


def new_key() -> str:
    """Random bytes of which a service derives its keys."""
    return base64.b64encode(secrets.token_bytes(32)).decode()

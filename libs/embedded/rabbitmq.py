"""A private RabbitMQ broker: the installed one, or the one of Debian's packages."""

import asyncio
import os
import secrets
import shutil
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aio_pika
from aiormq.exceptions import AMQPError

from libs.embedded import debian
from libs.embedded.children import Children, Failed, Program
from libs.embedded.definitions import ADMIN, VHOST, document, runtime_user, users
from libs.embedded.home import cache_folder, free_ports, kept

NAME: Final = "rabbitmq"
EPMD: Final = "epmd"
CONTROL: Final = "rabbitmqctl"
PATIENCE: Final = 90.0
"""Seconds to wait for the broker; a first start on a busy machine takes some of them."""
GRACE: Final = 30.0
SCHEDULING: Final = "+S 2:2 +sbwt short +sbwtdcpu short +sbwtdio short"
"""Spinning shortly before it sleeps starts the broker in 3 s, not 7, on two virtual cores."""
LOOPBACK: Final = " -kernel inet_dist_use_interface {127,0,0,1}"
NOWHERE: Final = (
    "RabbitMQ is not here and cannot be fetched ({reason})\n"
    "Install it (`apt-get install rabbitmq-server`), or name a running one in SANSHE_AMQP_URL."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """Where a broker's programs are: its start script, epmd, and the folder with `erl`."""

    server: Path
    epmd: Path
    erlang: Path
    version: str


class Broker:
    """One broker with its epmd; ports, node name and data last as long as the object."""

    def __init__(self, folder: Path, services: Sequence[str], programs: Programs) -> None:
        self.port, self._distribution, self._epmd_port = free_ports(3)
        self.children = Children(folder / "log", folder / "run" / NAME)
        self._programs = programs
        # A newer broker does not read every older one's data, so each version has its own.
        self._folder = folder / f"{NAME}-{programs.version}"
        self._passwords = {
            user.name: kept(folder / "secrets" / _secret_of(user.name), _password)
            for user in users(services)
        }
        self._services = services
        self._process: Process | None = None
        self._epmd: Process | None = None

    def url(self, user: str = ADMIN) -> str:
        """The address for a user; the administrator's without one."""
        return f"amqp://{user}:{self._passwords[user]}@127.0.0.1:{self.port}/{VHOST}"

    @property
    def runtime_url(self) -> str:
        """The address of the services' users, with `{service}` left to be filled in."""
        password = self._passwords[runtime_user(self._services[0]).name]
        return f"amqp://sanshe_{{service}}:{password}@127.0.0.1:{self.port}/{VHOST}"

    @property
    def pid(self) -> int:
        """The id of the broker's process group."""
        if self._process is None:
            raise Failed("RabbitMQ has not been started.")
        return self._process.pid

    async def start(self) -> None:
        """Start epmd and the broker, and wait until an administrator can connect."""
        environment = self._prepare()
        if self._epmd is None or self._epmd.returncode is not None:
            epmd = [str(self._programs.epmd), "-port", str(self._epmd_port)]
            self._epmd = await self._started(EPMD, epmd, environment)
        self._process = await self._started(NAME, [str(self._programs.server)], environment)
        await self._ready(self._process)

    async def stop(self) -> None:
        """Stop the broker, which writes everything down first, and its epmd."""
        if self._process:
            await self.children.stop(NAME, self._process, grace=GRACE)
        if self._epmd:
            await self.children.stop(EPMD, self._epmd, grace=2)
            self._epmd = None

    async def kill(self) -> None:
        """End the broker as a crash would; a quorum queue younger than a second dies of it."""
        if self._process:
            await self.children.kill(NAME, self._process)

    async def lose(self) -> None:
        """Lose the broker and all its data, as with its disk; a new one has its users alone."""
        await self.kill()
        await asyncio.to_thread(shutil.rmtree, self._folder / "data")

    async def died(self) -> None:
        """Returns when the broker's process has ended, whoever ended it."""
        if self._process:
            await self._process.wait()

    async def restart(self) -> None:
        """Start again on the same ports and data, with the same epmd, after `kill`."""
        if self._process and self._process.returncode is None:
            await self.children.stop(NAME, self._process, grace=GRACE)
        await self.start()

    async def control(self, *command: str) -> None:
        """Have `rabbitmqctl` do something; `Failed` with what it wrote when it cannot."""
        program = str(self.programs / CONTROL)
        await self.children.complete(
            Program(name=CONTROL, argv=[program, *command], environment=self.surroundings)
        )

    @property
    def programs(self) -> Path:
        """The folder of its programs, such as `rabbitmqctl`."""
        return self._programs.server.parent

    @property
    def surroundings(self) -> dict[str, str]:
        """The environment in which its programs find this broker."""
        return self._environment(self._folder, self._folder / "etc")

    async def _started(
        self, name: str, argv: Sequence[str], environment: Mapping[str, str]
    ) -> Process:
        program = Program(name=name, argv=argv, environment=environment, folder=self._folder)
        return await self.children.start(program)

    def _prepare(self) -> dict[str, str]:
        """Write the configuration; gives the broker's environment."""
        place = self._folder
        for folder in (place, place / "etc", place / "home", place / "generated"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        cookie = place / "home" / ".erlang.cookie"
        kept(cookie, lambda: secrets.token_hex(16))
        cookie.chmod(0o400)
        for name, text in self._files(place / "etc").items():
            (place / "etc" / name).touch(mode=0o600)
            (place / "etc" / name).write_text(text, encoding="utf-8")
        return self._environment(place, place / "etc")

    def _environment(self, place: Path, etc: Path) -> dict[str, str]:
        """Every place and port by name, so that nothing of the machine's own broker is used."""
        search = [str(self._programs.erlang), os.environ.get("PATH", os.defpath)]
        node = kept(place / "node", lambda: f"rabbit-{secrets.token_hex(4)}@localhost")
        return {
            "PATH": os.pathsep.join(search),
            "LANG": "C.UTF-8",
            "HOME": str(place / "home"),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "RABBITMQ_NODENAME": node,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._distribution),
            "RABBITMQ_CONF_ENV_FILE": str(etc / "env"),
            "RABBITMQ_CONFIG_FILE": str(etc / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(etc / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(etc / "plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(place / "generated"),
            "RABBITMQ_MNESIA_BASE": str(place / "data"),
            "RABBITMQ_LOG_BASE": str(self.children.log),
            "RABBITMQ_LOGS": str(self.children.log / "rabbitmq-broker.log"),
            "RABBITMQ_PID_FILE": str(place / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": SCHEDULING + LOOPBACK,
        }

    def _files(self, etc: Path) -> dict[str, str]:
        settings = {
            "listeners.tcp.local": f"127.0.0.1:{self.port}",
            "load_definitions": str(etc / "definitions.json"),
            "log.file.level": "warning",
            "raft.wal_max_size_bytes": "64000000",
        }
        return {
            "env": "",
            "advanced.config": "[].\n",
            "plugins": "[].\n",
            "rabbitmq.conf": "".join(f"{key} = {value}\n" for key, value in settings.items()),
            "definitions.json": document(users(self._services), self._passwords),
        }

    async def _ready(self, process: Process) -> None:
        latest = time.monotonic() + PATIENCE
        while process.returncode is None and time.monotonic() < latest:
            # Knocking first: the client logs an error for every connection refused.
            if await _listens(self.port):
                with suppress(OSError, AMQPError, TimeoutError):
                    await (await aio_pika.connect(self.url(), timeout=5)).close()
                    return
            await asyncio.sleep(0.1)
        raise self.children.failed(NAME)


@asynccontextmanager
async def running(folder: Path, services: Sequence[str]) -> AsyncIterator[Broker]:
    """A running broker for the data of `folder`, with a runtime user for each service."""
    programs = await asyncio.to_thread(find)
    broker = Broker(folder, services, programs)
    await broker.children.stop_leftovers()
    try:
        await broker.start()
        yield broker
    finally:
        await broker.stop()


def find() -> Programs:
    """The programs of an installed broker, else of Debian's packages; `Failed` without either."""
    if installed := _programs(Path("/")):
        return installed
    try:
        fetched = _programs(debian.unpacked(cache_folder(), debian.RABBITMQ))
    except debian.Unavailable as problem:
        raise Failed(NOWHERE.format(reason=problem)) from None
    if fetched is None:
        raise Failed(NOWHERE.format(reason="the packages hold no server"))
    return fetched


def _programs(root: Path) -> Programs | None:
    """The programs below a root; the wrapper in /usr/sbin is not for us, since it calls `su`."""
    erlang = root / "usr" / "lib" / "erlang"
    servers = sorted((root / "usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin/rabbitmq-server"))
    daemons = sorted(erlang.glob("erts-*/bin/epmd"))
    if servers and daemons:
        version = servers[-1].parents[1].name.rpartition("-")[2]
        return Programs(
            server=servers[-1], epmd=daemons[-1], erlang=erlang / "bin", version=version
        )
    return _elsewhere() if root == Path("/") else None


def _elsewhere() -> Programs | None:
    """A broker that another package manager installed, as found on the search path."""
    server, epmd, erl = (shutil.which(name) for name in ("rabbitmq-server", "epmd", "erl"))
    if not (server and epmd and erl):
        return None
    script = Path(server).resolve()
    version = script.parents[1].name.rpartition("-")[2] or "installed"
    return Programs(server=script, epmd=Path(epmd), erlang=Path(erl).parent, version=version)


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def _secret_of(user: str) -> str:
    """All runtime users share a password: one address, with a placeholder, serves them all."""
    return "amqp-runtime" if user.startswith("sanshe_") else f"amqp-{user}"


def _password() -> str:
    return secrets.token_hex(24)

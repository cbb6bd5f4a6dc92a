"""PgBouncer as a city runs it: in transaction mode, new enough to know prepared statements."""

import asyncio
import os
import re
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from libs.embedded import debian
from libs.embedded.debian import Apt, Recipe, Unavailable
from libs.embedded.home import cache_folder, free_ports

OLDEST: Final = (1, 21)
NEXT: Final = "trixie"
"""The release of Debian that has it, where the machine's own does not."""
WANTED: Final = re.compile(
    r"^(pgbouncer|libc6|libevent-2\S*|libcares2|libssl3\S*|libsystemd0|libpam0g|libcap2|libaudit1"
    r"|libcap-ng0|libzstd1|zlib1g)$",
    re.MULTILINE,
)
"""The program and every library, down to libc: it runs beside an older one of the machine."""


def program() -> list[str]:
    """The command line that starts it; `Unavailable` says why there is none."""
    libraries = next(debian.unpacked(cache_folder(), RECIPE).glob("usr/lib/*-linux-gnu"))
    loader = next(libraries.glob("ld-linux-*.so.*"))
    binary = libraries.parents[1] / "sbin" / "pgbouncer"
    return [str(loader), "--library-path", str(libraries), str(binary)]


def _choose(apt: Apt) -> list[str]:
    if apt.version_of("pgbouncer") < OLDEST:
        apt.look_in(NEXT)
    if (found := apt.version_of("pgbouncer")) < OLDEST:
        raise Unavailable(f"apt knows PgBouncer {found}, and it takes {OLDEST}")
    return sorted(set(WANTED.findall(apt.needed_for("pgbouncer"))))


RECIPE: Final = Recipe(
    name="pgbouncer",
    about="PgBouncer and its libraries, about 5 MB,",
    choose=_choose,
    correct=lambda root, target: None,
)


@asynccontextmanager
async def before(url: str, folder: Path, parameters: dict[str, Any]) -> AsyncIterator[str]:
    """One that runs before a server which trusts whoever connects; gives its address."""
    parts, [port] = urlsplit(url), free_ports(1)
    settings = {
        **parameters,
        "listen_addr": "127.0.0.1",
        "listen_port": port,
        "unix_socket_dir": "",
        "auth_type": "trust",
        "auth_file": folder / "users.txt",
    }
    lines = [f"{name} = {value}" for name, value in settings.items()]
    head = ["[databases]", f"* = host=127.0.0.1 port={parts.port}", "[pgbouncer]"]
    (folder / "users.txt").write_text('"postgres" ""\n"sanshe_echo" "runtime"\n')
    (folder / "pgbouncer.ini").write_text("\n".join([*head, *lines, ""]))
    # It refuses to run as root, and gives that up itself.
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    command = [*await asyncio.to_thread(program), *user, str(folder / "pgbouncer.ini")]
    with (folder / "pgbouncer.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
    try:
        await _listening(port, process)
        host = f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{port}"
        yield urlunsplit(parts._replace(netloc=host))
    finally:
        process.terminate()
        await process.wait()


async def _listening(port: int, process: Process) -> None:
    async with asyncio.timeout(60):
        while True:
            assert process.returncode is None, "PgBouncer ended at once: see its log"
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return

"""All images, put together without a network, and the year of Dujiangyan played on them."""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from bench.capacity.usage import memory_of
from libs.embedded import postgres, rabbitmq
from libs.embedded.home import free_ports
from libs.embedded.platform import service_names
from libs.embedded.proxy import proxying
from tests.deploy.images import assemble, fetched, frozen, thawed
from tests.deploy.pods import USER, Cluster, completed, files, rendered, started
from tests.deploy.test_assembly import answers

REHEARSAL: Final = "rehearsal"
PATIENCE: Final = 2400
"""Seconds that a year may take."""


def prove() -> bool:
    """Print what each image holds, and how the year ended on them; true if it held."""
    with _place() as place:
        held = _assembled(place)
        before = {name: files(place / name) for name in (*service_names(), REHEARSAL)}
        status = asyncio.run(_played(place))
        print((place / "scenario.log").read_text()[-3000:])
        held += [
            ("the year was played on the images, each as its manifest says", status == 0),
            (
                "nothing was written in any image",
                before == {name: files(place / name) for name in before},
            ),
        ]
    for what, holds in held:
        print(f"{'✓' if holds else '✗'} {what}")
    return all(holds for _, holds in held)


@contextmanager
def _place() -> Iterator[Path]:
    """A folder that user 10001 can reach."""
    folder = Path(tempfile.mkdtemp(prefix="sanshe-images-", dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        thawed(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _assembled(place: Path) -> list[tuple[str, bool]]:
    """Each image from its wheels alone."""
    held = []
    for lock, names in (("service.lock", service_names()), ("run.lock", [REHEARSAL])):
        began = time.monotonic()
        wheels = fetched(lock, place / f"wheels-{lock}")
        size = sum(path.stat().st_size for path in wheels.iterdir()) / 2**20
        print(f"{lock}: {len(list(wheels.iterdir()))} wheels, {size:.0f} MiB,", end=" ")
        print(f"fetched in {time.monotonic() - began:.0f} s")
        for name in names:
            began = time.monotonic()
            done = assemble(name, str(place / name), wheels=wheels)
            print(done.stderr if done.returncode else "", end="")
            found = files(frozen(place / name))
            size = sum((place / name / path).stat().st_size for path in found) / 2**20
            seconds = time.monotonic() - began
            print(f"  {name:14} {len(found):5} files {size:6.1f} MiB in {seconds:.0f} s")
            others = {
                path.split("/")[1]
                for path in found
                if path.startswith("services/") and path.count("/") > 1
            } - {"__pycache__"}
            own = set() if name == REHEARSAL else {name}
            held.append((f"{name} holds its own service alone", done.returncode == 0))
            held[-1] = (held[-1][0], held[-1][1] and others == own)
    return held


async def _played(place: Path) -> int:
    """Every service from its image, and the scenario from its own before them."""
    objects = rendered(place / "k8s", REHEARSAL)
    home = place / "k8s/overlays/rehearsal/secrets/home"
    published = place / "issuer.jwks"
    published.write_text((home / "secrets" / "issuer.jwks").read_text())
    async with AsyncExitStack() as servers:
        server = await servers.enter_async_context(postgres.running(place / "servers", keep=False))
        broker = await servers.enter_async_context(rabbitmq.running(place / "servers", []))
        own = {
            "DATABASE_SERVER": f"127.0.0.1:{urlsplit(server.url).port}",
            "AMQP_SERVER": f"127.0.0.1:{broker.port}",
            "BIND_ADDRESS": "127.0.0.1",
            "AUTH_JWKS": str(published),
            "BLOB_URL": _owned(place / "blobs").as_uri(),
        }
        definitions = Cluster(objects, {}).definitions(place)
        await broker.control("import_definitions", str(definitions))
        with ExitStack() as pods:
            ports = await _started(place, objects, own, pods)
            async with proxying(0, ports, "notifications") as entry:
                return await asyncio.to_thread(_scenario, place, objects, own, entry, home)


async def _started(
    place: Path, objects: list[dict[str, Any]], own: dict[str, str], pods: ExitStack
) -> dict[str, int]:
    """Prepared, migrated, awaited, then API and worker of each; the ports of the APIs."""
    ports: dict[str, int] = {}
    for name in service_names():
        image, log = place / name, place / f"{name}.log"
        cluster = Cluster(objects, own)
        before = cluster.job(f"{name}-migrate-before-")
        for container in ("prepare", "service"):
            await asyncio.to_thread(completed, cluster, before, container, image, log)
        for part in ("api", "worker"):
            api, operations = free_ports(2)
            mine = own | {"API_PORT": str(api), "OPS_PORT": str(operations)}
            cluster = Cluster(objects, mine)
            workload = cluster.get("Deployment", f"{name}-{part}")
            await asyncio.to_thread(completed, cluster, workload, "await-schema", image, log)
            process = pods.enter_context(started(cluster, workload, "service", image, log))
            if not await answers(f"http://127.0.0.1:{operations}/readyz"):
                raise SystemExit(log.read_text()[-3000:])
            user = os.stat(f"/proc/{process.pid}").st_uid
            print(f"  {name}-{part} is ready as user {user}, {memory_of(process.pid)} MiB")
            assert user == USER or os.geteuid() != 0, "as the manifest says"
            ports |= {name: api} if part == "api" else {}
    return ports


def _scenario(
    place: Path, objects: list[dict[str, Any]], own: dict[str, str], entry: int, home: Path
) -> int:
    """The container of the suspended job, whose home is a volume."""
    volume = _owned(place / "home")
    shutil.copytree(home / "secrets", volume / "secrets", dirs_exist_ok=True)
    for path in (volume / "secrets", *(volume / "secrets").iterdir()):
        _give(path)
    cluster = Cluster(objects, own)
    environment = {"SANSHE_URL": f"http://127.0.0.1:{entry}", "SANSHE_HOME": str(volume)}
    password = cluster.get("Secret", "rabbitmq-scenario")["stringData"]["password"]
    environment["SANSHE_AMQP_URL"] = f"amqp://scenario:{password}@{own['AMQP_SERVER']}/sanshe"
    job = Cluster(objects, environment).get("Job", "scenario")
    cluster = Cluster(objects, environment)
    log, image = place / "scenario.log", place / REHEARSAL
    with started(cluster, job, "scenario", image, log) as process:
        return process.wait(PATIENCE)


def _owned(folder: Path) -> Path:
    folder.mkdir()
    _give(folder)
    return folder


def _give(path: Path) -> None:
    """To user 10001, as `fsGroup` does with a volume."""
    if os.geteuid() == 0:
        os.chown(path, USER, USER)

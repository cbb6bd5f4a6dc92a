"""What a rendered pod would be started with, started here as an ordinary process."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from deploy import secrets
from libs.embedded.platform import service_names

ROOT: Final = Path(__file__).parents[2]
USER: Final = 10001
SERIES: Final = f"python3.{sys.version_info.minor}"
_REFERENCE: Final = re.compile(r"\$\(([A-Z_]+)\)")

Object = dict[str, Any]


def rendered(folder: Path, overlay: str) -> list[Object]:
    """The objects of an overlay, with secrets made for this rendering alone."""
    shutil.copytree(ROOT / "deploy" / "k8s", folder, ignore=shutil.ignore_patterns("secrets"))
    place = folder / "overlays" / overlay
    secrets.write(place / "secrets", service_names(), rehearsal=overlay == "rehearsal")
    argv = ["kubectl", "kustomize", str(place)]
    text = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    return list(yaml.safe_load_all(text))


def interpreter() -> Path:
    """An interpreter of this series without the tests' environment, as in an image, that a user
    who is nobody here can reach; a home of root's often hides the one that runs the tests."""
    for folder in (Path(sys.base_prefix) / "bin", Path("/usr/local/bin"), Path("/usr/bin")):
        found = (folder / SERIES).resolve()
        ways = [found, *found.parents]
        if found.exists() and (os.geteuid() or all(way.stat().st_mode & 0o001 for way in ways)):
            return found
    pytest.skip(f"{SERIES} is nowhere where user {USER} can start it")


class Cluster:
    """The objects by kind and name; the addresses of its servers are those of this machine."""

    def __init__(self, objects: list[Object], own: Mapping[str, str]) -> None:
        self._objects = {(one["kind"], one["metadata"]["name"]): one for one in objects}
        self.get("ConfigMap", "sanshe")["data"].update(own)
        self.own = dict(own)

    def get(self, kind: str, name: str) -> Object:
        """One object."""
        return self._objects[kind, name]

    def job(self, beginning: str) -> Object:
        """The job whose name begins so; a release ends it."""
        return next(
            one
            for (kind, name), one in self._objects.items()
            if kind == "Job" and name.startswith(beginning)
        )

    def environment(self, pod: Object, container: Object) -> dict[str, str]:
        """As the kubelet makes it: from maps, from keys, and with references filled in."""
        found: dict[str, str] = {}
        for source in container.get("envFrom", []):
            found |= self.get("ConfigMap", source["configMapRef"]["name"])["data"]
        for entry in container.get("env", []):
            value = entry["value"] if "value" in entry else self._of(pod, entry["valueFrom"])
            found[entry["name"]] = _REFERENCE.sub(lambda match: found[match[1]], value)
        return found | {name: value for name, value in self.own.items() if name in found}

    def _of(self, pod: Object, source: Object) -> str:
        if key := source.get("secretKeyRef"):
            return str(self.get("Secret", key["name"])["stringData"][key["key"]])
        if key := source.get("configMapKeyRef"):
            return str(self.get("ConfigMap", key["name"])["data"][key["key"]])
        label = re.fullmatch(r"metadata\.labels\['(.*)'\]", source["fieldRef"]["fieldPath"])
        assert label is not None, source
        return str(pod["metadata"]["labels"][label[1]])

    def definitions(self, folder: Path) -> Path:
        """The broker's definitions, as it would import them at its start."""
        path = folder / "definitions.json"
        secret = self.get("Secret", "rabbitmq-definitions")
        path.write_text(secret["stringData"]["definitions.json"])
        return path


@contextmanager
def started(
    cluster: Cluster, workload: Object, name: str, image: Path, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A container of a workload, on the folder that would be its image."""
    pod = workload["spec"]["template"]
    found = [*pod["spec"]["containers"], *pod["spec"].get("initContainers", [])]
    container = next(one for one in found if one["name"] == name)
    environment = cluster.environment(pod, container)
    argv = [_REFERENCE.sub(lambda m: environment[m[1]], part) for part in container["command"]]
    assert argv[0] == "python"
    image_own = {
        "PYTHONPATH": f"{image}:{image / 'site-packages'}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": os.defpath,
    }
    as_user = {"user": USER, "group": USER, "extra_groups": []} if os.geteuid() == 0 else {}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(interpreter()), *argv[1:]],
            env=environment | image_own,
            cwd=image,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            **as_user,  # type: ignore[call-overload]
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(60)
        finally:
            process.kill()
            process.wait()


def completed(cluster: Cluster, workload: Object, name: str, image: Path, log: Path) -> None:
    """A container that runs to its end, as an init container and a job do."""
    with started(cluster, workload, name, image, log) as process:
        assert process.wait(120) == 0, log.read_text()


def token(home: Path, role: str) -> str:
    """As `python -m services token` prints it on the machine of an operator."""
    argv = [sys.executable, "-m", "services", "token", "--role", role, "--person", "p-1"]
    argv += ["--division", "510181"]
    environment = os.environ | {"SANSHE_HOME": str(home)}
    done = subprocess.run(argv, check=True, capture_output=True, cwd=ROOT, env=environment)
    return done.stdout.decode().strip()


def files(folder: Path) -> set[str]:
    """The paths of all files below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def as_json(path: Path) -> Any:
    """The content of a JSON file."""
    return json.loads(path.read_text())

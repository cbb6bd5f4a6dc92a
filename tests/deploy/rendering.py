"""Every overlay as the cluster would get it, rendered by `kubectl kustomize`."""

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn

import pytest
import yaml

from deploy import secrets
from libs.embedded.platform import service_names

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy" / "k8s"
NO_KUBECTL: Final = (
    "kubectl is not here, so NO MANIFEST WAS CHECKED; install kubectl 1.32 or newer, "
    "of which only `kubectl kustomize` is used"
)
NO_SCHEMAS: Final = (
    "{folder} is not here, so custom resources WERE NOT CHECKED against their definitions; "
    "SANSHE_SCHEMAS names the folder that holds crds/"
)

Object = dict[str, Any]


def overlays() -> list[str]:
    """The names of all overlays."""
    return sorted(path.parent.name for path in DEPLOY.glob("overlays/*/kustomization.yaml"))


def need_kubectl() -> None:
    """Skip loudly where kubectl is missing; fail where it was promised."""
    if shutil.which("kubectl") is None:
        _missing(NO_KUBECTL, "SANSHE_REQUIRE_K8S")


def definitions() -> Path | None:
    """The folder of the custom resources' definitions, if it is here."""
    folder = _schemas() / "crds"
    return folder if folder.is_dir() else None


def need_definitions() -> Path:
    """The same, or a loud skip; a failure where it was promised."""
    folder = definitions()
    if folder is None:
        _missing(NO_SCHEMAS.format(folder=_schemas()), "SANSHE_REQUIRE_SCHEMAS")
    return folder


def _schemas() -> Path:
    return ROOT / os.environ.get("SANSHE_SCHEMAS", "../shared/schemas")


def _missing(what: str, promised: str) -> NoReturn:
    if os.environ.get(promised) == "1":
        pytest.fail(f"{promised}=1, but {what}")
    pytest.skip(what)


@cache
def _tree() -> Path:
    """A copy of all manifests, in which secrets may be made without touching anybody's own."""
    folder = Path(tempfile.mkdtemp(prefix="sanshe-k8s-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copytree(DEPLOY, folder, ignore=shutil.ignore_patterns("secrets"), dirs_exist_ok=True)
    for name in overlays():
        overlay = folder / "overlays" / name
        if "secrets" in (overlay / "kustomization.yaml").read_text():
            secrets.write(overlay / "secrets", service_names(), rehearsal=name == "rehearsal")
            for path in (overlay / "secrets").glob("*.yaml"):
                _take_values_out(path)
    return folder


def _take_values_out(path: Path) -> None:
    """Values that were made on the spot: what then still has one in a secret has it from git."""
    found = list(yaml.safe_load_all(path.read_text()))
    for each in found:
        if each["kind"] == "Secret":
            each["stringData"] = dict.fromkeys(each["stringData"], "")
    path.write_text(yaml.safe_dump_all(found))


def render(name: str, *components: str) -> list[Object]:
    """The objects of an overlay, with optional components on top; new copies at each call."""
    return [found for found in yaml.safe_load_all(_text_of(name, components)) if found]


@cache
def _text_of(name: str, components: tuple[str, ...]) -> str:
    folder = _tree() / "overlays" / name
    if components:
        folder = _with(name, components)
    return _kustomized(folder)


def _kustomized(folder: Path) -> str:
    done = subprocess.run(
        ["kubectl", "kustomize", str(folder)],  # noqa: S607 - whichever the operator has
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _with(name: str, components: tuple[str, ...]) -> Path:
    """What a city writes that wants an overlay and more."""
    folder = _tree() / "overlays" / "-".join((name, "with", *components))
    folder.mkdir()
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": "sanshe",
        "resources": [f"../{name}"],
        "components": [f"../../components/{component}" for component in components],
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
    return folder


def render_over(kustomization: str) -> list[Object]:
    """What an overlay of a city's own, written beside ours, comes to."""
    folder = _tree() / "overlays" / "own"
    folder.mkdir(exist_ok=True)
    (folder / "kustomization.yaml").write_text(kustomization)
    try:
        return [found for found in yaml.safe_load_all(_kustomized(folder)) if found]
    finally:
        shutil.rmtree(folder)


def promised() -> dict[str, frozenset[str]]:
    """The secrets that whoever deploys brings, with their keys, as secrets.yaml files say."""
    found = {}
    for path in DEPLOY.rglob("secrets.yaml"):
        prefixes = (
            [f"{name}-" for name in service_names()] if path.parent.name == "service" else [""]
        )
        for each in yaml.safe_load_all(path.read_text()):
            for prefix in prefixes:
                found[prefix + each["metadata"]["name"]] = frozenset(each["stringData"])
    return found

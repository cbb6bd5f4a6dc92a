"""Judges of single objects: the API server's own schemas, and those of the operators."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.deploy.rendering import Object

OLDEST: Final = (1, 32)
BUNDLED: Final = files("kubernetes_validate") / "kubernetes-json-schema"
_STRICT: Final = re.compile(r"^v(\d+)\.(\d+)\.0-local-strict$")
_OWN_GROUPS: Final = ("", "apps", "autoscaling", "batch", "policy")


def supported() -> list[str]:
    """The schemas of every version of Kubernetes that has to take the manifests; in these, unknown
    fields are refused."""
    found = [match for folder in BUNDLED.iterdir() if (match := _STRICT.match(folder.name))]
    known = sorted((int(match[1]), int(match[2]), match[0]) for match in found)
    return [name for major, minor, name in known if (major, minor) >= OLDEST]


def is_core(found: Object) -> bool:
    """Whether the kind is Kubernetes' own; those that a definition adds have a domain too."""
    group = found["apiVersion"].rpartition("/")[0]
    if group == "gateway.networking.k8s.io":
        return False
    return group in _OWN_GROUPS or group.endswith(".k8s.io")


def faults_of_core(found: Object) -> list[str]:
    """What an API server of any supported version would refuse."""
    return list(_faults_of_core(json.dumps(found, sort_keys=True)))


@cache
def _faults_of_core(text: str) -> tuple[str, ...]:
    """Overlays share most of their objects: each is judged once."""
    found = json.loads(text)
    return tuple(
        f"{name_of(found)}: {fault} ({version})"
        for version in supported()
        for fault in _faults_in(version, found)
    )


def _faults_in(version: str, found: Object) -> Iterator[str]:
    group, _, api = found["apiVersion"].rpartition("/")
    short = f"{group.partition('.')[0]}-{api}" if group else api
    validator = _validator(version, f"{found['kind'].lower()}-{short}.json")
    if validator is None:
        yield "there is no such kind"
    else:
        yield from (f"{e.json_path}: {e.message}" for e in validator.iter_errors(found))


@cache
def _validator(version: str, name: str) -> Draft202012Validator | None:
    schema = BUNDLED / version / name
    if not schema.is_file():
        return None
    return Draft202012Validator(json.loads(schema.read_text()), registry=_definitions(version))


@cache
def _definitions(version: str) -> Registry:
    text = (BUNDLED / version / "_definitions.json").read_text()
    return Resource.from_contents(json.loads(text)) @ Registry()


class Definitions:
    """The custom resource definitions of a folder, each with unknown fields refused."""

    def __init__(self, folder: Path) -> None:
        self._validators: dict[tuple[str, str], Draft202012Validator] = {}
        for path in sorted(folder.glob("*.yaml")):
            self._read(yaml.load(path.read_text(), Loader=yaml.CSafeLoader))

    def __len__(self) -> int:
        return len(self._validators)

    def _read(self, definition: Object) -> None:
        spec = definition["spec"]
        for version in spec["versions"]:
            if version["served"]:
                schema = _closed(version["schema"]["openAPIV3Schema"], root=True)
                key = f"{spec['group']}/{version['name']}", spec["names"]["kind"]
                self._validators[key] = Draft202012Validator(schema)

    def faults(self, found: Object) -> list[str]:
        """What the API server would refuse, or prune without a word."""
        validator = self._validators.get((found["apiVersion"], found["kind"]))
        if validator is None:
            return [f"{name_of(found)}: no definition of {found['apiVersion']} is supplied"]
        return [
            f"{name_of(found)}: {error.json_path}: {error.message}"
            for error in validator.iter_errors(found)
        ]


def _closed(schema: Object, *, root: bool = False) -> Object:
    """A structural schema as JSON Schema: what it does not name is refused."""
    closed = {**schema}
    if "properties" in schema:
        closed["properties"] = {name: _closed(part) for name, part in schema["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            closed[key] = _closed(schema[key])
    if root or schema.get("x-kubernetes-embedded-resource"):
        closed["properties"] = closed.get("properties", {}) | _OF_EVERY_OBJECT
    if schema.get("x-kubernetes-int-or-string"):
        closed["type"] = ["integer", "string"]
    if schema.get("nullable"):
        closed["type"] = [closed["type"], "null"]
    open_ended = schema.get("x-kubernetes-preserve-unknown-fields")
    if "properties" in closed and "additionalProperties" not in closed and not open_ended:
        closed["additionalProperties"] = False
    return closed


_OF_EVERY_OBJECT: Final[Object] = {
    "apiVersion": {"type": "string"},
    "kind": {"type": "string"},
    "metadata": {"type": "object", "required": ["name"]},
}


def faults(objects: Iterable[Object], definitions: Definitions | None) -> list[str]:
    """Of all objects; custom resources only where their definitions are at hand."""
    found = []
    for each in objects:
        if is_core(each):
            found += faults_of_core(each)
        elif definitions is not None:
            found += definitions.faults(each)
    return found


def name_of(found: Object) -> str:
    """Kind and name, as `kubectl` prints them."""
    return f"{found['kind']}/{found['metadata']['name']}"

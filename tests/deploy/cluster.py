"""What a set of rendered objects comes to: its pods, and what selects them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from tests.deploy.operators import Made, made_by
from tests.deploy.rendering import Object

TEMPLATES: Final = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Something that makes pods, with the pods it makes."""

    kind: str
    name: str
    spec: Object
    """Of the workload itself."""
    labels: dict[str, str]
    pod: Object
    """The specification of its pods."""

    @property
    def stays(self) -> bool:
        """Whether its pods run until they are told to end."""
        return self.kind in ("Deployment", "StatefulSet", "DaemonSet")

    @property
    def replicas(self) -> int:
        return int(self.spec.get("replicas", 1))

    @property
    def containers(self) -> list[Object]:
        """Those that run beside each other while the pod lives."""
        return list(self.pod["containers"])

    @property
    def every_container(self) -> list[Object]:
        """Those that run before the others, too."""
        return [*self.pod.get("initContainers", []), *self.containers]

    @property
    def component(self) -> str:
        """What it is within the platform: `api`, `worker`, `migrate` and others."""
        return self.labels.get("app.kubernetes.io/component", "")

    @property
    def is_own(self) -> bool:
        """Whether it is a process of ours that runs until it is told to end."""
        return self.stays and self.component in ("api", "worker")

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


class Cluster:
    """All objects of an overlay, found by kind."""

    def __init__(self, objects: list[Object]) -> None:
        self.objects = objects

    def of(self, *kinds: str) -> list[Object]:
        """All objects of these kinds."""
        return [found for found in self.objects if found["kind"] in kinds]

    def find(self, kind: str, name: str) -> Object | None:
        """The object of that name, if there is one."""
        return next((o for o in self.of(kind) if o["metadata"]["name"] == name), None)

    def names(self, kind: str) -> set[str]:
        """The names of all objects of a kind."""
        return {found["metadata"]["name"] for found in self.of(kind)}

    @cached_property
    def workloads(self) -> list[Workload]:
        """Everything that makes pods, but what operators make."""
        return list(_workloads(self.objects))

    @cached_property
    def operated(self) -> list[Made]:
        """The pods that operators make."""
        return [made for found in self.objects for made in made_by(found)]

    def selected(self, selector: Object) -> list[Workload]:
        """The workloads whose pods a label selector takes."""
        return [found for found in self.workloads if selects(selector, found.labels)]


def _workloads(objects: list[Object]) -> Iterator[Workload]:
    for found in objects:
        template: Any = found
        for key in TEMPLATES.get(found["kind"], ()):
            template = template[key]
        if template is not found:
            yield Workload(
                kind=found["kind"],
                name=found["metadata"]["name"],
                spec=found["spec"],
                labels=template["metadata"].get("labels", {}),
                pod=template["spec"],
            )


def selects(selector: Object, labels: Mapping[str, str]) -> bool:
    """Whether a label selector takes these labels; an empty one takes all."""
    if any(labels.get(k) != v for k, v in selector.get("matchLabels", {}).items()):
        return False
    return all(_holds(term, labels) for term in selector.get("matchExpressions", []))


def _holds(term: Object, labels: Mapping[str, str]) -> bool:
    value = labels.get(term["key"])
    match term["operator"]:
        case "In":
            return value in term["values"]
        case "NotIn":
            return value not in term["values"]
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case other:
            raise ValueError(f"no such operator: {other}")

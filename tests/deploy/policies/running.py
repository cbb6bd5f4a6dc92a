"""How pods begin, are replaced, and end."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, Literal

from libs.common import endings
from libs.common.health import CHECK_SECONDS
from tests.deploy.cluster import Cluster, Workload, selects
from tests.deploy.operators import Made
from tests.deploy.policies.wiring import environment
from tests.deploy.rendering import Object

OPERATIONS: Final = "operations"
PROBES: Final = {"startupProbe": "/livez", "readinessProbe": "/readyz", "livenessProbe": "/livez"}
LAG_SECONDS: Final = 5
"""How long endpoints of a pod that goes may still be used somewhere."""


def _own(cluster: Cluster) -> list[Workload]:
    """The processes of our services that run until they are told to end."""
    return [workload for workload in cluster.workloads if workload.is_own]


def probed(cluster: Cluster) -> list[str]:
    """Each long-running container is asked whether it is ready and lives; ours also whether it has
    started, and whether it lives depends on neither database nor broker; who asks whether it is
    ready waits longer than the answer takes."""
    faults = []
    for workload in cluster.workloads:
        if not workload.stays:
            continue
        for container in workload.containers:
            for probe, path in PROBES.items():
                if probe not in container and (workload.is_own or probe != "startupProbe"):
                    faults.append(f"{workload}: {container['name']} has no {probe}")
                elif probe == "readinessProbe" and workload.is_own and _hasty(container[probe]):
                    faults.append(f"{workload}: its {probe} does not wait for the answer")
                elif workload.is_own and _asked(container[probe]) != (path, OPERATIONS):
                    faults.append(f"{workload}: its {probe} does not ask {path} of {OPERATIONS}")
    return faults


def _hasty(probe: Object) -> bool:
    return bool(probe.get("timeoutSeconds", 1) <= CHECK_SECONDS)


def _asked(probe: Object) -> tuple[str | None, str | None]:
    asks = probe.get("httpGet", {})
    return asks.get("path"), asks.get("port")


def patient(cluster: Cluster) -> list[str]:
    """A pod is given the time that its ending may take, by the constants of the code."""
    faults = []
    for workload in _own(cluster):
        given = workload.pod.get("terminationGracePeriodSeconds", 30)
        if (needed := seconds_to_end(workload, cluster)) > given:
            faults.append(f"{workload}: may take {needed:.0f} s to end and is given {given}")
        if workload.component == "api" and _pause(workload) < LAG_SECONDS:
            faults.append(f"{workload}: goes before everybody has heard that it goes")
    return faults


def seconds_to_end(workload: Workload, cluster: Cluster) -> float:
    """The longest ending: what comes before the signal, and what the code counts on after it."""
    [container] = workload.containers
    announced = environment(workload, container, cluster).get("DRAIN_SECONDS")
    role: Literal["api", "worker"] = "api" if workload.component == "api" else "worker"
    longest = endings.longest(role, float(announced)) if announced else endings.longest(role)
    return _pause(workload) + longest


def _pause(workload: Workload) -> float:
    [container] = workload.containers
    return float(
        container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    )


def replaced_gently(cluster: Cluster) -> list[str]:
    """Of our own, a new pod is ready before an old one goes, and there are two at least."""
    faults = []
    for workload in _own(cluster):
        rolling = workload.spec.get("strategy", {}).get("rollingUpdate", {})
        if rolling.get("maxUnavailable") != 0 or not rolling.get("maxSurge"):
            faults.append(f"{workload}: an old pod goes before a new one is ready")
        if workload.spec.get("minReadySeconds", 0) < 5:
            faults.append(f"{workload}: a pod that dies at once counts as ready")
        if workload.spec.get("replicas", 2) < 2:
            faults.append(f"{workload}: one replica alone")
    return faults


def budgeted(cluster: Cluster) -> list[str]:
    """Every budget selects pods of one workload and lets one of them go; each of ours has one."""
    faults = []
    held: Counter[str] = Counter()
    for budget in cluster.of("PodDisruptionBudget"):
        name, spec = f"PodDisruptionBudget/{budget['metadata']['name']}", budget["spec"]
        everybody: list[Workload | Made] = [*cluster.workloads, *cluster.operated]
        chosen = [pods for pods in everybody if selects(spec["selector"], pods.labels)]
        if len(chosen) != 1:
            faults.append(f"{name}: selects the pods of {len(chosen)} workloads")
        held.update(str(pods) for pods in chosen)
        if any(_may_go(spec, pods.replicas) < 1 for pods in chosen):
            faults.append(f"{name}: lets no pod go, so no node can be emptied")
    for workload in _own(cluster):
        if held[str(workload)] != 1:
            faults.append(f"{workload}: has {held[str(workload)]} disruption budgets")
    return faults


def _may_go(budget: Object, replicas: int) -> int:
    if "maxUnavailable" in budget:
        return int(budget["maxUnavailable"])
    return replicas - int(budget.get("minAvailable", 0))


def scaled(cluster: Cluster) -> list[str]:
    """Every autoscaler has a target that is there, leaves it two pods, and alone says how many;
    a worker, whose second pod only stands by, has none."""
    return [
        f"HorizontalPodAutoscaler/{found['metadata']['name']}: {fault}"
        for found in cluster.of("HorizontalPodAutoscaler")
        for fault in _faults_of_scaler(cluster, found["spec"])
    ]


def _faults_of_scaler(cluster: Cluster, spec: Object) -> Iterator[str]:
    target = spec["scaleTargetRef"]
    chosen = [w for w in cluster.workloads if (w.kind, w.name) == (target["kind"], target["name"])]
    if not chosen:
        yield f"{target['kind']}/{target['name']} is not there"
    if spec.get("minReplicas", 1) < 2:
        yield "may leave one pod alone"
    for workload in chosen:
        if workload.component == "worker":
            yield "scales a worker, of which one alone is active"
        if "replicas" in workload.spec:
            yield "each apply would set back how many pods there are"
        if any(
            "cpu" not in c.get("resources", {}).get("requests", {}) for c in workload.containers
        ):
            yield "counts a share of CPU that was not asked for"

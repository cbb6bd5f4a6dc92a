"""What every pod must be, whoever runs it: restricted, bounded, spread, of a known release."""

import re
from collections.abc import Iterator
from typing import Final

from tests.deploy.cluster import Cluster, Workload, selects
from tests.deploy.rendering import Object

VOLUMES: Final = frozenset(
    (
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
    )
)
"""The kinds of volume that the restricted standard allows."""
HOSTS: Final = "kubernetes.io/hostname"
ZONES: Final = "topology.kubernetes.io/zone"
_RELEASED: Final = re.compile(r"(:v?\d[\w.-]*|@sha256:[0-9a-f]{64})$")


def restricted(cluster: Cluster) -> list[str]:
    """Every pod keeps the restricted Pod Security Standard, and writes to no image."""
    return [
        f"{workload}: {fault}"
        for workload in cluster.workloads
        for fault in (*_of_pod(workload.pod), *_of_containers(workload))
    ]


def _of_pod(pod: Object) -> Iterator[str]:
    for host in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(host):
            yield f"{host} is shared with the node"
    for volume in pod.get("volumes", []):
        if kinds := set(volume) - VOLUMES - {"name"}:
            yield f"volume {volume['name']} is a {', '.join(kinds)}"
    if pod.get("securityContext", {}).get("sysctls"):
        yield "sysctls are set"


def _of_containers(workload: Workload) -> Iterator[str]:
    of_pod = workload.pod.get("securityContext", {})
    for container in workload.every_container:
        context = of_pod | container.get("securityContext", {})
        name = container["name"]
        if context.get("runAsNonRoot") is not True or context.get("runAsUser") == 0:
            yield f"{name} may run as root"
        if context.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
            yield f"{name} has no seccomp profile"
        if context.get("allowPrivilegeEscalation") is not False or context.get("privileged"):
            yield f"{name} may gain privileges"
        if context.get("capabilities") != {"drop": ["ALL"]}:
            yield f"{name} does not drop all capabilities"
        if context.get("readOnlyRootFilesystem") is not True:
            yield f"{name} may write to its image"
        if any("hostPort" in port for port in container.get("ports", [])):
            yield f"{name} takes a port of the node"


def bounded(cluster: Cluster) -> list[str]:
    """Every container asks for CPU and memory and has a limit of memory and none of CPU."""
    faults = []
    for workload in cluster.workloads:
        for container in workload.every_container:
            resources = container.get("resources", {})
            asks, limits = resources.get("requests", {}), resources.get("limits", {})
            place = f"{workload}: {container['name']}"
            faults += [
                f"{place} asks for no {kind}" for kind in ("cpu", "memory") if kind not in asks
            ]
            if "memory" not in limits:
                faults.append(f"{place} has no limit of memory")
            if "cpu" in limits:
                faults.append(f"{place} is slowed down by a limit of CPU")
    return faults


def spread(cluster: Cluster) -> list[str]:
    """Replicas are spread over nodes, ours over zones too, each rule counting the pods it stands
    in."""
    faults = []
    for workload in cluster.workloads:
        if not workload.stays or workload.replicas < 2:
            continue
        rules = workload.pod.get("topologySpreadConstraints", [])
        missing = {HOSTS, *([ZONES] if workload.is_own else [])} - {r["topologyKey"] for r in rules}
        faults += [f"{workload}: is not spread over {key}" for key in sorted(missing)]
        faults += [
            f"{workload}: the rule over {rule['topologyKey']} counts other pods"
            for rule in rules
            if cluster.selected(rule.get("labelSelector", {})) != [workload]
        ]
    return faults


def ranked(cluster: Cluster) -> list[str]:
    """Every pod has a priority class, and it is one that is there."""
    known = cluster.names("PriorityClass")
    return [
        f"{workload}: there is no priority class {workload.pod.get('priorityClassName')}"
        for workload in cluster.workloads
        if workload.pod.get("priorityClassName") not in known
    ]


def tokenless(cluster: Cluster) -> list[str]:
    """No pod holds a token of the cluster's API or variables about its neighbours, and each runs
    under an account that is there."""
    faults = []
    accounts = cluster.names("ServiceAccount") | {"default"}
    for workload in cluster.workloads:
        if workload.pod.get("automountServiceAccountToken") is not False:
            faults.append(f"{workload}: a token of the cluster's API is mounted")
        if workload.pod.get("enableServiceLinks") is not False:
            faults.append(f"{workload}: variables of all services are set")
        if workload.pod.get("serviceAccountName", "default") not in accounts:
            faults.append(f"{workload}: its service account is not there")
    return faults


def released(cluster: Cluster) -> list[str]:
    """Every image is named by the tag of a release or by digest, never `latest`."""
    return [
        f"{workload}: {container['name']} runs {container['image']}"
        for workload in cluster.workloads
        for container in workload.every_container
        if not _RELEASED.search(container["image"])
    ]


def matched(cluster: Cluster) -> list[str]:
    """Every workload selects its own pods and nobody else's."""
    faults = []
    for workload in cluster.workloads:
        selector = workload.spec.get("selector")
        if selector is None:
            continue
        if not selects(selector, workload.labels):
            faults.append(f"{workload}: does not select its own pods")
        if others := [w for w in cluster.selected(selector) if w != workload]:
            faults.append(f"{workload}: also selects the pods of {', '.join(map(str, others))}")
    return faults

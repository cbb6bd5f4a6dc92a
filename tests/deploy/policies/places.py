"""Where objects live, what is asked of the place, and what may lead into it."""

from typing import Final

from tests.deploy.cluster import Cluster
from tests.deploy.policies.wiring import backends

CLUSTERWIDE: Final = frozenset(("Namespace", "PriorityClass", "StorageClass", "ClusterIssuer"))
MODES: Final = ("enforce", "warn", "audit")


def housed(cluster: Cluster) -> list[str]:
    """Everything lives in one namespace, which refuses pods that are not restricted."""
    [place] = cluster.of("Namespace")
    name, labels = place["metadata"]["name"], place["metadata"].get("labels", {})
    faults = [
        f"{found['kind']}/{found['metadata']['name']}: is not in the namespace {name}"
        for found in cluster.objects
        if found["kind"] not in CLUSTERWIDE and found["metadata"].get("namespace") != name
    ]
    for mode in MODES:
        key = f"pod-security.kubernetes.io/{mode}"
        if labels.get(key) != "restricted" or not labels.get(f"{key}-version", "").startswith("v"):
            faults.append(f"Namespace/{name}: does not {mode} the restricted standard")
    return faults


def sealed(cluster: Cluster) -> list[str]:
    """No secret has its value from a file of the project."""
    return [
        f"Secret/{found['metadata']['name']}: {key} has a value"
        for found in cluster.of("Secret")
        for key, value in {**found.get("data", {}), **found.get("stringData", {})}.items()
        if value
    ]


def routed(cluster: Cluster) -> list[str]:
    """From outside, each service is reached under its own prefix, over its API alone."""
    faults = []
    for found, path, service, port in backends(cluster):
        prefix = path.strip("/").partition("/")[0] or "notifications"
        if service != f"{prefix}-api":
            faults.append(f"{found}: {path} leads to {service}")
        if port not in (8080, "http"):
            faults.append(f"{found}: {path} leads to port {port}")
    return faults

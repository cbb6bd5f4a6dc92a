"""Whether names lead somewhere: secrets and keys, ports, routes, variables."""

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Final

from libs.common import config
from libs.common.config import Config, Missing
from tests.deploy.cluster import Cluster, Workload, selects
from tests.deploy.operators import secrets_of
from tests.deploy.rendering import Object

_EXPANDED: Final = re.compile(r"\$\(([A-Z_]+)\)")
_KNOWN: Final = frozenset(
    (
        *(name.upper() for name in Config.__slots__),
        *(f"{name.upper()}_FILE" for name in config.SECRETS),
        "SSL_CERT_FILE",
    )
)
"""Ours, and the one by which OpenSSL knows whom to trust beside the public authorities."""
SECRET: Final = base64.b64encode(bytes(32)).decode()
_RUNS: Final = "-m services."
_MIGRATES: Final = ("MIGRATE_DATABASE_URL", "MIGRATE_AMQP_URL")
_PREPARES: Final = ("SANSHE_DATABASE_URL", "OWNER_PASSWORD", "RUNTIME_PASSWORD")
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "api": config.REQUIRED_TO_SERVE,
    "worker": config.REQUIRED_TO_WORK,
    "migrate": _MIGRATES,
    "prepare": _PREPARES,
    "await-schema": ("DATABASE_URL",),
    "probe": ("API_URL", "OPERATOR_TOKEN_FILE"),
}
_RIGHTS: Final[Mapping[str, frozenset[str]]] = {
    "api": _KNOWN - {"AMQP_URL", "AMQP_URL_FILE"},
    "worker": _KNOWN,
    "migrate": frozenset((*_MIGRATES, "LOG_LEVEL")),
    "prepare": frozenset(_PREPARES),
    "await-schema": frozenset(("DATABASE_URL",)),
    "probe": frozenset(("API_URL", "OPERATOR_TOKEN_FILE", "BIND_ADDRESS", "OPS_PORT")),
}
"""What each command may be told at most: an API has no address of a broker, and nobody that runs
has the rights of a migration."""


class Wiring:
    """The policies of this page, given the secrets that are promised by whoever deploys."""

    def __init__(self, promised: Mapping[str, frozenset[str]]) -> None:
        self._promised = promised

    def referenced(self, cluster: Cluster) -> list[str]:
        """Every Secret, ConfigMap and claim that a pod names is there, with the keys it names."""
        return [
            f"{workload}: there is no {kind} {name}" + (f" with {key}" if key else "")
            for workload in cluster.workloads
            for kind, name, key in _references(workload)
            if not self._is_there(cluster, kind, name, key)
        ]

    def _is_there(self, cluster: Cluster, kind: str, name: str, key: str) -> bool:
        keys = _keys(cluster, kind, name)
        if kind == "Secret" and keys is None:
            keys = self._promised.get(name)
        return keys is not None and (not key or key in keys)


def _keys(cluster: Cluster, kind: str, name: str) -> frozenset[str] | None:
    found = cluster.find(kind, name)
    if found is not None:
        return frozenset({**found.get("data", {}), **found.get("stringData", {})})
    if kind == "Secret":
        for each in cluster.objects:
            if name in (made := secrets_of(each)):
                return made[name]
    return None


def _references(workload: Workload) -> Iterator[tuple[str, str, str]]:
    for container in workload.every_container:
        for source in container.get("envFrom", []):
            for kind, key in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
                if key in source:
                    yield kind, source[key]["name"], ""
        for variable in container.get("env", []):
            for kind, key in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
                if reference := variable.get("valueFrom", {}).get(key):
                    yield kind, reference["name"], reference["key"]
    for volume in workload.pod.get("volumes", []):
        yield from _of_volume(volume)
        for source in volume.get("projected", {}).get("sources", []):
            yield from _of_volume(source)


def _of_volume(volume: Object) -> Iterator[tuple[str, str, str]]:
    for kind, source, field in (
        ("ConfigMap", "configMap", "name"),
        ("Secret", "secret", "secretName" if "secretName" in volume.get("secret", {}) else "name"),
        ("PersistentVolumeClaim", "persistentVolumeClaim", "claimName"),
    ):
        if named := volume.get(source):
            yield kind, named[field], ""
            for item in named.get("items", []):
                yield kind, named[field], item["key"]


def environment(workload: Workload, container: Object, cluster: Cluster) -> dict[str, str]:
    """The variables as the process would see them; of what comes from a secret, one that fits."""
    found: dict[str, str] = {}
    for source in container.get("envFrom", []):
        if "configMapRef" in source:
            named = cluster.find("ConfigMap", source["configMapRef"]["name"])
            found |= (named or {}).get("data", {})
    for variable in container.get("env", []):
        # As the kubelet does: only what was set before is filled in.
        found[variable["name"]] = _EXPANDED.sub(
            lambda match: found.get(match[1], match[0]), _value(variable, workload, cluster)
        )
    return found


def _value(variable: Object, workload: Workload, cluster: Cluster) -> str:
    if "value" in variable:
        return str(variable["value"])
    source = variable.get("valueFrom", {})
    if "configMapKeyRef" in source:
        named = cluster.find("ConfigMap", source["configMapKeyRef"]["name"]) or {}
        return str(named.get("data", {}).get(source["configMapKeyRef"]["key"], ""))
    if "fieldRef" in source:
        return workload.labels.get("app.kubernetes.io/name", "")
    return SECRET


def told(cluster: Cluster) -> list[str]:
    """Every process is told all that it needs, by the rules of libs/common/config.py, nothing that
    it has no right to, and nothing that nobody reads."""
    return [
        f"{workload}: {container['name']}: {fault}"
        for workload in cluster.workloads
        for container in workload.every_container
        if _RUNS in " ".join(container.get("command", []))
        for fault in _faults_of_environment(workload, container, cluster)
    ]


def _faults_of_environment(
    workload: Workload, container: Object, cluster: Cluster
) -> Iterator[str]:
    command = container["command"][3]
    variables = environment(workload, container, cluster)
    for name, value in variables.items():
        if lost := _EXPANDED.findall(value):
            yield f"{name} uses {', '.join(lost)}, which is not set before it"
    if command in ("api", "worker"):
        try:
            config.read(_NEEDED[command], variables)
        except Missing as refusal:
            yield str(refusal).replace("\n", "")
    else:
        yield from (f"{name} is not set" for name in _NEEDED[command] if not variables.get(name))
    of_its_own = {variable["name"] for variable in container.get("env", [])}
    used = _used(container) | {name for name in _shared(cluster) if name not in of_its_own}
    for name in sorted(variables.keys() - _RIGHTS[command] - used):
        yield f"nobody reads {name}, or may here"


def _used(container: Object) -> set[str]:
    """Variables of which others are made up, or the command line, and keys that are picked out."""
    texts = [*container.get("command", []), *container.get("args", [])]
    texts += [str(variable.get("value", "")) for variable in container.get("env", [])]
    chosen = [variable.get("valueFrom", {}) for variable in container.get("env", [])]
    keys = {source["configMapKeyRef"]["key"] for source in chosen if "configMapKeyRef" in source}
    return keys | {name for text in texts for name in _EXPANDED.findall(text)}


def _shared(cluster: Cluster) -> set[str]:
    """What stands in a ConfigMap for all of them is used by some of them."""
    return {
        name
        for workload in cluster.workloads
        for container in workload.every_container
        for name in _used(container)
    }


def connected(cluster: Cluster) -> list[str]:
    """Ports agree: services, probes, monitors, ingresses and routes name ports that containers
    listen on, and these are the ones that the processes are told."""
    return [
        *_services(cluster),
        *_probes(cluster),
        *_monitors(cluster),
        *_told_ports(cluster),
        *_backends(cluster),
    ]


def _services(cluster: Cluster) -> Iterator[str]:
    for found in cluster.of("Service"):
        name, spec = f"Service/{found['metadata']['name']}", found["spec"]
        chosen = cluster.selected({"matchLabels": spec["selector"]})
        if len(chosen) != 1:
            yield f"{name}: selects the pods of {len(chosen)} workloads"
        for port in spec["ports"]:
            target = port.get("targetPort", port["port"])
            yield from (
                f"{name}: {workload} has no port {target}"
                for workload in chosen
                if not any(_listens(c, target) for c in workload.containers)
            )


def _probes(cluster: Cluster) -> Iterator[str]:
    for workload in cluster.workloads:
        for container in workload.containers:
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                asks = container.get(probe, {})
                port = asks.get("httpGet", asks.get("tcpSocket", {})).get("port")
                if port is not None and not _listens(container, port):
                    yield f"{workload}: its {probe} asks a port {port} that is not there"


def _monitors(cluster: Cluster) -> Iterator[str]:
    for found in cluster.of("PodMonitor"):
        name, spec = f"PodMonitor/{found['metadata']['name']}", found["spec"]
        ports = [
            {
                port.get("name", "")
                for container in w.containers
                for port in container.get("ports", [])
            }
            for w in cluster.selected(spec["selector"])
        ]
        ports += [set(m.ports) for m in cluster.operated if selects(spec["selector"], m.labels)]
        if not ports:
            yield f"{name}: selects no pods"
        for endpoint in spec["podMetricsEndpoints"]:
            if any(endpoint["port"] not in known for known in ports):
                yield f"{name}: not every pod has a port {endpoint['port']}"


def _told_ports(cluster: Cluster) -> Iterator[str]:
    for workload in filter(lambda found: found.is_own, cluster.workloads):
        for container in workload.containers:
            variables = environment(workload, container, cluster)
            for port in container.get("ports", []):
                name = {"http": "API_PORT", "operations": "OPS_PORT"}.get(port.get("name", ""))
                told = variables.get(name or "")
                if name and told != str(port["containerPort"]):
                    yield f"{workload}: listens on {told}, not {port['containerPort']}"


def _backends(cluster: Cluster) -> Iterator[str]:
    for found, path, service, port in backends(cluster):
        chosen = cluster.find("Service", service)
        ports = chosen["spec"]["ports"] if chosen else []
        if not any(port in (each["port"], each.get("name")) for each in ports):
            yield f"{found}: {path} leads to {service}:{port}, which is not there"


def backends(cluster: Cluster) -> Iterator[tuple[str, str, str, int | str]]:
    """Whom the outside reaches by which path, over an Ingress or an HTTPRoute."""
    for found in cluster.of("Ingress"):
        for rule in found["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                service = path["backend"]["service"]
                port = service["port"].get("number", service["port"].get("name"))
                yield f"Ingress/{found['metadata']['name']}", path["path"], service["name"], port
    for found in cluster.of("HTTPRoute"):
        for rule in found["spec"]["rules"]:
            for path in rule.get("matches", [{}]):
                for backend in rule.get("backendRefs", []):
                    place = path.get("path", {}).get("value", "/")
                    name = f"HTTPRoute/{found['metadata']['name']}"
                    yield name, place, backend["name"], backend["port"]


def _listens(container: Object, target: int | str) -> bool:
    return any(
        target in (port["containerPort"], port.get("name")) for port in container.get("ports", [])
    )

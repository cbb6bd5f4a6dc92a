"""What the operators make of their resources: pods and secrets that no file names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.deploy.rendering import Object


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Pods with their labels and ports, by name, and secrets with their keys."""

    name: str
    role: str
    labels: dict[str, str]
    ports: dict[str, int]
    replicas: int
    secrets: Mapping[str, frozenset[str]] = field(default_factory=dict)


_PLAIN: Final = {"amqp": 5672, "prometheus": 15692, "management": 15672}
_SECURED: Final = {
    "amqps": 5671,
    "prometheus-tls": 15691,
    "management-tls": 15671,
    "epmd": 4369,
    "distribution": 25672,
}
_TLS: Final = frozenset(("ca.crt", "tls.crt", "tls.key"))


def made_by(found: Object) -> Iterator[Made]:
    """What comes of a custom resource that makes pods."""
    name = found["metadata"]["name"]
    match found["kind"]:
        case "RabbitmqCluster":
            yield Made(
                name=name,
                role="rabbitmq",
                labels=_inherited(found)
                | {"app.kubernetes.io/name": name, "app.kubernetes.io/component": "rabbitmq"},
                ports=_PLAIN | _SECURED if not _only_tls(found) else _SECURED,
                replicas=found["spec"]["replicas"],
            )
        case "Cluster":
            yield Made(
                name=name,
                role="postgres",
                labels=_inherited(found) | {"cnpg.io/cluster": name, "cnpg.io/podRole": "instance"},
                ports={"postgres": 5432, "metrics": 9187, "status": 8000},
                replicas=found["spec"]["instances"],
                secrets={f"{name}-ca": frozenset(("ca.crt", "ca.key")), f"{name}-server": _TLS},
            )
        case "Pooler":
            yield Made(
                name=name,
                role="pooler",
                labels=_inherited(found)
                | {
                    "cnpg.io/cluster": found["spec"]["cluster"]["name"],
                    "cnpg.io/poolerName": name,
                    "cnpg.io/podRole": "pooler",
                },
                ports={"pgbouncer": 5432, "metrics": 9127},
                replicas=found["spec"]["instances"],
            )


def _only_tls(found: Object) -> bool:
    return bool(found["spec"].get("tls", {}).get("disableNonTLSListeners"))


def _inherited(found: Object) -> dict[str, str]:
    """Labels that a resource hands on to its pods."""
    spec = found["spec"]
    return {
        **spec.get("inheritedMetadata", {}).get("labels", {}),
        **spec.get("template", {}).get("metadata", {}).get("labels", {}),
    }


def secrets_of(found: Object) -> dict[str, frozenset[str]]:
    """The secrets that an operator makes of a resource."""
    if found["kind"] == "Certificate":
        return {found["spec"]["secretName"]: _TLS}
    return {name: keys for made in made_by(found) for name, keys in made.secrets.items()}

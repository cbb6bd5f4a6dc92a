"""Who can reach whom: the network policies played through, and compared with what is needed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Final

from tests.deploy.cluster import Cluster, selects
from tests.deploy.rendering import Object

NAMESPACES: Final[dict[str, dict[str, str]]] = {
    "dns": {"kubernetes.io/metadata.name": "kube-system"},
    "gateway": {"sanshe/gateway": "true"},
    "monitoring": {"sanshe/monitoring": "true"},
    "postgres operator": {"kubernetes.io/metadata.name": "cnpg-system"},
    "rabbitmq operator": {"kubernetes.io/metadata.name": "rabbitmq-system"},
    "stranger": {},
}
"""Other namespaces that there may be, by what somebody in them is to us."""
ADDRESSES: Final = {
    "sign-in": "192.0.2.10",
    "cluster's API": "192.0.2.20",
    "archive": "192.0.2.30",
    "internet": "203.0.113.7",
}
"""Those outside of the cluster's network; what a city has to fill in is of RFC 5737."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Somebody on the network: pods of ours, of another namespace, or an address outside."""

    name: str
    role: str
    ours: bool = False
    labels: dict[str, str] = field(default_factory=dict)
    namespace: dict[str, str] = field(default_factory=dict)
    address: str = ""
    ports: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Number and protocol, by name."""


Path = tuple[str, str, str]
"""From a role to a role, over a port of that name."""


def denied(cluster: Cluster) -> list[str]:
    """Nothing is allowed, in or out, to any pod of the namespace, unless another policy says so."""
    for policy in cluster.of("NetworkPolicy"):
        spec = policy["spec"]
        everyone = not spec.get("podSelector")
        nothing = not spec.get("ingress") and not spec.get("egress")
        if everyone and nothing and set(spec["policyTypes"]) == {"Ingress", "Egress"}:
            return []
    return ["no network policy denies everything that no other allows"]


class Paths:
    """The policy of this page, given what tells which paths a cluster needs."""

    def __init__(self, needed: Callable[[Cluster], frozenset[Path]]) -> None:
        self._needed_by = needed

    def reachable(self, cluster: Cluster) -> list[str]:
        """Every path that is needed is open, and no other is."""
        needed = self._needed_by(cluster)
        faults = []
        for source, target, port in _possible(cluster):
            path = (source.role, target.role, port)
            open_ = _allowed(cluster, source, target, *target.ports[port])
            if open_ and path not in needed:
                faults.append(f"{source.name} can reach {target.name} on {port}, and need not")
            if not open_ and path in needed:
                faults.append(f"{source.name} cannot reach {target.name} on {port}")
        return faults


def _possible(cluster: Cluster) -> Iterator[tuple[Peer, Peer, str]]:
    everybody = [*_ours(cluster), *_others()]
    for source in everybody:
        for target in everybody:
            if source.ours or target.ours:
                yield from ((source, target, port) for port in target.ports)


def _ours(cluster: Cluster) -> Iterator[Peer]:
    for workload in cluster.workloads:
        ports = {
            port.get("name", str(port["containerPort"])): (port["containerPort"], "TCP")
            for container in workload.containers
            for port in container.get("ports", [])
        }
        yield Peer(
            name=str(workload),
            role=workload.component,
            ours=True,
            labels=workload.labels,
            ports=ports,
        )
    for made in cluster.operated:
        yield Peer(
            name=f"{made.role} {made.name}",
            role=made.role,
            ours=True,
            labels=made.labels,
            ports={name: (number, "TCP") for name, number in made.ports.items()},
        )


def _others() -> Iterator[Peer]:
    dns = {"dns": (53, "UDP"), "dns-tcp": (53, "TCP"), "https": (443, "TCP")}
    for role, labels in NAMESPACES.items():
        yield Peer(name=role, role=role, namespace=labels, ports=dns)
    for role, address in ADDRESSES.items():
        yield Peer(name=role, role=role, address=address, ports=dns)


def _allowed(cluster: Cluster, source: Peer, target: Peer, number: int, protocol: str) -> bool:
    return _passes(cluster, source, target, target, number, protocol, "egress") and _passes(
        cluster, target, source, target, number, protocol, "ingress"
    )


def _passes(
    cluster: Cluster,
    one: Peer,
    other: Peer,
    target: Peer,
    number: int,
    protocol: str,
    way: str,
) -> bool:
    """Whether the policies of one end let the other in or out."""
    if not one.ours:
        return True
    chosen = [
        policy["spec"]
        for policy in cluster.of("NetworkPolicy")
        if selects(policy["spec"].get("podSelector", {}), one.labels)
        and way.capitalize() in policy["spec"]["policyTypes"]
    ]
    if not chosen:
        return True
    ends = "to" if way == "egress" else "from"
    return any(
        _names(rule.get(ends), other) and _opens(rule.get("ports"), target, number, protocol)
        for spec in chosen
        for rule in spec.get(way, [])
    )


def _names(peers: list[Object] | None, other: Peer) -> bool:
    return not peers or any(_is(peer, other) for peer in peers)


def _is(named: Object, other: Peer) -> bool:
    if "ipBlock" in named:
        if not other.address:
            return False
        address = ip_address(other.address)
        return address in ip_network(named["ipBlock"]["cidr"]) and not any(
            address in ip_network(left_out) for left_out in named["ipBlock"].get("except", [])
        )
    if other.address:
        return False
    if "namespaceSelector" in named:
        if not selects(named["namespaceSelector"], other.namespace):
            return False
    elif not other.ours:
        return False
    return selects(named.get("podSelector", {}), other.labels)


def _opens(ports: list[Object] | None, target: Peer, number: int, protocol: str) -> bool:
    return not ports or any(
        port.get("protocol", "TCP") == protocol
        and (port.get("port") in (None, number) or _named(target, port["port"]) == number)
        for port in ports
    )


def _named(target: Peer, port: int | str) -> int | None:
    return target.ports.get(str(port), (None, ""))[0]

"""The policies of the manifests: each a function of what is rendered, which tells what is wrong."""

from collections.abc import Callable, Mapping
from typing import Final

from tests.deploy.cluster import Cluster
from tests.deploy.policies import measuring, network, operated, places, pods, running, wiring

Policy = Callable[[Cluster], list[str]]

OURS: Final = ("api", "worker", "migrate", "entry", "probe", "scenario")
NEEDED: Final = frozenset(
    {
        # Everybody asks for addresses.
        *(
            (role, "dns", port)
            for role in (*OURS, "postgres", "pooler", "rabbitmq")
            for port in ("dns", "dns-tcp")
        ),
        # An API needs its database alone, directly or over a pooler, and the issuer's keys.
        ("api", "postgres", "postgres"),
        ("api", "pooler", "pgbouncer"),
        ("api", "sign-in", "https"),
        # What relays, leads and migrates is connected directly.
        ("worker", "postgres", "postgres"),
        ("migrate", "postgres", "postgres"),
        *((role, "rabbitmq", port) for role in ("worker", "migrate") for port in ("amqp", "amqps")),
        # People and other systems come in over a gateway, and over an entry of our own.
        ("gateway", "api", "http"),
        ("gateway", "entry", "http"),
        ("entry", "api", "http"),
        ("entry", "entry", "http"),
        # The probe is a client of all of them.
        ("probe", "api", "http"),
        ("probe", "entry", "http"),
        # A rehearsal's scenario is a client, and hears what its own queue gets.
        ("scenario", "api", "http"),
        ("scenario", "entry", "http"),
        ("scenario", "rabbitmq", "amqp"),
        # Measured from outside, over ports that nobody else reaches.
        ("monitoring", "api", "operations"),
        ("monitoring", "worker", "operations"),
        ("monitoring", "probe", "operations"),
        ("monitoring", "rabbitmq", "operations"),
        ("monitoring", "rabbitmq", "prometheus-tls"),
        ("monitoring", "postgres", "metrics"),
        ("monitoring", "pooler", "metrics"),
    }
)
OPERATED: Final = frozenset(
    {
        ("pooler", "postgres", "postgres"),
        ("postgres", "postgres", "postgres"),
        ("postgres", "postgres", "status"),
        ("postgres operator", "postgres", "status"),
        ("postgres operator", "postgres", "postgres"),
        ("postgres", "archive", "https"),
        ("postgres", "cluster's API", "https"),
        ("pooler", "cluster's API", "https"),
        ("rabbitmq", "cluster's API", "https"),
        *(("rabbitmq", "rabbitmq", port) for port in ("epmd", "distribution")),
        ("rabbitmq operator", "rabbitmq", "management-tls"),
    }
)
"""Servers of an operator speak among themselves, with it, and with the cluster's API."""


def needed(cluster: Cluster) -> frozenset[network.Path]:
    """The paths that this cluster needs: over a pooler where there is one, and to a sign-in where
    keys are not in a file."""
    settings = (cluster.find("ConfigMap", "sanshe") or {}).get("data", {})
    away = {("api", "postgres", "postgres")} if cluster.of("Pooler") else set()
    if not settings.get("AUTH_JWKS", "").startswith("https:"):
        away.add(("api", "sign-in", "https"))
    if not any("plugins" in found["spec"] for found in cluster.of("Cluster")):
        away.add(("postgres", "archive", "https"))
    return (NEEDED | OPERATED if cluster.operated else NEEDED) - away


def policies(promised: Mapping[str, frozenset[str]], scraped: frozenset[str]) -> dict[str, Policy]:
    """All of them by name; `promised` are the secrets that whoever deploys brings, `scraped` the
    metrics that running services have."""
    every: list[Policy] = [
        pods.restricted,
        pods.bounded,
        pods.spread,
        pods.ranked,
        pods.tokenless,
        pods.released,
        pods.matched,
        running.probed,
        running.patient,
        running.replaced_gently,
        running.budgeted,
        running.scaled,
        wiring.Wiring(promised).referenced,
        wiring.told,
        wiring.connected,
        network.denied,
        network.Paths(needed).reachable,
        places.housed,
        places.routed,
        places.sealed,
        operated.entitled,
        operated.owned,
        measuring.Measured(scraped).measured,
    ]
    return {policy.__name__: policy for policy in every}

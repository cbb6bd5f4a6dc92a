"""Whether what alerts and dashboards ask for is measured at all."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from prometheus_client.parser import text_string_to_metric_families

from tests.deploy.cluster import Cluster

_APART: Final = re.compile(
    r"""
    "[^"]*" | '[^']*'                                       # texts
    | \{[^}]*\} | \[[^\]]*\]                                # labels, durations
    | \b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)
    | \boffset\s+\S+ | \$\w+ | \$\{[^}]*\}
    """,
    re.VERBOSE,
)
_NAME: Final = re.compile(r"(?<![\w.])([a-zA-Z_:][\w:]*)\b(?!\s*\()")
_WORDS: Final = frozenset(("and", "or", "unless", "bool", "inf", "nan", "Inf", "NaN", "e"))
OF_OTHERS: Final = ("up", "ALERTS", "rabbitmq_", "cnpg_", "kube_", "container_", "node_", "pg_")
"""Told by Prometheus itself, the servers and the cluster."""


_SERIES: Final = {
    "counter": ("_total", "_created"),
    "histogram": ("_bucket", "_sum", "_count", "_created"),
    "summary": ("", "_sum", "_count", "_created"),
}


def names_in(scrape: str) -> frozenset[str]:
    """The names of all series in a scrape, also of those that nothing has happened to yet."""
    return frozenset(
        family.name + ending
        for family in text_string_to_metric_families(scrape)
        for ending in _SERIES.get(family.type, ("",))
    )


def metrics_in(expression: str) -> set[str]:
    """The names of the series that a PromQL expression asks for."""
    bare = _APART.sub(" ", expression)
    return {name for name in _NAME.findall(bare) if name not in _WORDS}


class Measured:
    """The policy of this page, given the names that a scrape has."""

    def __init__(self, scraped: frozenset[str]) -> None:
        self._scraped = scraped

    def measured(self, cluster: Cluster) -> list[str]:
        """Every metric that an alert or a dashboard names is in a scrape of running services, or is
        recorded by a rule, or belongs to a server or the cluster."""
        recorded = {rule["record"] for rule in rules(cluster) if "record" in rule}
        asked = [
            *((f"rule {r.get('alert', r.get('record'))}", r["expr"]) for r in rules(cluster)),
            *_of_dashboards(cluster),
        ]
        return [
            f"{where}: nobody measures {name}"
            for where, expression in asked
            for name in sorted(metrics_in(expression) - self._scraped - recorded)
            if not name.startswith(OF_OTHERS)
        ]


def rules(cluster: Cluster) -> list[dict[str, Any]]:
    """All rules, of alerts and of recordings."""
    return [
        rule
        for found in cluster.of("PrometheusRule")
        for group in found["spec"]["groups"]
        for rule in group["rules"]
    ]


def _of_dashboards(cluster: Cluster) -> Iterator[tuple[str, str]]:
    for found in cluster.of("ConfigMap"):
        if found["metadata"].get("labels", {}).get("grafana_dashboard"):
            for name, text in found["data"].items():
                for expression in _expressions(json.loads(text)):
                    yield f"dashboard {name}", expression


def _expressions(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("expr"), str):
            yield node["expr"]
        for value in node.values():
            yield from _expressions(value)
    elif isinstance(node, list):
        for value in node:
            yield from _expressions(value)

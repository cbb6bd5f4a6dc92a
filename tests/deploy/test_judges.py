"""The judges themselves: what they read out of expressions, selectors and definitions."""

from collections.abc import Callable

import pytest

from tests.deploy import rendering
from tests.deploy.cluster import selects
from tests.deploy.policies.measuring import metrics_in, names_in
from tests.deploy.schemas import is_core


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        (
            'sum by (service) (rate(http_requests_total{status=~"5.."}[5m])) > 0.1',
            "http_requests_total",
        ),
        ("a_total / on (service) group_left (team) b_total", "a_total b_total"),
        (
            "time() - max(heartbeat_timestamp_seconds offset 5m) > bool 60",
            "heartbeat_timestamp_seconds",
        ),
        ("histogram_quantile(0.99, sum by (le) (job:seconds_bucket))", "job:seconds_bucket"),
        ('up == 0 and on (instance) leader{service="$service"} unless parked', "up leader parked"),
    ],
)
def test_names_in_an_expression(expression: str, names: str) -> None:
    """Series are told from functions, labels, durations and words of the language."""
    assert set(names.split()) == metrics_in(expression)


def test_names_in_a_scrape() -> None:
    """A family without a sample yet still has the names that its type gives it."""
    scrape = "# TYPE a counter\n# TYPE b histogram\n# TYPE c gauge\nc 1\n"

    assert {"a_total", "b_bucket", "b_sum", "c"} <= names_in(scrape)


@pytest.mark.parametrize(
    ("selector", "taken"),
    [
        ({}, True),
        ({"matchLabels": {"a": "1"}}, True),
        ({"matchLabels": {"a": "2"}}, False),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["1", "2"]}]}, True),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["1"]}]}, False),
        ({"matchExpressions": [{"key": "b", "operator": "NotIn", "values": ["1"]}]}, True),
        ({"matchExpressions": [{"key": "b", "operator": "Exists"}]}, False),
        ({"matchExpressions": [{"key": "b", "operator": "DoesNotExist"}]}, True),
    ],
)
def test_selectors(selector: dict[str, object], taken: bool) -> None:
    """A label selector takes what the API server would have it take."""
    assert taken is selects(selector, {"a": "1"})


@pytest.mark.parametrize(
    ("version", "core"),
    [
        ("v1", True),
        ("apps/v1", True),
        ("networking.k8s.io/v1", True),
        ("gateway.networking.k8s.io/v1", False),
        ("rabbitmq.com/v1beta1", False),
    ],
)
def test_whose_kinds(version: str, core: bool) -> None:
    """Kinds of Kubernetes itself are told from those that a definition adds."""
    assert core is is_core({"apiVersion": version})


@pytest.mark.parametrize(
    ("need", "promised", "words"),
    [
        (rendering.need_kubectl, "SANSHE_REQUIRE_K8S", "NO MANIFEST WAS CHECKED"),
        (rendering.need_definitions, "SANSHE_REQUIRE_SCHEMAS", "WERE NOT CHECKED"),
    ],
)
def test_what_is_missing_is_said(
    monkeypatch: pytest.MonkeyPatch, need: Callable[[], object], promised: str, words: str
) -> None:
    """Where kubectl or the definitions are missing nothing passes in silence, and where they were
    promised nothing passes at all."""
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("SANSHE_SCHEMAS", "/nowhere")
    monkeypatch.delenv(promised, raising=False)
    with pytest.raises(pytest.skip.Exception, match=words):
        need()

    monkeypatch.setenv(promised, "1")
    with pytest.raises(pytest.fail.Exception, match=words):
        need()

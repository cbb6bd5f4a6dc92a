"""The capacity model is sound, its page shows it, and the manifests are large enough for it."""

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bench.capacity.__main__ import PAGE, written
from bench.capacity.measure import measure
from bench.capacity.model import (
    API_LINKS,
    BUSY,
    POOLED_LINKS,
    POOLERS,
    SERVICES,
    WORKER_LINKS,
    City,
    Need,
    costs_of,
    need,
)
from bench.capacity.pitch import Scale
from bench.capacity.table import CITIES, CONSTANTS, costs
from libs.common import service
from libs.embedded.home import CHECKOUT
from libs.embedded.platform import service_names

TOWNSHIP, DISTRICT, CITY = CITIES
K8S = CHECKOUT / "deploy" / "k8s"


def numbers(found: Need) -> dict[str, float]:
    """Every field of a need."""
    return {field.name: getattr(found, field.name) for field in fields(found)}


def manifests(path: str) -> Iterator[Any]:
    """The objects of a file below deploy/k8s."""
    return yaml.safe_load_all((K8S / path).read_text())


@pytest.mark.parametrize(
    "grown", ["person_times", "communities", "stations", "towns", "offices", "subscribers", "burst"]
)
@given(factor=st.floats(1, 8), city=st.sampled_from(CITIES))
def test_more_of_anything_needs_no_less(grown: str, factor: float, city: City) -> None:
    """Whatever grows, nothing that is needed shrinks."""
    was = getattr(city, grown)
    more = replace(city, **{grown: type(was)(was * factor)})
    before, after = numbers(need(city, costs())), numbers(need(more, costs()))

    assert {name for name in before if after[name] < before[name] * (1 - 1e-9)} == set()


def test_the_units_are_what_they_say() -> None:
    """A city that can be reckoned by hand: 72 000 check-ins an hour at its peak are 20 a second."""
    city = replace(
        DISTRICT, person_times=9_000_000, workdays=25, peak_hour=0.2, burst=1, outage_hours=1
    )
    found = need(city, costs())
    each = costs()
    a_day = 360_000 * each.person_time.events + 18_000 * each.activity.events

    assert found.check_ins_per_second == pytest.approx(20)
    assert found.events_per_second == pytest.approx(a_day * 0.2 / 3600)
    assert found.queue_depth == pytest.approx(a_day * 0.2, abs=1)
    assert found.log_gib_a_day * 2**30 == pytest.approx(
        360_000 * each.person_time.log + 18_000 * each.activity.log
    )
    kept = 9_000_000 * each.person_time.kept + 450_000 * each.activity.kept
    years = replace(city, years=16)
    more = need(years, each).last_year_gib - need(city, each).last_year_gib
    assert more * 2**30 == pytest.approx(kept)


def test_a_queue_that_grows_faster_than_it_is_heard_never_empties() -> None:
    """The model says so instead of a negative time."""
    assert float("inf") == need(replace(CITY, person_times=10**10), costs()).queue_drain


def test_the_page_shows_what_the_model_says() -> None:
    """docs/capacity.md is of these constants: `python -m bench.capacity measure` writes it."""
    assert written(PAGE.read_text()) == PAGE.read_text()


def test_the_model_knows_the_code_and_the_manifests() -> None:
    """Pools, replicas and poolers of the model are those that run."""
    assert service.API_POOL == API_LINKS == WORKER_LINKS - 1
    assert len(service_names()) == SERVICES
    [pooler] = [one for one in manifests("overlays/city/postgres.yaml") if one["kind"] == "Pooler"]
    assert (POOLERS, str(POOLED_LINKS)) == (
        pooler["spec"]["instances"],
        pooler["spec"]["pgbouncer"]["parameters"]["default_pool_size"],
    )
    scalers = list(manifests("overlays/city/autoscaling.yaml"))
    assert {round(BUSY * 100)} == {
        one["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"] for one in scalers
    }


def test_the_servers_bear_all_connections_of_a_release() -> None:
    """`max_connections` is enough for every pool at once, in both overlays."""
    [plain] = [
        one for one in manifests("components/plain/postgres.yaml") if one["kind"] == "StatefulSet"
    ]
    arguments = plain["spec"]["template"]["spec"]["containers"][0]["args"]
    [most] = [int(part.partition("=")[2]) for part in arguments if "max_connections" in part]
    assert need(TOWNSHIP, costs()).links <= most

    [cluster] = [
        one for one in manifests("overlays/city/postgres.yaml") if one["kind"] == "Cluster"
    ]
    most = int(cluster["spec"]["postgresql"]["parameters"]["max_connections"])
    assert max(need(city, costs()).pooled_links for city in CITIES) <= most


def test_pods_and_servers_are_large_enough() -> None:
    """A pod asks for the memory it was seen with, autoscalers go as far as a city of 20 million
    needs, its database has the CPUs, and a year's rows and a bad day's queue have their place."""
    for part in ("api", "worker"):
        [deployment] = [
            one for one in manifests(f"service/{part}.yaml") if one["kind"] == "Deployment"
        ]
        resources = deployment["spec"]["template"]["spec"]["containers"][0]["resources"]
        assert costs().memory_mib <= int(resources["requests"]["memory"].removesuffix("Mi"))
    found = need(CITY, costs())
    scalers = list(manifests("overlays/city/autoscaling.yaml"))
    assert found.api_pods <= min(one["spec"]["maxReplicas"] for one in scalers)
    [cluster] = [
        one for one in manifests("overlays/city/postgres.yaml") if one["kind"] == "Cluster"
    ]
    assert found.database_cores <= int(cluster["spec"]["resources"]["requests"]["cpu"]) * BUSY
    assert found.first_year_gib <= int(cluster["spec"]["storage"]["size"].removesuffix("Gi")) / 2
    [broker] = [
        one for one in manifests("overlays/city/rabbitmq.yaml") if one["kind"] == "RabbitmqCluster"
    ]
    disk = int(broker["spec"]["persistence"]["storage"].removesuffix("Gi"))
    assert found.broker_mib / 1024 <= disk / 2
    assert found.worker_busy < BUSY


@pytest.mark.slow
async def test_what_is_measured_is_what_the_model_needs(tmp_path: Path) -> None:
    """A short measurement finds every constant that the file holds, and each is a real one."""
    tmp_path.chmod(0o755)
    found = await measure(tmp_path, Scale(activities=1, persons=4, looks=2))
    known = json.loads(CONSTANTS.read_text())

    assert found.keys() == known.keys()
    assert all(found[name].keys() == known[name].keys() for name in known)
    short = costs_of(found)
    assert (costs().person_time.events, costs().copies) == (short.person_time.events, short.copies)
    assert costs().activity.events == short.activity.events
    assert short.person_time.api > 0 and short.person_time.kept > 0

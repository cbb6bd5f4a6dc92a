"""The capacity table of docs/capacity.md, for three sizes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench.capacity.model import City, Costs, Need, costs_of, need

CONSTANTS: Final = Path(__file__).with_name("constants.json")
CITIES: Final = (
    City(
        name="a township",
        communities=20,
        towns=1,
        stations=6,
        person_times=20_000,
        offices=20,
        subscribers=1,
    ),
    City(
        name="a district (朝阳)",
        communities=672,
        towns=43,
        stations=205,
        person_times=700_000,
        offices=400,
        subscribers=3,
    ),
    City(
        name="a city of 20 million",
        communities=5_400,
        towns=344,
        stations=1_640,
        person_times=5_600_000,
        offices=3_200,
        subscribers=10,
    ),
)

GIVEN: Final[tuple[tuple[str, Callable[[City], str]], ...]] = (
    ("communities 社区（村）", lambda c: f"{c.communities:,}"),
    ("towns and subdistricts 镇街", lambda c: f"{c.towns:,}"),
    ("stations 社工站（室）", lambda c: f"{c.stations:,}"),
    ("person-times a year 人次", lambda c: f"{c.person_times:,}"),
    ("accounts", lambda c: f"{c.users:,}"),
    ("subscribers", lambda c: f"{c.subscribers:,}"),
)
NEEDED: Final[tuple[tuple[str, Callable[[Need], str]], ...]] = (
    ("check-ins a second, busiest minutes", lambda n: f"{n.check_ins_per_second:.2f}"),
    ("requests a second, busiest minutes", lambda n: f"{n.requests_per_second:.0f}"),
    ("events a second, busiest minutes", lambda n: f"{n.events_per_second:.2f}"),
    ("deliveries a second, busiest minutes", lambda n: f"{n.deliveries_per_second:.2f}"),
    ("API pods of the busiest service", lambda n: f"{n.api_pods}"),
    ("pods of all services", lambda n: f"{n.pods}"),
    ("CPUs busy in APIs", lambda n: f"{n.api_cores:.2f}"),
    ("CPUs busy in the database", lambda n: f"{n.database_cores:.2f}"),
    ("slowest hearer, share of its speed", lambda n: f"{n.worker_busy:.1%}"),
    ("connections without a pooler, in a release", lambda n: f"{n.links}"),
    ("connections with poolers, in a release", lambda n: f"{n.pooled_links}"),
    ("a queue after four hours without its worker", lambda n: f"{n.queue_depth:,} events"),
    ("… is empty again in", lambda n: _time(n.queue_drain)),
    ("all outboxes after four hours without broker", lambda n: f"{n.outbox_depth:,} events"),
    ("… are empty again in", lambda n: _time(n.outbox_drain)),
    ("broker's disk, nobody hearing for four hours", lambda n: f"{n.broker_mib:,.1f} MiB"),
    ("databases after a year", lambda n: f"{n.first_year_gib:,.1f} GiB"),
    ("databases after 15 years", lambda n: f"{n.last_year_gib:,.1f} GiB"),
    ("write-ahead log a working day", lambda n: f"{n.log_gib_a_day:,.2f} GiB"),
    ("pictures a year", lambda n: f"{n.photos_gib_a_year:,.0f} GiB"),
)


def costs() -> Costs:
    """As they were measured last."""
    return costs_of(json.loads(CONSTANTS.read_text()))


def table() -> str:
    """Both halves in Markdown, with what was measured below."""
    measured = costs()
    needs = [need(city, measured) for city in CITIES]
    lines = [_row("", [city.name for city in CITIES]), "|---" * (len(CITIES) + 1) + "|"]
    lines += [_row(f"*{name}*", [show(city) for city in CITIES]) for name, show in GIVEN]
    lines += [_row(name, [show(each) for each in needs]) for name, show in NEEDED]
    return "\n".join([*lines, "", *_measured(), ""])


def _measured() -> list[str]:
    found = json.loads(CONSTANTS.read_text())
    how = found["how"]
    lines = [
        f"Measured on {how['day']}, {how['cpus']} CPUs ({how['machine']}), Python {how['python']},"
        f" load average {how['load_average']}, in {how['seconds']} s:"
        f" {how['activities']} activities with {how['person_times']:,} person-times.",
        "",
        "| of each | API, CPU | database, CPU | events | log | tables: 7 days, 400 days, kept |",
        "|---|---|---|---|---|---|",
    ]
    measured = costs()
    for name, cost in (
        ("person-time", measured.person_time),
        ("activity, from draft to acceptance", measured.activity),
    ):
        lines.append(
            f"| {name} | {1000 * cost.api:.1f} ms | {1000 * cost.database:.1f} ms"
            f" | {cost.events:.1f} | {cost.log / 1024:.1f} KiB"
            f" | {cost.week / 1024:.1f}, {cost.year / 1024:.1f}, {cost.kept / 1024:.1f} KiB |"
        )
    lines += [
        f"| page of a list | {found['read']['api_ms']:.1f} ms"
        f" | {found['read']['database_ms']:.1f} ms | – | – | – |",
        f"| event in the feed, by the hundred | {found['feed']['api_ms']:.2f} ms"
        f" | {found['feed']['database_ms']:.2f} ms | – | – | – |",
        "",
        "| worker, alone with a backlog | events a second | its CPU an event | database an event |",
        "|---|---|---|---|",
    ]
    for name, each in (("relay of scheduling", found["relay"]), *found["hearing"].items()):
        lines.append(
            f"| {name} | {each['events_per_second']:.0f} | {each['worker_ms']:.2f} ms"
            f" | {each['database_ms']:.2f} ms |"
        )
    return lines


def _row(name: str, cells: list[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"

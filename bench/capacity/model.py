"""A city's year in numbers: what its busiest moments ask of pods, servers and disks. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

SERVICES: Final = 6
REPLICAS: Final = 2
"""Of a worker, one active and one standing by, and the least of an API."""
BUSY: Final = 0.7
"""Of a core: how busy an API may be before there should be another, as the autoscalers have it."""
WORKER_LINKS: Final = 17
"""Connections of a worker to its database: a pool of sixteen, and its lead."""
API_LINKS: Final = 16
STANDBY_LINKS: Final = 3
"""Of a worker that waits for the lead: it asks for the lock, and keeps one or two beside."""
ADMINISTRATION: Final = SERVICES + 3
"""A migration of each service, and what PostgreSQL keeps for its administrator."""
POOLERS: Final = 2
POOLED_LINKS: Final = 12
"""Connections of a pooler for each service's database."""
WEEK: Final = frozenset({"outbox"})
YEAR: Final = frozenset({"inbox", "commands"})
"""Tables whose rows live 7 and 400 days; all others are kept."""
HOUR: Final = 3600
MEBI: Final = 2**20
GIBI: Final = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """How much happens in a city, and when."""

    name: str
    communities: int
    towns: int
    stations: int
    person_times: int
    """人次 of a year, each a check-in of its own."""
    offices: int
    """People with accounts beside five a station, ten a town and one a community."""
    subscribers: int
    """Other systems that follow every event."""
    persons_per_activity: int = 20
    workdays: int = 250
    peak_hour: float = 0.2
    """The share of a day's work that falls into its busiest hour."""
    burst: float = 10.0
    """How often the busiest minutes exceed that hour's mean."""
    looks_per_user: int = 200
    """Pages of lists that somebody reads in a day."""
    outage_hours: float = 4.0
    """How long a worker, or the broker, may be away in the busiest hours of a day."""
    years: int = 15
    """How long files are kept (政府采购法 42)."""
    photo_bytes: int = 1_600_000
    """Of the four pictures of an activity."""

    @property
    def users(self) -> int:
        """People with accounts."""
        return 5 * self.stations + 10 * self.towns + self.communities + self.offices

    @property
    def activities(self) -> float:
        """A year's."""
        return self.person_times / self.persons_per_activity


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one piece of work costs."""

    api: float
    """Seconds of CPU of the API, and below of the database."""
    database: float
    events: float
    log: float
    """Bytes of write-ahead log."""
    week: float
    year: float
    kept: float
    """Bytes in tables by how long their rows live, indexes and all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """The constants, as they were measured."""

    person_time: Cost
    activity: Cost
    read_api: float
    read_database: float
    feed_api: float
    feed_database: float
    told_per_second: float
    heard_per_second: float
    """Of the slowest hearer."""
    hearing_database: float
    """Seconds of the database an event, of all hearers and the relay together."""
    copies: float
    """Queues that an event of attendance goes to."""
    event_bytes: float
    memory_mib: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a city needs."""

    check_ins_per_second: float
    requests_per_second: float
    """At the busiest moment, reading and writing."""
    events_per_second: float
    deliveries_per_second: float
    api_pods: int
    """Of the busiest service; each of the others has two."""
    pods: int
    api_cores: float
    database_cores: float
    worker_busy: float
    """The share of its speed at which the slowest hearer works in the busiest minutes."""
    links: int
    """Connections that the database must bear without a pooler, each pool full, while a release
    adds a pod to every deployment; and below with the poolers of the city."""
    pooled_links: int
    queue_depth: int
    """Events of one service that wait when its worker was away."""
    queue_drain: float
    """Seconds in which they are heard, while more arrive."""
    outbox_depth: int
    outbox_drain: float
    broker_mib: float
    """What waits in all queues when no worker could hear."""
    first_year_gib: float
    last_year_gib: float
    """The databases after a year, and when the oldest files may go."""
    log_gib_a_day: float
    photos_gib_a_year: float


def costs_of(found: Mapping[str, Any]) -> Costs:
    """The constants in the file that a measurement writes."""
    hearing = found["hearing"].values()
    return Costs(
        person_time=_cost(found["person_time"]),
        activity=_cost(found["activity"]),
        read_api=found["read"]["api_ms"] / 1000,
        read_database=found["read"]["database_ms"] / 1000,
        feed_api=found["feed"]["api_ms"] / 1000,
        feed_database=found["feed"]["database_ms"] / 1000,
        told_per_second=found["relay"]["events_per_second"],
        heard_per_second=min(each["events_per_second"] for each in hearing),
        hearing_database=(
            found["relay"]["database_ms"] + sum(each["database_ms"] for each in hearing)
        )
        / 1000,
        copies=found["queue"]["copies"],
        event_bytes=found["queue"]["event_bytes"],
        memory_mib=max(each["memory_mib"] for each in found["pod"].values()),
    )


def _cost(work: Mapping[str, Any]) -> Cost:
    tables: Mapping[str, float] = work["tables"]

    def bytes_of(names: frozenset[str]) -> float:
        return sum(size for name, size in tables.items() if name.partition(".")[2] in names)

    week, year = bytes_of(WEEK), bytes_of(YEAR)
    return Cost(
        api=work["api_ms"] / 1000,
        database=work["database_ms"] / 1000,
        events=work["events"],
        log=work["log_bytes"],
        week=week,
        year=year,
        kept=sum(tables.values()) - week - year,
    )


def need(city: City, costs: Costs) -> Need:
    """What that city needs at its busiest moments."""
    a_year = (city.person_times, city.activities)
    works = (costs.person_time, costs.activity)
    peak = [count / city.workdays * city.peak_hour / HOUR * city.burst for count in a_year]
    events = _sum(peak, [work.events for work in works])
    # 15 % of a day's looks in an hour, five times that in its busiest minutes; or, at nine in the
    # morning, three of ten come within a minute and open ten lists each.
    looks = max(city.users * city.looks_per_user * 0.15 / HOUR * 5, city.users * 0.3 * 10 / 60)
    followed = events * city.subscribers
    api = _sum(peak, [work.api for work in works]) + looks * costs.read_api
    database = (
        _sum(peak, [work.database for work in works])
        + looks * costs.read_database
        + events * costs.hearing_database
        + followed * costs.feed_database
    )
    api_pods = max(REPLICAS, math.ceil(api / BUSY), math.ceil(followed * costs.feed_api / BUSY))
    pods = api_pods + (2 * SERVICES - 1) * REPLICAS
    workers = SERVICES * (REPLICAS * WORKER_LINKS + STANDBY_LINKS) + ADMINISTRATION
    missed = _missed(city, costs)
    arriving = events / city.burst
    return Need(
        check_ins_per_second=peak[0],
        requests_per_second=sum(peak) + looks,
        events_per_second=events,
        deliveries_per_second=events * costs.copies,
        api_pods=api_pods,
        pods=pods,
        api_cores=api,
        database_cores=database,
        worker_busy=events / costs.heard_per_second,
        links=workers + (pods - SERVICES * REPLICAS + SERVICES) * API_LINKS,
        pooled_links=workers + SERVICES * POOLERS * POOLED_LINKS,
        queue_depth=round(missed),
        queue_drain=_drain(missed, costs.heard_per_second, arriving),
        outbox_depth=round(missed),
        outbox_drain=_drain(missed, costs.told_per_second, arriving),
        broker_mib=missed * costs.copies * costs.event_bytes / MEBI,
        first_year_gib=_stored(city, works, 1) / GIBI,
        last_year_gib=_stored(city, works, city.years) / GIBI,
        log_gib_a_day=_sum(a_year, [work.log for work in works]) / city.workdays / GIBI,
        photos_gib_a_year=city.activities * city.photo_bytes / GIBI,
    )


def _sum(counts: Any, each: Any) -> float:
    return float(sum(count * cost for count, cost in zip(counts, each, strict=True)))


def _missed(city: City, costs: Costs) -> float:
    """Events of the busiest hours of a day, as long as somebody was away."""
    a_day = _sum(
        (city.person_times, city.activities), (costs.person_time.events, costs.activity.events)
    )
    return a_day / city.workdays * min(1.0, city.outage_hours * city.peak_hour)


def _drain(depth: float, per_second: float, arriving: float) -> float:
    """Seconds until nothing waits; never, if more arrives than is done."""
    return depth / (per_second - arriving) if per_second > arriving else math.inf


def _stored(city: City, works: tuple[Cost, Cost], years: int) -> float:
    """Bytes of all databases after so many years."""
    total = 0.0
    for count, work in zip((city.person_times, city.activities), works, strict=True):
        total += count * years * work.kept
        total += count * min(years, 400 / 365) * work.year
        total += count * 7 / 365 * work.week
    return total

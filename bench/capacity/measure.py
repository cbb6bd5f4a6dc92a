"""`python -m bench.capacity measure`: the constants of the model, measured in one bounded run.

The same work as in a city, on the embedded servers with fsync: activities are planned, published,
observed, attended, reported and accepted through scheduling's API; its relay tells the broker, and
evaluation and notifications hear it.
"""

import asyncio
import os
import platform
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import aio_pika
import aiohttp

from bench.capacity.pitch import HEARERS, SERVICES, Pitch, Scale
from bench.capacity.usage import Size, log_written, memory_of, seconds_of, sizes
from libs.common.testing import token
from libs.embedded import postgres, rabbitmq
from libs.embedded.postgres import Durability
from tests.faults.ground import ALL, Ground
from tests.faults.lab import laboratory, until
from tests.services.scheduling import play

TOGETHER: Final = 16

Measures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Before:
    """How things stood before some work."""

    at: float
    log: int
    api: float
    database: float
    tables: Mapping[str, Mapping[str, Size]]


async def measure(folder: Path, scale: Scale) -> Measures:
    """All constants, and what they were measured on; the servers keep their data in that folder."""
    async with AsyncExitStack() as stack:
        server, broker = await asyncio.gather(
            stack.enter_async_context(
                postgres.running(folder / "pg", durability=Durability.FULL, keep=False)
            ),
            stack.enter_async_context(rabbitmq.running(folder / "mq", ALL)),
        )
        ground = Ground(postgres=server, broker=broker)
        for name in ALL:
            await ground.prepare(name)
        lab = await stack.enter_async_context(laboratory(ground, folder / "lab", SERVICES, seed=1))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        return await _measure(Pitch(lab, session, scale))


async def _measure(pitch: Pitch) -> Measures:
    began = time.monotonic()
    for service in HEARERS:
        await pitch.start(service, "worker")
    await pitch.start("scheduling", "worker")
    await pitch.start("scheduling", "api")
    await pitch.set_scene()
    found: Measures = {"activity": await _activities_planned(pitch)}
    await pitch.move_to(play.START + timedelta(hours=2))
    await asyncio.gather(*(pitch.stop(name, "worker") for name in SERVICES))
    found["person_time"] = await _attendance(pitch)
    found["relay"] = await _told(pitch)
    found["queue"] = await _queued(pitch)
    found["hearing"] = await _heard(pitch)
    found["person_time"]["tables"] = await _tables(
        pitch, found["person_time"].pop("before"), pitch.scale.person_times
    )
    reported = await _activities_reported(pitch)
    planned = found["activity"]
    found["activity"] = {
        name: _added(planned[name], reported[name]) for name in planned if name in reported
    }
    found["read"] = await _looked(pitch)
    found["feed"] = await _followed(pitch)
    found["pod"] = _pods(pitch)
    found["how"] = {
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "cpus": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "load_average": round(os.getloadavg()[0], 1),
        "seconds": round(time.monotonic() - began),
        "activities": pitch.scale.activities,
        "person_times": pitch.scale.person_times,
    }
    return found


async def _before(pitch: Pitch) -> Before:
    tables = {name: await sizes(pitch.lab, name) for name in SERVICES}
    return Before(
        time.monotonic(),
        await log_written(pitch.lab),
        pitch.cpu("scheduling-api"),
        seconds_of(pitch.lab.ground.postgres.pid, family=True),
        tables,
    )


async def _used(pitch: Pitch, before: Before, count: int) -> Measures:
    """Of each of `count` pieces of work."""
    seconds = time.monotonic() - before.at
    return {
        "per_second": round(count / seconds, 1),
        "api_ms": _ms(pitch.cpu("scheduling-api") - before.api, count),
        "database_ms": _ms(
            seconds_of(pitch.lab.ground.postgres.pid, family=True) - before.database, count
        ),
        "log_bytes": round((await log_written(pitch.lab) - before.log) / count),
    }


def _ms(seconds: float, count: int) -> float:
    return round(1000 * seconds / count, 3)


async def _activities_planned(pitch: Pitch) -> Measures:
    """The half of an activity's life before it takes place."""
    told, before = await _emitted(pitch), await _before(pitch)
    await pitch.plan_activities()
    found = await _used(pitch, before, pitch.scale.activities)
    found["events"] = await _settled_events(pitch, told) / pitch.scale.activities
    found["tables"] = await _tables(pitch, before, pitch.scale.activities)
    return found


async def _activities_reported(pitch: Pitch) -> Measures:
    """The other half: held, observed, reported, accepted, heard."""
    told, before = await _emitted(pitch), await _before(pitch)
    await pitch.report_activities()
    found = await _used(pitch, before, pitch.scale.activities)
    found["events"] = await _settled_events(pitch, told) / pitch.scale.activities
    found["tables"] = await _tables(pitch, before, pitch.scale.activities)
    return found


async def _attendance(pitch: Pitch) -> Measures:
    """Check-ins alone: nobody relays and nobody hears, so what is used is the API's."""
    told, before = await _emitted(pitch), await _before(pitch)
    await pitch.check_in(TOGETHER)
    found = await _used(pitch, before, pitch.scale.person_times)
    found["events"] = (await _emitted(pitch) - told) / pitch.scale.person_times
    return {**found, "before": before}


async def _told(pitch: Pitch) -> Measures:
    """The relay alone drains what the check-ins have left in the outbox."""
    left = await _unpublished(pitch)
    broker = seconds_of(pitch.lab.ground.broker.pid, family=True)
    database = seconds_of(pitch.lab.ground.postgres.pid, family=True)
    began = time.monotonic()
    await pitch.start("scheduling", "worker")
    await until(lambda: _is_published(pitch), "the outbox is empty")
    seconds = time.monotonic() - began
    return {
        "events_per_second": round(left / seconds, 1),
        "worker_ms": _ms(_since_born(pitch, "scheduling-worker"), left),
        "database_ms": _ms(seconds_of(pitch.lab.ground.postgres.pid, family=True) - database, left),
        "broker_ms": _ms(seconds_of(pitch.lab.ground.broker.pid, family=True) - broker, left),
    }


async def _queued(pitch: Pitch) -> Measures:
    """What lies in the queues of those who do not hear at present."""
    depth = {name: await _depth(pitch, name) for name in HEARERS}
    body = await pitch.lab.value(
        "scheduling",
        "SELECT avg(octet_length(body))::float FROM outbox WHERE type = $1",
        "scheduling.attendance.recorded.v1",
    )
    disk = sum(
        path.stat().st_size
        for path in pitch.lab.ground.broker.children.log.parent.rglob("*")
        if path.is_file() and "quorum" in str(path)
    )
    return {
        "copies": round(sum(depth.values()) / pitch.scale.person_times, 2),
        "event_bytes": round(body),
        "disk_bytes_per_message": round(disk / max(1, sum(depth.values()))),
    }


async def _heard(pitch: Pitch) -> Measures:
    """Each hearer alone drains its queue."""
    found: Measures = {}
    for name in HEARERS:
        waiting = await _depth(pitch, name)
        database = seconds_of(pitch.lab.ground.postgres.pid, family=True)
        already = await _inbox(pitch, name)
        began = time.monotonic()
        await pitch.start(name, "worker")
        await until(partial(_has_heard, pitch, name, already + waiting), f"{name} has heard")
        seconds = time.monotonic() - began
        found[name] = {
            "events_per_second": round(waiting / seconds, 1),
            "worker_ms": _ms(_since_born(pitch, f"{name}-worker"), waiting),
            "database_ms": _ms(
                seconds_of(pitch.lab.ground.postgres.pid, family=True) - database, waiting
            ),
        }
    return found


async def _tables(pitch: Pitch, before: Before, count: int) -> Measures:
    """Bytes that each table grew by, for each of `count`, with all indexes."""
    grown: Measures = {}
    for service in SERVICES:
        after = await sizes(pitch.lab, service)
        for table, size in after.items():
            was = before.tables[service].get(table, Size(0, 0))
            more = round((size.bytes - was.bytes) / count)
            if more > 0:
                grown[f"{service}.{table}"] = more
    return grown


async def _looked(pitch: Pitch) -> Measures:
    before = await _before(pitch)
    await pitch.look()
    used = await _used(pitch, before, pitch.scale.looks)
    return {name: used[name] for name in ("api_ms", "database_ms")}


async def _followed(pitch: Pitch) -> Measures:
    """The feed is followed, a hundred events at a time, by an auditor, who needs no agreement."""
    await pitch.start("notifications", "api")
    cpu, database = (
        pitch.cpu("notifications-api"),
        seconds_of(pitch.lab.ground.postgres.pid, family=True),
    )
    count, after = 0, ""
    headers = {"Authorization": f"Bearer {token('auditor')}"}
    url = f"{pitch.children['notifications-api'].api}/notifications/v1/events"
    while True:
        query = {"limit": "100", **({"after": after} if after else {})}
        async with pitch.session.get(url, params=query, headers=headers) as answer:
            page = await answer.json()
        if not page["events"]:
            break
        count, after = count + len(page["events"]), page["next"]
    return {
        "api_ms": _ms(pitch.cpu("notifications-api") - cpu, count),
        "database_ms": _ms(
            seconds_of(pitch.lab.ground.postgres.pid, family=True) - database, count
        ),
    }


def _pods(pitch: Pitch) -> Measures:
    """The memory that processes had at most, in MiB."""
    found: Measures = {}
    for role in ("api", "worker"):
        pids = [c.process.pid for n, c in pitch.children.items() if n.endswith(role) and c.process]
        found[role] = {"memory_mib": max(map(memory_of, pids))}
    return found


async def _emitted(pitch: Pitch) -> int:
    return int(await pitch.lab.value("scheduling", "SELECT count(*) FROM outbox"))


async def _settled_events(pitch: Pitch, before: int) -> int:
    """How many events were told, once everybody has heard them."""
    await until(lambda: _is_heard(pitch), "everybody has heard")
    return await _emitted(pitch) - before


async def _is_heard(pitch: Pitch) -> bool:
    return await _is_published(pitch) and not any([await _depth(pitch, one) for one in HEARERS])


async def _is_published(pitch: Pitch) -> bool:
    return await _unpublished(pitch) == 0


async def _unpublished(pitch: Pitch) -> int:
    statement = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
    return int(await pitch.lab.value("scheduling", statement))


async def _has_heard(pitch: Pitch, service: str, least: int) -> bool:
    return await _inbox(pitch, service) >= least


def _since_born(pitch: Pitch, name: str) -> float:
    """Seconds of CPU without those of its start."""
    return max(0.0, pitch.cpu(name) - pitch.born[name])


async def _inbox(pitch: Pitch, service: str) -> int:
    return int(await pitch.lab.value(service, "SELECT count(DISTINCT event_id) FROM inbox"))


async def _depth(pitch: Pitch, service: str) -> int:
    async with await aio_pika.connect(pitch.lab.ground.broker.url()) as broker:
        queue = await (await broker.channel()).get_queue(f"sanshe.{service}")
        return queue.declaration_result.message_count or 0


def _added(one: Any, other: Any) -> Any:
    """Both halves together."""
    if isinstance(one, dict):
        return {name: one.get(name, 0) + other.get(name, 0) for name in sorted({*one, *other})}
    return round(one + other, 3)

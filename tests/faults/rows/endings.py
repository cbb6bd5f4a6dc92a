"""B1–B5: a process is asked to end, in the middle of its work or before it has begun."""

import asyncio
import signal
import time
from functools import partial
from typing import Final

import aio_pika

from libs.common import endings
from tests.faults.balancer import Balancer, balancing
from tests.faults.history import History
from tests.faults.lab import BORN, Child, Lab, until
from tests.faults.load import Load
from tests.faults.matrix import Outcome, outcome, row
from tests.faults.scene import at_it
from tests.faults.verdict import judge, progress, settle

DRAIN: Final = {"DRAIN_SECONDS": "2"}
IN_FLIGHT: Final = "sanshe_http_requests_in_flight"
LANES: Final = "sanshe_lanes_in_flight"
DUPLICATES: Final = "sanshe_inbox_duplicates_total"
CONNECTED: Final = "sanshe_amqp_consumer_connected"
LONGEST: Final = 60.0
"""Seconds after which a process on a busy machine counts as one that does not end."""


@row("B1", "SIGTERM under load to one API of two, behind a balancer", "registry")
async def rolled(lab: Lab) -> Outcome:
    """Both are replaced one after the other, and no client is told of any trouble."""
    lab.environment |= DRAIN
    replicas = list(await asyncio.gather(*(lab.start("registry", "api") for _ in range(2))))
    history = History(lab.folder / "history.jsonl")
    async with (
        balancing(lab, *replicas) as balancer,
        Load(lab, balancer.address, history, pause=0.02) as load,
    ):
        going = asyncio.Event()
        running = asyncio.create_task(load.run_until(going, 6))
        rolled = [await _roll(lab, replica, balancer) for replica in replicas]
        going.set()
        await running
    verdict = await judge(lab, history)
    told = dict(load.disturbed)
    problems = [f"clients were told {told}"] if told else []
    took = [seconds for seconds, _ in rolled]
    problems += [f"a process took {s:.1f} s to end" for s in took if s > LONGEST]
    for _, busy in rolled:
        if not busy or not max(busy) or busy[-1]:
            problems.append(
                f"{IN_FLIGHT} was {max(busy, default=0):.0f} and ended otherwise than at 0"
            )
    most = max(max(busy, default=0) for _, busy in rolled)
    moved = f"{IN_FLIGHT} {most:.0f} → 0, errors told to clients {sum(told.values())}"
    return outcome(verdict, max(took), moved, *problems)


async def _roll(lab: Lab, replica: Child, balancer: Balancer) -> tuple[float, list[float]]:
    """End a replica under load and start it again; the seconds until it had ended, and how many
    requests it had under way meanwhile."""
    await until(partial(_all_ready, balancer), "the balancer has both")
    async with lab.watching(IN_FLIGHT, replica) as busy:
        await until(partial(_is_busy, busy), "it has requests under way")
        await lab.signal(replica)
        await until(partial(_says, lab, replica, 503), "it says that it is going")
        seconds = await lab.ended(replica)
    await lab.restart(replica)
    await until(partial(_all_ready, balancer), "the balancer has both again")
    return seconds, busy


async def _is_busy(seen: list[float]) -> bool:
    return max(seen, default=0) > 0


async def _all_ready(balancer: Balancer) -> bool:
    return len(balancer.ready) == 2


async def _says(lab: Lab, child: Child, status: int) -> bool:
    return await lab.get(f"{child.ops}/readyz") == status


@row("B2", "SIGTERM with a request that takes longer than the time for it", "registry")
async def cut_off(lab: Lab) -> Outcome:
    """The process ends in twice that time; the outcome is known by the key, and there is one."""
    slow = ("--pause", "before_commit", "--seconds", "8", "--shutdown", "1")
    api = await lab.start("registry", "api", *slow)
    history = History(lab.folder / "history.jsonl")
    async with Load(lab, api.api, history) as load:
        asking = asyncio.create_task(load.enrol("enrol-slow"))
        await until(partial(_under_way, lab), "the request is under way")
        began = time.monotonic()
        births = await lab.births(api)
        async with lab.watching(IN_FLIGHT, api) as busy:
            await lab.signal(api)
            ended = await lab.ended(api)
        left = await lab.value("registry", "SELECT count(*) FROM workers")
        await lab.restart(api)
        born_again = await lab.born_again(births)
        reply = await asking
        seconds = time.monotonic() - began
    problems = [f"it took {ended:.1f} s to end"] if ended > LONGEST else []
    if left or reply.replayed or reply.status != 201 or reply.attempts < 2:
        problems.append(f"half an outcome: {left} rows, {reply}")
    if not (max(busy, default=0) and born_again):
        problems.append(f"{IN_FLIGHT} {busy[-1:]}, {BORN} moved in {born_again}")
    moved = f"{IN_FLIGHT} {max(busy, default=0):.0f} while it ended, {BORN} moved in {born_again}"
    moved += f", ended in {ended:.1f} s, attempts {reply.attempts}"
    return outcome(await judge(lab, history), seconds, moved, *problems)


async def _under_way(lab: Lab) -> bool:
    return bool(
        await lab.value(
            "registry",
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND state = 'idle in transaction'",
        )
    )


@row("B3", "SIGTERM to a consumer with fifty unacknowledged", "registry", "notifications")
async def consumer_drained(lab: Lab) -> Outcome:
    """It takes no more, finishes what it took, and the broker has to give nothing again."""
    api, _ = await asyncio.gather(lab.start("registry", "api"), lab.start("registry", "worker"))
    history = History(lab.folder / "history.jsonl")
    async with Load(lab, api.api, history) as load:
        await load.run(6, lab.size(16, 24))
        slow = ("--pause", "in_reaction", "--seconds", "0.02")
        consumer = await lab.start("notifications", "worker", *slow)
        await until(partial(_hears, lab, consumer), "it has begun to hear")
        began = time.monotonic()
        there = await progress(lab)
        held = there.due - there.heard
        more = asyncio.create_task(load.run(2, 10, "more"))
        async with lab.watching(LANES, consumer) as lanes:
            await until(partial(_is_busy, lanes), "its lanes hold something")
            await lab.signal(consumer)
            ended = await lab.ended(consumer)
        await more
        again = await _given_again(lab)
        await lab.restart(consumer)
        await settle(lab)
        left, known = [await lab.metric(consumer, name) for name in (LANES, DUPLICATES)]
        seconds = time.monotonic() - began
    problems = [f"{again} were given again"] if again else []
    problems += [f"only {held} were held"] if held < 50 else []
    problems += [f"it took {ended:.1f} s to end"] if ended > LONGEST else []
    problems += [f"{LANES} {left:.0f}, {DUPLICATES} {known:.0f}"] if left or known else []
    moved = f"{LANES} {max(lanes):.0f} → {left:.0f}, {DUPLICATES} {known:.0f}"
    moved += f", held {held}, redelivered {again}, ended in {ended:.1f} s"
    return outcome(await judge(lab, history), seconds, moved, *problems)


async def _hears(lab: Lab, consumer: Child) -> bool:
    return await lab.metric(consumer, "sanshe_events_heard_total") > 0


async def _given_again(lab: Lab) -> int:
    """How many of the messages in the queue had been given to somebody before."""
    again = 0
    broker = await aio_pika.connect(lab.ground.broker.url())
    async with broker:
        channel = await broker.channel()
        queue = await channel.get_queue("sanshe.notifications")
        async with queue.iterator(timeout=10) as messages:
            for _ in range(queue.declaration_result.message_count or 0):
                again += bool((await anext(messages)).redelivered)
    return again


@row("B4", "SIGTERM twice, SIGINT, SIGTERM while it starts", "registry", "notifications")
async def impatient(lab: Lab) -> Outcome:
    """It ends each time, keeps no connection and no consumer, and starts again as ever."""
    began = time.monotonic()
    problems: list[str] = []
    starts = lab.size(2, 20)
    born_again = 0
    for service, role in (("registry", "api"), ("notifications", "worker")):
        lab.environment["DRAIN_SECONDS"] = "60"
        child = await lab.start(service, role)
        births = await lab.births(child)
        lab.environment["DRAIN_SECONDS"] = "0"
        await lab.signal(child)
        await until(partial(_is_going, lab, child), "it says that it is going")
        await lab.signal(child)
        problems += await _gone(lab, child, "SIGTERM twice")
        await lab.restart(child)
        await lab.signal(child, signal.SIGINT)
        problems += await _gone(lab, child, "SIGINT")
        for _ in range(starts):
            await lab.restart(child, wait=False)
            await asyncio.sleep(lab.random.uniform(0, 3))
            await lab.signal(child)
            problems += await _gone(lab, child, "SIGTERM while it starts")
        await lab.restart(child)
        born_again += await lab.born_again(births)
    # Ready is whoever has a database: the queue may come a moment later.
    await until(partial(_consumes, lab, child), "it consumes again")
    if born_again != 2:
        problems.append(f"{BORN} moved in {born_again} of 2")
    await lab.start("registry", "worker")
    history = History(lab.folder / "history.jsonl")
    async with Load(lab, lab.children["registry-api-1"].api, history) as load:
        await load.run(1, 2)
        await settle(lab)
    seconds = time.monotonic() - began
    moved = f"{BORN} moved in {born_again}, {CONNECTED} 1"
    moved += f", endings {2 * (starts + 2)}, left something behind {len(problems)}"
    return outcome(await judge(lab, history), seconds, moved, *problems)


async def _consumes(lab: Lab, child: Child) -> bool:
    return await lab.metric(child, CONNECTED) == 1


async def _is_going(lab: Lab, child: Child) -> bool:
    return not child.alive or await _says(lab, child, 503)


async def _gone(lab: Lab, child: Child, how: str) -> list[str]:
    """What is left of a process that was told to end."""
    took = await lab.ended(child)
    problems = [f"{child.name}, {how}: {took:.1f} s to end"] if took > LONGEST else []
    if (status := child.status) not in (0, -signal.SIGTERM):
        problems.append(f"{child.name}, {how}: ended with {status}")
    try:
        await until(partial(_let_go, lab, child), "nothing is left of it", 10)
    except TimeoutError:
        problems.append(f"{child.name}, {how}: a connection or a consumer is left")
    return problems


async def _let_go(lab: Lab, child: Child) -> bool:
    sessions = await lab.value(
        child.service,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid()",
    )
    return not sessions and await lab.consumers(child.service) == 0


@row(
    "B5", "SIGTERM to a loaded API and loaded workers, one of two each", "registry", "notifications"
)
async def ended_in_time(lab: Lab) -> Outcome:
    """With the seconds of a cluster, each ends within what its manifest counts on; no request fails
    and what the workers had in hand is done once."""
    lab.environment["DRAIN_SECONDS"] = str(endings.ANNOUNCE_SECONDS)
    slow = ("--pause", "in_reaction", "--seconds", "0.02")
    replicas = list(await asyncio.gather(*(lab.start("registry", "api") for _ in range(2))))
    tellers = await asyncio.gather(*(lab.start("registry", "worker") for _ in range(2)))
    hearers = [await lab.start("notifications", "worker", *slow) for _ in range(2)]
    history = History(lab.folder / "history.jsonl")
    async with (
        balancing(lab, *replicas) as balancer,
        Load(lab, balancer.address, history, pause=0.02) as load,
    ):
        enough = asyncio.Event()
        running = asyncio.create_task(load.run_until(enough, 6))
        going = [
            replicas[0],
            await at_it(lab, "sanshe_leader", *tellers),
            await at_it(lab, LANES, *hearers),
        ]
        await asyncio.gather(*(lab.signal(child) for child in going))
        took = await asyncio.gather(*(lab.ended(child) for child in going))
        enough.set()
        await running
        seconds = await settle(lab)
    told = dict(load.disturbed)
    problems = [f"clients were told {told}"] if told else []
    for child, ended in zip(going, took, strict=True):
        longest = endings.longest("api" if child.role == "api" else "worker")
        problems += [f"{child.name} took {ended:.1f} s to end"] if ended > longest else []
        problems += [f"{child.name} ended with {child.status}"] if child.status else []
    moved = f"ended in {', '.join(f'{ended:.1f}' for ended in took)} s"
    return outcome(await judge(lab, history), seconds, moved, *problems)

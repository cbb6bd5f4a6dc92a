"""The feed at full size: 32 writers, one follower, and notifications killed ten times."""

import asyncio
import logging
import os
import tempfile
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from random import SystemRandom
from typing import Final
from uuid import UUID

import aio_pika
import aiohttp

from libs.common import log
from libs.common.db import Database
from libs.common.envelope import Envelope, encode
from libs.common.secret import Secret
from libs.common.testing import CITY, token
from tests.faults.ground import ground
from tests.faults.lab import PATIENCE, Child, Lab, laboratory, until
from tests.faults.scene import administration
from tests.feed.checking import judge
from tests.feed.following import BY_ID, BY_TIME, Ask, Follower, naive
from tests.feed.writing import Writers, events_of

WRITERS: Final = 32
KILLS: Final = 10
SUBJECTS: Final = 200
EACH: Final = 60
QUEUE: Final = "sanshe.notifications"


def prove() -> bool:
    """Write, roll back, kill and follow; true if the feed lost and doubled nothing, and the
    checker has found out two who ask naively."""
    log.configure("critical")
    logging.disable(logging.ERROR)
    seed = int(os.environ.get("SEED") or SystemRandom().randrange(10**6))
    print(f"seed {seed} (SEED={seed} draws the same again)", flush=True)
    with tempfile.TemporaryDirectory(prefix="sanshe-feed-") as folder:
        return asyncio.run(_prove(Path(folder), seed))


async def _prove(folder: Path, seed: int) -> bool:
    async with (
        ground(folder / "ground") as on,
        laboratory(on, folder / "lab", ("notifications",), seed=seed, full=True) as lab,
    ):
        address = lab.environment["DATABASE_URL"].format(service="notifications")
        database = Database("notifications", Secret(address), CITY, WRITERS + 2)
        await database.open()
        try:
            return await _play(lab, Writers(database=database, random=lab.random))
        finally:
            await database.close()


async def _play(lab: Lab, writers: Writers) -> bool:
    """Everything at once: those who write themselves, the queue, the kills, and three followers."""
    api, worker = await asyncio.gather(
        lab.start("notifications", "api"), lab.start("notifications", "worker")
    )
    finished = asyncio.Event()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        feed = Follower(_of_the_api(session, api))
        by_id = Follower(naive(writers.database, BY_ID), after=str(UUID(int=0)))
        by_time = Follower(naive(writers.database, BY_TIME), after="2000-01-01")
        following = [asyncio.create_task(one.follow(finished)) for one in (feed, by_id, by_time)]
        queued = events_of(lab.random, SUBJECTS // 4, EACH)
        killing = asyncio.create_task(_kill(lab, (api, worker)))
        sending = asyncio.create_task(_send(lab, queued, killing))
        round_number = 0
        while not killing.done() or not round_number:
            round_number += 1
            await writers.run(WRITERS, events_of(lab.random, SUBJECTS, EACH // 10))
        await asyncio.gather(killing, sending)
        committed = [*writers.committed, *queued]
        await until(lambda: _has_logged(lab, len(committed)), "all that was sent is in the log")
        finished.set()
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*following)
    return _told(writers, feed, {"id": by_id, "time": by_time}, committed)


async def _kill(lab: Lab, children: tuple[Child, Child]) -> None:
    """API and worker in turn, `kill -9` and started again."""
    for _, child in zip(range(KILLS), cycle(children), strict=False):
        await asyncio.sleep(lab.random.uniform(0.5, 1.5))
        await lab.kill(child)
        print(f"kill -9 {child.name}, back after {await lab.restart(child):.1f} s", flush=True)


async def _send(lab: Lab, events: list[Envelope], killing: asyncio.Task[None]) -> None:
    """Through the queue, each third one twice; a part after each while, as long as kills go on."""
    part = len(events) // (2 * KILLS) + 1
    async with administration(lab) as channel:
        for start in range(0, len(events), part):
            for number, event in enumerate(events[start : start + part]):
                for _ in range(2 if number % 3 == 0 else 1):
                    message = aio_pika.Message(encode(event), delivery_mode=2)
                    await channel.default_exchange.publish(message, QUEUE)
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(killing), 1.0)


async def _has_logged(lab: Lab, events: int) -> bool:
    count = "SELECT count(*) FROM event_log WHERE position IS NOT NULL"
    return bool(events == await lab.value("notifications", count))


def _of_the_api(session: aiohttp.ClientSession, api: Child) -> Ask:
    """Somebody asks as fast as can be, and again from the same place when nobody answers."""
    headers = {"Authorization": f"Bearer {token('auditor')}"}
    url = f"{api.api}/notifications/v1/events"

    async def ask(after: str) -> tuple[list[UUID], str] | None:
        try:
            query = {"after": after, "limit": "500"}
            async with session.get(url, params=query, headers=headers) as answer:
                content = await answer.json(content_type=None)
        except (aiohttp.ClientError, OSError, TimeoutError):
            return None
        if answer.status != 200:
            return None
        return [UUID(event["id"]) for event in content["events"]], content["next"]

    return ask


def _told(
    writers: Writers, feed: Follower, others: dict[str, Follower], committed: list[Envelope]
) -> bool:
    """Print the figures; whether all of it is as it should be."""
    verdict = judge(committed, feed.seen)
    print(
        f"writers {WRITERS}, kills {KILLS}, events {verdict.committed}, "
        f"rolled back {writers.rolled_back}, polls {feed.polls} ({feed.unanswered} unanswered)\n"
        f"lost {verdict.lost}, doubled {verdict.doubled}, never committed "
        f"{verdict.never_committed}, out of order {verdict.out_of_order}",
        flush=True,
    )
    found_out = []
    for name, follower in others.items():
        lost = judge(committed, follower.seen).lost
        found_out.append(lost > 0)
        print(f"{'✓' if lost else '✗'} who asks for {name} > the last seen lost {lost}", flush=True)
    return verdict.holds and all(found_out)

"""A follower of the feed misses nothing while many write; the checker sees who does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from random import Random
from typing import Final
from uuid import UUID

import pytest

from libs.common.db import Database
from libs.common.ids import new_id
from libs.common.service import Service
from libs.common.testing import CITY, Client, Stage
from services.notifications.app import service
from tests.feed.checking import Verdict, judge
from tests.feed.following import BY_ID, BY_TIME, Ask, Follower, naive
from tests.feed.writing import Writers, events_of
from tests.services.notifications.agreeing import agree

WRITERS: Final = 12


@pytest.fixture
async def notifications(open_stage: Callable[[Service], Awaitable[Stage]]) -> Stage:
    """Notifications on a fresh database."""
    return await open_stage(service)


@pytest.fixture
async def writers(notifications: Stage) -> AsyncIterator[Writers]:
    """Writers with a connection each."""
    database = Database("notifications", notifications.database.address, CITY, WRITERS + 1)
    await database.open()
    yield Writers(database=database, random=Random(20_250_301))
    await database.close()


async def played(writers: Writers, follower: Follower) -> Verdict:
    """All write while one follows; what came of it."""
    finished = asyncio.Event()
    following = asyncio.create_task(follower.follow(finished))
    await writers.run(WRITERS, events_of(writers.random, subjects=20, each=12))
    finished.set()
    await following
    return judge(writers.committed, follower.seen)


def of_the_api(client: Client) -> Ask:
    """Who follows as a system does."""

    async def ask(after: str) -> tuple[list[UUID], str]:
        answer = await client.get("/events", after=after, limit="50")
        assert answer.status == 200, answer.body
        return [UUID(event["id"]) for event in answer.body["events"]], answer.body["next"]

    return ask


async def test_a_follower_gets_each_committed_event_once(
    notifications: Stage, writers: Writers
) -> None:
    """Whatever commits or rolls back meanwhile: all of it, once, each subject in sequence."""
    await agree(notifications, "account-of-p-1")
    follower = Follower(of_the_api(notifications.as_("system")))

    verdict = await played(writers, follower)

    assert verdict.holds, verdict
    assert (verdict.committed, len(follower.seen)) == (20 * 12, 20 * 12)
    assert writers.rolled_back > 0
    assert follower.polls > 5


@pytest.mark.parametrize(
    ("statement", "beginning"), [(BY_ID, str(UUID(int=0))), (BY_TIME, "2000-01-01")]
)
async def test_a_naive_follower_is_found_out(
    writers: Writers, statement: str, beginning: str
) -> None:
    """Who asks for what is larger than the last seen loses what was committed later."""
    follower = Follower(naive(writers.database, statement), after=beginning)

    verdict = await played(writers, follower)

    assert verdict.lost > 0
    assert not verdict.holds


def test_the_checker_names_each_fault() -> None:
    """Lost, doubled, never committed and out of order are counted apart."""
    first, second = sorted(events_of(Random(1), subjects=1, each=2), key=lambda e: e.sequence)
    right = judge([first, second], [first.id, second.id])

    assert right.holds
    for seen, fault in (
        ([first.id], {"lost": 1}),
        ([first.id, second.id, second.id], {"doubled": 1}),
        ([first.id, second.id, new_id()], {"never_committed": 1}),
        ([second.id, first.id], {"out_of_order": 1}),
    ):
        assert replace(right, **fault) == judge([first, second], seen)
        assert not judge([first, second], seen).holds

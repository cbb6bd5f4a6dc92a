"""What one release does not know is kept, and handed out by itself by the next one that does."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from prometheus_client import REGISTRY

from libs.common import leader, waiting
from libs.common.db import background
from libs.common.envelope import encode
from libs.common.ids import new_id
from libs.common.levels import read_ground
from libs.common.testing import Stage
from libs.common.waiting import FAILURES
from libs.embedded.rabbitmq import Broker
from tests.libs.common.echo import service
from tests.libs.common.test_worker import count, until

MADE = "echo.thing.made.v1"
RENAMED = "echo.thing.renamed.v1"
EFFECTS = "SELECT count(*) FROM effects"
KEPT = ("*", "nobody-reacts", "parked")


@contextmanager
def former() -> Iterator[None]:
    """The release before this one, which did not know that things are made."""
    known = service.reactions.by_type.pop(MADE)
    try:
        yield
    finally:
        service.reactions.by_type[MADE] = known


@pytest.fixture
async def idle(open_stage: Callable[..., Awaitable[Stage]], broker: Broker) -> AsyncIterator[Stage]:
    """The echo service whose worker has not begun yet."""
    stage = await open_stage(service, broker.runtime_url.replace("{service}", "echo"))
    yield stage
    await stage.running.stop_work()


async def keep(stage: Stage, name: str = "old", *, sequence: int = 1) -> str:
    """A thing is made while the former release hears; its subject."""
    thing = new_id()
    with former():
        await stage.hear(MADE, thing, {"id": thing, "name": name}, sequence=sequence)
    return str(thing)


async def test_a_new_leader_hands_out_what_the_former_release_kept(idle: Stage) -> None:
    """Once to each reaction, by nobody's doing; and a view keeps what came later."""
    thing = await keep(idle)
    await idle.hear(RENAMED, thing, {"id": thing, "name": "new"}, sequence=2)
    assert await idle.waiting() == [KEPT]

    idle.running.work()
    await until(lambda: count(idle, EFFECTS))

    await until(lambda: _nothing_waits(idle))
    assert await count(idle, EFFECTS) == 1
    assert [row["name"] for row in await idle.fetch("SELECT name FROM names")] == ["new"]
    await idle.running.hearing.hear(encode(idle.heard[0]))
    assert await count(idle, EFFECTS) == 1


async def _nothing_waits(stage: Stage) -> bool:
    return await stage.waiting() == []


async def test_what_is_kept_while_the_new_release_leads_is_handed_out_too(
    idle: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lead and the queue pass on apart: the former release may hear a while longer."""
    monkeypatch.setattr(leader, "HOUSE_SECONDS", 0.1)
    began = time.time()
    idle.running.work()
    await until(lambda: _house_kept_since(began))

    await keep(idle)

    await until(lambda: count(idle, EFFECTS))


async def _house_kept_since(instant: float) -> bool:
    kept = REGISTRY.get_sample_value("sanshe_house_kept_timestamp_seconds", {"service": "echo"})
    return (kept or 0) > instant


async def test_nothing_else_is_handed_out(echo: Stage) -> None:
    """Not what is still unknown, unreadable, a rehearsal's, has failed, or is being discarded."""
    hearing, thing = echo.running.hearing, new_id()
    await keep(echo)
    await echo.fetch("UPDATE waiting SET proposed_at = now(), proposed_by = 'p-1'")
    await echo.hear("echo.thing.made.v9", new_id(), {})
    await hearing.hear(b"{")
    await echo.hear(MADE, thing, {"id": thing, "name": "poison"})
    await hearing.hear(encode(replace(echo.heard[0], id=new_id(), rehearsal=False)))
    for _ in range(FAILURES):
        await echo.retry_waiting()
    before = await echo.fetch("SELECT * FROM waiting ORDER BY id")

    assert await hearing.hand_out_known() == 0

    assert len(before) == 5
    assert before == await echo.fetch("SELECT * FROM waiting ORDER BY id")


async def test_what_is_handed_out_may_wait_for_as_long_as_what_is_new(echo: Stage) -> None:
    """However long it was kept: what it needs may be handed out only after it."""
    await keep(echo, "later")
    await echo.fetch("UPDATE waiting SET since = since - interval '30 days'")

    await echo.running.hearing.hand_out_known()
    await echo.retry_waiting()
    assert await echo.waiting() == [("count_thing", "read-not-yet-known", "waiting")]
    await echo.fetch("INSERT INTO reads (id, thing_id) VALUES ($1, $1)", new_id())
    await echo.retry_waiting()

    assert await count(echo, EFFECTS) == 1


async def test_many_are_handed_out_part_by_part(
    echo: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release that was long away finds much, and no transaction holds it all."""
    monkeypatch.setattr(waiting, "AT_ONCE", 2)
    for _ in range(3):
        await keep(echo)

    hearing = echo.running.hearing
    assert [await hearing.hand_out_known() for _ in range(3)] == [2, 1, 0]


async def test_what_waits_for_a_reaction_that_a_roll_back_took_away_is_kept_for_it(
    echo: Stage,
) -> None:
    """It is no failure: it is kept at once, and the release that has the reaction goes on."""
    thing = new_id()
    await echo.hear(MADE, thing, {"id": thing, "name": "later"})
    with former():
        await echo.retry_waiting()
        assert await echo.waiting() == [("count_thing", "nobody-reacts", "parked")]
        assert await echo.running.hearing.hand_out_known() == 0

    await echo.fetch("UPDATE waiting SET since = since - interval '30 days'")
    assert await echo.running.hearing.hand_out_known() == 1
    await echo.retry_waiting()
    assert await echo.waiting() == [("count_thing", "read-not-yet-known", "waiting")]
    await echo.fetch("INSERT INTO reads (id, thing_id) VALUES ($1, $1)", new_id())
    await echo.retry_waiting()

    assert await count(echo, EFFECTS) == 1


async def test_what_is_for_one_reaction_alone_is_kept_for_that_one(echo: Stage) -> None:
    """The log fills a view of the new release: others who know the type are not asked."""
    thing = new_id()
    await echo.hear(MADE, thing, {"id": thing, "name": "a"})
    again = replace(echo.heard[0], id=new_id(), sequence=2)

    await echo.running.hearing.hear(encode(again), only="newest_view")

    assert await echo.waiting() == [("newest_view", "nobody-reacts", "parked")]
    assert await echo.running.hearing.hand_out_known() == 0
    assert await count(echo, EFFECTS) == 1


async def test_what_is_kept_for_a_release_wakes_nobody(echo: Stage) -> None:
    """It is counted apart from what needs a person."""
    await keep(echo)
    await echo.running.hearing.hear(b"{")

    async with echo.database.transaction(background("test"), read_only=True) as tx:
        [levels] = await read_ground(tx)

    assert (levels.parked, levels.parked_unknown) == (1, 1)

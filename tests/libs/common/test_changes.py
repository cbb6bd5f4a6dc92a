"""Followed lists: what was changed or has ceased is told, however late it was committed."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest

from libs.common import clock
from libs.common.db import Tx, background
from libs.common.envelope import rfc3339
from libs.common.ids import new_id
from libs.common.testing import Stage
from tests.restored import restore

WRITERS: Final = 12
ROUNDS: Final = 6

Told = tuple[set[str], str]
Follow = Callable[[Stage, str | None], Awaitable[Told]]


async def by_mark(stage: Stage, since: str | None) -> Told:
    """As a station app reads: page by page to the end, and the mark of the first page kept."""
    told, query, client = set[str](), {"limit": "7"}, stage.as_("official")
    if since is not None:
        query["modified_after"] = since
    first = answer = await client.get("/things", **query)
    while True:
        assert answer.status == 200, answer.body
        told |= {item["id"] for item in answer.body["items"]}
        if answer.body["next"] is None:
            return told, first.body["changes"]
        # The cursor alone says which delta it is a page of.
        answer = await client.get("/things", limit="7", cursor=answer.body["next"])


async def by_time(stage: Stage, since: str | None) -> Told:
    """The naive way, planted: what was written after the instant of the reading before."""
    now = rfc3339(clock.wall())
    rows = await stage.fetch(
        "SELECT id FROM changes WHERE list = 'things' AND changed_at >= $1",
        clock.read_instant(since or "2000-01-01T00:00:00Z"),
    )
    return {row["id"] for row in rows}, now


@asynccontextmanager
async def writing(stage: Stage) -> AsyncIterator[tuple[Tx, UUID]]:
    """A transaction that has made a thing, and has not ended."""
    made = new_id()
    async with stage.database.transaction(background("test")) as tx:
        await tx.do("INSERT INTO things (id, version, name) VALUES ($1, 1, $2)", made, str(made))
        yield tx, made


async def late_one_is_told(stage: Stage, follow: Follow) -> bool:
    """Whether a thing is told that was written before a reading and committed after it."""
    _, since = await follow(stage, None)
    async with writing(stage) as (_, late):
        async with writing(stage) as (_, quick):
            pass
        before, since = await follow(stage, since)
        assert str(quick) in before
        assert str(late) not in before
    after, _ = await follow(stage, since)
    return str(late) in after


async def test_what_is_committed_late_comes_with_the_next_reading(echo: Stage) -> None:
    """A mark waits for the oldest transaction that had not ended."""
    assert await late_one_is_told(echo, by_mark)


async def test_a_naive_instant_would_lose_it(echo: Stage) -> None:
    """The same walk catches whoever follows by the time of writing."""
    assert not await late_one_is_told(echo, by_time)


async def test_nothing_is_missed_while_many_commit_and_roll_back(echo: Stage) -> None:
    """A reader that asks as fast as it can has in the end exactly what was committed."""
    committed, done = set[str](), asyncio.Event()

    async def write(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(ROUNDS):
            try:
                async with writing(echo) as (_, made):
                    await asyncio.sleep(chance.random() / 50)
                    if chance.random() < 0.3:
                        raise LookupError
                committed.add(str(made))
            except LookupError:
                pass

    async def read() -> set[str]:
        told, since = set[str](), None
        while True:
            last = done.is_set()
            found, since = await by_mark(echo, since)
            told |= found
            if last:
                return told

    reading = asyncio.create_task(read())
    await asyncio.gather(*map(write, range(WRITERS)))
    done.set()

    assert committed == await reading


async def test_what_leaves_the_list_has_ceased(echo: Stage) -> None:
    """Renamed out of the filter or deleted: told by id, page by page; what stays is an item."""
    client, ids = echo.as_("official"), [new_id() for _ in range(4)]
    for place, thing in enumerate(ids):
        await client.put(f"/things/{thing}", {"name": f"a{place}"})
    mark = (await client.get("/things", called="a")).body["changes"]
    async with echo.database.transaction(background("test")) as tx:
        await tx.do("UPDATE things SET name = 'b0' WHERE id = $1", ids[0])
        await tx.do("UPDATE things SET name = 'a11' WHERE id = $1", ids[1])
        await tx.do("DELETE FROM things WHERE id = $1", ids[2])

    one = await client.get("/things", called="a", modified_after=mark, limit="1")
    two = await client.get("/things", called="a", limit="1", cursor=one.body["next"])
    three = await client.get("/things", called="a", limit="1", cursor=two.body["next"])

    told = [(named(page.body), page.body["ceased"]) for page in (one, two, three)]
    assert [([], [str(ids[0])]), (["a11"], []), ([], [str(ids[2])])] == told
    assert three.body["next"] is None
    assert {one.body["changes"]} == {two.body["changes"], three.body["changes"]}


def named(body: Any) -> list[str]:
    """The names on a page."""
    return [item["name"] for item in body["items"]]


async def test_an_instant_reaches_back_over_the_difference_of_clocks(echo: Stage) -> None:
    """Whoever has no mark begins from an instant, and gets a mark."""
    client = echo.as_("official")
    await client.put(f"/things/{new_id()}", {"name": "now"})
    now = clock.wall()

    found = await client.get("/things", modified_after=rfc3339(now + timedelta(seconds=5)))
    later = await client.get("/things", modified_after=rfc3339(now + timedelta(hours=1)))

    assert (named(found.body), named(later.body)) == (["now"], [])
    assert found.body["changes"]


async def test_a_mark_of_before_a_restore_is_refused(echo: Stage) -> None:
    """Transactions count anew there: whoever went on by the old mark might miss what came since."""
    mark = (await echo.as_("official").get("/things")).body["changes"]
    await restore(echo)

    refused = await echo.as_("official").get("/things", modified_after=mark)
    anew = await echo.as_("official").get("/things")

    assert (refused.status, refused.code) == (409, "list-restored")
    assert mark != anew.body["changes"]


@pytest.mark.parametrize("mark", ["1.", ".1", "1.-1", "1.1.1", "1." + "9" * 20, "１.１"])
async def test_a_mark_that_is_none_of_ours_is_refused_by_name(echo: Stage, mark: str) -> None:
    """It is neither a mark nor an instant."""
    answer = await echo.as_("official").get("/things", modified_after=mark)

    assert answer.status == 422
    assert answer.body["errors"][0]["pointer"] == "?modified_after"

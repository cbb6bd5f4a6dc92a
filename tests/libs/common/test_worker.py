"""Relay, consumer and leader on a real broker: everything told is heard once, in order."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from libs.common.testing import Stage


async def until(condition: Callable[[], Awaitable[Any]], seconds: float = 15) -> None:
    """Wait until that holds; if it does not, show where every task of this process stands."""
    try:
        async with asyncio.timeout(seconds):
            while not await condition():  # noqa: ASYNC110 - it is in a database
                await asyncio.sleep(0.02)
    except TimeoutError:
        for task in asyncio.all_tasks():
            task.print_stack()
        raise


async def count(echo: Stage, sql: str) -> int:
    return int((await echo.fetch(sql))[0][0])


async def test_what_is_told_is_heard_once(working: Stage) -> None:
    """Each event of many commands has its effect once, and the totals agree."""
    echo, client = working, working.as_("official")

    made = await asyncio.gather(
        *(client.post("/things", {"name": f"thing {n}"}) for n in range(50))
    )

    assert {201} == {answer.status for answer in made}
    await until(lambda: _settled(echo, 50))

    totals = (await echo.as_("auditor").get("/operations/events")).body
    [emitted] = totals["emitted"]
    assert emitted["count"] == 50
    heard = {(row["reaction"], row["type"]): (row["count"], row["xor"]) for row in totals["heard"]}
    assert heard == {
        ("count_thing", "echo.thing.made.v1"): (50, emitted["xor"]),
        ("names", "echo.thing.made.v1"): (50, emitted["xor"]),
        ("names", "echo.thing.renamed.v1"): (0, "0" * 32),
        ("note_hour", "echo.hour.counted.v1"): (0, "0" * 32),
    }


async def _settled(echo: Stage, things: int) -> bool:
    return (
        things == await count(echo, "SELECT count(*) FROM effects")
        and things == await count(echo, "SELECT count(*) FROM names")
        and await count(echo, "SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0
    )


async def test_a_view_shows_the_last_name(working: Stage) -> None:
    """Renamed many times in a row, the view ends with the last name."""
    echo, client = working, working.as_("official")
    thing = (await client.post("/things", {"name": "0"})).body["id"]

    for n in range(1, 20):
        await client.patch(f"/things/{thing}", {"name": str(n)}, match=f'"{n}"')

    await until(lambda: _name_is(echo, "19"))
    assert await count(echo, "SELECT count(*) FROM inbox WHERE reaction = 'names'") == 20


async def _name_is(echo: Stage, name: str) -> bool:
    rows = await echo.fetch("SELECT name FROM names")
    return [name] == [row["name"] for row in rows]

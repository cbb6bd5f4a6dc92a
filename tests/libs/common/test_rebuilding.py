"""A view is emptied and filled again, with nothing counted twice and no effect run again."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.common.envelope import encode
from libs.common.ids import new_id
from libs.common.resending import Batch, Resending
from libs.common.testing import Stage
from tests.libs.common.test_worker import count, until

MADE, RENAMED = "echo.thing.made.v1", "echo.thing.renamed.v1"
REBUILD = "/operations/views/names/rebuild"


async def names(echo: Stage) -> list[str]:
    return [row["name"] for row in await echo.fetch("SELECT name FROM names ORDER BY name")]


async def heard(echo: Stage) -> object:
    """The totals, as an operator sees them."""
    totals = (await echo.as_("auditor").get("/operations/events")).body["heard"]
    return {(row["reaction"], row["type"]): (row["count"], row["xor"]) for row in totals}


async def tell_again(echo: Stage, bodies: list[bytes], only: str = "names") -> None:
    for body in bodies:
        await echo.running.hearing.hear(body, only=only)


async def test_a_rebuilt_view_is_what_it_was(echo: Stage) -> None:
    """Emptied, it tells so; filled again in any order, rows, totals and effects are as before."""
    thing, other = new_id(), new_id()
    for subject, name in ((thing, "a"), (other, "b"), (thing, "c")):
        kind = RENAMED if name == "c" else MADE
        await echo.hear(kind, subject, {"id": subject, "name": name})
    bodies = [encode(event) for event in echo.heard]
    before = await names(echo), await heard(echo), await count(echo, "SELECT count(*) FROM effects")

    answer = await echo.as_("operator").post(REBUILD)
    assert (answer.status, answer.body) == (
        202,
        {"view": "names", "rows": 2, "types": [MADE, RENAMED]},
    )
    [told] = await echo.said("echo.view.emptied.v1")
    assert told.data == {"view": "names", "types": [MADE, RENAMED]}
    assert await names(echo) == []

    await tell_again(echo, [*reversed(bodies), *bodies])

    after = await names(echo), await heard(echo), await count(echo, "SELECT count(*) FROM effects")
    assert after == before


async def test_what_was_never_heard_is_counted_when_it_comes_again(echo: Stage) -> None:
    """A view that had lost an event is whole after the rebuild, and so are its totals."""
    thing = new_id()
    await echo.hear(MADE, thing, {"id": thing, "name": "a"})
    [event] = echo.heard
    await echo.fetch("DELETE FROM inbox WHERE reaction = 'names'")
    await echo.fetch("DELETE FROM totals WHERE reaction = 'names'")
    await echo.as_("operator").post(REBUILD)

    await tell_again(echo, [encode(event)])

    assert await names(echo) == ["a"]
    assert await count(echo, "SELECT sum(count) FROM totals WHERE reaction = 'names'") == 1


async def test_only_the_named_reaction_hears(echo: Stage) -> None:
    """What is sent again for one view reaches nothing else."""
    thing = new_id()
    await echo.hear(MADE, thing, {"id": thing, "name": "a"})
    [event] = echo.heard
    await echo.fetch("DELETE FROM inbox")
    await echo.fetch("DELETE FROM effects")

    await tell_again(echo, [encode(event)])

    assert await count(echo, "SELECT count(*) FROM effects") == 0


async def test_beyond_the_inbox_a_view_is_filled_and_no_effect_runs(echo: Stage) -> None:
    """Of an event of two years ago nobody knows whether an effect had it: it waits for a person."""
    thing = new_id()
    long_ago = UUID(int=new_id().int - (2 * 365 * 86_400_000 << 80))
    await echo.hear(MADE, thing, {"id": thing, "name": "a"}, event_id=long_ago)

    assert await names(echo) == ["a"]
    assert await count(echo, "SELECT count(*) FROM effects") == 0
    assert await echo.waiting() == [("count_thing", "OlderThanTheInbox", "waiting")]
    assert await count(echo, "SELECT count(*) FROM totals") == 0


async def test_emptying_waits_for_those_who_write(echo: Stage) -> None:
    """Many events at the moment of the emptying: filled again, none of them is missing."""
    things = [new_id() for _ in range(40)]

    async def tell(number: int) -> None:
        await echo.hear(MADE, things[number], {"id": things[number], "name": f"{number:02}"})

    await asyncio.gather(
        *(tell(number) for number in range(20)),
        echo.as_("operator").post(REBUILD),
        *(tell(number) for number in range(20, 40)),
    )
    await tell_again(echo, [encode(event) for event in echo.heard])

    assert await names(echo) == [f"{number:02}" for number in range(40)]


@pytest.mark.parametrize("view", ["count_thing", "things", "nothing"])
async def test_only_views_are_rebuilt(echo: Stage, view: str) -> None:
    """An effect, a table or nothing at all is no view."""
    answer = await echo.as_("operator").post(f"/operations/views/{view}/rebuild")

    assert (answer.status, answer.code) == (404, "view-not-found")


async def test_rebuilding_is_for_operators(echo: Stage) -> None:
    """Whoever may look may not repair."""
    assert (await echo.as_("auditor").post(REBUILD)).status == 403


RESENDING = {
    "receiver": "echo",
    "types": [MADE],
    "until": "2099-01-01T00:00:00Z",
}


async def ask(echo: Stage, **changed: object) -> Any:
    """Have something sent again; the resending, or its faults."""
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    body = {**RESENDING, "since": an_hour_ago.isoformat(), **changed}
    answer = await echo.as_("operator").post("/operations/resendings", body)
    if answer.status == 202:
        return answer.body
    return answer.status, {fault["code"] for fault in answer.body.get("errors", [])}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"types": ["other.thing.made.v1"]}, "type-not-told-here"),
        ({"since": (datetime.now(UTC) - timedelta(days=8)).isoformat()}, "older-than-the-outbox"),
        ({"since": "2020-01-01T00:00:00Z"}, "too-long-ago"),
        ({"until": "2020-01-01T00:00:00Z"}, "ends-before-it-begins"),
    ],
)
async def test_what_cannot_be_sent_again_says_whom_to_ask(
    echo: Stage, changed: dict[str, object], fault: str
) -> None:
    """The outbox has its own types of seven days, and no inbox reaches further than 390."""
    status, faults = await ask(echo, **changed)

    assert status == 422
    assert fault in faults


async def test_an_unknown_receiver_is_told_who_there_is(echo: Stage) -> None:
    """What is addressed to a name that nobody has would be heard by nobody."""
    answer = await echo.as_("operator").post(
        "/operations/resendings",
        {**RESENDING, "receiver": "ecko", "since": "2020-01-01T00:00:00Z"},
    )

    assert (answer.status, answer.code) == (422, "resending-impossible")
    faults = {fault["pointer"]: fault for fault in answer.body["errors"]}
    assert faults["/receiver"] == {
        "pointer": "/receiver",
        "code": "receiver-unknown",
        "detail": "No service ecko hears what is sent from here; name one of echo, somebody-else, "
        "or everybody.",
    }
    assert {"/receiver", "/since"} == faults.keys()
    assert await echo.fetch("SELECT FROM resendings") == []


async def test_lost_events_arrive_when_they_are_sent_again(working: Stage) -> None:
    """The same ids to the one queue: what was lost is done, what had arrived is left aside."""
    client = working.as_("official")
    for n in range(5):
        await client.post("/things", {"name": f"thing {n}"})
    await until(lambda: _effects(working, 5))
    await working.fetch("DELETE FROM inbox WHERE event_id IN (SELECT event_id FROM outbox LIMIT 3)")
    await working.fetch("DELETE FROM effects")

    asked = await ask(working)

    await until(lambda: _effects(working, 3))
    await until(lambda: _done(working))
    [resending] = (await working.as_("auditor").get("/operations/resendings")).body["resendings"]
    assert (resending["id"], 5, None) == (asked["id"], resending["sent"], resending["trouble"])
    assert await count(working, "SELECT count(*) FROM waiting") == 0


async def test_what_is_sent_again_for_another_is_left_aside(working: Stage) -> None:
    """It passes through the queue, is acknowledged, and nothing happens."""
    await working.as_("official").post("/things", {"name": "a"})
    await until(lambda: _effects(working, 1))
    await working.fetch("DELETE FROM inbox")

    await ask(working, receiver="somebody-else")
    await until(lambda: _done(working))
    await working.as_("official").post("/things", {"name": "b"})

    await until(lambda: _effects(working, 2))
    assert await count(working, "SELECT count(DISTINCT event_id) FROM inbox") == 1


async def test_what_no_queue_takes_stays_open(working: Stage) -> None:
    """The list says why it does not go on."""
    await working.as_("official").post("/things", {"name": "a"})
    await until(lambda: _effects(working, 1))
    await working.fetch("UPDATE outbox SET type = 'echo.view.emptied.v1'")

    await ask(working, types=["echo.view.emptied.v1"])

    await until(lambda: count(working, "SELECT count(*) FROM resendings WHERE trouble IS NOT NULL"))
    [resending] = (await working.as_("operator").get("/operations/resendings")).body["resendings"]
    assert (resending["sent"], resending["done_at"]) == (0, None)


async def test_a_killed_sender_goes_on_where_it_was(echo: Stage) -> None:
    """How far it has come is a row: another leader begins with the batch that was not noted."""
    await ask(echo)
    taken: list[int] = []

    async def three(_tx: object, asked: Resending) -> Batch:
        taken.append(asked.place)
        if len(taken) == 2:
            raise RuntimeError("the process dies")
        return Batch(letters=[], place=asked.place + 1, whole=asked.place == 2)

    for _ in range(4):
        sender = echo.running.leader()._sender
        sender._sources = {"outbox": three}
        try:
            await sender.run_once()
        except RuntimeError:
            continue

    assert taken == [0, 1, 1, 2]
    assert await _done(echo)


async def _effects(stage: Stage, most: int) -> bool:
    return await count(stage, "SELECT count(*) FROM effects") == most


async def _done(stage: Stage) -> bool:
    return await count(stage, "SELECT count(*) FROM resendings WHERE done_at IS NOT NULL") == 1

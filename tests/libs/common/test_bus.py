"""Reactions: once each, in order for views, waiting and parked instead of lost."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from libs.common import bus
from libs.common.envelope import MAX_BYTES
from libs.common.ids import new_id
from libs.common.testing import Stage
from libs.common.waiting import FAILURES

MADE, RENAMED = "echo.thing.made.v1", "echo.thing.renamed.v1"


async def count(echo: Stage, table: str) -> int:
    return len(await echo.fetch(f"SELECT * FROM {table}"))  # noqa: S608 - our own names


async def names(echo: Stage) -> list[str]:
    return [row["name"] for row in await echo.fetch("SELECT name FROM names")]


async def test_heard_a_hundred_times_is_done_once(echo: Stage) -> None:
    """The inbox row is in the reaction's transaction, so repeats do nothing."""
    thing, event = new_id(), new_id()
    data = {"id": thing, "name": "a"}
    await asyncio.gather(
        *(echo.hear(MADE, thing, data, event_id=event, sequence=1) for _ in range(100))
    )

    assert await count(echo, "effects") == 1
    [row] = await echo.fetch("SELECT sum(count) AS n FROM totals WHERE reaction = 'count_thing'")
    assert row["n"] == 1


async def test_the_highest_sequence_wins_in_any_order(echo: Stage) -> None:
    """A view that hears 3 before 2 keeps 3."""
    thing = new_id()
    for sequence, name in ((1, "one"), (3, "three"), (2, "two")):
        await echo.hear(RENAMED, thing, {"id": thing, "name": name}, sequence=sequence)

    assert await names(echo) == ["three"]
    assert await count(echo, "inbox") == 3


async def test_an_effect_is_never_stale(echo: Stage) -> None:
    """Effects run in any order, each once."""
    thing = new_id()
    for sequence in (2, 1):
        await echo.hear(MADE, thing, {"id": thing, "name": "a"}, sequence=sequence)

    assert await count(echo, "effects") == 2


async def test_not_yet_waits_and_then_happens(echo: Stage) -> None:
    """An effect whose precondition is missing waits in a row, and runs when it is there."""
    thing = new_id()
    await echo.hear(MADE, thing, {"id": thing, "name": "later"})
    assert await echo.waiting() == [("count_thing", "read-not-yet-known", "waiting")]

    await echo.retry_waiting()
    assert await count(echo, "effects") == 0

    await echo.fetch("INSERT INTO reads (id, thing_id) VALUES ($1, $1)", thing)
    await echo.retry_waiting()
    assert await count(echo, "effects") == 1
    assert await echo.waiting() == []
    assert await names(echo) == ["later"], "the view did not wait for the effect"


async def test_not_yet_for_a_day_is_parked(echo: Stage) -> None:
    """After 24 hours of wall time a person has to look."""
    thing = new_id()
    await echo.hear(MADE, thing, {"id": thing, "name": "later"})
    await echo.fetch("UPDATE waiting SET since = $1", datetime.now(UTC) - timedelta(hours=25))

    await echo.retry_waiting()

    assert [state for *_, state in await echo.waiting()] == ["parked"]


async def test_poison_is_parked_and_the_others_flow(echo: Stage) -> None:
    """A reaction that always fails is parked after five failures, its reason without values."""
    poison, good = new_id(), new_id()
    await echo.hear(MADE, poison, {"id": poison, "name": "poison"})
    await echo.hear(MADE, good, {"id": good, "name": "good"})
    for _ in range(FAILURES):
        await echo.retry_waiting()

    assert await echo.waiting() == [("count_thing", "ValueError", "parked")]
    assert await count(echo, "effects") == 1


async def test_a_reaction_that_hangs_is_set_aside(
    echo: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It counts as a failure, the other reactions to the event have run, and others go on."""
    monkeypatch.setattr(bus, "REACTION_SECONDS", 0.2)
    endless, good = new_id(), new_id()
    await echo.hear(MADE, endless, {"id": endless, "name": "endless"})
    await echo.hear(MADE, good, {"id": good, "name": "good"})

    assert await echo.waiting() == [("count_thing", "ReactionTooSlow", "waiting")]
    assert sorted(await names(echo)) == ["endless", "good"]
    assert await count(echo, "effects") == 1


async def test_what_nobody_can_read_is_parked(echo: Stage) -> None:
    """Malformed, oversized, duplicate keys, unknown type, another kind of city: kept, not lost."""
    for raw in (b"{", b"x" * (MAX_BYTES + 1), b'{"id": 1, "id": 2}', b"[]", b'{"data": {}}'):
        await echo.running.hearing.hear(raw)
    await echo.hear("echo.thing.made.v9", new_id(), {})

    assert len(await echo.waiting()) == 6
    assert {"parked"} == {state for *_, state in await echo.waiting()}


async def test_an_event_of_a_live_city_is_parked_in_a_rehearsal(echo: Stage) -> None:
    """The marker of an event must be that of the database."""
    await echo.fetch("UPDATE rehearsal_clock SET instant = instant")
    thing = new_id()
    from dataclasses import replace

    database = echo.running.database
    kept = database.city
    database.city = replace(kept, rehearsal=False)
    try:
        await echo.running.hearing.hear(await _a_rehearsals_event(thing))
    finally:
        database.city = kept

    assert await echo.waiting() == [("*", "of-another-kind-of-city", "parked")]
    assert await count(echo, "effects") == 0


async def _a_rehearsals_event(thing: object) -> bytes:
    from libs.common.envelope import Envelope, encode

    return encode(
        Envelope(
            id=new_id(),
            type=MADE,
            source="urn:sanshe:1:echo",
            subject=str(thing),
            time=datetime.now(UTC),
            sequence=1,
            epoch=1,
            division="1",
            correlation=new_id(),
            causation="",
            actor="a",
            rehearsal=True,
            data={"id": str(thing), "name": "a"},
        )
    )


async def test_unknown_fields_are_ignored(echo: Stage) -> None:
    """A publisher may add fields without asking."""
    thing = new_id()
    await echo.hear(MADE, thing, {"id": thing, "name": "a", "colour": "red"})

    assert await count(echo, "effects") == 1


async def test_a_higher_epoch_wins_over_a_higher_sequence(echo: Stage) -> None:
    """After a restore the counters start lower, in a higher epoch."""
    thing = new_id()
    await echo.hear(RENAMED, thing, {"id": thing, "name": "old"}, sequence=9)
    await echo.fetch("UPDATE known SET epoch = 0")
    await echo.hear(RENAMED, thing, {"id": thing, "name": "new"}, sequence=1)

    assert await names(echo) == ["new"]

"""The leader: relay, timers, hand-over; and the tasks that cannot end unnoticed."""

import asyncio

import pytest

from libs.common import topology
from libs.common.ids import new_id
from libs.common.outbox import Waiter
from libs.common.tasks import Supervised
from libs.common.testing import Stage
from libs.embedded.rabbitmq import Broker
from tests.libs.common.test_worker import count, until


async def test_an_unroutable_event_is_held_back_with_its_subject(working: Stage) -> None:
    """A row that the broker returns waits, later rows of its subject too, and others go on."""
    stuck, free = str(new_id()), str(new_id())
    for place, (subject, kind) in enumerate(
        [(stuck, "echo.nobody.hears.v1"), (stuck, "echo.thing.made.v1")], start=1
    ):
        await _write(working, subject, kind, place)
    await until(
        lambda: count(working, "SELECT count(*) FROM outbox WHERE attempts > 0"), seconds=20
    )
    late = await _write(working, stuck, "echo.thing.made.v1", 3)
    other = await _write(working, free, "echo.thing.made.v1", 4)
    await until(lambda: _published(working, other))

    assert not await _published(working, late)


async def _write(stage: Stage, subject: str, kind: str, place: int) -> object:
    event_id = new_id()
    body = b'{"not": "an event"}'
    await stage.fetch(
        "INSERT INTO outbox (event_id, place, type, subject, body) VALUES ($1, $2, $3, $4, $5)",
        event_id,
        place,
        kind,
        subject,
        body,
    )
    return event_id


async def _published(stage: Stage, event_id: object) -> bool:
    return bool(
        await count(
            stage,
            f"SELECT count(*) FROM outbox WHERE event_id = '{event_id}' "  # noqa: S608 - our own
            "AND published_at IS NOT NULL",
        )
    )


async def test_a_broker_that_dies_loses_nothing(working: Stage, broker: Broker) -> None:
    """Commands go on without a broker; everything told meanwhile is heard when it is back."""
    client = working.as_("official")
    await client.post("/things", {"name": "before"})
    await until(lambda: count(working, "SELECT count(*) FROM effects"))
    # A quorum queue that was declared a moment ago does not survive a kill.
    await asyncio.sleep(2)

    await broker.kill()
    answers = await asyncio.gather(
        *(client.post("/things", {"name": f"while {n}"}) for n in range(20))
    )
    await broker.start()

    assert {201} == {answer.status for answer in answers}
    await until(lambda: _all_heard(working, 21), seconds=40)


async def _all_heard(stage: Stage, things: int) -> bool:
    return things == await count(stage, "SELECT count(*) FROM effects")


async def test_a_lost_lead_is_taken_again(working: Stage) -> None:
    """When the leader's session is ended, relay and timers go on under a new one."""
    await until(lambda: count(working, LEADERS))
    admin = await working.fetch("SELECT pid FROM pg_locks WHERE locktype = 'advisory'")
    await working.fetch("SELECT pg_terminate_backend($1)", admin[0]["pid"])

    await working.as_("official").post("/things", {"name": "after"})

    await until(lambda: count(working, "SELECT count(*) FROM effects"))


LEADERS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"


async def test_a_timer_runs_at_its_instant(working: Stage) -> None:
    """What is due happens by itself, once."""
    client = working.as_("official")
    thing = (await client.post("/things", {"name": "wound"})).body["id"]
    await client.post(f"/things/{thing}/timer")

    await until(lambda: count(working, "SELECT count(*) FROM things WHERE name = 'wound late'"))
    assert await count(working, "SELECT count(*) FROM timers") == 0


async def test_a_leaked_cancellation_restarts_the_task() -> None:
    """A CancelledError from below ends nothing; ours does."""
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs < 3:
            raise asyncio.CancelledError
        await asyncio.Event().wait()

    task = Supervised("test", "leaky", work, pause=0.01)
    async with asyncio.timeout(5):
        while runs < 3:  # noqa: ASYNC110 - the task's own count is what is looked at
            await asyncio.sleep(0.01)
    await task.stop()

    assert runs == 3


async def test_the_running_user_cannot_declare_or_write_elsewhere(broker: Broker) -> None:
    """Topology belongs to `migrate`: the service's own account may not change it."""
    url = broker.runtime_url.replace("{service}", "echo")

    with pytest.raises(Exception, match=r"(?i)refused|access"):
        await topology.declare(url, "other", [])


async def test_housekeeping_keeps_what_is_young(echo: Stage) -> None:
    """Partitions are made a week ahead; answers of 400 days are forgotten, younger ones kept."""
    await echo.as_("official").post("/things", {"name": "a"}, key="young")
    await echo.as_("official").post("/things", {"name": "b"}, key="old")
    await echo.fetch("UPDATE commands SET done_at = now() - interval '401 days' WHERE key = 'old'")

    await echo.running.leader().clean_up()

    assert [row["key"] for row in await echo.fetch("SELECT key FROM commands")] == ["young"]
    ahead = await echo.fetch(
        "SELECT to_regclass(to_char(now() + interval '7 days', "
        "'\"outbox_\"YYYYMMDD')) IS NOT NULL AS made"
    )
    assert ahead[0]["made"]


@pytest.mark.parametrize("ticks", range(5))
async def test_a_cancellation_that_comes_with_the_bell_is_not_swallowed(
    echo: Stage, ticks: int
) -> None:
    """A loop that waits for the bell ends when it is cancelled, in whatever tick it is rung."""
    with echo.running.bell.waiter() as waiter:
        rounds = asyncio.create_task(_wait_for_ever(waiter))
        await asyncio.sleep(0)
        echo.running.bell.heard()
        for _ in range(ticks):
            await asyncio.sleep(0)
        rounds.cancel()
        ended, _ = await asyncio.wait([rounds], timeout=2)
        rounds.cancel()

    assert {rounds} == ended


async def _wait_for_ever(waiter: Waiter) -> None:
    while True:
        await waiter.wait(60)

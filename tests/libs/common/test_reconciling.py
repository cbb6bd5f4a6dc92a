"""What was told in an hour is compared with what was heard of it, and a difference is seen."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import aio_pika
import pytest
from prometheus_client import REGISTRY

from libs.common import clock, topology
from libs.common.envelope import Envelope
from libs.common.testing import Stage
from libs.embedded.rabbitmq import Broker
from tests.libs.common.echo import service
from tests.libs.common.test_worker import count, until

WALL = clock.wall
Pass = Callable[[int], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Lets hours of wall time pass."""

    def pass_by(hours: int) -> None:
        monkeypatch.setattr(clock, "wall", lambda: WALL() + timedelta(hours=hours))

    return pass_by


async def tell(working: Stage, *things: str) -> None:
    """Things are made, and heard of where nothing is wrong with them."""
    for name in things:
        await working.as_("official").post("/things", {"name": name})
    await until(lambda: count_equal(working, "SELECT count(*) FROM names", len(things)))
    await until(lambda: count_equal(working, UNPUBLISHED, 0))


async def reconcile(working: Stage, later: Pass) -> None:
    """The hour ends and is told; when that has been heard, the grace passes, too."""
    later(2)
    leader = working.running.leader()
    await leader.reconcile()
    await until(lambda: count(working, "SELECT count(*) FROM counted_hours"))
    await leader.reconcile()
    later(3)
    await leader.reconcile()


async def count_equal(working: Stage, sql: str, expected: int) -> bool:
    return await count(working, sql) == expected


async def differences(working: Stage) -> list[tuple[object, ...]]:
    """As an operator sees them."""
    found = (await working.as_("auditor").get("/operations/differences")).body["differences"]
    return [
        (one["reaction"], one["told"], one["here"], one["gone_at"] is not None) for one in found
    ]


UNPUBLISHED = "SELECT count(*) FROM outbox WHERE published_at IS NULL"


async def test_an_hour_that_was_heard_agrees(working: Stage, later: Pass) -> None:
    """Told once, with its totals; every reaction has them, and nobody is alarmed."""
    await tell(working, "a", "b")

    await reconcile(working, later)

    told = await working.said("echo.hour.counted.v1")
    [made] = [total for total in told[0].data["totals"] if total["type"] == "echo.thing.made.v1"]
    assert made["count"] == 2
    assert await count(working, "SELECT count(*) FROM counted_hours WHERE NOT agrees") == 0
    assert await differences(working) == []


async def test_what_was_lost_is_found_sent_again_and_gone(working: Stage, later: Pass) -> None:
    """A reaction that lacks an event is a difference, told of; sent again, it is none any more."""
    await tell(working, "a", "b")
    await until(lambda: count_equal(working, "SELECT count(*) FROM effects", 2))
    await working.fetch("DELETE FROM totals WHERE reaction = 'count_thing'")
    await working.fetch("DELETE FROM inbox WHERE reaction = 'count_thing'")

    await reconcile(working, later)
    assert await differences(working) == [("count_thing", 2, 0, False)]
    [told] = await working.said("echo.difference.found.v1")
    assert tuple(told.data[name] for name in ("reaction", "told", "here")) == ("count_thing", 2, 0)

    await send_again(working, told)
    await until(lambda: count_equal(working, "SELECT count(*) FROM effects", 4))
    await working.running.leader().reconcile()

    assert await differences(working) == [("count_thing", 2, 0, True)]


async def test_a_queue_that_was_deleted_with_what_was_in_it(
    working: Stage, broker: Broker, later: Pass
) -> None:
    """Declared anew, nothing tells that it was gone but the hour; sent again, all of it happens."""
    await working.running.stop_work()
    await working.as_("official").post("/things", {"name": "lost"})
    connection = await working.database.connect()
    relay = working.running.leader()._relay
    await relay.run_once(connection, asyncio.Lock())
    await relay.close()
    await connection.close()
    async with await aio_pika.connect(broker.url()) as admin:
        channel = await admin.channel()
        assert (await channel.queue_delete("sanshe.echo")).message_count == 1
    await topology.declare(broker.url(), "echo", service.heard_types)
    working.running.work()

    await reconcile(working, later)
    lost = [("count_thing", 1, 0, False), ("names", 1, 0, False)]
    assert await differences(working) == lost
    await until(lambda: open_differences(2))

    hour = timedelta(hours=1)
    body = {"since": (WALL() - hour).isoformat(), "until": (WALL() + hour).isoformat()}
    answer = await working.as_("operator").post("/operations/resendings", body)
    assert (answer.body["receiver"], len(answer.body["types"]) > 2) == ("everybody", True)
    await until(lambda: count_equal(working, "SELECT count(*) FROM effects", 1))
    await until(lambda: count_equal(working, "SELECT count(*) FROM names", 1))
    await working.running.leader().reconcile()
    await until(lambda: open_differences(0))


async def open_differences(many: int) -> bool:
    """Whether the metric shows so many."""
    return many == REGISTRY.get_sample_value("sanshe_differences_open", {"service": "echo"})


async def send_again(working: Stage, told: Envelope) -> None:
    """What an operator does on hearing of a difference."""
    body = {
        "receiver": "echo",
        "types": [told.data["event_type"]],
        "since": told.data["hour"],
        "until": (WALL() + timedelta(hours=1)).isoformat(),
    }
    assert (await working.as_("operator").post("/operations/resendings", body)).status == 202


async def test_the_same_number_of_other_events_differs(working: Stage, later: Pass) -> None:
    """Not the count alone is compared."""
    await tell(working, "a")
    await working.fetch("UPDATE totals SET xor = ~ xor WHERE reaction = 'names'")

    await reconcile(working, later)

    assert await differences(working) == [("names", 1, 1, False)]


async def test_what_waits_or_is_parked_is_not_missing(working: Stage, later: Pass) -> None:
    """It is here, in a row that somebody can look at."""
    await tell(working, "later", "poison")
    await until(lambda: count_equal(working, "SELECT count(*) FROM waiting", 2))

    await reconcile(working, later)

    assert await differences(working) == []


async def test_an_hour_is_told_when_all_of_it_is_published(echo: Stage, later: Pass) -> None:
    """An event that nobody has taken yet would be missing from the totals."""
    await echo.as_("official").post("/things", {"name": "a"})
    await echo.fetch(
        """
        INSERT INTO totals (direction, reaction, type, hour, lane, count, xor)
             SELECT 'emitted', '', type, hour_of(event_id), 0, 1, bits_of(event_id) FROM outbox
        """
    )
    later(2)
    await echo.running.leader().reconcile()
    assert await echo.said("echo.hour.counted.v1") == []

    await echo.fetch("UPDATE outbox SET published_at = now()")
    await echo.running.leader().reconcile()
    await echo.running.leader().reconcile()
    assert len(await echo.said("echo.hour.counted.v1")) == 1


async def test_probes_are_in_no_hour(echo: Stage, later: Pass) -> None:
    """Whoever sent a probe looks for it: an hour of probes alone is not told, nor compared."""
    sent = await echo.as_("system").post("/operations/probes")
    [told] = await echo.said()
    await publish_all(echo)
    later(2)
    await echo.running.leader().reconcile()

    assert (sent.status, told.type, told.subject) == (201, "echo.probe.sent.v1", "echo")
    assert told.data == sent.body
    assert await echo.said("echo.hour.counted.v1") == []

    await echo.as_("official").post("/things", {"name": "a"})
    await publish_all(echo)
    await echo.running.leader().reconcile()
    [counted] = await echo.said("echo.hour.counted.v1")
    assert [total["type"] for total in counted.data["totals"]] == ["echo.thing.made.v1"]


async def publish_all(echo: Stage) -> None:
    """As a relay counts and marks it, without a broker."""
    await echo.fetch(
        """
        INSERT INTO totals (direction, reaction, type, hour, lane, count, xor)
             SELECT 'emitted', '', type, hour_of(event_id), 0, 1, bits_of(event_id)
               FROM outbox
              WHERE published_at IS NULL
        """
    )
    await echo.fetch("UPDATE outbox SET published_at = now()")

"""A service empties a view, notifications hears of it and sends its log again: over a broker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

import aio_pika
import pytest

from libs.common import topology
from libs.common.envelope import Envelope, encode
from libs.common.ids import new_id
from libs.common.testing import CITY, Stage
from libs.embedded import rabbitmq
from libs.embedded.rabbitmq import Broker
from services.casework.app import service as casework_service
from services.notifications.app import service as notifications_service
from tests.libs.common.test_worker import count, until

TYPE = "registry.organisation.filed.v1"
MANY = 600
"""More than one batch."""


@pytest.fixture
async def broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Broker]:
    """A private RabbitMQ with the topology of both."""
    names = ["casework", "notifications"]
    async with rabbitmq.running(tmp_path_factory.mktemp("rabbitmq"), names) as running:
        for service in (casework_service, notifications_service):
            await topology.declare(running.url(), service.name, service.heard_types)
        yield running


async def test_a_view_is_filled_from_the_log(
    open_stage: Callable[..., Awaitable[Stage]], broker: Broker
) -> None:
    """All rows are back, for that view alone, though the sender was stopped in the middle."""
    casework, notifications = [
        await open_stage(service, broker.runtime_url.replace("{service}", service.name))
        for service in (casework_service, notifications_service)
    ]
    casework.running.work()
    notifications.running.work()
    try:
        await publish(broker.url(), [organisation(new_id(), n) for n in range(MANY)])
        await until(lambda: organisations(casework, MANY), seconds=60)
        await until(lambda: logged(notifications, MANY), seconds=60)
        before = await casework.fetch("SELECT * FROM organisations ORDER BY id")

        answer = await casework.as_("operator").post("/operations/views/organisations/rebuild")
        assert (answer.status, answer.body["rows"]) == (202, MANY)
        await until(lambda: count(notifications, "SELECT count(*) FROM resendings"), seconds=30)
        await notifications.running.stop_work()
        notifications.running.work()

        await until(lambda: organisations(casework, MANY), seconds=60)
        assert before == await casework.fetch("SELECT * FROM organisations ORDER BY id")
        assert await count(casework, "SELECT count(*) FROM waiting") == 0
        assert (
            await count(casework, "SELECT sum(count) FROM totals WHERE direction = 'heard'") == MANY
        )
    finally:
        await asyncio.gather(casework.running.stop_work(), notifications.running.stop_work())


async def test_what_is_held_back_keeps_a_rebuild_open(notifications: Stage) -> None:
    """A rebuild is done when no event of it waits for the one before it in the log."""
    organisation_id = new_id()
    data = {"id": organisation_id, "name": "乐助社工中心"}
    await notifications.hear(TYPE, organisation_id, data, sequence=2)
    await notifications.hear(
        "casework.view.emptied.v1", "view-organisations", {"view": "organisations", "types": [TYPE]}
    )
    await notifications.fetch("UPDATE resendings SET until = now()")
    sender = notifications.running.leader()._sender

    assert await sender.run_once()
    assert await count(notifications, UNDONE) == 1

    await notifications.fetch("DELETE FROM event_log WHERE position IS NULL")
    await notifications.fetch("UPDATE resendings SET due_at = now()")
    assert await sender.run_once()
    assert await count(notifications, UNDONE) == 0


UNDONE = "SELECT count(*) FROM resendings WHERE done_at IS NULL"


async def organisations(stage: Stage, many: int) -> bool:
    return await count(stage, "SELECT count(*) FROM organisations") == many


async def logged(stage: Stage, many: int) -> bool:
    return await count(stage, "SELECT count(*) FROM event_log WHERE position IS NOT NULL") >= many


def organisation(subject: UUID, number: int) -> Envelope:
    """A filed group, as the registry would tell of it."""
    return Envelope(
        id=new_id(),
        type=TYPE,
        source=f"urn:sanshe:{CITY}:registry",
        subject=str(subject),
        time=datetime(2025, 1, 1, tzinfo=UTC),
        sequence=1,
        epoch=1,
        division=CITY,
        correlation=new_id(),
        causation="",
        actor="somebody",
        rehearsal=True,
        data={
            "id": str(subject),
            "name": f"小组 {number}",
            "division": CITY,
            "status": "filed",
            "filing_number": f"F-{number}",
        },
    )


async def publish(url: str, events: list[Envelope]) -> None:
    """Tell these, with confirms."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange(topology.EXCHANGE)
        for event in events:
            await exchange.publish(
                aio_pika.Message(encode(event), message_id=str(event.id)), event.type
            )

"""The embedded servers start, keep their data, refuse what they must, and end without a trace."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aio_pika
import asyncpg
import pytest
from aio_pika.abc import AbstractChannel
from aiormq.exceptions import ChannelAccessRefused
from pamqp.common import FieldTable

from libs.embedded import home, postgres, rabbitmq
from libs.embedded.children import started_at
from libs.embedded.rabbitmq import Broker
from libs.embedded.servers import shared_servers

QUORUM: FieldTable = {"x-queue-type": "quorum", "x-delivery-limit": 1000}


@pytest.fixture(scope="module")
async def broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Broker]:
    """A broker with the topology of two services, as `migrate` makes it."""
    folder = tmp_path_factory.mktemp("broker")
    async with rabbitmq.running(folder, ["registry", "notifications"]) as running:
        async with await aio_pika.connect(running.url()) as connection:
            channel = await connection.channel()
            exchange = await channel.declare_exchange("sanshe.events", "topic", durable=True)
            for name in ("registry", "notifications"):
                queue = await channel.declare_queue(
                    f"sanshe.{name}", durable=True, arguments=QUORUM
                )
                await queue.bind(exchange, "#")
        yield running


async def test_postgres_keeps_its_data(tmp_path: Path) -> None:
    """A second start on the same folder finds what the first one stored, even after a crash."""
    async with postgres.running(tmp_path) as server:
        connection = await asyncpg.connect(server.url)
        await connection.execute("CREATE EXTENSION btree_gist; CREATE EXTENSION pg_trgm")
        await connection.execute("CREATE TABLE kept AS SELECT 7 AS value")
        connection.terminate()
        await server.kill()
    async with postgres.running(tmp_path, keep=False) as server:
        connection = await asyncpg.connect(server.url)

        assert await connection.fetchval("SELECT value FROM kept") == 7
        assert await connection.fetchval("SHOW max_connections") == "300"
        await connection.close()
        pid = server.pid
    assert not started_at(pid)
    assert not postgres.place_of(tmp_path).exists()


@pytest.mark.parametrize("room", [0, 2**60])
async def test_data_in_memory_are_on_the_disk_where_it_has_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    """Whoever asks for memory gets a server in either case, and nothing of it stays."""
    monkeypatch.setattr(home, "ROOM", room)
    async with postgres.running(tmp_path, keep=False, memory=True) as server:
        connection = await asyncpg.connect(server.url)
        await connection.execute("CREATE DATABASE one")
        await connection.close()
        place = server.place
        assert (place.parent == home.in_memory()) == home.has_memory() == (room == 0)
    assert not place.exists()


async def test_a_later_run_ends_what_a_killed_one_left(tmp_path: Path) -> None:
    """A server whose starter was killed is stopped by the next start on its folder."""
    abandoned = postgres.Postgres(tmp_path, postgres.Durability.REHEARSAL)
    await abandoned.start()
    async with postgres.running(tmp_path, keep=False) as server:
        assert server.pid != abandoned.pid
        assert not started_at(abandoned.pid)


async def test_shared_servers_end_with_their_holder(tmp_path: Path) -> None:
    """The servers for test workers answer, and are gone when the block ends."""
    with shared_servers(tmp_path, ["registry"]) as servers:
        connection = await asyncpg.connect(servers.database_url)
        await connection.close()
        url = servers.amqp_runtime_url.replace("{service}", "registry")
        async with await aio_pika.connect(url) as client:
            assert not client.is_closed
        notes = [path.read_text().split() for path in (tmp_path / "run").rglob("*.pid")]
    assert len(notes) == 3
    assert [started_at(int(pid)) for pid, _ in notes] == [""] * 3


@pytest.mark.parametrize("user", ["sanshe_registry", "sanshe_notifications", "scenario"])
async def test_only_the_administrator_declares(broker: Broker, user: str) -> None:
    """No runtime user may make an exchange or a queue."""
    async with await aio_pika.connect(broker.url(user)) as connection:
        for declare in (declare_exchange, declare_queue):
            with pytest.raises(ChannelAccessRefused):
                await declare(await connection.channel())


async def declare_exchange(channel: AbstractChannel) -> None:
    """Make an exchange of a new name."""
    await channel.declare_exchange("new.exchange", "topic", durable=True)


async def declare_queue(channel: AbstractChannel) -> None:
    """Make a queue of a name that the user may read."""
    await channel.declare_queue("sanshe.registry.dead", durable=True, arguments=QUORUM)


async def test_a_service_hears_its_own_queue_alone(broker: Broker) -> None:
    """What one service says arrives in each queue; another's queue is closed to it."""
    async with await aio_pika.connect(broker.url("sanshe_registry")) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange("sanshe.events", ensure=False)
        await exchange.publish(aio_pika.Message(b"said"), "registry.worker.added")
        own = await channel.get_queue("sanshe.registry", ensure=False)
        heard = await own.get(timeout=5)
        await heard.ack()
        others = await channel.get_queue("sanshe.notifications", ensure=False)

        assert heard.body == b"said"
        with pytest.raises(ChannelAccessRefused):
            await others.get(fail=False)


@pytest.mark.parametrize(("service", "allowed"), [("notifications", True), ("registry", False)])
async def test_only_notifications_sends_to_a_queue(
    broker: Broker, service: str, allowed: bool
) -> None:
    """The default exchange, which rebuilds use, is open to notifications alone."""
    async with await aio_pika.connect(broker.url(f"sanshe_{service}")) as connection:
        channel = await connection.channel()
        sending = channel.default_exchange.publish(aio_pika.Message(b"again"), "sanshe.registry")
        if allowed:
            await sending
        else:
            with pytest.raises(ChannelAccessRefused):
                await sending


async def test_guest_is_unknown(broker: Broker) -> None:
    """The broker has the users of the definitions and no other."""
    address = f"amqp://guest:guest@127.0.0.1:{broker.port}/sanshe"
    with pytest.raises(aio_pika.exceptions.ProbableAuthenticationError):
        await aio_pika.connect(address)


async def test_a_killed_broker_comes_back(broker: Broker) -> None:
    """After SIGKILL the broker has the same address, queues and messages, and one epmd."""
    async with await aio_pika.connect(broker.url()) as connection:
        channel = await connection.channel()
        await channel.declare_queue("scenario.kept", durable=True, arguments=QUORUM)
        lasting = aio_pika.Message(b"kept", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(lasting, "scenario.kept")
    # A quorum queue younger than half a second does not outlive SIGKILL.
    await asyncio.sleep(2)
    killed = broker.pid
    epmd = (broker.children.run / "epmd.pid").read_text()
    await broker.kill()
    await broker.restart()

    assert broker.pid != killed
    assert (broker.children.run / "epmd.pid").read_text() == epmd
    async with await aio_pika.connect(broker.url("scenario")) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue("scenario.kept", ensure=False)
        message = await queue.get(timeout=10)
        await message.ack()
        assert message.body == b"kept"

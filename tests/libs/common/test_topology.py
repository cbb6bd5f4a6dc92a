"""What a queue is bound to, from one release to the next."""

import aio_pika
from aio_pika.exceptions import PublishError

from libs.common.testing import Stage
from libs.common.topology import EXCHANGE, migrate_topology
from libs.embedded.rabbitmq import Broker

BEFORE, AFTER = frozenset({"before"}), frozenset({"after"})


async def routed(url: str, *types: str) -> set[str]:
    """Those of these types that reach any queue."""
    found = set()
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(on_return_raises=True)
        exchange = await channel.get_exchange(EXCHANGE)
        for name in types:
            try:
                await exchange.publish(aio_pika.Message(b"{}"), name)
                found.add(name)
            except PublishError:
                pass
    return found


async def test_what_is_no_longer_heard_is_unbound_after(echo: Stage, broker: Broker) -> None:
    """Old code still hears it until it has gone; whoever is killed on the way runs it again."""
    database = echo.database.url.replace("sanshe_echo:runtime", "sanshe_echo_owner:owner")
    types = ("one.v1", "two.v1", "three.v1")

    async def migrate(heard: list[str], phases: frozenset[str]) -> set[str]:
        await migrate_topology(database, broker.url(), "later", heard, phases)
        return await routed(broker.url(), *types)

    assert await migrate(["one.v1", "two.v1"], BEFORE | AFTER) == {"one.v1", "two.v1"}
    assert await migrate(["two.v1", "three.v1"], BEFORE) == set(types)
    # Rolled back, and forward again.
    assert await migrate(["one.v1", "two.v1"], BEFORE) == set(types)
    assert await migrate(["two.v1", "three.v1"], BEFORE) == set(types)
    assert await migrate(["two.v1", "three.v1"], AFTER) == {"two.v1", "three.v1"}
    assert await migrate(["two.v1", "three.v1"], AFTER) == {"two.v1", "three.v1"}

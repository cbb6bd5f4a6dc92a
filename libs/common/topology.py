"""Exchange, queues and bindings on the broker: made with administrative rights, by phases."""

from collections.abc import Collection
from typing import Final

import aio_pika
import asyncpg
from aio_pika.abc import AbstractChannel, AbstractQueue

EXCHANGE: Final = "sanshe.events"
DEAD_EXCHANGE: Final = "sanshe.dead"
DELIVERY_LIMIT: Final = 1000
"""Only a guard: every end of a consumer counts one for all that was prefetched."""


async def migrate_topology(
    database_url: str, url: str, service: str, heard: Collection[str], phases: frozenset[str]
) -> None:
    """Before new code comes its types are bound; after the old one went its own are unbound.

    A broker cannot tell what is bound, so it is noted in the database: before it is bound, and
    until it is unbound, whenever this is killed.
    """
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        if "before" in phases:
            await connection.executemany(
                "INSERT INTO bindings (type) VALUES ($1) ON CONFLICT DO NOTHING",
                [(name,) for name in heard],
            )
            await declare(url, service, heard)
        if "after" in phases:
            rows = await connection.fetch("SELECT type FROM bindings")
            former = {row["type"] for row in rows} - set(heard)
            await _unbind(url, service, former)
            await connection.execute("DELETE FROM bindings WHERE type = ANY ($1)", list(former))
    finally:
        await connection.close()


async def declare(url: str, service: str, types: Collection[str]) -> None:
    """Exchange, queue and dead-letter queue, bound to these types and to whatever they were."""
    async with await aio_pika.connect(url, timeout=10) as connection:
        channel = await connection.channel()
        exchange = await channel.declare_exchange(EXCHANGE, "topic", durable=True)
        await channel.declare_exchange(DEAD_EXCHANGE, "direct", durable=True)
        dead = await channel.declare_queue(
            f"sanshe.{service}.dead",
            durable=True,
            arguments={"x-queue-type": "quorum", "x-delivery-limit": DELIVERY_LIMIT},
        )
        await dead.bind(DEAD_EXCHANGE, service)
        queue = await _declare_queue(channel, service)
        for event_type in types:
            await queue.bind(exchange, event_type)


async def _declare_queue(channel: AbstractChannel, service: str) -> AbstractQueue:
    return await channel.declare_queue(
        f"sanshe.{service}",
        durable=True,
        arguments={
            "x-queue-type": "quorum",
            "x-single-active-consumer": True,
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": DEAD_EXCHANGE,
            "x-dead-letter-routing-key": service,
        },
    )


async def _unbind(url: str, service: str, types: Collection[str]) -> None:
    async with await aio_pika.connect(url, timeout=10) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue(f"sanshe.{service}", ensure=False)
        for event_type in types:
            await queue.unbind(EXCHANGE, event_type)

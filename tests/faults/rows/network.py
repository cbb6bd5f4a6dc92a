"""E1–E4: the network between clients, services and servers is cut, silent, or deaf on one side."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from tests.faults.lab import Lab, until
from tests.faults.link import HOLE, NO_REPLIES, PASS, RESET, Link, linked
from tests.faults.matrix import Outcome, row
from tests.faults.scene import TAKING_PART, Scene, at_work

CONNECTED: Final = "sanshe_amqp_consumer_connected"
UNCONFIRMED: Final = "sanshe_outbox_unconfirmed_total"


@dataclass(frozen=True, slots=True)
class Lines:
    """All that a service hears and says goes over these."""

    front: Link
    database: Link
    broker: Link


@asynccontextmanager
async def _far_apart(lab: Lab) -> AsyncIterator[Lines]:
    """Processes that are started inside reach their servers, and are reached, over links."""
    postgres, broker = lab.ground.postgres, lab.ground.broker
    async with AsyncExitStack() as stack:

        async def line(variable: str, port: int) -> Link:
            link = await stack.enter_async_context(linked(lambda: port, lab.seed))
            address = lab.environment[variable].replace(f":{port}/", f":{link.port}/")
            lab.environment[variable] = address
            return link

        front = linked(lambda: lab.children["registry-api-1"].api_port, lab.seed)
        yield Lines(
            await stack.enter_async_context(front),
            await line("DATABASE_URL", postgres.port),
            await line("AMQP_URL", broker.port),
        )


async def _relay_lives(scene: Scene) -> None:
    """The relay has looked for work a moment ago, under a lead that holds."""
    leads = await scene.metric(scene.teller, "sanshe_leader")
    up = await scene.metric(scene.teller, "sanshe_background_task_up", task="leader")
    scene.expect(leads == 1 and up == 1, f"leads {leads:.0f}, task up {up:.0f}")


@row("E1", "cuts between clients, services, database and broker", *TAKING_PART)
async def lines_cut(lab: Lab) -> Outcome:
    """Whatever was under way is repeated under its key or sent again under its id."""
    seconds = lab.size(5, 30)
    async with _far_apart(lab) as lines:
        async with at_work(lab, lines.front) as scene:
            for line in (lines.broker, lines.database, lines.front):
                line.become(RESET)
                await asyncio.sleep(seconds)
                line.become(PASS)
                await scene.recovered()
                await scene.progress()
            await _relay_lives(scene)
            again = await scene.metric(scene.hearer, "sanshe_inbox_duplicates_total")
            moved = f"3 cuts of {seconds} s, sanshe_inbox_duplicates_total {again:.0f}"
        return await scene.outcome(moved)


@row("E3", "links to the broker and to the database are half-open", *TAKING_PART)
async def half_open(lab: Lab) -> Outcome:
    """Nobody is told that the other side has gone: both sides notice by themselves."""
    async with _far_apart(lab) as lines:
        async with at_work(lab, lines.front) as scene:
            lines.broker.become(HOLE)

            async def noticed() -> bool:
                deaf = await scene.metric(scene.hearer, CONNECTED) == 0
                return deaf and await scene.metric(scene.teller, UNCONFIRMED) > 0

            broker = await until(noticed, "relay and consumer notice")
            # Longer than the client library needs to throw a cancellation into the relay.
            await asyncio.sleep(max(0.0, 20 - broker) + lab.size(0, 60))
            lines.broker.become(PASS)
            await scene.recovered()
            await _relay_lives(scene)
            quiet = dict(scene.load.disturbed)
            scene.expect(not quiet, f"clients were told {quiet}")

            lines.database.become(HOLE)

            async def stood_down() -> bool:
                return await scene.metric(scene.teller, "sanshe_leader") == 0

            database = await until(stood_down, "the leader stands down")
            await asyncio.sleep(lab.size(0, 60))
            lines.database.become(PASS)
            await scene.recovered()
            await _relay_lives(scene)
            moved = f"{CONNECTED} 0 in {broker:.0f} s, sanshe_leader 0 in {database:.0f} s"
        return await scene.outcome(moved)


@row("E4", "requests arrive and replies are lost, on each line", *TAKING_PART)
async def replies_lost(lab: Lab) -> Outcome:
    """It was done and nobody knows: repeated, it is done once."""
    seconds = lab.size(6, 30)
    async with _far_apart(lab) as lines:
        async with at_work(lab, lines.front) as scene:
            for line in (lines.front, lines.database, lines.broker):
                line.become(NO_REPLIES)
                await asyncio.sleep(seconds)
                line.become(PASS)
                await scene.recovered()
                await scene.progress()
            await _relay_lives(scene)
            scene.expect(scene.load.replays > 0, "no client was given a stored answer again")
            unknown = await scene.metric(
                scene.api, "sanshe_http_refusals_total", code="outcome-unknown"
            ) + await scene.metric(scene.teller, UNCONFIRMED)
            scene.expect(unknown > 0, "nothing was of unknown outcome")
            again = await scene.metric(scene.hearer, "sanshe_inbox_duplicates_total")
            replayed = await scene.metric(scene.api, "sanshe_commands_replayed_total")
            scene.expect(replayed >= scene.load.replays, f"{replayed:.0f} replays were counted")
            moved = (
                f"sanshe_commands_replayed_total {replayed:.0f},"
                f" sanshe_inbox_duplicates_total {again:.0f}"
            )
        return await scene.outcome(f"{moved}, unknown {unknown:.0f}")

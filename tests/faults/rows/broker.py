"""C1–C12: the broker is away, full, or not as it was made."""

import asyncio
import time
from datetime import UTC, datetime
from functools import partial

from libs.common.testing import token
from libs.common.topology import EXCHANGE
from tests.faults.ground import service_of
from tests.faults.lab import Child, Lab, until
from tests.faults.matrix import Outcome, row
from tests.faults.scene import TAKING_PART, Scene, administration, at_work, migrate_topology
from tests.faults.verdict import judge, settle

UNCONFIRMED = "sanshe_outbox_unconfirmed_total"
REFUSED = "sanshe_outbox_refused_total"
CANCELLED = "sanshe_amqp_consumer_cancelled_total"
AGE = "sanshe_outbox_oldest_age_seconds"
CONNECTED = "sanshe_amqp_consumer_connected"
DIFFERENCES = "sanshe_differences_open"
PATIENCE = (
    "application:set_env(rabbit, consumer_timeout, {}),"
    " application:set_env(rabbit, channel_tick_interval, {})."
)


async def _quiet(scene: Scene) -> None:
    """Commands need no broker: no client has noticed anything."""
    told = dict(scene.load.disturbed)
    scene.expect(not told, f"clients were told {told}")


async def _leads_still(scene: Scene) -> None:
    """A broker in trouble costs the registry's worker neither its lead nor its timers."""
    leads = await scene.metric(scene.teller, "sanshe_leader")
    restarts = await scene.metric(
        scene.teller, "sanshe_background_task_restarts_total", task="leader"
    )
    scene.expect(leads == 1 and restarts == 0, f"leads {leads:.0f}, restarted {restarts:.0f}×")


@row("C1", "the broker stops and starts again", *TAKING_PART)
async def broker_restarted(lab: Lab) -> Outcome:
    """Commands go on; what they told is heard when the broker is back."""
    broker = lab.ground.broker
    async with at_work(lab) as scene:
        async with lab.watching(CONNECTED, scene.hearer) as connected:
            await broker.stop()
            try:
                await scene.progress(lab.size(20, 200))
            finally:
                await broker.start()
            await scene.recovered()
        await _quiet(scene)
        await _leads_still(scene)
        scene.expect(0 in connected, f"{CONNECTED} never was 0")
    return await scene.outcome(f"{CONNECTED} 1 → 0 → 1")


@row("C2", "the broker is killed, again and again", *TAKING_PART)
async def broker_killed(lab: Lab) -> Outcome:
    """Confirmed messages survive; those of unknown fate are sent again under the same id."""
    broker = lab.ground.broker
    times = lab.size(2, 20)
    async with at_work(lab) as scene:
        for _ in range(times):
            await scene.progress(lab.random.randrange(5, 30))
            await broker.kill()
            await broker.start()
            await scene.recovered()
        await _quiet(scene)
        await _leads_still(scene)
        again = await scene.metric(scene.hearer, "sanshe_inbox_duplicates_total")
    return await scene.outcome(f"{times} kills, sanshe_inbox_duplicates_total {again:.0f}")


async def _under_alarm(lab: Lab, alarm: tuple[str, str], calm: tuple[str, str]) -> Outcome:
    """A broker that takes nothing is not a broker that is away: the publish has no answer."""
    async with at_work(lab) as scene:
        before = await scene.metric(scene.teller, UNCONFIRMED)
        async with lab.watching(AGE, scene.teller) as ages:
            await lab.ground.broker.control(*alarm)
            try:

                async def noticed() -> bool:
                    return await scene.metric(scene.teller, UNCONFIRMED) > before

                await until(noticed, "the relay gives a publish up")
                await scene.progress(lab.size(10, 400))
            finally:
                await lab.ground.broker.control(*calm)
            await scene.recovered()
        await _quiet(scene)
        await _leads_still(scene)
        unknown = await scene.metric(scene.teller, UNCONFIRMED)
        again = await scene.metric(scene.hearer, "sanshe_inbox_duplicates_total")
    return await scene.outcome(
        f"{UNCONFIRMED} {unknown:.0f}, {AGE} up to {max(ages):.1f},"
        f" sanshe_inbox_duplicates_total {again:.0f}"
    )


@row("C3", "the broker's memory alarm", *TAKING_PART)
async def memory_alarm(lab: Lab) -> Outcome:
    """The outbox holds what the broker does not take."""
    mark = "set_vm_memory_high_watermark"
    return await _under_alarm(lab, (mark, "0.00001"), (mark, "0.4"))


@row("C4", "the broker's disk alarm", *TAKING_PART)
async def disk_alarm(lab: Lab) -> Outcome:
    """The outbox holds what the broker does not take."""
    return await _under_alarm(
        lab, ("set_disk_free_limit", "999GB"), ("set_disk_free_limit", "50MB")
    )


@row("C5", "a queue is deleted under its consumer", *TAKING_PART)
async def queue_deleted(lab: Lab) -> Outcome:
    """The consumer notices; what was in the queue, or went to others alone, is sent again."""
    began = datetime.now(UTC)
    async with at_work(lab) as scene:
        await _hold_up(lab)
        await scene.progress(20)
        async with administration(lab) as channel:
            await channel.queue_delete("sanshe.notifications")
        try:

            async def noticed() -> bool:
                return await scene.metric(scene.hearer, CANCELLED) > 0

            await until(noticed, "the consumer is told that its queue is gone", 4)
            await _let_go(lab)
            await scene.progress(lab.size(10, 100))
        finally:
            await migrate_topology(lab)
        await scene.recovered()
        await _quiet(scene)
        await _leads_still(scene)
    await settle(lab, still=3)
    missing = (await judge(lab, scene.load.history)).lost
    scene.expect(missing > 0, "the deleted queue held nothing")
    differ = await _reconciled(scene)
    over = time.monotonic()
    await _send_again(scene, began)
    await until(partial(_differ, scene, 0), "the difference is gone")
    await settle(lab)
    scene.seconds += time.monotonic() - over
    again = await scene.metric(scene.teller, "sanshe_events_resent_total")
    scene.expect(again > 0, "nothing was sent again")
    return await scene.outcome(
        f"{DIFFERENCES} {differ:.0f} → 0, missing {missing}, sanshe_events_resent_total {again:.0f}"
    )


async def _reconciled(scene: Scene) -> float:
    """Let the hour pass, be told and compared: the alarm's metric, which was 0 before."""
    lab = scene.lab
    before = await scene.metric(scene.hearer, DIFFERENCES)
    scene.expect(before == 0, f"{DIFFERENCES} was {before:.0f} before the hour was over")
    await _live_on(lab, scene.teller, 2)
    await _live_on(lab, scene.hearer, 2)
    await until(partial(_noted, lab), "the hour is told and noted")
    await _live_on(lab, scene.hearer, 3)
    await until(partial(_differ, scene, 1), "the alarm is raised")
    return await scene.metric(scene.hearer, DIFFERENCES)


async def _live_on(lab: Lab, child: Child, hours: int) -> None:
    """The process goes on so many hours later."""
    await lab.signal(child)
    await lab.ended(child)
    await lab.restart(child, "--later", str(hours))


async def _noted(lab: Lab) -> bool:
    return bool(await lab.value("notifications", "SELECT count(*) FROM counted_hours"))


async def _differ(scene: Scene, least: int) -> bool:
    """Whether some hours differ, or (0) none does."""
    shown = await scene.metric(scene.hearer, DIFFERENCES)
    return shown >= least > 0 or shown == least == 0


async def _hold_up(lab: Lab) -> None:
    """Nothing can be written into the log of events: lanes fill, and then the queue."""
    for statement in ("BEGIN", "LOCK TABLE event_log IN ACCESS EXCLUSIVE MODE"):
        await lab.sql("notifications", statement)


async def _let_go(lab: Lab) -> None:
    await lab.sql("notifications", "COMMIT")


async def _send_again(scene: Scene, since: datetime) -> None:
    """An operator asks for everything since then, as the alarm of a reconciliation would."""
    types = service_of("notifications").heard_types
    body = {
        "receiver": "notifications",
        "types": [kind for kind in types if kind.startswith("registry.")],
        "since": since.isoformat(),
        "until": datetime.now(UTC).isoformat(),
    }
    async with scene.load as load:
        answer = await load.send(
            "POST", "/operations/resendings", body, "resend", bearer=token("operator")
        )
    scene.expect(answer.status == 202, f"the resending was answered {answer.status} {answer.body}")


@row("C8", "the exchange is deleted", *TAKING_PART)
async def exchange_deleted(lab: Lab) -> Outcome:
    """The relay survives, storms nobody, and sends everything when `migrate` has run."""
    async with at_work(lab) as scene:
        async with administration(lab) as channel:
            await channel.exchange_delete(EXCHANGE)
        try:

            async def noticed() -> bool:
                return await scene.metric(scene.teller, UNCONFIRMED) > 0

            await until(noticed, "the relay notices")
            await scene.progress(lab.size(20, 200))
        finally:
            await migrate_topology(lab)
        await scene.recovered()
        await _quiet(scene)
        await _leads_still(scene)
        unknown = await scene.metric(scene.teller, UNCONFIRMED)
    return await scene.outcome(f"{UNCONFIRMED} {unknown:.0f}")


@row("C9", "bindings are removed", *TAKING_PART)
async def bindings_removed(lab: Lab) -> Outcome:
    """What nobody is bound to is returned and held back, until somebody is again."""
    kind = "registry.worker.enrolled.v1"
    async with at_work(lab) as scene:
        async with administration(lab) as channel:
            # Notifications last, and first again: see `migrate_topology`.
            for name in sorted(lab.ground.prepared, key=lambda one: one == "notifications"):
                if kind in service_of(name).heard_types:
                    queue = await channel.get_queue(f"sanshe.{name}", ensure=False)
                    await queue.unbind(EXCHANGE, kind)
        try:

            async def noticed() -> bool:
                return await scene.metric(scene.teller, REFUSED) > 0

            await until(noticed, "the relay is given an event back")
            await scene.progress(lab.size(10, 100))
        finally:
            await migrate_topology(lab)
        await scene.recovered()
        await _quiet(scene)
        await _leads_still(scene)
        refused = await scene.metric(scene.teller, REFUSED)
    return await scene.outcome(f"{REFUSED} {refused:.0f}")


@row("C12", "the broker's consumer timeout", *TAKING_PART)
async def consumer_timeout(lab: Lab) -> Outcome:
    """A handler that takes too long loses its channel; it subscribes again and repeats nothing."""
    control = lab.ground.broker.control
    await control("eval", PATIENCE.format(1000, 500))
    try:
        async with at_work(lab) as scene:
            lost = partial(scene.metric, scene.hearer, "sanshe_amqp_lost_acknowledgements_total")
            async with lab.watching(CONNECTED, scene.hearer) as connected:
                await _hold_up(lab)
                await asyncio.sleep(4)
                await _let_go(lab)
                await scene.recovered()
            await _quiet(scene)
            scene.expect(await lost() > 0, "no acknowledgement was lost")
            scene.expect(0 in connected, f"{CONNECTED} never was 0")
            again = await scene.metric(scene.hearer, "sanshe_inbox_duplicates_total")
            moved = (
                f"{CONNECTED} 1 → 0 → 1, sanshe_amqp_lost_acknowledgements_total {await lost():.0f}"
            )
        return await scene.outcome(f"{moved}, sanshe_inbox_duplicates_total {again:.0f}")
    finally:
        await control("eval", PATIENCE.format(1800000, 60000))

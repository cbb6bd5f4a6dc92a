"""The consumer of a service's queue: lanes by subject, one event at a time within a lane."""

import asyncio
import zlib
from typing import Final

import structlog
from aio_pika.abc import AbstractConnection, AbstractIncomingMessage
from aiormq.exceptions import AMQPError, ChannelInvalidStateError
from prometheus_client import Counter, Gauge

from libs.common import publisher
from libs.common.bus import Hearing
from libs.common.endings import LANE_SECONDS
from libs.common.errors import Unreachable
from libs.common.publisher import EVERYBODY, FOR_REACTION, FOR_SERVICE, LINK_SECONDS
from libs.common.secret import Secret
from libs.common.tasks import drain_forced

log = structlog.get_logger()

LANES: Final = 8
PREFETCH: Final = 200
_connected = Gauge("sanshe_amqp_consumer_connected", "1 while the queue is consumed", ["service"])
_cancelled = Counter(
    "sanshe_amqp_consumer_cancelled_total",
    "Consumers ended by the broker, as when a queue is deleted",
    ["service"],
)
_unacknowledged = Counter(
    "sanshe_amqp_lost_acknowledgements_total",
    "Messages handled whose acknowledgement found the link gone",
    ["service"],
)
_in_flight = Gauge("sanshe_lanes_in_flight", "Messages taken and not acknowledged", ["service"])


class Consumer:
    """Takes messages off a queue and acknowledges what has been dealt with."""

    def __init__(self, service: str, address: Secret, hearing: Hearing) -> None:
        self._address = address
        self._hearing = hearing
        self._service = service
        self._queue = f"sanshe.{service}"
        self._connected = _connected.labels(service)
        self._cancelled = _cancelled.labels(service)
        self._unacknowledged = _unacknowledged.labels(service)
        self._stopping = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    async def run(self) -> None:
        """Consume until the link or the process ends; whoever supervises calls it again."""
        if self._stopping.is_set():
            await asyncio.Event().wait()
        self._idle.clear()
        try:
            connection = await publisher.connect(self._address)
            try:
                await self._consume(connection)
            finally:
                self._connected.set(0)
                await _close(connection)
        finally:
            self._idle.set()

    async def _consume(self, connection: AbstractConnection) -> None:
        closed = asyncio.Event()
        # A dead link raises nothing in a callback consumer: this is the only way to learn of it.
        connection.close_callbacks.add(lambda *_: closed.set(), weak=False)
        async with asyncio.timeout(LINK_SECONDS):
            channel = await connection.channel()
            channel.close_callbacks.add(lambda *_: closed.set(), weak=False)
            broker_cancels = (await channel.get_underlay_channel()).on_consumer_cancel_callbacks
            broker_cancels.add(lambda _: self._give_up(closed))
            await channel.set_qos(prefetch_count=PREFETCH)
        main = await channel.get_queue(self._queue, ensure=False)
        dead = await channel.get_queue(f"{self._queue}.dead", ensure=False)
        in_flight = _in_flight.labels(self._service)
        lanes = [Lane(number, self._hearing, closed, in_flight) for number in range(LANES)]

        async def take(message: AbstractIncomingMessage) -> None:
            if message.headers.get(FOR_SERVICE, EVERYBODY) not in (self._service, EVERYBODY):
                await message.ack()
                return
            lanes[zlib.crc32(_subject(message.body)) % LANES].put(message)

        try:
            async with asyncio.timeout(LINK_SECONDS):
                tags = [
                    (main, await main.consume(take)),
                    (dead, await dead.consume(self._take_dead)),
                ]
            self._connected.set(1)
            await _either(closed, self._stopping)
            if not closed.is_set():
                for queue, tag in tags:
                    await queue.cancel(tag)
                async with asyncio.timeout(LANE_SECONDS):
                    await asyncio.gather(*(lane.drained() for lane in lanes))
        finally:
            closed.set()
            await asyncio.gather(*(lane.stop() for lane in lanes))
            self._unacknowledged.inc(sum(lane.unacknowledged for lane in lanes))

    def _give_up(self, closed: asyncio.Event) -> None:
        """The queue was deleted or has moved: nothing will come over this channel any more."""
        log.error("consumer-cancelled", queue=self._queue)
        self._cancelled.inc()
        closed.set()

    async def stop(self) -> None:
        """Take no more, and return when what has been taken is finished and acknowledged."""
        self._stopping.set()
        try:
            async with asyncio.timeout(2 * LANE_SECONDS):
                await self._idle.wait()
        except TimeoutError:
            log.warning("consumer-not-drained")
            drain_forced.labels("lanes").inc()

    async def _take_dead(self, message: AbstractIncomingMessage) -> None:
        """What the broker gave up on becomes a parked row."""
        await self._hearing.park(message.body, "delivery-given-up")
        await message.ack()


class Lane:
    """One event at a time; a running reaction is never cancelled."""

    def __init__(
        self, number: int, hearing: Hearing, closed: asyncio.Event, in_flight: Gauge
    ) -> None:
        self._number = number
        self._hearing = hearing
        self._closed = closed
        self._in_flight = in_flight
        self._messages: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._run(), name=f"lane-{number}")
        self.unacknowledged = 0

    def put(self, message: AbstractIncomingMessage) -> None:
        """Queue a message behind the others of this lane."""
        self._in_flight.inc()
        self._messages.put_nowait(message)

    async def drained(self) -> None:
        """Until everything in this lane has been handled and acknowledged."""
        await self._messages.join()

    async def stop(self) -> None:
        """End after the reaction that is running; the rest comes again from the broker."""
        self._messages.put_nowait(None)
        await self._task

    async def _run(self) -> None:
        while (message := await self._messages.get()) is not None:
            try:
                if not self._closed.is_set() and await self._handled(message):
                    await message.ack()
            except (AMQPError, ChannelInvalidStateError, ConnectionError):
                self.unacknowledged += 1
            finally:
                self._in_flight.dec()
                self._messages.task_done()

    async def _handled(self, message: AbstractIncomingMessage) -> bool:
        """False if the link went before a database could be reached."""
        while True:
            try:
                await self._hearing.hear(message.body, self._number, _addressed(message))
                return True
            except Unreachable:
                log.warning("lane-waits-for-database", lane=self._number)
            except Exception as failure:
                # Not even setting it aside worked; the next attempt may.
                log.error("lane-cannot-handle", lane=self._number, error=repr(failure))
            await asyncio.sleep(0.5)
            if self._closed.is_set():
                return False


def _subject(raw: bytes) -> bytes:
    """Cheaply: enough to put events of one subject into one lane."""
    start = raw.find(b'"subject":"')
    return raw[start + 11 : raw.find(b'"', start + 11)] if start >= 0 else b""


def _addressed(message: AbstractIncomingMessage) -> str | None:
    """The one reaction that a message was sent again for, if it is for one alone."""
    name = message.headers.get(FOR_REACTION)
    return None if name is None else str(name)


async def _either(*events: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def _close(connection: AbstractConnection) -> None:
    try:
        async with asyncio.timeout(2):
            await connection.close()
    except Exception as failure:
        log.info("broker-close-failed", error=repr(failure))

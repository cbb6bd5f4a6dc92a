"""Messages to the broker, with confirms: to the exchange of events, or to one queue directly."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange
from aio_pika.exceptions import DeliveryError, ProbableAuthenticationError, PublishError

from libs.common.envelope import MEDIA_TYPE
from libs.common.secret import Secret
from libs.common.topology import EXCHANGE

log = structlog.get_logger()

PUBLISH_SECONDS: Final = 5.0
LINK_SECONDS: Final = 10.0
"""For what has no limit of its own: a channel, a subscription."""
HEARTBEAT_SECONDS: Final = 5
"""A parameter of its own: an address may say more, as which authority to trust."""
FOR_SERVICE: Final = "sanshe-receiver"
"""The header of an event that is sent again for one service: others leave it aside."""
EVERYBODY: Final = "everybody"
"""The receiver of what is sent again for all who hear it."""
FOR_REACTION: Final = "sanshe-reaction"
"""The header of an event that is sent again for one reaction of its receiver alone."""
REFUSED: Final = (PublishError, DeliveryError)
"""What a message has met that the broker returned or refused."""

_NO_HEADERS: Final[Mapping[str, str]] = {}
Outcomes = Mapping[UUID, BaseException | None]
"""What became of each message: None is confirmed, anything but a refusal is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An event as it is published, byte for byte."""

    event_id: UUID
    type: str
    body: bytes


async def connect(address: Secret) -> AbstractConnection:
    """A new link, by the first of the addresses whose password holds at this moment."""
    enter = partial(aio_pika.connect, timeout=3, heartbeat=HEARTBEAT_SECONDS)
    return await address.first(enter, ProbableAuthenticationError)


class Publisher:
    """One link to the broker, made anew when it is broken."""

    def __init__(self, address: Secret) -> None:
        self._address = address
        self._broker: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None

    async def publish(
        self, letters: Sequence[Letter], queue: str = "", headers: Mapping[str, str] = _NO_HEADERS
    ) -> Outcomes:
        """Each by its type to whoever is bound to it, or all to one queue, which takes a right
        that few have. A link that cannot be made raises."""
        channel = await self._connected()
        exchange = await channel.get_exchange("" if queue else EXCHANGE, ensure=False)
        tasks = [
            asyncio.create_task(_send(exchange, letter, queue or letter.type, headers))
            for letter in letters
        ]
        try:
            await asyncio.wait(tasks, timeout=PUBLISH_SECONDS)
        finally:
            for task in tasks:
                task.cancel()
        settled = await asyncio.gather(*tasks, return_exceptions=True)
        return {letter.event_id: outcome for letter, outcome in zip(letters, settled, strict=True)}

    async def close(self) -> None:
        """Drop the link; the next batch makes a new one."""
        broker, self._broker, self._channel = self._broker, None, None
        if broker is not None:
            try:
                async with asyncio.timeout(2):
                    await broker.close()
            except Exception as failure:
                log.info("broker-close-failed", error=repr(failure))

    async def _connected(self) -> AbstractChannel:
        if self._channel is None or self._broker is None or self._broker.is_closed:
            await self.close()
            async with asyncio.timeout(LINK_SECONDS):
                self._broker = await connect(self._address)
                self._channel = await self._broker.channel(
                    publisher_confirms=True, on_return_raises=True
                )
        return self._channel


async def _send(
    exchange: AbstractExchange, letter: Letter, routing_key: str, headers: Mapping[str, str]
) -> None:
    message = aio_pika.Message(
        letter.body,
        content_type=MEDIA_TYPE,
        message_id=str(letter.event_id),
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        headers=dict(headers),
    )
    await exchange.publish(message, routing_key, mandatory=True)

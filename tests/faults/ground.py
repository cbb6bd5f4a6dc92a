"""The ground of a laboratory: a private PostgreSQL and RabbitMQ, prepared for its services."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Final

from libs.common import topology
from libs.common.service import Service
from libs.common.testing import make_template
from libs.embedded import postgres, rabbitmq
from libs.embedded.postgres import Postgres
from libs.embedded.rabbitmq import Broker

ALL: Final = ("registry", "procurement", "scheduling", "evaluation", "casework", "notifications")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The two servers, with a model database and a queue for each service that was needed."""

    postgres: Postgres
    broker: Broker
    prepared: set[str] = field(default_factory=set)

    async def prepare(self, name: str) -> None:
        """Make the model database and the queue of a service, once."""
        if name not in self.prepared:
            self.prepared.add(name)
            service = service_of(name)
            await make_template(service, self.postgres.url)
            await topology.declare(self.broker.url(), name, service.heard_types)


@asynccontextmanager
async def ground(folder: Path) -> AsyncIterator[Ground]:
    """Both servers running, for many laboratories."""
    async with AsyncExitStack() as stack:
        server, broker = await asyncio.gather(
            stack.enter_async_context(
                postgres.running(folder / "postgres", keep=False, memory=True)
            ),
            stack.enter_async_context(rabbitmq.running(folder / "rabbitmq", ALL)),
        )
        yield Ground(postgres=server, broker=broker)


def service_of(name: str) -> Service:
    """The declaration of a service."""
    service: Service = import_module(f"services.{name}.app").service
    return service

"""The echo service on a stage of its own, and a broker for those who want one."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from libs.common import levels, topology
from libs.common.service import Service
from libs.common.testing import Stage
from libs.embedded import rabbitmq
from libs.embedded.rabbitmq import Broker
from tests.libs.common.echo import service


@pytest.fixture
async def echo(open_stage: Callable[[Service], Awaitable[Stage]]) -> Stage:
    """The echo service on a fresh database."""
    return await open_stage(service)


@pytest.fixture
async def working(
    open_stage: Callable[..., Awaitable[Stage]], broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    """The echo service with its worker at work, whose levels are read more often than elsewhere."""
    monkeypatch.setattr(levels.ground, "every", 0.2)
    stage = await open_stage(service, broker.runtime_url.replace("{service}", "echo"))
    stage.running.work()
    yield stage
    await stage.running.stop_work()


@pytest.fixture(scope="session")
async def broker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Broker]:
    """A private RabbitMQ with the topology of the echo service."""
    async with rabbitmq.running(tmp_path_factory.mktemp("rabbitmq"), ["echo"]) as running:
        await topology.declare(running.url(), "echo", service.heard_types)
        yield running

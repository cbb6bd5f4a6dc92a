"""One real PostgreSQL (and RabbitMQ where asked for) for the whole run; stages on copies of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from libs.common.service import Service
from libs.common.testing import Stage, make_template, stage
from libs.embedded import postgres

# Time is never asserted in a test: a machine that is busy for a moment would fail it.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session")
async def database_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The administrative address of a private PostgreSQL; each stage makes a database in it."""
    folder = tmp_path_factory.mktemp("postgres")
    async with postgres.running(folder, keep=False, memory=True) as server:
        yield server.url


@pytest.fixture(scope="session")
async def templates(database_server: str) -> Callable[[Service], Awaitable[None]]:
    """Makes each service's model database once."""
    made: set[str] = set()

    async def make(service: Service) -> None:
        if service.name not in made:
            await make_template(service, database_server)
            made.add(service.name)

    return make


@pytest.fixture
async def open_stage(
    database_server: str, templates: Callable[[Service], Awaitable[None]], tmp_path: Path
) -> AsyncIterator[Callable[..., Awaitable[Stage]]]:
    """Opens a stage for a service, closed after the test."""
    async with AsyncExitStack() as stack:

        async def open_one(service: Service, amqp_url: str = "") -> Stage:
            await templates(service)
            opening = stage(service, database_server, tmp_path, amqp_url)
            return await stack.enter_async_context(opening)

        yield open_one

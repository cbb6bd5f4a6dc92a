"""Judges of manifests, with what a running service really measures."""

from collections.abc import Awaitable, Callable

import pytest
from aiohttp.test_utils import TestClient, TestServer

from libs.common.health import Health
from libs.common.service import Service
from libs.common.testing import stage
from services.__main__ import services
from tests.deploy import rendering
from tests.deploy.judging import Judges
from tests.deploy.policies.measuring import names_in


@pytest.fixture(scope="session")
async def scraped(
    database_server: str,
    templates: Callable[[Service], Awaitable[None]],
    tmp_path_factory: pytest.TempPathFactory,
) -> frozenset[str]:
    """The names in a scrape of the operations port, while a service runs in a process that has
    loaded all of them."""
    service = services()[0]
    await templates(service)
    async with stage(service, database_server, tmp_path_factory.mktemp("scrape")) as running:
        await running.as_("auditor").get("/operations/events")
        async with TestClient(TestServer(Health().application())) as client:
            answer = await client.get("/metrics")
            return names_in(await answer.text())


@pytest.fixture(scope="session")
def judges(scraped: frozenset[str]) -> Judges:
    """All of them; without kubectl there is nothing to judge."""
    rendering.need_kubectl()
    return Judges(rendering.definitions(), scraped)

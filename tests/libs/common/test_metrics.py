"""What is measured: by the leader alone where a database is asked, by each process otherwise."""

import asyncio
import time
from contextlib import AsyncExitStack

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import REGISTRY

from libs.common.db import background
from libs.common.errors import Unreachable
from libs.common.health import Health
from libs.common.levels import Board, ground
from libs.common.tasks import Supervised, measure_lag
from libs.common.testing import Stage
from tests.libs.common.test_worker import until


def sample(name: str, **labels: str) -> float | None:
    """What is shown now, None if it is not."""
    return REGISTRY.get_sample_value(f"sanshe_{name}", labels)


async def shows(expected: float | None, name: str) -> bool:
    return expected == sample(name, service="echo")


async def test_only_who_leads_shows_levels(working: Stage) -> None:
    """The leader shows what is parked; when it leads no more, nothing of it is shown."""
    await working.running.hearing.park(b"nonsense", "unreadable")
    await until(lambda: shows(1, "parked"), seconds=20)
    assert sample("levels_read_timestamp_seconds", service="echo", levels="ground")
    assert sample("relay_heartbeat_timestamp_seconds", service="echo")

    await working.running.stop_work()

    assert await shows(0, "leader")
    for name in ("parked", "waiting", "outbox_oldest_age_seconds", "outbox_unpublished"):
        assert await shows(None, name)
    assert sample("levels_read_timestamp_seconds", service="echo", levels="ground") is None
    assert sample("relay_heartbeat_timestamp_seconds", service="echo") is None


async def test_a_scrape_needs_no_database(echo: Stage) -> None:
    """With the database away, a scrape shows what was read last, and how old that is."""
    await echo.running.hearing.park(b"nonsense", "unreadable")
    board = Board(echo.database, ground)
    await board.read()
    read = sample("levels_read_timestamp_seconds", service="echo", levels="ground")
    await echo.database.close()

    with pytest.raises(Unreachable):
        await board.read()
    async with TestClient(TestServer(Health().application())) as client:
        answer = await client.get("/metrics")
        text = await answer.text()

    assert 'sanshe_parked{service="echo"} 1.0' in text
    assert read == sample("levels_read_timestamp_seconds", service="echo", levels="ground")
    assert "_created" not in text


async def test_a_pool_tells_how_full_it_is(echo: Stage) -> None:
    """Connections at work, and whoever waits for one, are counted as long as they do."""
    most = sample("db_connections_most", service="echo")
    assert most == 4
    async with AsyncExitStack() as stack:
        for _ in range(4):
            await stack.enter_async_context(echo.database.transaction(background("test")))
        assert sample("db_connections_in_use", service="echo") == 4
        late = asyncio.create_task(echo.database.ping())
        await until(lambda: shows(1, "db_connections_waited_for"))

    await late
    assert sample("db_connections_in_use", service="echo") == 0
    assert sample("db_connections_waited_for", service="echo") == 0


async def test_no_label_is_made_up_by_a_caller(echo: Stage) -> None:
    """An address that leads nowhere and a method that nobody knows are one label each."""
    url = f"http://127.0.0.1:{echo.port}"
    labels = {"route": "none", "service": "none", "status": "4xx"}
    async with ClientSession() as session:
        for path, method in (("/a", "GET"), ("/b", "GET"), ("/c", "PURGE"), ("/d", "PURGE")):
            async with session.request(method, url + path) as answer:
                assert answer.status == 404
    await echo.as_("official").get("/things")

    for method in ("GET", "other"):
        seen = sample("http_request_seconds_count", method=method, **labels)
        assert seen is not None and seen >= 2
    of_it = {"service": "echo", "method": "GET", "route": "/echo/v1/things", "status": "2xx"}
    assert sample("http_request_seconds_count", **of_it)


async def test_a_refusal_names_its_service(echo: Stage) -> None:
    """Refused tokens are counted under the service that refused them."""
    labels = {"service": "echo", "code": "unauthenticated"}
    before = sample("http_refusals_total", **labels) or 0
    async with ClientSession() as session:
        await session.get(f"http://127.0.0.1:{echo.port}/echo/v1/things")

    assert sample("http_refusals_total", **labels) == before + 1


async def test_a_loop_that_is_held_up_is_noticed() -> None:
    """Whoever blocks the event loop is seen in how late it wakes."""
    task = Supervised("test", "lag", measure_lag)
    before = sample("event_loop_lag_seconds_sum") or 0
    await asyncio.sleep(0.01)
    time.sleep(0.6)  # noqa: ASYNC251 - that is the mistake to be noticed
    await until(lambda: _later_than(before + 0.3))
    await task.stop()


async def _later_than(seconds: float) -> bool:
    return (sample("event_loop_lag_seconds_sum") or 0) >= seconds

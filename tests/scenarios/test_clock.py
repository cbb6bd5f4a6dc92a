"""The clock is moved from quiet to quiet, all services together, and never past what is due."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from scenarios.dujiangyan import quiet
from scenarios.dujiangyan.client import connected
from scenarios.dujiangyan.clock import Clock
from scenarios.dujiangyan.people import Who
from scenarios.dujiangyan.quiet import SERVICES, NeverQuiet

START = datetime(2024, 11, 1, tzinfo=UTC)


class FixedTokens:
    """A token a person, without an identity provider."""

    async def of(self, who: Who) -> str:
        return "token"


@dataclass
class Platform:
    """Six services with one clock each, and what is due in one of them."""

    clocks: dict[str, datetime] = field(default_factory=lambda: dict.fromkeys(SERVICES, START))
    due: list[datetime] = field(default_factory=list)
    moves: list[datetime] = field(default_factory=list)
    restless_looks: int = 0

    async def move(self, request: web.Request) -> web.Response:
        name = request.match_info["service"]
        instant = datetime.fromisoformat((await request.json())["instant"])
        self.clocks[name] = max(self.clocks[name], instant)
        if name == SERVICES[0]:
            self.moves.append(instant)
        return web.json_response({"instant": self.clocks[name].isoformat()})

    async def look(self, request: web.Request) -> web.Response:
        name = request.match_info["service"]
        now = self.clocks[name]
        later = [due for due in self.due if due > now]
        settled = True
        if name == SERVICES[0] and self.restless_looks:
            self.restless_looks -= 1
            settled = False
        body: dict[str, Any] = {
            "settled": settled,
            "clock": now.isoformat(),
            "next_due": min(later).isoformat() if later else None,
            "due_jobs": 0,
            "unpublished": 0,
            "waiting": 0,
            "parked": 0,
            "emitted": [],
            "heard": [],
        }
        return web.json_response(body)


@asynccontextmanager
async def moving(platform: Platform) -> AsyncIterator[Clock]:
    app = web.Application()
    app.router.add_put("/{service}/rehearsal/v1/clock", platform.move)
    app.router.add_get("/{service}/rehearsal/v1/settled", platform.look)
    async with (
        TestServer(app) as server,
        connected(str(server.make_url("/")), FixedTokens()) as client,
    ):
        clock = Clock(client)
        await clock.read()
        yield clock


async def test_every_due_instant_is_a_stop() -> None:
    """The clock stops at each instant at which something is due, and then at its goal."""
    due = [START + timedelta(hours=hours) for hours in (5, 7)]
    platform = Platform(due=due)
    async with moving(platform) as clock:
        await clock.move_to(START + timedelta(days=1))

    assert [*due, START + timedelta(days=1)] == platform.moves
    assert {START + timedelta(days=1)} == set(platform.clocks.values())


async def test_a_half_made_move_is_finished() -> None:
    """Where some services are ahead, the others follow before anything else is done."""
    platform = Platform()
    platform.clocks[SERVICES[2]] = START + timedelta(hours=3)
    async with moving(platform) as clock:
        await clock.move_to(START + timedelta(hours=9))

    assert [START + timedelta(hours=3), START + timedelta(hours=9)] == platform.moves


async def test_the_past_is_not_played_again() -> None:
    """In a repeated run, instants before the platform's clock cost nothing."""
    platform = Platform(clocks=dict.fromkeys(SERVICES, START + timedelta(days=9)))
    async with moving(platform) as clock:
        await clock.move_to(START + timedelta(days=8))

    assert clock.is_past(START + timedelta(days=8))
    assert platform.moves == []


async def test_it_waits_for_rest() -> None:
    """Nothing is moved while a service still works."""
    platform = Platform(restless_looks=5)
    async with moving(platform) as clock:
        await clock.move_to(START + timedelta(hours=1))

    assert platform.restless_looks == 0
    assert [START + timedelta(hours=1)] == platform.moves


async def test_a_platform_that_never_rests_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the service that does not settle."""
    monkeypatch.setattr(quiet, "PATIENCE", 0.1)
    async with moving(Platform(restless_looks=1_000_000)) as clock:
        with pytest.raises(NeverQuiet, match="registry"):
            await clock.settle(START)

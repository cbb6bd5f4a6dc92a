"""D1–D12: the database is away, silent, full, read-only, or held up by somebody else."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import aiohttp
import asyncpg

from libs.common.testing import token
from libs.embedded.children import Failed
from libs.embedded.postgres import Postgres
from tests.faults.lab import Lab, until
from tests.faults.matrix import Outcome, row
from tests.faults.scene import TAKING_PART, Scene, at_work

UNREACHABLE: Final = "sanshe_db_unreachable_total"
REFUSALS: Final = "sanshe_http_refusals_total"
PATIENCE: Final = 4.0
"""Seconds within which an API must say that its database is away: two, and a busy machine."""


async def _start(server: Postgres) -> None:
    """Start it; what a killed one left in shared memory may take a moment to go."""
    async with asyncio.timeout(60):
        while True:
            with suppress(Failed):
                return await server.start()
            await asyncio.sleep(0.2)


async def _ask(scene: Scene) -> tuple[int, str | None, float]:
    """One question without patience: status, Retry-After, and seconds to the answer."""
    began = time.monotonic()
    headers = {"Authorization": f"Bearer {token('official')}"}
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session,
        session.get(f"{scene.api.api}/registry/v1/workers", headers=headers) as answer,
    ):
        await answer.read()
        return answer.status, answer.headers.get("Retry-After"), time.monotonic() - began


async def _says_so(scene: Scene, times: int) -> float:
    """Everybody who asks is told 503 with Retry-After soon; the longest wait."""
    answers = await asyncio.gather(*(_ask(scene) for _ in range(times)))
    longest = max(seconds for *_, seconds in answers)
    said = {(status, retry is not None) for status, retry, _ in answers}
    scene.expect(said == {(503, True)}, f"clients were told {said}")
    scene.expect(longest < PATIENCE, f"a client waited {longest:.1f} s")
    ready = await scene.lab.get(f"{scene.api.ops}/readyz")
    scene.expect(ready == 503, f"/readyz said {ready}")
    return longest


async def _given_up(scene: Scene) -> float:
    parts = (scene.api, scene.teller, scene.hearer)
    return sum([await scene.metric(child, UNREACHABLE) for child in parts])


async def _nobody_died(scene: Scene) -> None:
    """An outage is no reason to restart: no process ended."""
    alive = [child.alive for child in (scene.api, scene.teller, scene.hearer)]
    scene.expect(all(alive), f"processes alive: {alive}")


async def _outage(lab: Lab, end: Callable[[Postgres], None], times: int) -> Outcome:
    """The server ends in some way and is started again, a few times."""
    server = lab.ground.postgres
    async with at_work(lab) as scene:
        for _ in range(times):
            await scene.progress(lab.random.randrange(5, 30))
            end(server)
            await server.died()
            try:
                longest = await _says_so(scene, 5)
            finally:
                await _start(server)
            await scene.recovered()
        await _nobody_died(scene)
        moved = f"{UNREACHABLE} {await _given_up(scene):.0f}, 503 within {longest:.1f} s"
    return await scene.outcome(moved)


def _send(number: int) -> Callable[[Postgres], None]:
    return lambda server: os.kill(server.pid, number)


@row("D1", "PostgreSQL restarts, fast and immediate", *TAKING_PART)
async def database_restarted(lab: Lab) -> Outcome:
    """Commands are answered 503 and repeated; the year goes on by itself."""
    ways = [_send(signal.SIGINT), _send(signal.SIGQUIT)]
    return await _outage(lab, lambda server: ways.pop(0)(server), 2)


@row("D2", "kill -9 of PostgreSQL's main process", *TAKING_PART)
async def database_killed(lab: Lab) -> Outcome:
    """It recovers from its log, and nothing acknowledged is missing."""
    return await _outage(lab, _send(signal.SIGKILL), lab.size(1, 10))


@asynccontextmanager
async def _frozen(server: Postgres) -> AsyncIterator[None]:
    """The whole server stands still: connections stand, and nothing is answered."""
    stopped: list[int] = []
    try:
        # The main process first, so that it starts no others behind our back.
        for pid in (server.pid, *_children(server.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                stopped.append(pid)
        yield
    finally:
        for pid in stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def _address(lab: Lab) -> str:
    """Where and as whom the registry signs in."""
    return lab.environment["DATABASE_URL"].replace("{service}", "registry")


def _children(parent: int) -> list[int]:
    """Backends are in sessions of their own, so a signal to the group would not reach them."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = status.read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent:
                found.append(int(status.parent.name))
    return found


@row("D3", "PostgreSQL is frozen", *TAKING_PART)
async def database_frozen(lab: Lab) -> Outcome:
    """Half-open: whoever asks is told so in two seconds, and the pool is whole afterwards."""
    async with at_work(lab) as scene:
        async with _frozen(lab.ground.postgres):
            longest = await _says_so(scene, 20)
            await asyncio.sleep(lab.size(4, 60))
            longest = max(longest, await _says_so(scene, 20))
        await scene.recovered()
        await _nobody_died(scene)
        gone = await scene.metric(scene.api, UNREACHABLE, reason="TimeoutError")
        scene.expect(gone > 0, "no wait was given up")
    return await scene.outcome(f"{UNREACHABLE} timeout {gone:.0f}, 503 within {longest:.1f} s")


@row("D4", "somebody else holds every connection", *TAKING_PART)
async def connections_exhausted(lab: Lab) -> Outcome:
    """Told at once instead of queueing; no process is restarted for it."""
    name = await lab.value("registry", "SELECT current_database()")
    async with at_work(lab) as scene:
        # The laboratory's own connection is one of them.
        await lab.sql("registry", f"ALTER DATABASE {name} CONNECTION LIMIT 9")
        strangers: list[asyncpg.Connection] = []
        try:
            async with asyncio.timeout(30):
                while len(strangers) < 8:
                    # Whoever asks first has the connection that somebody lost.
                    await lab.sql("registry", _END_OTHERS, [c.get_server_pid() for c in strangers])
                    with suppress(asyncpg.TooManyConnectionsError):
                        strangers.append(await asyncpg.connect(_address(lab)))
            longest = await _says_so(scene, 20)
            await asyncio.sleep(lab.size(2, 30))
        finally:
            for stranger in strangers:
                stranger.terminate()
            await lab.sql("registry", f"ALTER DATABASE {name} CONNECTION LIMIT -1")
        await scene.recovered()
        await _nobody_died(scene)
        reason = "TooManyConnectionsError"
        refused = await scene.metric(scene.api, UNREACHABLE, reason=reason)
        scene.expect(refused > 0, "no connection was refused")
    return await scene.outcome(f"{UNREACHABLE} exhausted {refused:.0f}, 503 in {longest:.1f} s")


@row("D5", "the primary is demoted and stays up read-only", *TAKING_PART)
async def primary_demoted(lab: Lab) -> Outcome:
    """Its connections are thrown away at the first refused write, and none is made to it."""
    async with at_work(lab) as scene:
        await _read_only(lab, "on")
        try:

            async def noticed() -> bool:
                reason = "ReadOnlySQLTransactionError"
                return await scene.metric(scene.api, UNREACHABLE, reason=reason) > 0

            await until(noticed, "a write is refused")
            longest = await _says_so(scene, 5)
            await asyncio.sleep(lab.size(2, 30))
        finally:
            await _read_only(lab, "off")
        await scene.recovered()
        await _nobody_died(scene)
        again = await scene.metric(scene.hearer, "sanshe_inbox_duplicates_total")
        scene.expect(again < 500, f"the relay sent {again:.0f} events again and again")
        moved = f"{UNREACHABLE} {await _given_up(scene):.0f}, 503 within {longest:.1f} s"
    return await scene.outcome(moved)


async def _read_only(lab: Lab, state: str) -> None:
    admin = await asyncpg.connect(
        lab.ground.postgres.url, server_settings={"default_transaction_read_only": "off"}
    )
    await admin.execute(f"ALTER SYSTEM SET default_transaction_read_only = {state}")
    await admin.execute("SELECT pg_reload_conf()")
    await admin.close()


@row("D12", "a client idles in a transaction with locks in it", *TAKING_PART)
async def idle_in_transaction(lab: Lab) -> Outcome:
    """The server ends whoever signs in as the service and idles; its locks go with it."""
    async with at_work(lab) as scene:
        idler = await asyncpg.connect(_address(lab))
        await idler.execute("BEGIN")
        await idler.execute("SELECT FROM organisations FOR UPDATE")
        began = time.monotonic()
        before = await scene.metric(scene.api, REFUSALS, code="unreachable")
        try:

            async def ended() -> bool:
                return idler.is_closed()

            held = await until(ended, "the server ends the idler")
        finally:
            idler.terminate()
        scene.expect(held < 30, f"locks were held for {held:.0f} s")
        await scene.recovered()
        scene.seconds = time.monotonic() - began
        refused = await scene.metric(scene.api, REFUSALS, code="unreachable") - before
        scene.expect(refused > 0, "nobody was held up")
    return await scene.outcome(f"{REFUSALS} unreachable {refused:.0f}, locks held {held:.1f} s")


_END_OTHERS: Final = """
SELECT pg_terminate_backend(pid)
  FROM pg_stat_activity
 WHERE datname = current_database()
   AND usename = 'sanshe_registry'
   AND pid <> ALL ($1::int[])
"""

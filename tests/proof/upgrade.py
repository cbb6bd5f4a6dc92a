"""From the previous release to this one and back, each service, under load while the year plays."""

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg

from libs.common.waiting import NOBODY_REACTS
from libs.embedded.__main__ import SCENARIO, declare_scenario_queue
from libs.embedded.children import Children, Program
from libs.embedded.home import CHECKOUT, Home, free_ports
from libs.embedded.platform import administration, runtime, service_names
from libs.embedded.servers import Servers, servers
from tests import previous
from tests.proof.rollout import Fleet, Part
from tests.proof.year import clean, plain

SEED: Final = 20_251_124
THERE: Final = (datetime(2024, 12, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC))
BACK: Final = (datetime(2025, 4, 10, tzinfo=UTC), datetime(2025, 8, 1, tzinfo=UTC))
NEW, OLD = "N", "N-1"
TESTS: Final = ("tests/services", "tests/libs/common")
LOOK_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Roll:
    """Which part becomes which release, not before this business time."""

    at: datetime
    part: Part
    release: str


@dataclass(frozen=True, slots=True)
class Year:
    """How a year ended, who played it, and how many parts were replaced in it."""

    summary: Any
    fleet: Fleet
    rolls: int


def planned(seed: int) -> list[Roll]:
    """Every part there and back again, each way in an order of its own."""
    dice = random.Random(seed)
    parts = [Part(name, role) for name in service_names() for role in ("api", "worker")]
    rolls = []
    for release, (first, last) in ((NEW, THERE), (OLD, BACK)):
        for part in dice.sample(parts, len(parts)):
            seconds = dice.uniform(0, (last - first).total_seconds())
            rolls.append(Roll(first + timedelta(seconds=seconds), part, release))
    return sorted(rolls, key=lambda roll: roll.at)


def prove() -> bool:
    """The previous release passes its tests on this schema; its client plays the same year, whoever
    of the two plays which part, and no request fails that could not be sent again."""
    with tempfile.TemporaryDirectory(prefix="sanshe-upgrade-") as folder:
        old = Path(folder, "old")
        try:
            commit = previous.take_out(old)
        except previous.NotThere as problem:
            print(f"NOT RUN: {problem}")
            return False
        print(f"previous release: {commit}\nseed {SEED}: {len(planned(SEED))} rolls planned")
        before, after, rolled = (
            _played(Path(folder, name), old, release, rolls)
            for name, release, rolls in (
                ("before", OLD, []),
                ("after", NEW, []),
                ("rolled", OLD, planned(SEED)),
            )
        )
        strange = strangers(rolled.summary, before.summary, after.summary)
        added = previous.give_new_schema(old)
        print(f"new before this release: {', '.join(added) or 'nothing'}", flush=True)
        tested = passes_tests(old, *TESTS)
    changed = strangers(after.summary, before.summary, before.summary)
    print(f"told otherwise by this release alone: {', '.join(changed) or 'nothing'}")
    told = rolled.fleet.told
    print(f"requests {told.requests}, failures by kind: {dict(told.failures) or 'none'}")
    print(
        f"a process ended {max(rolled.fleet.ends, default=0):.1f} s after the signal at the latest"
    )
    print("\n".join(strange))
    held = [
        ("every part went there and back", rolled.rolls == len(planned(SEED))),
        ("no request failed that could not be sent again", told.unsafe == 0),
        ("the year ends with the same summary", not strange),
        ("the previous release passes its tests on this schema", tested),
    ]
    for name, holds in held:
        print(f"{'✓' if holds else '✗'} {name}")
    return all(holds for _, holds in held)


def strangers(mixed: Any, one: Any, other: Any, path: str = "") -> list[str]:
    """Where a summary has neither what the one release alone ends with, nor what the other does."""
    found = (mixed, one, other)
    if all(isinstance(part, dict) for part in found):
        names = sorted({name for part in found for name in part})
        return [
            line
            for name in names
            for line in strangers(mixed.get(name), one.get(name), other.get(name), f"{path}/{name}")
        ]
    if all(isinstance(part, list) for part in found) and len({len(part) for part in found}) == 1:
        return [
            line
            for place, parts in enumerate(zip(*found, strict=True))
            for line in strangers(*parts, f"{path}/{place}")
        ]
    return [] if mixed in (one, other) else [path]


def passes_tests(release: Path, *chosen: str) -> bool:
    """Whether these tests of a release pass in its folder, but for those about words."""
    argv = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *chosen]
    argv += [f"--deselect={one}" for one in previous.ABOUT_WORDS]
    return subprocess.run(argv, cwd=release, env=plain()).returncode == 0


def _played(folder: Path, old: Path, release: str, rolls: list[Roll]) -> Year:
    """A year that begins on that release, and goes on as the rolls say."""
    home = Home(folder)
    home.make()
    began = time.monotonic()
    fleet, done = asyncio.run(_year(home, old, release, rolls))
    summary = json.loads((home.folder / "summary.json").read_text())
    clean(folder)
    print(f"{folder.name}: {time.monotonic() - began:.0f} s", flush=True)
    return Year(summary, fleet, done)


async def _year(home: Home, old: Path, release: str, rolls: list[Roll]) -> tuple[Fleet, int]:
    """Play it on a fleet that is replaced part by part; how many parts were."""
    fleet = Fleet(home.folder, {OLD: old, NEW: CHECKOUT}, SEED)
    port = free_ports(1)[0]
    async with servers(home.folder, service_names(), keep=False) as addresses:
        await _migrate(home, addresses, old)
        await declare_scenario_queue(addresses.amqp_admin_url)
        parts = [Part(name, role) for name in service_names() for role in ("api", "worker")]
        await fleet.start(parts, release, runtime(home, addresses))
        try:
            async with fleet.front(port), AsyncExitStack() as stack:
                databases = {
                    name: await _connected(stack, addresses, name) for name in service_names()
                }
                playing = asyncio.create_task(_play(home, addresses, old, port))
                done = await _roll(fleet, rolls, databases, playing)
                await playing
        finally:
            await fleet.stop()
    return fleet, done


async def _connected(stack: AsyncExitStack, addresses: Servers, service: str) -> asyncpg.Connection:
    url = addresses.database_url.rpartition("/")[0] + f"/sanshe_{service}"
    connection = await asyncpg.connect(url)
    stack.push_async_callback(connection.close)
    return connection


async def _roll(
    fleet: Fleet,
    rolls: list[Roll],
    databases: Mapping[str, asyncpg.Connection],
    playing: "asyncio.Task[None]",
) -> int:
    """Each when the clock has come to it; none when the year has ended.

    On the way there a clock that stands because one of the former release keeps a message for the
    new one holds up nobody: in a city an upgrade goes on.
    """
    done = 0
    for roll in rolls:
        while (there := await databases["registry"].fetchval(_CLOCK)) is None or there < roll.at:
            if playing.done():
                return done
            if roll.release == NEW and await _any_kept(databases):
                break
            await asyncio.sleep(LOOK_SECONDS)
        if playing.done():
            return done
        seconds = await fleet.roll(roll.part, roll.release)
        done += 1
        print(
            f"roll {done:2}: {there:%Y-%m-%d}  {roll.part.service}-{roll.part.role}"
            f" → {roll.release}, {seconds:.1f} s",
            flush=True,
        )
    return done


async def _any_kept(databases: Mapping[str, asyncpg.Connection]) -> bool:
    """Whether a message is kept for a release that knows it."""
    return any([await one.fetchval(_KEPT, NOBODY_REACTS) for one in databases.values()])


_CLOCK: Final = "SELECT instant FROM rehearsal_clock"
_KEPT: Final = "SELECT EXISTS (SELECT FROM waiting WHERE state = 'parked' AND reason = $1)"


async def _play(home: Home, addresses: Servers, old: Path, port: int) -> None:
    """As a client of the previous release, which knows nothing of this one."""
    environment = plain() | {
        "SANSHE_URL": f"http://127.0.0.1:{port}",
        "SANSHE_AMQP_URL": addresses.amqp_scenario_url,
        "SANSHE_HOME": str(home.folder),
    }
    player = Program(
        name="scenario",
        argv=[sys.executable, "-m", f"scenarios.{SCENARIO}"],
        environment=environment,
        folder=old,
    )
    await Children(home.log, home.run / "scenario").complete(player)


async def _migrate(home: Home, addresses: Servers, old: Path) -> None:
    """As the previous release left it, and then what runs before this one."""
    children = Children(home.log, home.run / "preparation")
    environment = administration(home, addresses)
    before = ["migrate", "--rehearsal", "--phase", "before"]
    for folder, command in (
        (old, ["prepare"]),
        (old, ["migrate", "--rehearsal"]),
        (CHECKOUT, before),
    ):
        await children.complete(
            Program(
                name=f"{command[0]}-{folder.name}",
                argv=[sys.executable, "-m", "services", *command],
                environment=environment,
                folder=folder,
            )
        )

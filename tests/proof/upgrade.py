"""From the previous release to this one and back, each service, under load while the year plays."""

import asyncio
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import asyncpg

from libs.embedded.__main__ import SCENARIO, declare_scenario_queue
from libs.embedded.children import Children, Program
from libs.embedded.home import CHECKOUT, Home, free_ports
from libs.embedded.platform import administration, runtime, service_names
from libs.embedded.servers import Servers, servers
from tests import previous
from tests.proof.rollout import Fleet, Part
from tests.proof.year import clean, plain, play

SEED: Final = 20_251_124
THERE: Final = (datetime(2024, 12, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC))
BACK: Final = (datetime(2025, 4, 10, tzinfo=UTC), datetime(2025, 8, 1, tzinfo=UTC))
NEW, OLD = "N", "N-1"
TESTS: Final = ("tests/services", "tests/libs/common")


@dataclass(frozen=True, slots=True)
class Roll:
    """Which part becomes which release, not before this business time."""

    at: datetime
    part: Part
    release: str


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
    """The previous release passes its tests on this schema; the year ends the same, whoever of the
    two plays which part, and no request fails that could not be sent again."""
    with tempfile.TemporaryDirectory(prefix="sanshe-upgrade-") as folder:
        old, quiet, rolled = (Path(folder, name) for name in ("old", "quiet", "rolled"))
        try:
            commit = previous.take_out(old)
        except previous.NotThere as problem:
            print(f"NOT RUN: {problem}")
            return False
        print(f"previous release: {commit}\nseed {SEED}: {len(planned(SEED))} rolls planned")
        plain, seconds = play(quiet, processes=False)
        print(f"undisturbed, this release alone: {seconds:.0f} s", flush=True)
        home = Home(rolled)
        home.make()
        fleet, done = asyncio.run(_rolled(home, old))
        summary = home.folder / "summary.json"
        same = plain is not None and summary.exists() and plain == summary.read_bytes()
        clean(quiet)
        clean(rolled)
        added = previous.give_new_schema(old)
        print(f"new before this release: {', '.join(added) or 'nothing'}", flush=True)
        tested = passes_tests(old, *TESTS)
    told = fleet.told
    print(f"requests {told.requests}, failures by kind: {dict(told.failures) or 'none'}")
    print(f"a process ended {max(fleet.ends, default=0):.1f} s after the signal at the latest")
    held = [
        ("every part went there and back", done == len(planned(SEED))),
        ("no request failed that could not be sent again", told.unsafe == 0),
        ("the year ends with the same summary", same),
        ("the previous release passes its tests on this schema", tested),
    ]
    for name, holds in held:
        print(f"{'✓' if holds else '✗'} {name}")
    return all(holds for _, holds in held)


def passes_tests(release: Path, *chosen: str) -> bool:
    """Whether these tests of a release pass in its folder."""
    argv = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *chosen]
    return subprocess.run(argv, cwd=release, env=plain()).returncode == 0


async def _rolled(home: Home, old: Path) -> tuple[Fleet, int]:
    """Play the year on a fleet that is replaced part by part; how many parts were."""
    fleet = Fleet(home.folder, {OLD: old, NEW: CHECKOUT}, SEED)
    port = free_ports(1)[0]
    async with servers(home.folder, service_names(), keep=False) as addresses:
        await _migrate(home, addresses, old)
        await declare_scenario_queue(addresses.amqp_admin_url)
        parts = [Part(name, role) for name in service_names() for role in ("api", "worker")]
        await fleet.start(parts, OLD, runtime(home, addresses))
        try:
            async with fleet.front(port):
                playing = asyncio.create_task(_play(home, addresses, port))
                done = await _roll(fleet, addresses, playing)
                await playing
        finally:
            await fleet.stop()
    return fleet, done


async def _roll(fleet: Fleet, addresses: Servers, playing: "asyncio.Task[None]") -> int:
    """Each when the clock has come to it; none when the year has ended."""
    url = addresses.database_url.rpartition("/")[0] + "/sanshe_registry"
    connection = await asyncpg.connect(url)
    done = 0
    try:
        for roll in planned(SEED):
            while (there := await connection.fetchval(_CLOCK)) is None or there < roll.at:
                if playing.done():
                    return done
                await asyncio.sleep(0.1)
            if playing.done():
                return done
            seconds = await fleet.roll(roll.part, roll.release)
            done += 1
            print(
                f"roll {done:2}: {there:%Y-%m-%d}  {roll.part.service}-{roll.part.role}"
                f" → {roll.release}, {seconds:.1f} s",
                flush=True,
            )
    finally:
        await connection.close()
    return done


_CLOCK: Final = "SELECT instant FROM rehearsal_clock"


async def _play(home: Home, addresses: Servers, port: int) -> None:
    environment = plain() | {
        "SANSHE_URL": f"http://127.0.0.1:{port}",
        "SANSHE_AMQP_URL": addresses.amqp_scenario_url,
        "SANSHE_HOME": str(home.folder),
    }
    player = Program(
        name="scenario",
        argv=[sys.executable, "-m", f"scenarios.{SCENARIO}"],
        environment=environment,
        folder=CHECKOUT,
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

"""`python -m scenarios.dujiangyan`: plays the year on a running platform and prints the summary."""

import argparse
import asyncio
import os
import sys
import time
from datetime import date
from pathlib import Path

import aiohttp
from tqdm import tqdm

from scenarios.dujiangyan import summary
from scenarios.dujiangyan.calendar import END, PLACE
from scenarios.dujiangyan.client import NotRefused, Refused, connected
from scenarios.dujiangyan.clock import Clock
from scenarios.dujiangyan.ears import listening
from scenarios.dujiangyan.facts import gather
from scenarios.dujiangyan.journal import Journal
from scenarios.dujiangyan.play import calendar, play
from scenarios.dujiangyan.quiet import NeverQuiet
from scenarios.dujiangyan.steps.activities import Incomplete
from scenarios.dujiangyan.tokens import provided
from scenarios.dujiangyan.voices import Silent
from scenarios.dujiangyan.world import World


def main() -> int:
    """0 only if every figure holds; with `--until`, if the days until then could be played."""
    parser = argparse.ArgumentParser(prog="python -m scenarios.dujiangyan", description=__doc__)
    parser.add_argument("--until", type=date.fromisoformat, help="the last day that is played")
    until = parser.parse_args().until
    names = ("SANSHE_URL", "SANSHE_AMQP_URL", "SANSHE_HOME")
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        print(f"The scenario needs {', '.join(missing)}; `make run` sets them.", file=sys.stderr)
        return 2
    url, amqp_url, home = (os.environ[name] for name in names)
    try:
        return asyncio.run(_run(url, amqp_url, Path(home), until))
    except (Refused, NotRefused, NeverQuiet, Incomplete, Silent, aiohttp.ClientError) as problem:
        print(f"The year stopped: {problem}", file=sys.stderr)
        print("The same command again goes on from here.", file=sys.stderr)
        return 1


async def _run(url: str, amqp_url: str, home: Path, until: date | None) -> int:
    started = time.monotonic()
    async with (
        provided() as tokens,
        connected(url, tokens) as client,
        listening(amqp_url, home / "events.csv") as ears,
    ):
        journal = Journal(home / "journal.json")
        world = World(client=client, clock=Clock(client), journal=journal)
        moments = [
            moment
            for moment in calendar()
            if until is None or moment.at.astimezone(PLACE).date() <= until
        ]
        with tqdm(
            total=len(moments),
            unit="step",
            dynamic_ncols=True,
            mininterval=0.5,
            disable=not sys.stderr.isatty(),
        ) as bar:
            await play(world, moments, bar)
        if until is not None:
            await world.clock.settle(moments[-1].at)
            return 0
        await world.clock.move_to(END)
        found = await gather(world, ears)
    text = summary.written(found, client.created)
    print(text)
    (home / "summary.txt").write_text(text + "\n", encoding="utf-8")
    (home / "summary.json").write_text(summary.comparable(found), encoding="utf-8")
    print(f"{time.monotonic() - started:.0f} s, {client.sent} requests, {world.clock.stops} stops")
    return 0 if summary.holds(found) else 1


if __name__ == "__main__":
    sys.exit(main())

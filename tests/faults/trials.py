"""K8: each of eight mistakes is put into a process, a fault is played, and a checker must notice.

Without the mistake the same play finds nothing: the rows A1, A4, A5 and A6 show it of the crashes,
and the controls of the others.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from tests.faults.history import History
from tests.faults.lab import Lab
from tests.faults.load import Load
from tests.faults.rows.crashes import crash
from tests.faults.verdict import Verdict, judge, settle

Play = Callable[..., Awaitable[Verdict]]
SLOW_COMMITS: Final = ("--pause", "before_commit", "--seconds", "0.3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A mistake, the fault that brings it to light, and the checkers of which one must notice."""

    variant: str
    fault: str
    checkers: frozenset[str]
    play: Play

    @property
    def mistake(self) -> tuple[str, str]:
        return "--variant", self.variant


def _crash(service: str, role: str, point: str) -> Play:
    async def play(lab: Lab, *mistake: str) -> Verdict:
        return (await crash(lab, service, role, point, *mistake)).verdict

    return play


def _load(
    work: Callable[[Load], Awaitable[None]],
    *,
    api: tuple[str, ...] = (),
    worker: tuple[str, ...] = (),
    wrong: str,
) -> Play:
    """A play of three processes under some load, the mistake in the `wrong` one."""

    async def play(lab: Lab, *mistake: str) -> Verdict:
        one, _, _ = await asyncio.gather(
            lab.start("registry", "api", *api, *(mistake if wrong == "api" else ())),
            lab.start("registry", "worker", *worker, *(mistake if wrong == "worker" else ())),
            lab.start("notifications", "worker"),
        )
        history = History(lab.folder / "history.jsonl")
        async with Load(lab, one.api, history) as load:
            await work(load)
            await settle(lab, still=4 if mistake else 10)
        return await judge(lab, history)

    return play


async def _run(load: Load) -> None:
    await load.run(4, 8)


async def _contend(load: Load) -> None:
    await asyncio.gather(*(load.contend(str(number)) for number in range(4)))


async def _pry(load: Load) -> None:
    worker = await load.enrol("enrol-observed")
    await load.pry(worker.body["id"])


EVENTS: Final = frozenset({"K2 events", "K10 totals"})
TRIALS: Final = (
    Trial(
        variant="acknowledge_before_commit",
        fault="kill -9 of the consumer before its commit",
        checkers=EVENTS,
        play=_crash("notifications", "worker", "in_reaction"),
    ),
    Trial(
        variant="no_inbox",
        fault="kill -9 of the consumer before it acknowledges",
        checkers=frozenset({"K10 totals", "I7 nothing set aside"}),
        play=_crash("notifications", "worker", "before_ack"),
    ),
    Trial(
        variant="new_id_on_retry",
        fault="kill -9 of the relay before it marks",
        checkers=EVENTS,
        play=_crash("registry", "worker", "before_mark"),
    ),
    Trial(
        variant="publish_before_commit",
        fault="kill -9 of the API before the commit",
        checkers=EVENTS,
        play=_crash("registry", "api", "before_commit"),
    ),
    Trial(
        variant="poll_after_last_id",
        fault="commits that overtake each other",
        checkers=EVENTS,
        play=_load(_run, api=SLOW_COMMITS, wrong="worker"),
    ),
    Trial(
        variant="no_row_lock",
        fault="two change at once what both have read",
        checkers=frozenset({"K3 versions"}),
        play=_load(_contend, api=SLOW_COMMITS, wrong="api"),
    ),
    Trial(
        variant="no_organisation_filter",
        fault="a manager of another organisation asks",
        checkers=frozenset({"I8 strangers"}),
        play=_load(_pry, wrong="api"),
    ),
    Trial(
        variant="cancellation_swallowed",
        fault="a cancellation leaks into the relay",
        checkers=EVENTS,
        play=_load(_run, worker=("--leak",), wrong="worker"),
    ),
)
TAKING_PART: Final = ("registry", "notifications")
CONTROLS: Final = TRIALS[4:]
"""The plays that are no row of the matrix."""

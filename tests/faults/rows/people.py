"""D11 and T1: two who want what only one may have, and one who acts as two."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg
from prometheus_client import REGISTRY

from libs.common.testing import Answer, Stage, stage
from tests.faults.ground import service_of
from tests.faults.lab import Lab
from tests.faults.matrix import Outcome, row
from tests.services.evaluation.story import SCORERS, Story
from tests.services.procurement import agreement_steps as steps
from tests.services.procurement.steps import PURCHASER, buyer, done
from tests.services.scheduling import play

SECOND: Final = "second-person-required"
TODAY: Final = "2024-11-01"
"""Where the clock of a stage begins."""


REFUSALS: Final = "sanshe_http_refusals_total"


@dataclass(slots=True)
class Contests:
    """What was tried, by several at once or in turn, and what is there afterwards."""

    confirmed: int = 0
    lost: int = 0
    doubled: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    before: Counter[str] = field(default_factory=lambda: _refusals())

    def judge(
        self, what: str, answers: Sequence[Answer], there: int, *, may: int, code: str
    ) -> None:
        """So many may succeed and are there; everybody else is told why not by that code."""
        well = sum(answer.status < 300 for answer in answers)
        codes = {answer.code for answer in answers if answer.status >= 300}
        self.confirmed += well
        self.lost += max(0, well - there)
        self.doubled += max(0, there - may)
        self.refused[code] += len(answers) - well
        if well != may or codes - {code}:
            self.problems.append(f"{what}: {well} succeeded, not {may}; others were told {codes}")

    def count(self, what: str, there: int, *, exactly: int) -> None:
        """So many are there, however many calls have been answered well."""
        self.confirmed += exactly
        self.lost += max(0, exactly - there)
        self.doubled += max(0, there - exactly)
        if there != exactly:
            self.problems.append(f"{what}: {there} are there, not {exactly}")

    def outcome(self) -> Outcome:
        """All of them together, with what the metric says of each refusal."""
        counted = _refusals() - self.before
        moved = ", ".join(f"{counted[code]}× {code}" for code in self.refused)
        return Outcome(
            confirmed=self.confirmed,
            lost=self.lost,
            doubled=self.doubled,
            seconds=time.monotonic() - self.began,
            moved=f"{REFUSALS} {moved}",
            problems=tuple(self.problems),
        )


def _refusals() -> Counter[str]:
    """How often each code has been answered in this process."""
    seen: Counter[str] = Counter()
    for sample in (one for family in REGISTRY.collect() for one in family.samples):
        if sample.name == REFUSALS:
            seen[sample.labels["code"]] += int(sample.value)
    return seen


@asynccontextmanager
async def _stage(lab: Lab, service: str) -> AsyncIterator[Stage]:
    async with stage(service_of(service), lab.ground.postgres.url, lab.folder) as one:
        yield one


async def _count(one: Stage, sql: str, *args: object) -> int:
    return int((await one.fetch(sql, *args))[0][0])


@row("D11", "write skew on budget, quota, seat, room and worker", "procurement", "scheduling")
async def write_skew(lab: Lab) -> Outcome:
    """Each read that there was enough for one; the row lock or the constraint lets one have it."""
    contests = Contests()
    for _ in range(lab.size(1, 10)):
        async with _stage(lab, "procurement") as one:
            await _want_a_budget(contests, one)
        async with _stage(lab, "scheduling") as one:
            await play.set_scene(one)
            await _want_a_waiver(contests, one)
            await _want_a_room_and_a_worker(contests, one)
            await _want_a_seat(contests, one)
    return contests.outcome()


async def _want_a_budget(contests: Contests, one: Stage) -> None:
    first = await steps.awarded(one, 50_000_000)
    second = await steps.awarded(one, 50_000_000, first.budget)
    answers = await steps.at_once(
        one,
        "SELECT FROM budgets WHERE id = $1 FOR UPDATE",
        UUID(first.budget),
        *(steps.draft(one, ready, 50_000_000) for ready in (first, second)),
    )
    there = await _count(one, "SELECT count(*) FROM agreements")
    contests.judge("budget", answers, there, may=1, code="budget-exceeded")
    await steps.check_books(one)


async def _want_a_waiver(contests: Contests, one: Stage) -> None:
    """Half of the four may go unobserved; all of them ask when none has been waived yet."""
    office = play.official(one)
    rules = (await office.get("/policies")).body["versions"][-1]["rules"]
    rules["waiver_share_bp"] = 5_000
    await done(await office.post("/policies", {"effective_from": TODAY, "rules": rules}))
    drafts = [await play.drafted(one, play.plan(lead_worker_id=None)) for _ in range(4)]
    waivers = (
        play.official(one, f"o-{n}").post(f"/activities/{draft}/waiver", {"reason": "observer-ill"})
        for n, draft in enumerate(drafts)
    )
    plan = "SELECT FROM workplans WHERE id = $1 FOR UPDATE"
    answers = await steps.at_once(one, plan, play.AGREEMENT, *waivers)
    there = await _count(one, "SELECT count(*) FROM observations WHERE status = 'waived'")
    contests.judge("quota", answers, there, may=2, code="waiver-quota-used")
    unobserved = await _count(one, "SELECT count(*) FROM activities WHERE observation = 'waived'")
    contests.count("activities without an observer", unobserved, exactly=2)


async def _want_a_room_and_a_worker(contests: Contests, one: Stage) -> None:
    manager = play.manager(one)
    body = play.plan(lead_worker_id=None, station_id=play.STATION, room_id=play.ROOM)
    before = await _count(one, "SELECT count(*) FROM activities")
    answers = await _all(manager.post("/activities", body) for _ in range(4))
    there = await _count(one, "SELECT count(*) FROM activities") - before
    contests.judge("room", answers, there, may=1, code="room-taken")

    visits = [await play.drafted(one, play.visit(lead_worker_id=None)) for _ in range(4)]
    wanted = {"worker_id": play.SECOND, "role": "support"}
    answers = await _all(
        manager.post(f"/activities/{visit}/assignments", wanted) for visit in visits
    )
    standing = "SELECT count(*) FROM assignments WHERE worker_id = $1 AND status = 'standing'"
    there = await _count(one, standing, str(play.SECOND))
    contests.judge("worker", answers, there, may=1, code="worker-busy")


async def _want_a_seat(contests: Contests, one: Stage) -> None:
    """Four devices check the same person in: all are kept, one counts, also in the total."""
    starts = play.START + timedelta(days=1)
    activity = await play.published(one, starts_at=starts, ends_at=starts + timedelta(hours=1))
    await one.move_to(starts)
    locked = "SELECT FROM activities WHERE id = $1 FOR UPDATE"
    arrivals = (play.check_in(one, activity, "r-0", at=starts) for _ in range(4))
    answers = await steps.at_once(one, locked, UUID(activity), *arrivals)
    kept = sum(answer.status == 201 for answer in answers)
    contests.count("check-ins kept", kept, exactly=4)
    counting = "SELECT count(*) FROM check_ins WHERE activity_id = $1 AND counts"
    contests.count("seat", await _count(one, counting, UUID(activity)), exactly=1)
    held = await done(
        await play.manager(one).post(f"/activities/{activity}/holding", {"volunteers": 0})
    )
    contests.count("persons told", held["persons"], exactly=1)


async def _all(calls: Iterable[Awaitable[Answer]]) -> list[Answer]:
    return list(await asyncio.gather(*calls))


@row(
    "T1",
    "two where one may, one as two, a score edited after the seal",
    "evaluation",
    "procurement",
)
async def one_as_two(lab: Lab) -> Outcome:
    """Persons are compared, not accounts; what is sealed stays, even past the API."""
    contests = Contests()
    async with _stage(lab, "evaluation") as one:
        await _mark_twice(contests, Story(one))
    async with _stage(lab, "evaluation") as one:
        await _edit_what_is_sealed(contests, Story(one))
    async with _stage(lab, "procurement") as one:
        await _approve_twice(contests, one)
        await _approve_what_one_accepted(contests, one)
    return contests.outcome()


async def _mark_twice(contests: Contests, story: Story) -> None:
    await story.begin()
    commission = await story.sample(served=4)
    answers = await _all(story.mark(commission, "s-1", points) for points in (1, 2))
    there = await _count(story.stage, "SELECT count(*) FROM marks")
    contests.judge("two marks", answers, there, may=1, code="already-marked")


async def _edit_what_is_sealed(contests: Contests, story: Story) -> None:
    one = story.stage
    await story.begin()
    commission = await story.notify()
    await one.move_to(await one.now() + timedelta(days=9))
    sealing = f"/commissions/{commission}/sealing"
    answers = await _all(story.official(person).post(sealing) for person in ("o-2", "o-3"))
    there = len(await one.said("evaluation.result.sealed.v1"))
    contests.judge("two seals", answers, there, may=1, code="commission-not-notified")

    before = await one.fetch(_SCORES)
    late = [await story.mark(commission, scorer, 1) for scorer in SCORERS]
    contests.judge("marks after the seal", late, 0, may=0, code="commission-not-sampled")
    for statement in ("UPDATE results SET score_bp = 10000", "DELETE FROM editions"):
        with suppress(asyncpg.RestrictViolationError):
            await one.fetch(statement)
    if before != await one.fetch(_SCORES):
        contests.problems.append("a sealed score was changed")


async def _approve_twice(contests: Contests, one: Stage) -> None:
    running = await steps.in_force(one)
    await done(await steps.invoice(one, running, "startup"))
    path = f"/payments/{running.payments['startup']}/approvals"
    answers = await _all(buyer(one, f"h-{number}").post(path) for number in range(4))
    approved = (await steps.payment_of(one, running, "startup"))["approvals"]
    contests.judge("approvals", answers, len(approved), may=1, code="approval-out-of-order")

    handler = approved[0]["person"]
    second = one.as_("treasury", person=handler, org=PURCHASER, sub="a-second-account")
    answers = await _all(second.post(path) for _ in range(2))
    there = len((await steps.payment_of(one, running, "startup"))["approvals"]) - 1
    contests.judge("a second account", answers, there, may=0, code=SECOND)


async def _approve_what_one_accepted(contests: Contests, one: Stage) -> None:
    running = await steps.in_force(one)
    await steps.accepted(one, running, 10_000)
    await done(await steps.invoice(one, running, "balance"))
    path = f"/payments/{running.payments['balance']}/approvals"
    answers = await _all(one.as_("official", person="acceptor").post(path) for _ in range(2))
    there = len((await steps.payment_of(one, running, "balance"))["approvals"])
    contests.judge("who accepted approves", answers, there, may=0, code=SECOND)
    await steps.check_books(one)


_SCORES: Final = "SELECT score_bp, band, balance_share_bp, sealed_at FROM results"

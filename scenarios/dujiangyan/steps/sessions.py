"""The trial's sessions: each has its trouble with an observer, a lead or a report."""

from datetime import date, datetime, time
from functools import cache
from typing import Final

from scenarios.dujiangyan import data, people, voices
from scenarios.dujiangyan.calendar import PLACE
from scenarios.dujiangyan.client import Attempt
from scenarios.dujiangyan.generator import NAMED, Planned
from scenarios.dujiangyan.steps import activities
from scenarios.dujiangyan.world import World

KEY: Final = "t01"
FIRST_NUMBER: Final = 10_001
"""Beyond the numbers of the year's activities."""
FIRST_OBSERVER: Final = 12
"""The twelve before accompany the projects of the year."""
DAYS: Final = {
    "unnamed": date(2025, 3, 6),
    "waived": date(2025, 3, 20),
    "unobserved": date(2025, 4, 3),
    "silent": date(2025, 4, 17),
    "lapsed": date(2025, 5, 22),
    "revoked": date(2025, 6, 19),
}
"""The sessions, by what befalls them."""
LEADS: Final = {"lapsed": 2, "revoked": 1}
"""Which of the trial's workers leads at first; the others are led by the first one."""


@cache
def session(name: str) -> Planned:
    """One of the sessions."""
    project, place = data.trial(KEY), list(DAYS).index(name)
    return Planned(
        number=FIRST_NUMBER + place,
        project=project,
        output=0,
        slot=0,
        report_slot=0,
        starts_at=datetime.combine(DAYS[name], time(14), PLACE),
        lead=LEADS.get(name, 0),
        named=tuple((NAMED * place + n) % project.recipients for n in range(NAMED)),
        headcount=project.outputs[0].persons,
        volunteers=1,
        observer=FIRST_OBSERVER + place % 4,
        returned=name == "unnamed",
    )


async def announce_unobserved(world: World) -> None:
    """无监督员的活动不予发布"""
    one = session("unnamed")
    await activities.draft(world, one)
    attempt = Attempt(path=f"{activities.path_of(world, one)}/publication")
    await voices.refused(world, "no-observer", activities.manager_of(world, one), attempt)
    await activities.name_observer(world, one)
    await activities.publish(world, one)


async def return_report(world: World) -> None:
    """简报退回"""
    await activities.send_back(world, session("unnamed"))


async def correct_report(world: World) -> None:
    """简报更正与通过"""
    one = session("unnamed")
    template, title = "activity-returned", one.kind.title
    manager = activities.manager_of(world, one)
    await voices.messaged(world, "returned-report", manager, template, title)
    await activities.correct(world, one)
    await activities.accept(world, one)


async def waive_observer(world: World) -> None:
    """免除一次现场监督；再次免除超出限额"""
    one, next_one = session("waived"), session("unobserved")
    await activities.draft(world, one)
    path = f"{activities.path_of(world, one)}/waiver"
    reason = {"reason": "no-observer-free"}
    await world.client.do(world.purchaser, path, reason, "waiver", one.number)
    await activities.publish(world, one)
    await activities.draft(world, next_one)
    attempt = Attempt(path=f"{activities.path_of(world, next_one)}/waiver", body=reason)
    await voices.refused(world, "waived-observer", world.purchaser, attempt)
    await activities.name_observer(world, next_one)
    await activities.publish(world, next_one)


async def call_back(world: World) -> None:
    """监督员缺席：标记并回访三人"""
    one = session("unobserved")
    about = one.kind.title
    await voices.messaged(world, "missed-observation", world.purchaser, "observation-missed", about)
    manager, template = activities.manager_of(world, one), "observation-missed-provider"
    await voices.messaged(world, "missed-observation/provider", manager, template, about)
    attempt = Attempt(
        path=f"{activities.path_of(world, one)}/observation",
        body={"counted": one.headcount, "remark_code": "as-announced"},
    )
    observer = people.observer(one.observer)
    await voices.refused(world, "missed-observation/observer", observer, attempt)
    await activities.accept(world, one)


async def settle_in_silence(world: World) -> None:
    """逾期未审，暂予通过"""
    one = session("silent")
    manager = activities.manager_of(world, one)
    path = f"{activities.path_of(world, one)}/report"
    attempt = Attempt(
        method="PATCH",
        path=path,
        body=await activities.content(world, one, corrected=True),
        etag=await world.client.etag(manager, path),
    )
    await voices.refused(world, "silent-reviewer", manager, attempt)
    for name, who, template in (
        ("silent-reviewer/provider", manager, "report-unreviewed"),
        ("silent-reviewer/purchaser", world.purchaser, "report-unreviewed-purchaser"),
    ):
        await voices.messaged(world, name, who, template, one.kind.title)


async def announce(world: World, name: str) -> None:
    """Planned, observed, announced."""
    one = session(name)
    await activities.draft(world, one)
    await activities.name_observer(world, one)
    await activities.publish(world, one)


async def take_place(world: World, name: str) -> None:
    """Attended, held and reported the same evening; observed unless that is what fails."""
    one = session(name)
    await activities.attend(world, one)
    if name not in ("waived", "unobserved"):
        await activities.observe(world, one)
    await activities.hold(world, one)
    await activities.report(world, one)


async def pass_report(world: World, name: str) -> None:
    """The reviewer accepts."""
    await activities.accept(world, session(name))

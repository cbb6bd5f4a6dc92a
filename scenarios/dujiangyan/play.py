"""The calendar of the year: what is done when, and the clock moved from stop to stop."""

import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final, Never

from tqdm import tqdm

from scenarios.dujiangyan import obstacles
from scenarios.dujiangyan.calendar import PLACE, TERM, activity_days, at, evening, month_ends
from scenarios.dujiangyan.moments import Moment, at_once
from scenarios.dujiangyan.steps import (
    activities,
    agreements,
    evaluations,
    inspections,
    needs,
    next_year,
    parties,
    payments,
    places,
    recipients,
    reviews,
    tenders,
    workers,
)
from scenarios.dujiangyan.world import World

HALF_YEAR: Final = TERM[0] + (TERM[1] - TERM[0]) // 2
RECTIFIED_BY: Final = date(2025, 7, 31)
INSPECTED_AFTER: Final = timedelta(days=5)


async def play(world: World, moments: list[Moment], bar: "tqdm[Never]") -> None:
    """Every moment in its order; between two of them the platform comes to rest."""
    await world.clock.read()
    for place, moment in enumerate(moments):
        day = moment.at.astimezone(PLACE).strftime("%Y-%m-%d")
        bar.set_description_str(f"{day} {moment.title}")
        if bar.disable and begins_month(moments, place):
            # A log is read line by line, and a bar would be one line without an end.
            print(f"{day[:7]}: step {place + 1} of {len(moments)}", file=sys.stderr, flush=True)
        await world.clock.move_to(moment.at)
        world.moment = moment.at
        await moment.step(world)
        if any(later.at == moment.at for later in moments[place + 1 : place + 2]):
            await world.clock.settle(moment.at)
        bar.update()


def begins_month(moments: Sequence[Moment], place: int) -> bool:
    """Whether the moment is the first of its month."""
    months = [one.at.astimezone(PLACE).strftime("%Y-%m") for one in moments[:place][-1:]]
    return months != [moments[place].at.astimezone(PLACE).strftime("%Y-%m")]


def calendar() -> list[Moment]:
    """All moments; those of one instant in the order written here."""
    moments = [*_before(), *_through_the_year(), *_after(), *obstacles.moments()]
    return sorted(moments, key=lambda moment: moment.at)


def _before() -> Iterator[Moment]:
    """From the survey to the first payment."""
    yield from at_once(
        at("2024-11-01"),
        places.import_divisions,
        places.set_rules,
        places.register_organisations,
        places.file_groups,
        places.open_station,
        places.admit_experts,
        needs.open_call,
    )
    yield from at_once(
        at("2024-11-04"), workers.enrol_all, workers.check_for_minors, workers.post_all
    )
    yield from at_once(at("2024-11-15"), needs.survey, needs.propose, evaluations.set_policy)
    yield from at_once(at("2024-12-03"), needs.select, tenders.plan_budget, tenders.draft)
    yield from at_once(at("2024-12-06"), tenders.publish)
    yield from at_once(at("2024-12-27"), tenders.bid)
    yield from at_once(
        at("2025-01-03"),
        reviews.open_all,
        reviews.hand_in_keys,
        reviews.draw_panels,
    )
    yield from at_once(at("2025-01-06"), reviews.score)
    yield from at_once(at("2025-01-07"), reviews.conclude)
    yield from at_once(at("2025-01-08"), reviews.award, agreements.draft_too_early)
    yield from at_once(at("2025-01-09"), tenders.approve_budget)
    yield from at_once(at("2025-01-10"), agreements.draft_all)
    yield from at_once(at("2025-01-13"), agreements.sign_all)
    yield from at_once(at("2025-01-14"), payments.pay_startup)
    yield from at_once(at("2025-01-16"), recipients.enrol_all, recipients.enrol_elders)
    yield from at_once(at("2025-01-17"), parties.found_series, activities.announce_first)


def _through_the_year() -> Iterator[Moment]:
    """Activity days, month-end parties, inspections, and the next year's call."""
    for slot, day in enumerate(activity_days()):
        step = partial(activities.live_through, slot=slot)
        yield Moment(evening(day), f"活动日 {slot + 1}", step)
    for month, day in enumerate(parties.days()):
        step = partial(parties.celebrate, month=month)
        yield Moment(evening(day), "友爱社区月末生日会", step)
    for day in (*month_ends(TERM[0], date(2025, 12, 31)), HALF_YEAR):
        step = partial(inspections.complete, last=day, due_day=RECTIFIED_BY.isoformat())
        yield Moment(_activity_evening(day + INSPECTED_AFTER), "监督检查", step)
    step = partial(inspections.answer_rectification, due_day=RECTIFIED_BY.isoformat())
    yield Moment(_activity_evening(HALF_YEAR), "整改", step)
    yield Moment(evening(date(2025, 11, 1)), "发布下一年度征集", needs.open_next_call)
    yield Moment(evening(date(2025, 11, 22)), "下一年度申报", needs.propose_next)
    yield from at_once(
        evening(date(2025, 12, 3)),
        needs.select_next,
        places.register_newcomer,
        workers.enrol_newcomers,
    )
    yield from at_once(evening(date(2025, 12, 10)), evaluations.commission_all)


def _after() -> Iterator[Moment]:
    """Sample, visits and scores; acceptance and balance; the next year's tender."""
    yield from at_once(at("2026-01-06"), activities.review_last)
    yield from at_once(
        at("2026-01-16"),
        tenders.plan_next_budget,
        next_year.draft,
        next_year.publish,
        evaluations.draw_samples,
    )
    step = partial(inspections.complete, last=TERM[1], due_day=RECTIFIED_BY.isoformat())
    yield Moment(at("2026-01-17"), "年终监督检查", step)
    yield from at_once(at("2026-01-19"), evaluations.visit_all, evaluations.mark_all)
    yield from at_once(at("2026-01-20"), evaluations.score_all)
    yield from at_once(at("2026-01-21"), evaluations.notify_all)
    yield from at_once(at("2026-01-23"), evaluations.ask_review)
    yield from at_once(at("2026-01-26"), evaluations.decide_review)
    yield from at_once(at("2026-01-28"), evaluations.seal_all)
    yield from at_once(at("2026-02-04"), payments.accept_all)
    yield from at_once(at("2026-02-06"), payments.pay_balance, next_year.bid)
    yield from at_once(
        at("2026-02-11"), next_year.open_bids, next_year.hand_in_keys, next_year.draw_panel
    )
    yield from at_once(at("2026-02-12"), next_year.score)
    yield from at_once(at("2026-02-13"), next_year.conclude, next_year.award)


def _activity_evening(day: date) -> datetime:
    """The evening of the first activity day from that day on; after the last, of the day itself."""
    return evening(next((one for one in activity_days() if one >= day), day))

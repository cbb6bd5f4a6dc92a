"""The calendar of what goes wrong in the year, beside the calendar of the twelve steps."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Final

from scenarios.dujiangyan.calendar import at, evening
from scenarios.dujiangyan.moments import Moment, at_once
from scenarios.dujiangyan.steps import (
    challenges,
    failures,
    late_evaluations,
    licences,
    orders,
    retenders,
    sessions,
    trials,
    verdicts,
)
from scenarios.dujiangyan.steps.sessions import DAYS

TRIAL: Final = "t01"
QUIET: Final = "t02"
ANNOUNCED_BEFORE: Final = timedelta(days=3)
PASSED_AFTER: Final = timedelta(days=4)
IN_ORDER: Final = ("silent", "lapsed", "revoked")
"""The sessions that are announced as any other."""


def moments() -> Iterator[Moment]:
    """All of them, from the tender that fails to the result below the line."""
    yield from _tenders()
    yield from _sessions()
    yield from _licences()
    yield from _orders()
    yield from _verdicts()
    yield from _late_evaluation()


def _tenders() -> Iterator[Moment]:
    yield from at_once(at("2024-11-15", 10), trials.propose)
    yield from at_once(at("2024-12-03", 10), trials.select, retenders.draft)
    yield from at_once(at("2024-12-06", 10), retenders.publish, trials.tender)
    yield from at_once(at("2024-12-27", 10), retenders.bid, trials.bid)
    yield from at_once(at("2025-01-02", 17, 1), retenders.bid_late)
    yield from at_once(at("2025-01-03", 10), retenders.open_failed, trials.open_bids)
    yield from at_once(at("2025-01-06", 10), retenders.tender_again, trials.judge)
    yield from at_once(at("2025-01-09", 10), trials.award)
    yield Moment(at("2025-01-13", 10), "互助试点协议", partial(trials.agree, key=QUIET))
    yield Moment(at("2025-01-16", 10), "互助试点启动", partial(trials.begin, key=QUIET))
    yield from at_once(at("2025-01-24", 10), retenders.bid_again)
    yield from at_once(at("2025-02-05", 10), retenders.declare_tie)
    yield from at_once(at("2025-02-07"), retenders.open_again, retenders.recuse)
    yield from at_once(at("2025-02-10"), retenders.judge)
    yield from at_once(at("2025-02-11"), retenders.award)
    yield from at_once(at("2025-02-12"), challenges.raise_challenge, challenges.stand_still)
    yield from at_once(at("2025-02-13"), challenges.answer, challenges.complain)
    yield from at_once(at("2025-02-14"), challenges.decide, challenges.hear_decision)
    yield Moment(at("2025-02-14", 10), "试点协议", partial(trials.agree, key=TRIAL))
    yield Moment(at("2025-02-17"), "试点启动", partial(trials.begin, key=TRIAL))


def _sessions() -> Iterator[Moment]:
    yield from at_once(at("2025-03-03"), sessions.announce_unobserved)
    yield from at_once(at("2025-03-17"), sessions.waive_observer)
    for name in IN_ORDER:
        announced = at((DAYS[name] - ANNOUNCED_BEFORE).isoformat())
        step = partial(sessions.announce, name=name)
        yield Moment(announced, "试点活动发布", step)
    for name, day in DAYS.items():
        step = partial(sessions.take_place, name=name)
        yield Moment(evening(day), "试点活动", step)
    for name in ("waived", "lapsed", "revoked"):
        step = partial(sessions.pass_report, name=name)
        yield Moment(at((DAYS[name] + PASSED_AFTER).isoformat()), "试点简报审查", step)
    yield from at_once(at("2025-03-10"), sessions.return_report)
    yield from at_once(at("2025-03-11"), sessions.correct_report)
    yield from at_once(at("2025-04-07"), sessions.call_back)
    yield from at_once(at("2025-04-28"), sessions.settle_in_silence)


def _licences() -> Iterator[Moment]:
    yield from at_once(at("2025-02-21"), licences.warn_of_lapse)
    yield from at_once(at("2025-05-20"), licences.lapse)
    yield from at_once(at("2025-06-03"), licences.register_again)
    yield from at_once(
        at("2025-06-17"), licences.revoke, licences.pass_revoked_on, licences.replace
    )


def _orders() -> Iterator[Moment]:
    for day in ("2025-03-05", "2025-04-02", "2025-06-05", "2025-07-07", "2025-08-05", "2025-08-18"):
        yield from at_once(at(day, 11), orders.inspect)
    yield from at_once(at("2025-05-06"), orders.inspect, orders.order)
    yield from at_once(at("2025-05-27"), orders.miss)
    yield from at_once(at("2025-06-02"), orders.escalate)
    yield from at_once(at("2025-06-09"), orders.answer_late)


def _verdicts() -> Iterator[Moment]:
    yield from at_once(at("2025-08-19"), verdicts.draw, verdicts.withdraw_consent)
    yield from at_once(at("2025-08-20"), verdicts.visit)
    yield from at_once(at("2025-08-21"), verdicts.conclude)
    yield from at_once(at("2025-08-29"), verdicts.seal, failures.refuse_acceptance)
    yield from at_once(at("2025-09-15"), failures.put_right, failures.evaluate_again)
    yield from at_once(at("2025-09-16"), failures.draw_again)
    yield from at_once(at("2025-09-18"), failures.visit_again)
    yield from at_once(at("2025-09-19"), failures.conclude_again)
    yield from at_once(at("2025-09-28"), failures.seal_again)
    yield from at_once(at("2025-10-10"), failures.terminate)
    yield from at_once(at("2025-10-20"), failures.recover)


def _late_evaluation() -> Iterator[Moment]:
    yield from at_once(at("2025-08-19", 10), late_evaluations.commission)
    yield from at_once(at("2025-11-17"), late_evaluations.hear_of_delay)
    yield from at_once(at("2025-11-18"), late_evaluations.draw)
    yield from at_once(at("2025-11-19"), late_evaluations.visit)
    yield from at_once(at("2025-11-20"), late_evaluations.conclude)
    yield from at_once(at("2025-11-28"), late_evaluations.seal)
    yield from at_once(at("2025-12-01"), late_evaluations.accept)
    yield from at_once(at("2025-12-02"), late_evaluations.pay_rest)

"""Each of the ten steps stands as its facts say, and the chart of the year shows every month."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from services.notifications.domain.duties import Duty, sort
from services.notifications.domain.journeys import Journey, steps_of
from services.notifications.domain.years import HEIGHT, Month, draw, first_of

TODAY = date(2025, 7, 1)
SOME_ID = UUID(int=1)
NEW = Journey(
    id=SOME_ID,
    title="t",
    division="510181001001",
    place="p",
    provider="a",
    purchaser="b",
    status="in_force",
    amount=10_000_000,
    from_day=date(2025, 8, 1),
    to_day=date(2026, 7, 31),
    since=TODAY,
    needs=0,
    need_day=None,
    proposal_day=None,
    tenders=0,
    award_day=None,
    startup=0,
    startup_status=None,
    startup_day=None,
    activities=0,
    accepted=0,
    unreported=0,
    person_times=0,
    inspections=0,
    inspected=0,
    overdue=0,
    result_status=None,
    score_bp=None,
    band=None,
    correction=False,
    result_day=None,
    outcome=None,
    acceptance_day=None,
    undisputed=0,
    undisputed_status=None,
    undisputed_day=None,
    balance=0,
    balance_status=None,
    balance_share_bp=None,
    balance_day=None,
    recovered=0,
)


def test_nothing_has_happened_yet() -> None:
    """An agreement that is known by itself alone is at the beginning of every step."""
    assert {step.state for step in steps_of(NEW, TODAY)} == {"todo"}


@pytest.mark.parametrize(
    ("facts", "code", "state", "figure"),
    [
        ({"tenders": 2, "award_day": TODAY}, "tender", "done", "×2"),
        ({"from_day": TODAY}, "agreement", "done", None),
        ({"status": "terminated", "from_day": TODAY}, "agreement", "done", None),
        (
            {"status": "terminated", "activities": 3, "accepted": 3},
            "activities",
            "stopped",
            "3/3",
        ),
        ({"startup": 7_000_000, "startup_status": "recovered"}, "startup", "done", "7.0"),
        ({"startup": 7_000_000, "startup_status": "invoiced"}, "startup", "doing", "7.0"),
        ({"activities": 3, "accepted": 3}, "activities", "doing", "3/3"),
        ({"activities": 3, "accepted": 2, "unreported": 1}, "activities", "late", "2/3"),
        (
            {"activities": 3, "accepted": 3, "status": "completed"},
            "activities",
            "done",
            "3/3",
        ),
        ({"inspections": 2, "inspected": 1, "overdue": 1}, "inspections", "late", "1/2"),
        ({"inspections": 2, "inspected": 2}, "inspections", "doing", "2/2"),
        ({"result_status": "notified"}, "result", "doing", None),
        (
            {"result_status": "sealed", "score_bp": 9_625, "band": "good"},
            "result",
            "done",
            "96.2",
        ),
        (
            {"result_status": "sealed", "score_bp": 4_940, "band": "fail"},
            "result",
            "stopped",
            "49.4",
        ),
        ({"outcome": "refused"}, "acceptance", "stopped", None),
        ({"outcome": "accepted-with-remarks"}, "acceptance", "done", None),
        ({"balance_status": "withheld"}, "balance", "stopped", "0.0"),
        ({"balance": 3_000_000, "balance_status": "paid"}, "balance", "done", "3.0"),
        (
            {"undisputed": 1_500_000, "undisputed_status": "paid"},
            "balance",
            "doing",
            "1.5",
        ),
        (
            {
                "undisputed": 1_500_000,
                "undisputed_status": "paid",
                "balance": 1_200_000,
                "balance_status": "due",
            },
            "balance",
            "doing",
            "1.5+1.2",
        ),
        (
            {
                "status": "completed",
                "undisputed": 1_500_000,
                "undisputed_status": "paid",
                "balance_status": "withheld",
            },
            "balance",
            "done",
            "1.5+0.0",
        ),
    ],
)
def test_a_step_stands_as_its_facts_say(
    facts: dict[str, object], code: str, state: str, figure: str | None
) -> None:
    """One fact at a time, against an agreement that has none."""
    way = replace(NEW, **facts)  # type: ignore[arg-type]

    [step] = [step for step in steps_of(way, TODAY) if step.code == code]

    assert (step.state, step.figure) == (state, figure)


def test_the_latest_duty_comes_first() -> None:
    """Then what is due soonest, then what has waited longest."""
    times = (None, date(2025, 7, 9), date(2025, 6, 1), date(2025, 6, 20), date(2025, 7, 3))
    duties = [
        Duty(
            kind="report",
            agreement_id=SOME_ID,
            title="t",
            who="provider",
            name=None,
            count=1,
            amount=None,
            due_day=day,
            since=TODAY,
        )
        for day in times
    ]

    assert [duty.late_by(TODAY) for duty in sort(duties, TODAY)] == [30, 11, 0, 0, 0]
    assert [duty.due_day for duty in sort(duties, TODAY)][2:] == [times[4], times[1], None]


def test_a_year_has_every_month() -> None:
    """Also those without anything, and the smallest sum can be seen beside the largest."""
    found = [
        Month(first=date(2024, 11, 1), paid=100_000_000, recovered=40, reports=0, person_times=0),
        Month(first=date(2025, 2, 1), paid=1, recovered=0, reports=3, person_times=40),
    ]

    year = draw(found, TODAY)

    firsts = [column.month.first for column in year.columns]
    assert (firsts[0], firsts[-1], len(firsts)) == (date(2024, 11, 1), date(2025, 7, 1), 9)
    assert [column.up for column in year.columns] == [HEIGHT, 0, 0, 2, 0, 0, 0, 0, 0]
    assert (year.paid, year.reports, year.person_times) == (100_000_001, 3, 40)
    assert first_of(TODAY) == date(2024, 2, 1)


def test_a_city_without_anything_has_one_month() -> None:
    """The present one."""
    assert [column.month.first for column in draw([], TODAY).columns] == [date(2025, 7, 1)]

"""The pure rules of planning: terms, observers, quotas, recurrence, lag."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.clock import PLACE, legal_day, start_of
from libs.common.errors import NotYet
from services.scheduling.domain.activities import ActivityTimesInvalid, check_times
from services.scheduling.domain.known import Agreement, Output, Room, Station
from services.scheduling.domain.plans import (
    Counts,
    OutsideAgreement,
    Plan,
    RoomTooSmall,
    check_room,
    check_term,
    needs_observer,
    within_quota,
)
from services.scheduling.domain.policies import Rules
from services.scheduling.domain.series import RecurrenceInvalid, occurrences
from services.scheduling.domain.workplans import OutputCount, compose, lags, month_ends

RULES = Rules(
    longest_hours=12,
    behind_bp=2_000,
    afterwards_hours=72,
    afterwards_share_bp=2_000,
    unobserved_kinds=("case", "home-visit"),
    observed_from_persons=50,
    observed_share_bp=3_000,
    observation_hours=24,
    call_backs=3,
    waiver_share_bp=500,
    waiver_reasons=("observer-ill",),
    check_in_hours_before=2,
    check_in_hours_after=4,
    unheld_hours=72,
    report_days=5,
    review_days=5,
    least_photos=3,
    photo_free_domains=("left-behind-children",),
    minors_domains=("left-behind-children",),
    return_codes=("photos-unclear",),
    series_days=400,
)
FROM, TO = date(2024, 11, 1), date(2025, 10, 31)
OUTPUT = Output(id=UUID(int=1), kind="training", title="培训", quantity=12, minimum_persons=5)
NONE = Counts(activities=0, afterwards=0, observed=0, waived=0)


def agreement(**other: object) -> Agreement:
    facts: dict[str, object] = {
        "id": UUID(int=9),
        "title": "居家养老服务",
        "domain": "home-care",
        "division": "510181101001",
        "host_division": "510181101000",
        "purchaser_id": UUID(int=2),
        "provider_id": UUID(int=3),
        "from_day": FROM,
        "to_day": TO,
        "status": "in_force",
        "observation": "every",
        "lead_worker_id": None,
        "certified_share_bp": 0,
        "outputs": (OUTPUT,),
    }
    return Agreement(**(facts | other))  # type: ignore[arg-type]


def plan(**other: object) -> Plan:
    start = datetime(2024, 12, 1, tzinfo=UTC)
    facts: dict[str, object] = {
        "basis": "agreement",
        "kind": "training",
        "title": "培训",
        "agreement_id": UUID(int=9),
        "output_id": None,
        "organisation_id": UUID(int=3),
        "division": "510181101001",
        "place": "站",
        "station_id": None,
        "room_id": None,
        "starts_at": start,
        "ends_at": start + timedelta(hours=1),
        "expected_persons": 10,
        "recorded_afterwards": False,
    }
    return Plan(**(facts | other))  # type: ignore[arg-type]


@given(st.integers(-3, 20 * 60))
def test_an_activity_lasts_from_a_moment_to_twelve_hours(minutes: int) -> None:
    """Exactly the durations in (0, 12 h] are accepted."""
    start = datetime(2025, 1, 1, tzinfo=UTC)
    end = start + timedelta(minutes=minutes)
    if 0 < minutes <= 12 * 60:
        check_times(start, end, RULES)
    else:
        with pytest.raises(ActivityTimesInvalid):
            check_times(start, end, RULES)


@given(st.integers(-48, 366 * 24), st.integers(1, 12))
def test_the_term_is_of_chinese_days(offset: int, hours: int) -> None:
    """Accepted exactly if no instant of it lies outside the days of the term."""
    start = start_of(FROM) + timedelta(hours=offset)
    end = start + timedelta(hours=hours)
    inside = start >= start_of(FROM) and end <= start_of(TO + timedelta(days=1))
    if inside:
        check_term(agreement(), start, end)
    else:
        with pytest.raises(OutsideAgreement):
            check_term(agreement(), start, end)


@given(st.integers(0, 2_000), st.integers(0, 10_000))
def test_a_quota_is_a_share_but_at_least_one(activities: int, share_bp: int) -> None:
    """As many exceptions fit as the share allows, and the first always does."""
    used = 0
    while within_quota(used, activities, share_bp):
        used += 1
    assert max(1, activities * share_bp // 10_000) == used


@pytest.mark.parametrize("kind", ["case", "home-visit"])
@pytest.mark.parametrize("observation", ["every", "by-risk", "share"])
def test_what_is_confidential_is_never_observed(kind: str, observation: str) -> None:
    """Whatever the agreement says."""
    asked = agreement(observation=observation, domain="left-behind-children")
    assert not needs_observer(plan(kind=kind, expected_persons=500), asked, NONE, RULES)


def test_observation_by_risk_looks_at_persons_and_minors() -> None:
    """Many persons, or minors."""
    risk = agreement(observation="by-risk")
    minors = agreement(observation="by-risk", domain="left-behind-children")
    assert not needs_observer(plan(expected_persons=49), risk, NONE, RULES)
    assert needs_observer(plan(expected_persons=50), risk, NONE, RULES)
    assert needs_observer(plan(expected_persons=1), minors, NONE, RULES)


@given(st.integers(1, 300))
def test_observation_by_share_keeps_the_share(number: int) -> None:
    """After each activity the share observed is reached, and exceeded by less than one."""
    observed = 0
    for done in range(number):
        counts = Counts(activities=done, afterwards=0, observed=observed, waived=0)
        observed += needs_observer(plan(), agreement(observation="share"), counts, RULES)
    assert 0 <= observed * 10_000 - 3_000 * number < 10_000


def test_without_an_agreement_nobody_observes() -> None:
    """Certificates and observers bind work under agreements."""
    assert not needs_observer(plan(basis="own"), None, NONE, RULES)


def test_a_room_holds_whom_it_holds() -> None:
    """An open station's own room with enough places."""
    room = Room(id=UUID(int=5), name="活动室", capacity=20)
    station = Station(id=UUID(int=4), name="站", division="5101", status="open", rooms=(room,))
    check_room(station, room.id, 20)
    check_room(station, None, 500)
    with pytest.raises(RoomTooSmall):
        check_room(station, room.id, 21)
    with pytest.raises(NotYet):
        check_room(station, UUID(int=6), 1)


def first(day: date, hour: int = 15) -> datetime:
    return start_of(day) + timedelta(hours=hour)


def test_the_last_day_of_each_month() -> None:
    """The birthday party of 友爱社区: every month's end at three in the afternoon, in China."""
    found = occurrences("FREQ=MONTHLY;BYMONTHDAY=-1", first(date(2024, 11, 30)), TO, RULES)

    assert len(found) == 12
    assert date(2025, 2, 28) == legal_day(found[3])
    assert {15} == {start.astimezone(PLACE).hour for start in found}


@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(0, 400))
def test_daily_means_each_day_to_the_last(day: date, days: int) -> None:
    """Both ends are included, at the same hour in China."""
    found = occurrences("FREQ=DAILY", first(day, 23), day + timedelta(days=days), RULES)

    assert [day + timedelta(days=n) for n in range(days + 1)] == [legal_day(f) for f in found]


def test_weekly_on_two_days_every_other_week() -> None:
    """BYDAY and INTERVAL as RFC 5545 has them."""
    found = occurrences(
        "FREQ=WEEKLY;BYDAY=MO,WE;INTERVAL=2", first(date(2025, 3, 3)), date(2025, 3, 31), RULES
    )

    assert [legal_day(start).day for start in found] == [3, 5, 17, 19, 31]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY",
        "FREQ=SECONDLY",
        "FREQ=DAILY;COUNT=3",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY\nRRULE:FREQ=SECONDLY",
        "",
    ],
)
def test_other_rules_are_not_offered(rule: str) -> None:
    """What is not in the small part of RFC 5545 is refused by its pointer."""
    with pytest.raises(RecurrenceInvalid) as refused:
        occurrences(rule, first(FROM), TO, RULES)
    assert refused.value.faults[0].pointer == "/rrule"


def test_a_series_ends_within_the_horizon_and_happens() -> None:
    """400 days at most, and at least once."""
    with pytest.raises(RecurrenceInvalid):
        occurrences("FREQ=DAILY", first(FROM), FROM + timedelta(days=401), RULES)
    with pytest.raises(RecurrenceInvalid):
        occurrences("FREQ=DAILY", first(FROM), FROM - timedelta(days=1), RULES)


@given(st.integers(0, 12), st.dates(FROM, TO))
def test_behind_is_less_than_four_fifths_of_linear_progress(counted: int, as_of: date) -> None:
    """Judged in whole numbers, from the first day through that day."""
    count = OutputCount(id=OUTPUT.id, agreement_id=UUID(int=9), counted=counted, person_times=0)
    elapsed = (as_of - FROM).days + 1
    behind = lags(compose(agreement(), 1, [count]), as_of, RULES.behind_bp)

    assert (counted * 10 * 365 < 12 * 8 * elapsed) == bool(behind)
    assert {12 * elapsed // 365} >= {lag.expected for lag in behind}


@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(0, 400))
def test_month_ends_are_the_last_days_within_the_term(day: date, days: int) -> None:
    """Each day of the term whose next day is a first, and no other."""
    term = [day + timedelta(days=n) for n in range(days + 1)]
    expected = [d for d in term if (d + timedelta(days=1)).day == 1]

    assert expected == list(month_ends(day, term[-1]))

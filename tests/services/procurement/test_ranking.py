"""Rankings are exact, cannot be gamed by order or scale, and leave newcomers neutral."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common import clock
from libs.common.ids import new_id
from libs.common.money import WHOLE
from services.procurement.domain.bids import Bid
from services.procurement.domain.criteria import CriteriaUnsound, Criterion, check_criteria
from services.procurement.domain.ranking import Track, past_points, price_points, rank
from services.procurement.domain.reviews import look_back
from services.procurement.domain.scores import Mark, MarksIncomplete, Score, check_marks

PATIENT = settings(deadline=None)
TENDER = new_id()
POINTS = st.integers(0, WHOLE)
PRICE = st.integers(1, 10**10)
CRITERIA = (
    Criterion(code="plan", title="方案", weight_bp=6_000, kind="rated"),
    Criterion(code="price", title="报价", weight_bp=3_000, kind="price"),
    Criterion(code="past", title="履约", weight_bp=1_000, kind="past-performance"),
)


def a_bid(price: int) -> Bid:
    return Bid(
        id=new_id(),
        version=2,
        tender_id=TENDER,
        organisation_id=new_id(),
        sha256="0" * 64,
        received_at=datetime(2025, 1, 10, tzinfo=UTC),
        status="valid",
        price=price,
    )


def a_score(bid: Bid, points: int, member: str = "m-1") -> Score:
    mark = Mark(criterion="plan", points_bp=points)
    return Score(
        id=new_id(), tender_id=TENDER, bid_id=bid.id, member=member, round=1, marks=(mark,)
    )


def track(organisation: UUID, average: int) -> Track:
    return Track(organisation_id=organisation, results=2, average_bp=average)


@st.composite
def fields(draw: st.DrawFn) -> tuple[list[Bid], list[Score], list[Track]]:
    """Some bids with the scores of two members; some of the bidders have a past."""
    bids = [a_bid(price) for price in draw(st.lists(PRICE, min_size=1, max_size=6))]
    scores = [a_score(bid, draw(POINTS), member) for bid in bids for member in ("m-1", "m-2")]
    tracks = [track(bid.organisation_id, draw(POINTS)) for bid in bids if draw(st.booleans())]
    return bids, scores, tracks


@PATIENT
@given(fields())
def test_a_ranking_is_in_order_and_complete(
    field: tuple[list[Bid], list[Score], list[Track]],
) -> None:
    """Ranks go from one on, totals fall, and each total is the weighted sum of its figures."""
    bids, scores, tracks = field

    lines = rank(CRITERIA, bids, scores, tracks, 7_500, "5eed")

    assert list(range(1, len(bids) + 1)) == [line.rank for line in lines]
    assert list(range(1, len(bids) + 1)) == sorted(line.rank_without_past for line in lines)
    assert sorted((line.total_bp for line in lines), reverse=True) == [x.total_bp for x in lines]
    for line in lines:
        exact = sum(figure.weight_bp * figure.points_bp for figure in line.figures)
        assert exact // WHOLE == line.total_bp
        assert 0 <= line.total_without_past_bp <= line.total_bp <= WHOLE


@PATIENT
@given(fields())
def test_the_order_of_arrival_decides_nothing(
    field: tuple[list[Bid], list[Score], list[Track]],
) -> None:
    """Bids, scores and tracks in any order give the same ranking."""
    bids, scores, tracks = field

    assert rank(CRITERIA, bids, scores, tracks, 7_500, "5eed") == rank(
        CRITERIA, bids[::-1], scores[::-1], tracks[::-1], 7_500, "5eed"
    )


@PATIENT
@given(fields())
def test_a_lower_price_never_hurts(field: tuple[list[Bid], list[Score], list[Track]]) -> None:
    """With the same marks the cheaper of two bids ranks before the dearer."""
    bids, _, _ = field
    scores = [a_score(bid, 5_000) for bid in bids]

    lines = rank(CRITERIA, bids, scores, [], 7_500, "5eed")

    assert sorted(line.price for line in lines) == [line.price for line in lines]


@PATIENT
@given(PRICE, PRICE)
def test_the_lowest_price_has_all_points(one: int, other: int) -> None:
    """Others have as much less as they are dearer, rounded down and never below zero."""
    lowest = min(one, other)

    assert price_points(lowest, lowest) == WHOLE
    points = price_points(max(one, other), lowest)
    assert 0 <= points <= WHOLE
    assert points * max(one, other) <= lowest * WHOLE < (points + 1) * max(one, other)


def test_a_price_of_nothing_divides_nothing() -> None:
    """A free offer has all points and leaves the others none."""
    assert price_points(0, 0) == WHOLE
    assert price_points(1, 0) == 0


@PATIENT
@given(st.lists(POINTS, min_size=1, max_size=6), st.integers(1, 4), POINTS)
def test_a_newcomer_is_neutral(known: list[int], newcomers: int, neutral: int) -> None:
    """A newcomer has the mean of those with a past: never more than the best of them, never less
    than the worst."""
    old, new = [new_id() for _ in known], [new_id() for _ in range(newcomers)]
    tracks = [track(org, average) for org, average in zip(old, known, strict=True)]

    points = past_points([*old, *new], tracks, neutral)

    assert known == [points[org] for org in old]
    assert {sum(known) // len(known)} == {points[org] for org in new}
    assert min(known) <= points[new[0]] <= max(known)


@PATIENT
@given(st.integers(1, 6), POINTS)
def test_where_nobody_has_a_past_the_policy_says(bidders: int, neutral: int) -> None:
    """All have the same neutral value, and so it decides nothing."""
    points = past_points([new_id() for _ in range(bidders)], [], neutral)

    assert {neutral} == set(points.values())


@PATIENT
@given(fields())
def test_newcomers_alone_rank_as_without_past(
    field: tuple[list[Bid], list[Score], list[Track]],
) -> None:
    """Past performance changes nothing where nobody has any."""
    bids, scores, _ = field

    lines = rank(CRITERIA, bids, scores, [], 7_500, "5eed")

    assert all(line.rank == line.rank_without_past for line in lines)
    assert {0} == {line.past_results for line in lines}


def test_the_ranking_without_past_performance_is_kept_beside() -> None:
    """Where a good record decides, the record shows what it changed."""
    old, new = a_bid(8_000_000), a_bid(8_000_000)
    scores = [a_score(old, 8_000), a_score(new, 8_100)]
    tracks = [track(old.organisation_id, 10_000), track(new.organisation_id, 6_000)]

    first, second = rank(CRITERIA, [old, new], scores, tracks, 7_500, "5eed")

    assert (old.id, 1, 2) == (first.bid_id, first.rank, first.rank_without_past)
    assert (new.id, 2, 1) == (second.bid_id, second.rank, second.rank_without_past)
    assert (first.total_bp, first.total_without_past_bp) == (8_800, 7_800)


def test_equal_bids_are_ranked_by_lot() -> None:
    """The panel's seed decides, for everybody alike, and another seed may decide otherwise."""
    bids = [a_bid(8_000_000), a_bid(8_000_000)]
    scores = [a_score(bid, 8_000) for bid in bids]
    firsts = {
        rank(CRITERIA, bids, scores, [], 7_500, f"seed-{number}")[0].bid_id for number in range(64)
    }

    assert {bid.id for bid in bids} == firsts


@PATIENT
@given(st.lists(st.integers(0, WHOLE), min_size=1, max_size=8))
def test_weights_sum_to_the_whole(weights: list[int]) -> None:
    """Nothing else is taken, by one basis point."""
    criteria = tuple(
        Criterion(code=f"c-{number}", title="评分项", weight_bp=weight, kind="rated")
        for number, weight in enumerate(weights)
    )

    if sum(weights) == WHOLE:
        check_criteria(criteria, 1_000)
    else:
        with pytest.raises(CriteriaUnsound):
            check_criteria(criteria, 1_000)


@PATIENT
@given(st.lists(st.sampled_from(["plan", "price", "past", "other"]), min_size=1, max_size=4))
def test_marks_are_for_what_is_rated(codes: list[str]) -> None:
    """Every rated criterion once; price and past performance are computed."""
    marks = tuple(Mark(criterion=code, points_bp=5_000) for code in codes)

    if codes == ["plan"]:
        check_marks(CRITERIA, marks)
    else:
        with pytest.raises(MarksIncomplete):
            check_marks(CRITERIA, marks)


@PATIENT
@given(st.datetimes(datetime(2021, 1, 1), datetime(2034, 12, 31)), st.integers(0, 120))
def test_looking_back_is_by_calendar_months(opened: datetime, months: int) -> None:
    """The same day of an earlier month, or its last day."""
    at = opened.replace(tzinfo=UTC)

    since = look_back(at, months)

    today, then = clock.legal_day(at), clock.legal_day(since)
    assert months == (today.year - then.year) * 12 + today.month - then.month
    assert then.day == today.day or (then + timedelta(days=1)).day == 1

"""The rules of an agreement's terms, over many cases."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.errors import Refusal
from services.procurement.domain.terms import (
    WORST_FIRST,
    Band,
    PaymentTerm,
    canonical,
    check_bands,
    check_payment_terms,
    check_term,
)

basis_points = st.integers(0, 10_000)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(
    starts=st.sets(st.integers(1, 10_000), max_size=3),
    shares=st.lists(basis_points, min_size=4, max_size=4),
)
def test_a_rising_table_from_nothing_is_sound(starts: set[int], shares: list[int]) -> None:
    """A table that covers 0 and never pays less for more is taken, in any order of its rows."""
    begins = [0, *sorted(starts)]
    table = [
        Band(band=band, from_score_bp=begin, balance_share_bp=share)
        for band, begin, share in zip(WORST_FIRST, begins, sorted(shares), strict=False)
    ]

    check_bands(tuple(reversed(table)))


@given(shares=st.lists(basis_points, min_size=4, max_size=4))
def test_a_table_that_falls_is_refused(shares: list[int]) -> None:
    """A better score that pays less is refused, and only that."""
    table = tuple(
        Band(band=band, from_score_bp=n * 1_000, balance_share_bp=share)
        for n, (band, share) in enumerate(zip(WORST_FIRST, shares, strict=True))
    )
    if shares == sorted(shares):
        check_bands(table)
    else:
        with pytest.raises(Refusal, match="bands-incomplete"):
            check_bands(table)


@given(startup=basis_points, balance=basis_points)
def test_shares_are_the_whole(startup: int, balance: int) -> None:
    """Two shares are taken exactly when both are something and they sum to 10 000."""
    terms = (
        PaymentTerm(kind="startup", share_bp=startup),
        PaymentTerm(kind="balance", share_bp=balance),
    )
    if startup and balance and startup + balance == 10_000:
        check_payment_terms(terms)
    else:
        with pytest.raises(Refusal, match="payment-shares-incomplete"):
            check_payment_terms(terms)


@given(from_day=days)
def test_a_year_ends_the_day_before_its_anniversary(from_day: date) -> None:
    """The longest one-year term ends the day before the same date of the next year."""
    try:
        anniversary = from_day.replace(year=from_day.year + 1)
    except ValueError:
        anniversary = date(from_day.year + 1, 3, 1)

    check_term(from_day, anniversary - timedelta(days=1), 1)
    with pytest.raises(Refusal, match="term-too-long"):
        check_term(from_day, anniversary, 1)


def test_canonical_json_is_one_way_only() -> None:
    """Keys are sorted, nothing is spaced, and Chinese stays as it is."""
    assert canonical({"b": 1, "a": "协议"}) == '{"a":"协议","b":1}'.encode()

"""Ages, birthdays and identity numbers, on the pure domain."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.cn import ric

from services.casework.domain.invitations import Born, invited
from services.casework.domain.persons import age_on, birthday_in, normal_name, normal_number

births = st.dates(date(1900, 1, 1), date(2024, 12, 31))
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@given(births, st.integers(0, 120))
def test_an_age_is_reached_on_the_birthday(birth: date, years: int) -> None:
    """The day before the birthday one is a year younger than on it."""
    birthday = birthday_in(birth, birth.year + years)

    assert years == age_on(birth, birthday)
    assert years - 1 == age_on(birth, birthday - timedelta(days=1))


@given(births)
def test_a_birthday_stays_in_its_month(birth: date) -> None:
    """Also of 29 February, which is kept on the last of the month in other years."""
    assert {birth.month} == {birthday_in(birth, year).month for year in range(2020, 2025)}


def test_a_leap_day_is_kept_on_the_last_of_february() -> None:
    """Born on 29 February 1964, one is 61 on 28 February 2025."""
    birth = date(1964, 2, 29)

    assert age_on(birth, date(2025, 2, 27)) == 60
    assert age_on(birth, date(2025, 2, 28)) == 61


@given(births, st.integers(0, 999))
def test_a_number_reads_the_same_however_it_is_written(birth: date, order: int) -> None:
    """Width, case and separators make no other number."""
    digits = f"510181{birth:%Y%m%d}{order:03d}"
    number = digits + ric.calc_check_digit(digits + "0")

    assert number == normal_number(number.lower())
    assert number == normal_number(number.translate(FULL_WIDTH))
    assert number == normal_number(f" {number[:6]} {number[6:14]}-{number[14:]} ")


@given(st.text(min_size=1, max_size=20))
@example("A¯")
def test_a_name_is_normal_once(name: str) -> None:
    """Normalising twice is normalising once."""
    assert normal_name(name) == normal_name(normal_name(name))


@given(st.lists(births, max_size=30), st.integers(0, 110), st.integers(1, 12))
def test_an_invitation_is_for_those_old_enough_that_month(
    dates: list[date], age: int, month: int
) -> None:
    """Invited is who was born in the month, that many years before or more, and nobody else."""
    persons = [
        Born(id=UUID(int=number + 1), birth_date=birth) for number, birth in enumerate(dates)
    ]
    expected = [
        person.id
        for person in persons
        if person.birth_date.month == month and 2025 - person.birth_date.year >= age
    ]

    assert tuple(expected) == invited(persons, age, 2025, month)

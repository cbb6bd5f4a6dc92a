"""Two who want what only one may have, one who acts as two: one effect, and a reason why not."""

from collections.abc import Awaitable, Callable

import pytest

from libs.common.testing import Answer
from tests.faults.matrix import Row, rows_of
from tests.faults.rows.people import Contests


@pytest.mark.parametrize("row", rows_of("people"), ids=lambda row: row.id)
async def test_nobody_gets_what_is_not_theirs(
    row: Row, play: Callable[[Row], Awaitable[None]]
) -> None:
    """Each contest has as many winners as may win, and the others are told why not."""
    await play(row)


def test_a_contest_that_was_won_twice_is_noticed() -> None:
    """Too many winners, winners without an effect, and a wrong reason are each found."""
    won, refused = Answer(200, {}, {}), Answer(409, {}, {"code": "taken"})
    fair, twice, lost, odd = Contests(), Contests(), Contests(), Contests()
    fair.judge("room", [won, refused], 1, may=1, code="taken")
    twice.judge("room", [won, won], 2, may=1, code="taken")
    lost.judge("room", [won, refused], 0, may=1, code="taken")
    odd.judge("room", [won, refused], 1, may=1, code="closed")

    assert [one.outcome().holds for one in (fair, twice, lost, odd)] == [True, False, False, False]
    assert (twice.doubled, lost.lost) == (1, 1)


def test_a_count_that_is_exceeded_is_noticed() -> None:
    """Whatever the answers said: what is there too often, or is missing, is found."""
    fair, twice, lost = Contests(), Contests(), Contests()
    for one, there in ((fair, 1), (twice, 2), (lost, 0)):
        one.count("seat", there, exactly=1)

    assert [one.outcome().holds for one in (fair, twice, lost)] == [True, False, False]
    assert (twice.doubled, lost.lost) == (1, 1)

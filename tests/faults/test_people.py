"""Two who want what only one may have, one who acts as two: one effect, and a reason why not."""

from collections.abc import Awaitable, Callable

import pytest

from tests.faults.matrix import Row, rows_of


@pytest.mark.parametrize("row", rows_of("people"), ids=lambda row: row.id)
async def test_nobody_gets_what_is_not_theirs(
    row: Row, play: Callable[[Row], Awaitable[None]]
) -> None:
    """Each contest has as many winners as may win, and the others are told why not."""
    await play(row)

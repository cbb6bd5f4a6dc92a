"""Every process killed in random order under load, a short run of what the proof does at length."""

from collections.abc import Awaitable, Callable

import pytest

from tests.faults.matrix import Row, rows_of


@pytest.mark.parametrize("row", rows_of("kills"), ids=lambda row: row.id)
async def test_kills_lose_and_double_nothing(
    row: Row, play: Callable[[Row], Awaitable[None]]
) -> None:
    """Ten kills in the middle of a load: nothing is lost, nothing doubled, all is ready again."""
    await play(row)

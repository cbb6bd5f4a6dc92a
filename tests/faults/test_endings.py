"""A process asked to end: no client is told of trouble, nothing is given again, it always ends."""

from collections.abc import Awaitable, Callable

import pytest

from tests.faults.matrix import Row, rows_of


@pytest.mark.parametrize("row", rows_of("endings"), ids=lambda row: row.id)
async def test_an_ending_loses_and_doubles_nothing(
    row: Row, play: Callable[[Row], Awaitable[None]]
) -> None:
    """Told to end at whatever moment, a process finishes what it took and lets go."""
    await play(row)

"""A process killed between two steps: every command has one effect, every event is heard once."""

from collections.abc import Awaitable, Callable

import pytest

from tests.faults.matrix import Row, rows_of


@pytest.mark.parametrize("row", rows_of("crashes"), ids=lambda row: row.id)
async def test_a_crash_loses_and_doubles_nothing(
    row: Row, play: Callable[[Row], Awaitable[None]]
) -> None:
    """Killed at that very moment, nothing acknowledged is lost and nothing happens twice."""
    await play(row)

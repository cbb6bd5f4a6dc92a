"""A broker that is away, full, or not as it was made: everything told is heard once in the end."""

from collections.abc import Awaitable, Callable

import pytest

from tests.faults.matrix import Row, rows_of


@pytest.mark.parametrize("row", rows_of("broker"), ids=lambda row: row.id)
async def test_a_broker_in_trouble_loses_and_doubles_nothing(
    row: Row, play: Callable[[Row], Awaitable[None]]
) -> None:
    """Commands go on without it, and what they told arrives when it is well again."""
    await play(row)

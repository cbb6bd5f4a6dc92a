"""Messages that come again, out of order, too large or unreadable: each is heard once or kept."""

from collections.abc import Awaitable, Callable

import pytest

from tests.faults.matrix import Row, rows_of


@pytest.mark.parametrize("row", rows_of("messages"), ids=lambda row: row.id)
async def test_no_message_loses_and_doubles_nothing(
    row: Row, play: Callable[[Row], Awaitable[None]]
) -> None:
    """What cannot be heard is kept for a person, and the others flow."""
    await play(row)

"""A database in trouble: nothing acknowledged is lost, and nobody waits long to be told."""

from collections.abc import Awaitable, Callable

import pytest

from tests.faults.matrix import Row, rows_of


@pytest.mark.parametrize("row", rows_of("database"), ids=lambda row: row.id)
async def test_a_database_in_trouble_loses_and_doubles_nothing(
    row: Row, play: Callable[[Row], Awaitable[None]]
) -> None:
    """Commands are refused with 503 until it is well again, and each then has one effect."""
    await play(row)

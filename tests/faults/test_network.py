"""A network that cuts, hides and loses: everything is done once and heard once in the end."""

from collections.abc import Awaitable, Callable

import pytest

from tests.faults.matrix import Row, rows_of


@pytest.mark.parametrize("row", rows_of("network"), ids=lambda row: row.id)
async def test_a_bad_network_loses_and_doubles_nothing(
    row: Row, play: Callable[[Row], Awaitable[None]]
) -> None:
    """Both ends notice by themselves, and repeat what they do not know the outcome of."""
    await play(row)

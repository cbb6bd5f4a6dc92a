"""Secrets are replaced under load over HTTP, and no request fails."""

from collections.abc import Awaitable, Callable

import pytest

from tests.faults.matrix import Row, rows_of


@pytest.mark.parametrize("row", rows_of("rotation"), ids=lambda row: row.id)
async def test_a_replaced_secret_refuses_nobody(
    row: Row, play: Callable[[Row], Awaitable[None]]
) -> None:
    """Whichever process is asked in whichever step, it finds a value that holds."""
    await play(row)

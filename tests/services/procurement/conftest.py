"""Procurement's stage, and the year before the award that tests start from."""

from collections.abc import Awaitable, Callable

import pytest

from libs.common.service import Service
from libs.common.testing import Stage
from services.procurement.app import service


@pytest.fixture
async def procurement(open_stage: Callable[[Service], Awaitable[Stage]]) -> Stage:
    """Procurement on a fresh database."""
    return await open_stage(service)

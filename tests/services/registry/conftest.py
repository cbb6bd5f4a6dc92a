"""The registry's stage; a rehearsal begins on 2024-11-01."""

from collections.abc import Awaitable, Callable

import pytest

from libs.common.service import Service
from libs.common.testing import Stage
from services.registry.app import service


@pytest.fixture
async def registry(open_stage: Callable[[Service], Awaitable[Stage]]) -> Stage:
    """The registry on a fresh database."""
    return await open_stage(service)

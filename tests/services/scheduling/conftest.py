"""Scheduling's stage, with the neighbours' facts already heard."""

from collections.abc import Awaitable, Callable

import pytest

from libs.common.service import Service
from libs.common.testing import Stage
from services.scheduling.app import service
from tests.services.scheduling import play


@pytest.fixture
async def scheduling(open_stage: Callable[[Service], Awaitable[Stage]]) -> Stage:
    """Scheduling on a fresh database that has heard of an agreement and of those it concerns."""
    stage = await open_stage(service)
    await play.set_scene(stage)
    return stage

"""Evaluation's stage, and an agreement brought as far along its evaluation as a test needs."""

from collections.abc import Awaitable, Callable

import pytest

from libs.common.service import Service
from libs.common.testing import Stage
from services.evaluation.app import service
from tests.services.evaluation.story import Story


@pytest.fixture
async def evaluation(open_stage: Callable[[Service], Awaitable[Stage]]) -> Stage:
    """Evaluation on a fresh database."""
    return await open_stage(service)


@pytest.fixture
async def story(evaluation: Stage) -> Story:
    """An agreement in force under a policy, with nothing done yet."""
    told = Story(evaluation)
    await told.begin()
    return told

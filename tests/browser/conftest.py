"""One browser for all tests here, and the pages of a stage in it."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Browser, async_playwright

from libs.common.service import Service
from libs.common.testing import Stage
from libs.embedded.debian import Unavailable
from services.notifications.app import service
from tests.browser.chromium import FLAGS, chromium
from tests.services.notifications.played import play


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a window, with a profile of its own."""
    try:
        found = chromium()
    except Unavailable as reason:
        pytest.skip(str(reason))
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(
            executable_path=found.program,
            args=list(FLAGS),
            env={**os.environ, **found.environment},
            timeout=120_000,
        )
        yield running
        await running.close()


@pytest.fixture
async def played(open_stage: Callable[[Service], Awaitable[Stage]]) -> Stage:
    """Notifications after two agreements."""
    stage = await open_stage(service)
    await play(stage)
    return stage

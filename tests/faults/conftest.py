"""Servers of the laboratory's own, since its tests kill them; a fresh laboratory a test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from random import SystemRandom

import pytest

from tests.faults.ground import Ground, ground
from tests.faults.lab import Lab, laboratory
from tests.faults.matrix import Row


@pytest.fixture(scope="session")
async def fault_ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    """A private PostgreSQL and RabbitMQ, prepared for every service."""
    async with ground(tmp_path_factory.mktemp("faults")) as prepared:
        yield prepared


@pytest.fixture
async def open_lab(
    fault_ground: Ground, tmp_path: Path
) -> AsyncIterator[Callable[..., Awaitable[Lab]]]:
    """Opens a laboratory with these services; its seed is printed, and shown when a test fails."""
    async with AsyncExitStack() as stack:

        async def open_one(*services: str, seed: int | None = None) -> Lab:
            seed = SystemRandom().randrange(10**6) if seed is None else seed
            print(f"seed {seed}")
            opening = laboratory(fault_ground, tmp_path / str(seed), services, seed=seed)
            return await stack.enter_async_context(opening)

        yield open_one


@pytest.fixture
def play(open_lab: Callable[..., Awaitable[Lab]]) -> Callable[[Row], Awaitable[None]]:
    """Plays a row of the matrix and asserts that nothing was lost, doubled or otherwise wrong."""

    async def play_one(row: Row) -> None:
        outcome = await row.play(await open_lab(*row.services))
        print(f"{row.id} {row.fault}: {outcome}")

        assert outcome.problems == ()
        assert (outcome.lost, outcome.doubled) == (0, 0)
        assert outcome.confirmed > 0

    return play_one

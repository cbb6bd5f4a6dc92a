"""The checkers find eight deliberate mistakes, and nothing where there is no mistake."""

from collections.abc import Awaitable, Callable

import pytest

from tests.faults.lab import Lab
from tests.faults.trials import CONTROLS, TAKING_PART, TRIALS, Trial
from tests.faults.variants import VARIANTS


def test_every_mistake_is_tried() -> None:
    """There is a trial of each of the eight variants."""
    assert list(VARIANTS) == [trial.variant for trial in TRIALS]
    assert len(VARIANTS) == 8


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.variant)
async def test_a_mistake_is_caught(trial: Trial, open_lab: Callable[..., Awaitable[Lab]]) -> None:
    """With the mistake in one process, the fault is noticed by a checker that is there for it."""
    verdict = await trial.play(await open_lab(*TAKING_PART), *trial.mistake)
    print(verdict.caught_by)

    assert trial.checkers & set(verdict.caught_by)


@pytest.mark.parametrize("trial", CONTROLS, ids=lambda trial: trial.variant)
async def test_nothing_is_found_without_the_mistake(
    trial: Trial, open_lab: Callable[..., Awaitable[Lab]]
) -> None:
    """The same fault, and the platform as it is: no checker finds anything."""
    verdict = await trial.play(await open_lab(*TAKING_PART))

    assert verdict.caught_by == [], verdict.found
    assert verdict.confirmed > 0

"""Two releases on one schema: the previous one passes its tests on it."""

from pathlib import Path

import pytest

from tests import previous
from tests.proof.upgrade import passes_tests, planned

QUICK = ("tests/services/procurement/test_bids.py", "tests/services/registry/test_coverage.py")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The files of the previous release."""
    folder = tmp_path / "previous"
    try:
        previous.take_out(folder)
    except previous.NotThere as problem:
        pytest.skip(f"NOT RUN, the history does not reach back: {problem}")
    return folder


def test_the_previous_release_passes_its_tests_on_this_schema(old: Path) -> None:
    """What runs before this release only adds: its predecessor does not notice."""
    previous.give_new_schema(old)

    assert passes_tests(old, *QUICK)


def test_every_part_is_rolled_there_and_back() -> None:
    """A seed always plans the same: each part once to the new release, and then once back."""
    rolls = planned(1)

    assert rolls == planned(1)
    assert {roll.part for roll in rolls[:12]} == {roll.part for roll in rolls[12:]}
    assert [roll.release for roll in rolls] == ["N"] * 12 + ["N-1"] * 12

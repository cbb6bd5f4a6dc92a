"""The year of 都江堰, played whole by an ordinary client on the embedded platform."""

from pathlib import Path

from tests.proof.year import clean, play


def test_the_year_holds_and_repeats(tmp_path: Path) -> None:
    """Every figure holds; a second run repeats every command and creates nothing new."""
    home = tmp_path / "home"
    try:
        first, _ = play(home, processes=False)
        again, _ = play(home, processes=False)
    finally:
        clean(home)

    assert first is not None
    assert first == again

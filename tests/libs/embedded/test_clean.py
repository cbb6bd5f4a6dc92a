"""Cleaning removes what was kept, and spares what somebody uses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from libs.embedded import clean


def kept_with(folder: Path, pid: int) -> Path:
    """What is kept for homes, with the data of a server that has this process id."""
    file = folder / "kept" / "0123456789ab" / "data-18" / "postmaster.pid"
    file.parent.mkdir(parents=True)
    file.write_text(f"{pid}\n/somewhere/data-18\n")
    return folder / "kept"


def test_a_running_server_keeps_its_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another home's server goes on, and whoever cleans is told."""
    kept = kept_with(tmp_path, os.getpid())

    clean.clear(kept)

    assert (kept / "0123456789ab" / "data-18").exists()
    assert "a server of another home is running" in capsys.readouterr().err


def test_what_a_killed_server_left_is_removed(tmp_path: Path) -> None:
    """A file of a server that is gone holds nothing up."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    kept = kept_with(tmp_path, ended.pid)

    clean.clear(kept)

    assert not kept.exists()

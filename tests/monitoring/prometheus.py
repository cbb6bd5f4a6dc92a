"""Prometheus and its promtool: the installed ones, or Debian's, unpacked into the cache."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from libs.embedded import debian
from libs.embedded.debian import Apt, Recipe, Unavailable
from libs.embedded.home import cache_folder

NOWHERE: Final = (
    "there is no prometheus, and apt cannot provide it ({reason}), so NO ALARM WAS TRIED; "
    "install it by apt-get install prometheus"
)


def program(name: str) -> Path:
    """`prometheus` or `promtool`; `Unavailable` says how to install it."""
    if found := shutil.which(name):
        return Path(found)
    try:
        return debian.unpacked(cache_folder(), RECIPE) / "usr" / "bin" / name
    except Unavailable as problem:
        raise Unavailable(NOWHERE.format(reason=problem)) from None


def need(name: str) -> Path:
    """The same; a loud skip where it cannot be had, a failure where it was promised."""
    try:
        return program(name)
    except Unavailable as problem:
        if os.environ.get("SANSHE_REQUIRE_K8S") == "1":
            pytest.fail(f"SANSHE_REQUIRE_K8S=1, but {problem}")
        pytest.skip(str(problem))


def promtool(*arguments: str | Path) -> str:
    """What promtool says; fails if it finds fault."""
    done = subprocess.run(
        [need("promtool"), *arguments], capture_output=True, text=True, timeout=300, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


def _choose(_apt: Apt) -> list[str]:
    """The two programs stand alone; what the package depends on is for its web pages."""
    return ["prometheus"]


def _nothing(_root: Path, _target: Path) -> None:
    """They run from wherever they are."""


RECIPE: Final = Recipe(
    name="prometheus", about="Prometheus, about 30 MB,", choose=_choose, correct=_nothing
)

"""Chromium: the installed one, or Debian's own with a Chinese font, unpacked into the cache."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from libs.embedded import debian
from libs.embedded.debian import Apt, Recipe, Unavailable
from libs.embedded.home import cache_folder

NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""As root there is no sandbox; and nothing goes out by itself."""
NOWHERE: Final = """there is no chromium, and apt cannot provide it ({reason}); install it by
    apt-get update
    apt-get install --no-install-recommends chromium fonts-wqy-microhei"""
FONTS: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
<dir>/usr/share/fonts</dir><dir>{root}/usr/share/fonts</dir><cachedir>{root}/fontcache</cachedir>
</fontconfig>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chromium:
    """Where it is, and what it needs in its environment."""

    program: Path
    environment: dict[str, str] = field(default_factory=dict)


def chromium() -> Chromium:
    """The browser; `Unavailable` says how to install it."""
    for name in NAMES:
        if found := shutil.which(name):
            return Chromium(program=Path(found))
    try:
        return _of(debian.unpacked(cache_folder(), RECIPE))
    except Unavailable as problem:
        raise Unavailable(NOWHERE.format(reason=problem)) from None


def _of(root: Path) -> Chromium:
    libraries = {str(library.parent) for library in (root / "usr" / "lib").rglob("*.so*")}
    return Chromium(
        program=root / "usr" / "lib" / "chromium" / "chromium",
        environment={
            "LD_LIBRARY_PATH": os.pathsep.join(sorted(libraries)),
            "FONTCONFIG_FILE": str(root / "fonts.conf"),
        },
    )


def _choose(apt: Apt) -> list[str]:
    """All that this machine lacks for it; none of the packages is set up, only unpacked."""
    names = apt.missing_for("chromium", "fonts-wqy-microhei")
    if "chromium" not in names:
        raise Unavailable("apt knows no chromium")
    return names


def _write_fonts(root: Path, target: Path) -> None:
    (root / "fonts.conf").write_text(FONTS.format(root=target), encoding="utf-8")


RECIPE: Final = Recipe(
    name="chromium", about="Chromium, about 130 MB,", choose=_choose, correct=_write_fonts
)

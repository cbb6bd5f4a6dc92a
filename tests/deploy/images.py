"""The folders that would be images, put together from wheels that were fetched beforehand."""

import os
import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.deploy.pods import ROOT

PAGE: Final = (ROOT / "docs" / "air-gapped.md").read_text()
ASSEMBLE: Final = ROOT / "deploy" / "assemble"
NOWHERE: Final = "http://127.0.0.1:9"
"""Nothing listens there: whoever asks for something is refused at once."""


def assemble(*arguments: str, wheels: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`deploy/assemble`; with a folder of wheels on a machine that reaches nothing."""
    environment = dict(os.environ)
    if wheels is not None:
        environment |= {"WHEELS": str(wheels), "PIP_INDEX_URL": NOWHERE, "PIP_NO_CACHE_DIR": "1"}
        environment |= {"http_proxy": NOWHERE, "https_proxy": NOWHERE}
    return subprocess.run(
        [str(ASSEMBLE), *arguments], capture_output=True, text=True, env=environment
    )


def fetched(lock: str, folder: Path) -> Path:
    """The wheels of a lock, by the command in docs/air-gapped.md for a machine with a network."""
    [line] = re.findall(rf"^pip (.*) -r requirements/{re.escape(lock)} -d wheels$", PAGE, re.M)
    argv = [sys.executable, "-m", "pip", *shlex.split(line), "-r", f"requirements/{lock}"]
    argv += ["-d", str(folder), "--quiet", "--disable-pip-version-check"]
    subprocess.run(argv, check=True, cwd=ROOT)
    return folder


def frozen(image: Path) -> Path:
    """The same folder, in which nobody may write."""
    for path in [image, *image.rglob("*")]:
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    return image


def thawed(folder: Path) -> None:
    """As it was, so that it can be removed."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)

"""The folders that would be images, put together from wheels that were fetched beforehand."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.deploy.pods import ROOT

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
    """The wheels of a lock, as docs/air-gapped.md fetches them on a machine with a network."""
    argv = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    argv += ["--require-hashes", "--only-binary", ":all:"]
    argv += ["-r", str(ROOT / "requirements" / lock), "-d", str(folder)]
    subprocess.run(argv, check=True)
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

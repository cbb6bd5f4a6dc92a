"""The release before this one, taken out of the history: its code, for the schema of this one."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from libs.embedded.home import CHECKOUT

NAMED: Final = CHECKOUT / "deploy/previous"


class NotThere(Exception):
    """The history here does not reach back to the previous release: nothing was proved."""


def take_out(folder: Path) -> str:
    """Put the files of the previous release into that folder; gives its commit."""
    commit = NAMED.read_text().strip()
    packed = subprocess.run(
        ["git", "archive", "--format=zip", commit],  # noqa: S607
        cwd=CHECKOUT,
        capture_output=True,
    )
    if packed.returncode:
        raise NotThere(f"git archive {commit}: {packed.stderr.decode().strip()}")
    with ZipFile(BytesIO(packed.stdout)) as files:
        files.extractall(folder)
    return commit


def give_new_schema(folder: Path) -> list[str]:
    """Add what runs before this release to the migrations there; gives the files that are new."""
    added = []
    for place in ("libs/common", *(f"services/{path.name}" for path in _services())):
        for path in sorted((CHECKOUT / place / "migrations").glob("*_before_*.sql")):
            target = folder / place / "migrations" / path.name
            if not target.exists():
                shutil.copy(path, target)
                added.append(f"{place}/migrations/{path.name}")
    return added


def _services() -> list[Path]:
    return sorted(app.parent for app in (CHECKOUT / "services").glob("*/app.py"))

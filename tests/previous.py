"""The release before this one, taken out of the history: its code, for the schema of this one."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from libs.embedded.home import CHECKOUT

NAMED: Final = CHECKOUT / "deploy/previous"

REMINDERS: Final = "tests/services/notifications/test_reminders.py"
ABOUT_WORDS: Final = (
    f"{REMINDERS}::test_who_is_answerable_is_told[registry.registration.expiring.v1]",
    f"{REMINDERS}::test_who_is_answerable_is_told[scheduling.activity.returned.v1]",
    f"{REMINDERS}::test_who_is_answerable_is_told[scheduling.observation.missed.v1]",
    f"{REMINDERS}::test_every_template_is_used",
    "tests/services/notifications/test_templates.py::test_every_seeded_text_is_sound",
)
"""Tests of that release which hold the texts of messages, rows that a release adds to and a city
words anew, to what they were; they say nothing of code on a newer schema."""


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

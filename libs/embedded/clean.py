"""`python -m libs.embedded.clean`: remove the data of the embedded servers; needs no package."""

import os
import shutil
import sys
from pathlib import Path

from libs.embedded.home import MARK, InUse, default_folder, held, in_memory, shelter


def main() -> int:
    """Remove the home, if it is one and not in use, and what is kept beside it."""
    folder = default_folder()
    if folder.exists() and not (folder / MARK).exists():
        print(f"{folder} is not a folder that Sanshe made: remove it yourself.", file=sys.stderr)
        return 1
    try:
        if folder.exists():
            with held(folder / "lock", wait=False):
                shutil.rmtree(folder)
    except InUse as problem:
        print(problem, file=sys.stderr)
        return 1
    clear(shelter())
    clear(in_memory())
    return 0


def clear(kept: Path) -> None:
    """Remove what is kept there for this and other homes, unless a server of one is running."""
    if any(is_running(file) for file in kept.glob("*/data-*/postmaster.pid")):
        print(f"{kept} stays: a server of another home is running there.", file=sys.stderr)
        return
    shutil.rmtree(kept, ignore_errors=True)


def is_running(file: Path) -> bool:
    """Whether the server that wrote this file is there; after a crash its file stays behind."""
    pid = int(file.read_text().split()[0])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())

"""`python -m libs.embedded.clean`: remove the data of the embedded servers; needs no package."""

import shutil
import sys

from libs.embedded.home import MARK, InUse, default_folder, held, shelter


def main() -> int:
    """Remove the home, if it is one and not in use, and what root keeps beside it."""
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
    shutil.rmtree(shelter(), ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

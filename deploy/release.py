"""`python -m deploy.release`: the name of the release, as its images and migrations bear it."""

from pathlib import Path
from typing import Final

import yaml

SOURCE: Final = Path(__file__).parent / "k8s" / "service" / "release.yaml"


def release() -> str:
    """The only place where it stands; everything that is rendered has it from there."""
    return str(yaml.safe_load(SOURCE.read_text())["data"]["release"])


if __name__ == "__main__":
    print(release())

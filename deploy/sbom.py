"""`python -m deploy.sbom FOLDER`: a bill of materials (CycloneDX) for each image, from the lock."""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from libs.embedded.platform import service_names

CHECKOUT: Final = Path(__file__).resolve().parents[1]
LOCK: Final = CHECKOUT / "requirements" / "service.lock"
RELEASE: Final = CHECKOUT / "deploy" / "k8s" / "service" / "release.yaml"


def main() -> None:
    """Write SERVICE.cdx.json for every service."""
    parser = argparse.ArgumentParser(prog="python -m deploy.sbom", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    release = RELEASE.read_text().rpartition("release: ")[2].rstrip(" }\n")
    argv = ["-m", "cyclonedx_py", "requirements", "--validate", "--output-reproducible", str(LOCK)]
    done = subprocess.run([sys.executable, *argv], check=True, stdout=subprocess.PIPE)  # noqa: S603
    for name in service_names():
        text = named(json.loads(done.stdout), f"sanshe/{name}", release)
        (folder / f"{name}.cdx.json").write_text(text, encoding="utf-8")


def named(bill: dict[str, dict[str, object]], image: str, release: str) -> str:
    """The bill of one image: what all hold is the same, and it depends on all of it."""
    bill["metadata"]["component"] = {
        "type": "container",
        "bom-ref": image,
        "name": image,
        "version": release,
    }
    return json.dumps(bill, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()

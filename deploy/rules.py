"""`python -m deploy.rules`: the alarms for a Prometheus that has no operator."""

import sys
from pathlib import Path
from typing import Any, Final

import yaml

SOURCE: Final = Path(__file__).parent / "k8s" / "components" / "monitoring" / "rules.yaml"


def groups() -> dict[str, Any]:
    """What stands in the custom resource, as Prometheus itself reads it."""
    found: dict[str, Any] = yaml.safe_load(SOURCE.read_text())["spec"]
    return found


if __name__ == "__main__":
    yaml.safe_dump(groups(), sys.stdout, allow_unicode=True, sort_keys=False)

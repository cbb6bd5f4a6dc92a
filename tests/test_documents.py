"""What the documents say of one another holds."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "services/*/README.md", "scenarios/*/README.md")
    for path in ROOT.glob(pattern)
)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]+)")


def test_a_decision_has_its_number_alone() -> None:
    """Nobody has to ask which of two decisions a number means."""
    numbers = Counter(path.name[:4] for path in (ROOT / "docs/decisions").glob("*.md"))

    assert [number for number, count in numbers.items() if count > 1] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    """Each link to a file of the project names one that is there."""
    targets = LINK.findall(document.read_text())

    assert [one for one in targets if not (document.parent / one).exists()] == []

"""The proofs keep up with the code that they take apart."""

import pytest

from tests.proof.rules import ROOT, RULES, Rule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_is_taken_out_stands_there_once(rule: Rule) -> None:
    """Each rule's text is in its file exactly once, or taking it out would prove nothing."""
    text = (ROOT / rule.file).read_text()

    assert text.count(rule.old) == 1

"""The proofs keep up with the code that they take apart."""

import pytest

from tests.proof.__main__ import PROOFS, main
from tests.proof.kills import FIRST, LAST, SEED, planned
from tests.proof.rules import ROOT, RULES, Rule


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_is_taken_out_stands_there_once(rule: Rule) -> None:
    """Each rule's text is in its file exactly once, or taking it out would prove nothing."""
    text = (ROOT / rule.file).read_text()

    assert text.count(rule.old) == 1


def test_fifty_kills_fall_into_three_months() -> None:
    """A seed always plans the same kills: processes that exist, in order, within the months."""
    kills = planned(SEED)

    assert kills == planned(SEED)
    assert kills != planned(SEED + 1)
    assert len(kills) == 50
    assert sorted(kill.at for kill in kills) == [kill.at for kill in kills]
    assert all(FIRST <= kill.at < LAST for kill in kills)
    assert {kill.victim.partition("/")[0] for kill in kills} == {
        "services",
        "rabbitmq",
        "postgresql",
    }


def test_a_proof_that_there_is_not_is_refused_with_those_that_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is started for a misspelt name."""
    monkeypatch.setattr("sys.argv", ["proof", "nonsense"])

    assert main() == 2
    told = capsys.readouterr().err
    assert told.startswith("There is no proof 'nonsense'")
    assert [name for name in PROOFS if name not in told] == []

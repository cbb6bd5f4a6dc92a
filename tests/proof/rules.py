"""Rules taken out one at a time: for each, the test that notices."""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
COPIED: Final = ("libs", "services", "tests", "pyproject.toml", "docs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of the platform, how it is taken out, and the tests that must then fail."""

    name: str
    file: str
    old: str
    new: str
    tests: str


RULES: Final = (
    Rule(
        name="a command is carried out once (stored answer)",
        file="libs/common/idempotency.py",
        old="    if found is None:\n",
        new="    if found is None or found.locked:\n",
        tests="tests/libs/common/test_http.py",
    ),
    Rule(
        name="an event is reacted to once (inbox)",
        file="libs/common/bus.py",
        old='        if news != "new":\n',
        new='        if news == "stale":\n',
        tests="tests/libs/common/test_bus.py",
    ),
    Rule(
        name="of a subject's events the highest sequence wins",
        file="libs/common/bus.py",
        old='        if news != "new":\n',
        new='        if news == "again":\n',
        tests="tests/libs/common/test_bus.py",
    ),
    Rule(
        name="later events of a held-back subject wait",
        file="libs/common/outbox.py",
        old="WHERE earlier.subject = mine.subject",
        new="WHERE earlier.event_id = mine.event_id",
        tests="tests/libs/common/test_leader.py",
    ),
    Rule(
        name="an organisation sees its own rows alone",
        file="services/evaluation/store/results.py",
        old="           AND ($3::uuid IS NULL OR (provider_id = $3 AND status <> 'scored'))",
        new="           AND ($3::uuid IS NULL OR status <> 'scored')",
        tests="tests/services/evaluation/test_results.py",
    ),
    Rule(
        name="an open tender stays open for twenty days",
        file="services/procurement/domain/tenders.py",
        old="        if self.bids_due_at < earliest:",
        new="        if self.bids_due_at < now:",
        tests="tests/services/procurement/test_tenders.py",
    ),
    Rule(
        name="to a provider that was paid already nothing else is paid after a restore",
        file="services/procurement/domain/comparisons.py",
        old="        if (line.reference, line.amount) == (reference, amount):\n",
        new="        if line.provider_id:\n",
        tests="tests/services/procurement/test_comparisons.py",
    ),
    Rule(
        name="a payment is approved in the order of the chain",
        file="services/procurement/domain/approvals.py",
        old="    if not set(roles) & set(expected.roles):\n",
        new="    if False:\n",
        tests="tests/services/procurement/test_payments.py",
    ),
    Rule(
        name="the balance is the share that the sealed result gives",
        file="services/procurement/domain/payments.py",
        old="0 if self.failed else money.share(balance, self.balance_share_bp)",
        new="0 if self.failed else balance",
        tests="tests/services/procurement/test_acceptances.py",
    ),
    Rule(
        name="no activity is published without its observer",
        file="services/scheduling/domain/activities.py",
        old="            raise ObserverMissing\n",
        new="            pass\n",
        tests="tests/services/scheduling/test_activities.py",
    ),
    Rule(
        name="nobody is at two places at once",
        file="services/scheduling/migrations/0001_before_scheduling.sql",
        old="        WHERE (role <> 'duty' AND status = 'standing')",
        new="        WHERE (role = 'nobody' AND status = 'standing')",
        tests="tests/services/scheduling/test_assignments.py",
    ),
    Rule(
        name="nothing sealed is ever changed",
        file="services/evaluation/migrations/0002_before_evaluation.sql",
        old="    IF OLD.status = 'sealed'\n",
        new="    IF OLD.status = 'open'\n",
        tests="tests/services/evaluation/test_results.py",
    ),
    Rule(
        name="contact data only with the recipient's consent",
        file="services/casework/domain/visits.py",
        old="        if not consented:\n",
        new="        if False:\n",
        tests="tests/services/casework/test_readings.py",
    ),
)


def prove() -> bool:
    """Take each rule out in a copy of the tree and run the tests named with it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy / name)
        return all([_prove_one(copy, rule) for rule in RULES])


def _prove_one(copy: Path, rule: Rule) -> bool:
    path = copy / rule.file
    whole = path.read_text()
    if whole.count(rule.old) != 1:
        print(f"✗ {rule.name}: {rule.file} does not have the text exactly once")
        return False
    path.write_text(whole.replace(rule.old, rule.new))
    try:
        failed = _failing_tests(copy, rule.tests)
    finally:
        path.write_text(whole)
    print(f"{'✓' if failed else '✗'} {rule.name}: {', '.join(failed) or 'no test noticed'}")
    return bool(failed)


def _failing_tests(copy: Path, tests: str) -> list[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests.split()]
    ran = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    return [
        line.split(" ")[1].rpartition("::")[2]
        for line in ran.stdout.splitlines()
        if line.startswith(("FAILED", "ERROR"))
    ]

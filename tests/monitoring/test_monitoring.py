"""Alarms sound when they should and only then, lead to the runbook, ask what is measured."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from prometheus_client import generate_latest

from deploy import rules
from services.__main__ import services
from tests.deploy.policies.measuring import metrics_in, names_in
from tests.monitoring.prometheus import promtool

ROOT: Final = Path(__file__).parents[2]
CASES: Final = sorted(Path(__file__).parent.glob("rules_*test.yaml"))
DASHBOARDS: Final = sorted(rules.SOURCE.parent.glob("dashboards/*.json"))
RULES: Final[list[dict[str, Any]]] = [
    rule for group in rules.groups()["groups"] for rule in group["rules"]
]
ALERTS: Final = [rule for rule in RULES if "alert" in rule]
CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")


def write_rules(path: Path, groups: dict[str, Any]) -> Path:
    path.write_text(yaml.safe_dump(groups, allow_unicode=True))
    return path


def apart(folder: Path, cases: Path) -> list[Path]:
    """The cases of each alarm in a file of their own, with no other alarm than theirs: for every
    case promtool evaluates all rules that it is given, minute by minute."""
    content = yaml.safe_load(cases.read_text())
    by_alarm: dict[str, list[Any]] = {}
    for case in content["tests"]:
        by_alarm.setdefault(case["name"].partition(":")[0], []).append(case)
    written = []
    for alarm, tests in by_alarm.items():
        groups = [
            {**group, "rules": [one for one in group["rules"] if one.get("alert", alarm) == alarm]}
            for group in rules.groups()["groups"]
        ]
        needed = write_rules(
            folder / f"{alarm}.yaml", {"groups": [g for g in groups if g["rules"]]}
        )
        tried = {**content, "rule_files": [needed.name], "tests": tests}
        written.append(write_rules(folder / f"{alarm}-{cases.name}", tried))
    return written


def asked_of(dashboard: Path) -> list[str]:
    """Every expression of a dashboard."""
    panels = json.loads(dashboard.read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def test_alarms_sound_when_they_should(tmp_path: Path) -> None:
    """promtool finds no fault in the rules, and every case comes out as it says."""
    written = write_rules(tmp_path / "rules.yaml", rules.groups())

    promtool("check", "rules", written)
    promtool("test", "rules", *(one for cases in CASES for one in apart(tmp_path, cases)))


def test_each_alarm_is_tried_loud_and_quiet() -> None:
    """Of every alarm there is a case in which it fires and one in which it does not."""
    tried: Counter[tuple[str, bool]] = Counter()
    for case in [case for path in CASES for case in yaml.safe_load(path.read_text())["tests"]]:
        name = case["name"].partition(":")[0]
        [asked] = case["promql_expr_test"]
        assert f'"{name}"' in asked["expr"]
        tried[name, bool(asked["exp_samples"])] += 1

    assert {(rule["alert"], loud) for rule in ALERTS for loud in (True, False)} == set(tried)


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: str(rule["alert"]))
def test_an_alarm_says_what_to_do(rule: dict[str, Any]) -> None:
    """It has a severity, a sentence in both languages, and its entry in the runbook."""
    notes = rule["annotations"]
    page, _, anchor = notes["runbook_url"].partition("#")

    assert rule["labels"]["severity"] in ("page", "ticket")
    assert CHINESE.search(notes["summary"])
    assert not CHINESE.search(notes["summary_en"])
    assert anchor == rule["alert"].lower()
    assert f"\n### {rule['alert']}\n" in (ROOT / page).read_text()


def test_the_runbook_has_no_entry_too_many() -> None:
    """Each entry is of an alarm that exists, with the same five parts."""
    entries = re.split(r"\n### ", (ROOT / "docs" / "runbook.md").read_text())[1:]

    assert [rule["alert"] for rule in ALERTS] == [entry.splitlines()[0] for entry in entries]
    for entry in entries:
        parts = ["Means", "Hurts", "Look", "Mend", "Call"]
        assert parts == re.findall(r"^\* \*\*(\w+)\*\*", entry, re.MULTILINE), entry


def test_links_within_the_runbook_lead_to_an_entry() -> None:
    """Whoever is sent on arrives."""
    text = (ROOT / "docs" / "runbook.md").read_text()
    anchors = {rule["alert"].lower() for rule in ALERTS}

    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda path: str(path.stem))
def test_a_dashboard_asks_what_can_be_asked(dashboard: Path, tmp_path: Path) -> None:
    """Each of its expressions is PromQL."""
    asked = asked_of(dashboard)
    as_rules = [{"record": f"panel:{n}", "expr": expr} for n, expr in enumerate(asked)]
    group = {"name": dashboard.stem, "rules": as_rules}

    assert asked
    promtool("check", "rules", write_rules(tmp_path / "asked.yaml", {"groups": [group]}))


def test_what_is_asked_for_is_measured() -> None:
    """Every metric that an alarm or a dashboard names is in a scrape, or recorded by a rule."""
    services()
    known = names_in(generate_latest().decode()) | {r["record"] for r in RULES if "record" in r}
    asked = [rule["expr"] for rule in RULES] + [
        one for each in DASHBOARDS for one in asked_of(each)
    ]

    assert {name for one in asked for name in metrics_in(one)} - known == set()


def test_what_is_measured_is_looked_at() -> None:
    """Every metric of the platform is on a dashboard or in an alarm: none is counted for nobody."""
    text = "".join([*(rule["expr"] for rule in RULES), *(p.read_text() for p in DASHBOARDS)])
    table = (ROOT / "docs" / "metrics.md").read_text()

    assert [
        name for name in re.findall(r"^\| `(\w+)`", table, re.MULTILINE) if name not in text
    ] == []

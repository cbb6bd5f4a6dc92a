"""Each break of a contract is found and told in a line; what harms nobody passes."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from libs.common.comparing import breaks, unnamed
from libs.common.compatibility import Break, broken_events, broken_operations
from services.__main__ import check_contracts
from tests import previous
from tests.contracts.test_contracts import ROOT

Json = Any
FILE = ROOT / "services" / "registry" / "contracts"
LIST = "/registry/v1/organisations"
ONE = "/registry/v1/organisations/{organisation_id}"
ENROLLED = "registry.worker.enrolled.v1"


def document() -> Json:
    found: Json = json.loads((FILE / "openapi.json").read_text())
    return found


def model(d: Json, name: str) -> Json:
    return d["components"]["schemas"][name]


def answer(operation: Json, status: str = "200") -> Json:
    return operation["responses"][status]


def no_query(d: Json) -> None:
    operation = d["paths"][LIST]["get"]
    operation["parameters"] = [p for p in operation["parameters"] if p.get("name") != "limit"]


def new_query(d: Json, *, required: bool) -> None:
    one = {"in": "query", "name": "new", "required": required, "schema": {"type": "string"}}
    d["paths"][LIST]["get"]["parameters"].append(one)


def another_status(d: Json) -> None:
    responses = d["paths"][LIST]["post"]["responses"]
    responses["202"] = responses.pop("201")


def described(d: Json, was: str, now: str) -> None:
    operation = d["paths"][LIST]["post"]
    operation["description"] = operation["description"].replace(was, now)
    assert now in operation["description"]


Change = Callable[[Json], Any]
BREAKS: dict[str, Change] = {
    f"GET {ONE}: is gone": lambda d: d["paths"][ONE].pop("get"),
    f"GET {LIST}: query parameter limit is no longer taken": no_query,
    f"GET {LIST}: query parameter new is required": lambda d: new_query(d, required=True),
    f"POST {LIST}: no longer answers 201": another_status,
    f"POST {LIST}: is called file instead of": lambda d: d["paths"][LIST]["post"].update(
        operationId="file"
    ),
    f"POST {LIST}: needs the scope registry:other": lambda d: described(
        d, "Scope `registry:apply`", "Scope `registry:other`"
    ),
    f"POST {LIST}: is closed to the role": lambda d: described(
        d, d["paths"][LIST]["post"]["description"].rpartition(", ")[2], "`nobody`"
    ),
    f"GET {ONE}: answer 200/name is gone": lambda d: model(d, "Organisation")["properties"].pop(
        "name"
    ),
    f"GET {ONE}: answer 200/name may be missing": lambda d: model(d, "Organisation")[
        "required"
    ].remove("name"),
    f"GET {ONE}: answer 200/name may now be null": lambda d: model(d, "Organisation")[
        "properties"
    ].update(name={"anyOf": [{"type": "string"}, {"type": "null"}]}),
    f"GET {ONE}: answer 200/status may now be dormant": lambda d: enum(d)["enum"].append("dormant"),
    f"GET {ONE}: 200 has no header ETag": lambda d: answer(d["paths"][ONE]["get"])["headers"].pop(
        "ETag"
    ),
    f"POST {LIST}: body/new is required": lambda d: new_field(d, required=True),
    f"POST {LIST}: body/name is no longer taken": lambda d: filed(d)["properties"].pop("name"),
    f"POST {LIST}: body/name has the maxLength 5": lambda d: filed(d)["properties"]["name"].update(
        maxLength=5
    ),
    f"POST {LIST}: body/name is no longer taken as string": lambda d: filed(d)["properties"].update(
        name={"type": "integer"}
    ),
    f"GET {LIST}: answer 200/items/*/name is gone": lambda d: model(d, "Organisation")[
        "properties"
    ].pop("name"),
}
HARMLESS: dict[str, Change] = {
    "a new operation": lambda d: d["paths"].update({"/registry/v1/new": d["paths"][ONE]}),
    "a new query parameter": lambda d: new_query(d, required=False),
    "a new field that may be left out": lambda d: new_field(d, required=False),
    "a field that need not be sent any more": lambda d: filed(d)["required"].remove("name"),
    "a longer name may be sent": lambda d: filed(d)["properties"]["name"].update(maxLength=900),
    "nothing may be sent too": lambda d: filed(d)["properties"].update(
        name={"anyOf": [filed(d)["properties"]["name"], {"type": "null"}]}
    ),
    "any text where a form was asked for": lambda d: parameter(d)["schema"].pop("format"),
    "one more field in an answer": lambda d: model(d, "Organisation")["properties"].update(
        more={"type": "string"}
    ),
    "an answer's field is always there": lambda d: (
        model(d, "Organisation")["properties"].update(more={"type": "string"})
        or model(d, "Organisation")["required"].append("more")
    ),
    "a status that is never answered any more": lambda d: enum(d)["enum"].pop(),
    "other words": lambda d: d["paths"][ONE]["get"].update(summary="Other words."),
    "one more role": lambda d: d["paths"][LIST]["post"].update(
        description=d["paths"][LIST]["post"]["description"] + ", `auditor2`"
    ),
    "one more refusal": lambda d: d["paths"][ONE]["get"]["responses"].update(
        {"409": {"$ref": "#/components/responses/Conflict"}}
    ),
    "one more header": lambda d: answer(d["paths"][ONE]["get"])["headers"].update(
        More={"schema": {"type": "string"}}
    ),
    "a model by another name": lambda d: renamed(d),
}


def filed(d: Json) -> Json:
    """The body with which an organisation is filed."""
    schema = d["paths"][LIST]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return model(d, schema["$ref"].rpartition("/")[2])


def parameter(d: Json) -> Json:
    return d["paths"][ONE]["get"]["parameters"][0]


def enum(d: Json) -> Json:
    found = model(d, "Organisation")["properties"]["status"]
    return model(d, found["$ref"].rpartition("/")[2]) if "$ref" in found else found


def new_field(d: Json, *, required: bool) -> None:
    filed(d)["properties"]["new"] = {"type": "string"}
    if required:
        filed(d)["required"].append("new")


def renamed(d: Json) -> None:
    text = json.dumps(d).replace("schemas/Organisation", "schemas/Body")
    d.update(json.loads(text))
    d["components"]["schemas"]["Body"] = d["components"]["schemas"].pop("Organisation")


@pytest.mark.parametrize("line", BREAKS)
def test_a_broken_operation_is_named(line: str) -> None:
    """Whoever called as the old document said is told what no longer holds."""
    new = document()
    BREAKS[line](new)

    assert any(str(one).startswith(line) for one in broken_operations(document(), new))


@pytest.mark.parametrize("what", HARMLESS)
def test_a_harmless_change_of_operations_passes(what: str) -> None:
    """Nobody who called before notices it."""
    new = document()
    HARMLESS[what](new)

    assert new != document()
    assert list(broken_operations(document(), new)) == []


def schemas() -> Json:
    files = (FILE / "events").glob("*.json")
    return {path.stem: json.loads(path.read_text())["schema"] for path in files}


BROKEN_EVENTS: dict[str, Change] = {
    "is no longer told": lambda all_: all_.pop(ENROLLED),
    "/id is gone": lambda all_: all_[ENROLLED]["properties"].pop("id"),
    "/id may be missing": lambda all_: all_[ENROLLED]["required"].remove("id"),
    "/id may now be integer": lambda all_: all_[ENROLLED]["properties"].update(
        id={"type": "integer"}
    ),
    "/id has the format date": lambda all_: all_[ENROLLED]["properties"]["id"].update(
        format="date"
    ),
}
HARMLESS_EVENTS: dict[str, Change] = {
    "a new type": lambda all_: all_.update({"registry.new.made.v1": all_[ENROLLED]}),
    "a new version beside the old one": lambda all_: all_.update(
        {"registry.worker.enrolled.v2": {"type": "object"}}
    ),
    "a new field": lambda all_: all_[ENROLLED]["properties"].update(more={"type": "string"}),
    "a description": lambda all_: all_[ENROLLED].update(description="Other words."),
}


@pytest.mark.parametrize("what", BROKEN_EVENTS)
def test_a_broken_event_is_named(what: str) -> None:
    """Whoever read the old event is told what no longer holds."""
    new = schemas()
    BROKEN_EVENTS[what](new)
    found = list(broken_events(schemas(), new))

    assert {ENROLLED} == {one.subject for one in found}
    assert any(one.what.startswith(what) for one in found)


@pytest.mark.parametrize("what", HARMLESS_EVENTS)
def test_a_harmless_change_of_events_passes(what: str) -> None:
    """Nobody who read before notices it."""
    new = copy.deepcopy(schemas())
    HARMLESS_EVENTS[what](new)

    assert new != schemas()
    assert list(broken_events(schemas(), new)) == []


@pytest.mark.parametrize(
    ("changelog", "is_named"),
    [
        ("### Changed\n\n- Fewer fields in `a.b.*.v1`.\n", True),
        ("### Removed\n\n- `a.b.c.v1` is not told\n  any more.\n", True),
        ("### Added\n\n- `a.b.c.v1`\n", False),
        ("### Changed\n\n- Something in a.b.c.v1.\n", False),
        ("\n## [0.1.0]\n\n### Changed\n\n- `a.b.c.v1`\n", False),
    ],
)
def test_a_break_is_named_in_the_changelog(changelog: str, *, is_named: bool) -> None:
    """Under Changed or Removed of what is unreleased, in backquotes, and nowhere else."""
    text = f"# Changelog\n\n## [Unreleased]\n\n{changelog}"

    assert is_named == (unnamed([Break("a.b.c.v1", "is gone")], text) == [])


def test_the_changelog_names_every_break_since_the_previous_release(tmp_path: Path) -> None:
    """Until 1.0 a contract may be broken, but never without a word."""
    try:
        previous.take_out(tmp_path)
    except previous.NotThere as problem:
        pytest.skip(f"NOT RUN, the history does not reach back: {problem}")
    found = list(breaks(tmp_path, ROOT))

    assert [str(one) for one in unnamed(found, (ROOT / "CHANGELOG.md").read_text())] == []


def test_the_command_tells_each_break_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It fails as long as one is not in the changelog; a folder without contracts is refused."""
    contracts = tmp_path / "services" / "registry" / "contracts"
    contracts.mkdir(parents=True)
    before = document()
    before["paths"]["/registry/v1/old"] = before["paths"][ONE]
    (contracts / "openapi.json").write_text(json.dumps(before))
    with pytest.raises(SystemExit) as ended:
        check_contracts(tmp_path)
    told = capsys.readouterr().out.splitlines()

    assert "GET /registry/v1/old: is gone" in told
    assert "CHANGELOG.md" in str(ended.value)
    with pytest.raises(SystemExit, match="no contracts"):
        check_contracts(tmp_path / "services")

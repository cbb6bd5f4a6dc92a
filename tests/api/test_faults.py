"""Every fault in a request is told by a whole sentence in both languages, under one code."""

import ast
import importlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter
from types import ModuleType
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import Field

from libs.common import contract, sentences
from libs.common.errors import Fault, Invalid, Sentence
from tests.contracts.test_contracts import ROOT

FILES = [path for folder in ("libs", "services") for path in sorted(ROOT.glob(f"{folder}/**/*.py"))]


def module_of(path: Path) -> ModuleType:
    return importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def in_tables() -> dict[str, list[Sentence]]:
    """What stands under each name in the tables of the library and of the services."""
    found: dict[str, list[Sentence]] = {}
    for path in FILES:
        if path.name == "sentences.py":
            for name, value in vars(module_of(path)).items():
                said = list(value.values()) if isinstance(value, dict) else [value]
                if said and all(isinstance(one, Sentence) for one in said):
                    assert found.setdefault(name, said) == said, f"{path}: {name} stands elsewhere"
    return found


TABLES = in_tables()
SENTENCES = {id(one): one for several in TABLES.values() for one in several}.values()


@dataclass(frozen=True)
class Use:
    """A place of the code where a fault is named."""

    at: str
    sentences: list[Sentence]
    values: set[str]


def uses() -> Iterator[Use]:
    """Every fault that the code names; the parser's are made of what it finds, with `**`."""
    for path in FILES:
        names = vars(module_of(path)) if "Fault(" in path.read_text() else {}
        if names.get("Fault") is not Fault:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Fault"
                and all(one.arg for one in node.keywords)
            ):
                yield use(f"{path.relative_to(ROOT)}:{node.lineno}", node, names)


def use(at: str, node: ast.Call, names: dict[str, Any]) -> Use:
    said = node.args[1]
    name = said.value if isinstance(said, ast.Subscript) else said
    assert isinstance(name, ast.Name), f"{at}: the sentence is not named"
    assert name.id in TABLES, f"{at}: {name.id} stands in no sentences.py"
    value = names[name.id]
    found = list(value.values()) if isinstance(value, dict) else [value]
    return Use(at, found, {str(keyword.arg) for keyword in node.keywords})


def named(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_sentence_is_whole_in_both_languages() -> None:
    """It begins and ends as one, and names the same values in Chinese as in English."""
    assert len(SENTENCES) > 40
    mute = [
        one
        for one in SENTENCES
        if not one.zh.endswith("。")
        or not re.search("[\u4e00-\u9fff]{2}", one.zh)
        or not re.fullmatch(r"[A-Z][^\u4e00-\u9fff]*\.", one.en)
        or not re.fullmatch(r"[a-z][a-z0-9-]*", one.code)
        or named(one.zh) != named(one.en)
    ]

    assert mute == []


def test_a_code_has_one_sentence() -> None:
    """Whoever knows a code from one service knows it from all."""
    codes = [one.code for one in SENTENCES]

    assert sorted(set(codes)) == sorted(codes)


def test_every_fault_gives_its_sentence_the_values_it_names() -> None:
    """One value too few would be an error where a refusal is due, one too many is lost."""
    wrong = [
        (use.at, one.code, use.values ^ named(one.zh))
        for use in uses()
        for one in use.sentences
        if use.values != named(one.zh)
    ]

    assert wrong == []


def test_every_sentence_is_said() -> None:
    """A sentence that no fault uses would be read in vain."""
    said = {id(one) for use in uses() for one in use.sentences}
    said |= {id(one) for one in (*sentences.READING.values(), sentences.NOT_AS_DOCUMENTED)}

    assert [one.code for one in SENTENCES if id(one) not in said] == []


@contract.body
class Inner:
    """A body within a body."""

    count: contract.BasisPoints


@contract.body
class Outer:
    """One of each type that bodies are made of."""

    name: Annotated[str, Field(min_length=2, max_length=3, pattern="^[a-z]*$")]
    kind: Literal["one", "two"]
    open: bool
    id: UUID
    day: contract.Day
    at: contract.Instant
    inner: Annotated[tuple[Inner, ...], contract.Some(1, 2)]


THREE = {"count": 3}
BODIES: tuple[dict[str, object], ...] = (
    {},
    {"name": 1, "kind": 1, "open": 1, "id": 1, "day": 1, "at": 1, "inner": 1, "more": 1},
    {"name": "a", "id": "x", "day": "x", "at": "x", "inner": []},
    {"name": "abcd", "day": "1800-01-01", "at": "2300-01-01T00:00:00Z", "inner": [THREE] * 3},
    {"name": "AB", "at": "2025-01-01T00:00:00", "inner": [{"count": "1"}, 2]},
)
PARAMETERS = ((bool, "x"), (int, "x"), (int, "9" * 5_000), (UUID, "x"), (contract.Day, "x"))
MORE_PARAMETERS = ((contract.Day, "2025-01-01T01:00:00Z"), (contract.Instant, "2025-01-01T"))


def of_the_parser() -> Iterator[Fault]:
    """The faults of bodies and parameters that are wrong in every way the parser knows."""
    for body in BODIES:
        with pytest.raises(Invalid) as refused:
            contract.parse(Outer, json.dumps(body).encode())
        yield from refused.value.faults
    for kind, text in (*PARAMETERS, *MORE_PARAMETERS):
        with pytest.raises(Invalid) as refused:
            contract.load_text(kind, "?x", text)
        yield from refused.value.faults


def test_what_the_parser_finds_has_a_sentence() -> None:
    """Every one that is written is used, and none is missing for the types that there are."""
    found = {fault.code: fault for fault in of_the_parser()}

    assert set(sentences.READING) == set(found)
    assert found["literal-error"].text("zh") == "请从下列值中选择：one、two。"
    assert found["literal-error"].text("en") == "Choose one of these: one, two."
    assert found["string-too-long"].text("zh") == "内容过长，最多 3 个字符。"
    assert (
        found["less-than-equal"].text("en")
        == "This is too high or too late; the most is 2199-12-31T00:00:00Z."
    )


def test_a_value_is_written_as_people_read_it() -> None:
    """An instant in the time of the place with its offset, a day as it is, several with commas."""
    one = Sentence("x", "{at}，{day}，{some}。", "{at} {day} {some}.")
    at = datetime(2025, 3, 1, 16, 30, 15, tzinfo=UTC)
    fault = Fault("/x", one, at=at, day=date(2025, 3, 1), some=("a", "{b}"))

    assert fault.text("zh") == "2025-03-02 00:30+08:00，2025-03-01，a、{b}。"
    assert fault.text("en") == "2025-03-02 00:30+08:00 2025-03-01 a, {b}."

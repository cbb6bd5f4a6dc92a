"""Every parameter of every path and query is read by its type, and refused by its name."""

from typing import Any
from urllib.parse import quote

import pytest

from libs.common import contract
from libs.common.errors import Invalid
from libs.common.service import Service
from tests.api.conftest import OpenStage
from tests.api.operations import Operation, complaints, operations
from tests.api.spoiling import sent
from tests.contracts.test_contracts import ALL, by_name

pytestmark = pytest.mark.parametrize("service", ALL, ids=by_name)

FOREIGN = ("x", "W10", "bnVsbA", "eyJhIjoxfQ", "WyJhIl0", "%F0%9F", "WyJhIiwgMV0", "." * 5_000)
"""Cursors nobody made: no base64, `[]`, `null`, an object, too short, bytes, no instant, long."""


def unreadable(kind: Any) -> list[str]:
    """Texts that are no value of that type: only a type that takes every text has none."""
    texts = ("", "no such\tvalue", "ＦＵＬＬ", "9" * 400, "a\x00b", "-1", "2025-13-01")
    return [text for text in texts if not _readable(kind, text)]


def _readable(kind: Any, text: str) -> bool:
    try:
        contract.load_text(kind, "", text)
    except Invalid:
        return False
    return True


async def ask(operation: Operation, stage: Any, path: str, query: dict[str, str]) -> Any:
    raw = sent(operation.body()) if operation.route.body else None
    headers = operation.headers()
    if operation.route.uploads:
        raw, headers = b"upload", {"Content-Type": "image/jpeg"}
    return await operation.caller(stage).send(
        operation.route.method, path, headers=headers, data=raw, params=query
    )


async def test_a_path_is_made_of_values(service: Service, open_stage: OpenStage) -> None:
    """A part of a path that is no value of its type is named; nothing is looked up by it."""
    stage, wrong = await open_stage(service), []
    for operation in operations(service):
        for name, kind in operation.in_path.items():
            for text in filter(None, unreadable(kind)):
                path = operation.path(**{name: quote(text, safe="")})
                answer = await ask(operation, stage, path, {})
                wrong += complaints(operation, answer, 422, "invalid")
                wrong += misnamed(operation, answer, f"/{name}")

    assert wrong == []


async def test_a_query_is_made_of_values(service: Service, open_stage: OpenStage) -> None:
    """A query parameter that is no value of its type is named."""
    stage, wrong = await open_stage(service), []
    for operation in operations(service):
        for name, parameter in operation.route.query.items():
            for text in unreadable(parameter.annotation):
                answer = await ask(operation, stage, operation.path(), {name: text})
                wrong += complaints(operation, answer, 422, "invalid")
                wrong += misnamed(operation, answer, f"?{name}")

    assert wrong == []


async def test_a_page_is_asked_for_as_offered(service: Service, open_stage: OpenStage) -> None:
    """A limit outside 1 to 200, or a cursor that is not ours, is named in every list."""
    stage, wrong = await open_stage(service), []
    for operation in operations(service):
        if operation.route.pages:
            asked = [("limit", text) for text in ("0", "201", "-1", "1.5", "ten", "", "9" * 400)]
            asked += [("cursor", text) for text in FOREIGN]
            asked += [("modified_after", text) for text in ("x", "2025-01-01", "2025-01-01T00:00")]
            for name, text in asked:
                answer = await ask(operation, stage, operation.path(), {name: text})
                wrong += complaints(operation, answer, 422, "invalid")
                wrong += misnamed(operation, answer, f"?{name}")

    assert wrong == []


async def test_what_is_not_taken_is_not_ignored(service: Service, open_stage: OpenStage) -> None:
    """A parameter that an operation does not take is named, with all that it takes."""
    stage, wrong = await open_stage(service), []
    for operation in operations(service):
        taken = operation.route.taken
        answer = await ask(operation, stage, operation.path(), {"Limit": "1", "q": "x"})
        wrong += complaints(operation, answer, 422, "invalid")
        told = {fault["pointer"]: fault for fault in answer.body["errors"]}
        assert {"?Limit", "?q"} == set(told), operation.name
        assert ("parameter-unknown" if taken else "no-parameters") == told["?q"]["code"]
        assert all(name in told["?q"]["detail"] for name in taken), operation.name

    assert wrong == []


def misnamed(operation: Operation, answer: Any, pointer: str) -> list[str]:
    """Whether another thing is named than what is wrong."""
    named = {fault["pointer"] for fault in answer.body.get("errors", [])}
    return [] if named == {pointer} else [f"{operation.name}: {named} instead of {pointer}"]

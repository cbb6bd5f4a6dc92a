"""Every operation that takes a body refuses a bad one, and says everything that is bad in it."""

import gzip

import pytest

from libs.common import contract
from libs.common.blobs import LARGEST
from libs.common.server import LARGEST_BODY
from libs.common.service import Service
from tests.api.conftest import OpenStage
from tests.api.operations import Operation, complaints, operations
from tests.api.spoiling import UNREADABLE, mistyped, sent
from tests.contracts.test_contracts import ALL, by_name

pytestmark = pytest.mark.parametrize("service", ALL, ids=by_name)


def with_body(service: Service) -> list[Operation]:
    """Its operations that take a body, of which there are some."""
    found = [operation for operation in operations(service) if operation.route.body]
    assert found
    return found


async def test_what_cannot_be_read_is_400(service: Service, open_stage: OpenStage) -> None:
    """Cut off, ambiguous, too deep or not UTF-8: refused before anything is looked up."""
    stage, wrong = await open_stage(service), []
    for operation in with_body(service):
        caller = operation.caller(stage)
        for raw in UNREADABLE.values():
            answer = await caller.send(
                operation.route.method, operation.path(), headers=operation.headers(), data=raw
            )
            wrong += complaints(operation, answer, 400, "malformed")

    assert wrong == []


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_fault_is_named_at_once(
    service: Service, open_stage: OpenStage, language: str
) -> None:
    """Each field of a wrong type and each unknown field, by exactly its pointer, in the
    language that is asked for; no value of the body comes back."""
    stage, wrong = await open_stage(service), []
    for operation in with_body(service):
        body, pointers = mistyped(operation.body())
        headers = operation.headers(**{"Accept-Language": language})
        answer = await operation.caller(stage).send(
            operation.route.method, operation.path(), headers=headers, data=sent(body)
        )
        assert language == answer.headers["Content-Language"]
        wrong += complaints(operation, answer, 422, "invalid")
        named = {fault["pointer"] for fault in answer.body.get("errors", [])}
        if pointers != named:
            wrong.append(f"{operation.name}: {sorted(pointers ^ named)}")

    assert wrong == []


async def test_every_missing_field_is_named(service: Service, open_stage: OpenStage) -> None:
    """An empty object lacks exactly what the document requires; another value lacks all."""
    stage, wrong = await open_stage(service), []
    for operation in with_body(service):
        caller, required = operation.caller(stage), required_of(operation)
        for raw in (b"{}", b"[]", b'"text"', b"null"):
            answer = await caller.send(
                operation.route.method, operation.path(), headers=operation.headers(), data=raw
            )
            if raw == b"{}" and not required:
                wrong += [operation.name] if answer.code == "invalid" else []
                continue
            wrong += complaints(operation, answer, 422, "invalid")
            named = {(f["pointer"], f["code"] == "missing") for f in answer.body.get("errors", [])}
            expected = {(f"/{name}", True) for name in required} if raw == b"{}" else {("", False)}
            if expected != named:
                wrong.append(f"{operation.name}: {sorted(expected ^ named)}")

    assert wrong == []


async def test_a_body_of_a_megabyte_and_a_byte_is_413(
    service: Service, open_stage: OpenStage
) -> None:
    """One byte more than is taken is refused."""
    stage, wrong = await open_stage(service), []
    raw = b'{"a": "' + b"x" * (LARGEST_BODY - 8) + b'"}'
    assert len(raw) == LARGEST_BODY + 1
    for operation in with_body(service):
        answer = await operation.caller(stage).send(
            operation.route.method, operation.path(), headers=operation.headers(), data=raw
        )
        wrong += complaints(operation, answer, 413, "too-large")

    assert wrong == []


async def test_only_plain_json_is_taken(service: Service, open_stage: OpenStage) -> None:
    """Another media type, none at all, or a packed body is 415."""
    stage, wrong = await open_stage(service), []
    for operation in with_body(service):
        caller, raw = operation.caller(stage), sent(operation.body())
        for content, more in (
            (raw, {"Content-Type": "text/plain"}),
            (raw, {"Content-Type": "application/x-www-form-urlencoded"}),
            (raw, {"Content-Type": "multipart/form-data; boundary=x"}),
            (raw, {"Content-Type": "nonsense"}),
            (gzip.compress(raw), {"Content-Encoding": "gzip"}),
            (raw, {"Content-Encoding": "br"}),
        ):
            headers = operation.headers(**more)
            answer = await caller.send(
                operation.route.method, operation.path(), headers=headers, data=content
            )
            wrong += complaints(operation, answer, 415, "wrong-media")

    assert wrong == []


async def test_where_no_body_is_taken_none_is(service: Service, open_stage: OpenStage) -> None:
    """A body that nobody reads is refused: its sender believes that it counts."""
    stage, wrong = await open_stage(service), []
    for operation in operations(service):
        if operation.route.body is None and not operation.route.uploads:
            answer = await operation.caller(stage).send(
                operation.route.method, operation.path(), headers=operation.headers(), data=b"{}"
            )
            wrong += complaints(operation, answer, 400, "malformed")

    assert wrong == []


async def test_an_upload_of_20_mb_and_a_byte_is_413(
    service: Service, open_stage: OpenStage
) -> None:
    """The largest upload is 20 MB, whatever its type."""
    stage, wrong = await open_stage(service), []
    for operation in operations(service):
        if operation.route.uploads:
            headers = operation.headers(**{"Content-Type": "image/jpeg"})
            answer = await operation.caller(stage).send(
                operation.route.method,
                operation.path(),
                headers=headers,
                data=bytes(LARGEST + 1),
            )
            wrong += complaints(operation, answer, 413, "too-large")

    assert wrong == []


def required_of(operation: Operation) -> set[str]:
    """The fields that the document says a body must have."""
    return set(contract.schema(operation.route.body).get("required", []))

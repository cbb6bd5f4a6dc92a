"""Requests made from a service's own document, right and wrong, about things that there are."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from random import Random
from typing import Any, Final

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.platform.knowledge import Json

Request = Case[Any]
Operation = APIOperation[Any, Any, Any, Any]
RIGHT: Final = GenerationMode.POSITIVE
WRONG: Final = GenerationMode.NEGATIVE
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OFTEN: Final = 0.7
"""How often a known value takes the place of one that was made up."""


def operations(document: Json) -> Iterator[Operation]:
    """Every operation of a document, but for the clock: time would run away from the rest."""
    schema = schemathesis.openapi.from_dict(document)
    schema.config.generation.update(with_security_parameters=False)
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if not (operation.method == "put" and operation.path.endswith("/clock")):
            yield operation


def try_out(
    operation: Operation, mode: GenerationMode, number: int, attempt: Callable[[Request], None]
) -> None:
    """So many requests, the same ones each time."""

    @seed(0)
    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Request) -> None:
        attempt(case)

    # What takes nothing cannot be asked for wrongly.
    with suppress(Unsatisfiable):
        run()


def make_real(case: Request, values: dict[str, list[Json]], random: Random) -> None:
    """Put what there is in place of what was made up: ids in the path, fields of the body."""
    for name in case.path_parameters:
        if values.get(name) and random.random() < OFTEN:
            case.path_parameters[name] = str(random.choice(values[name]))
    if isinstance(case.body, dict):
        case.body = _real(case.body, values, random)


def _real(value: Json, values: dict[str, list[Json]], random: Random) -> Json:
    if isinstance(value, list):
        return [_real(item, values, random) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _one_of(values[name], random)
        if values.get(name) and not isinstance(item, dict | list) and random.random() < OFTEN
        else _real(item, values, random)
        for name, item in value.items()
    }


def _one_of(known: Sequence[Json], random: Random) -> Json:
    return random.choice(known)


def outside_of_the_document(case: Request, response: Response) -> list[str]:
    """How an answer differs from what its document says, in a sentence each."""
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as failures:
        return [f"{type(one).__name__}: {str(one)[:300]}" for one in failures.exceptions]
    return []


def sent_by(case: Request) -> str:
    """All that the request said, to tell what was only given back."""
    return f"{case.path_parameters} {case.query} {case.body!r}"

"""The documents of the whole platform, of operations and of events, keep published rules."""

import json
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from libs.common import contracts
from libs.common.service import Service
from libs.common.testing import Stage
from tests.contracts.test_contracts import ALL, BY_NAME, ROOT

PUBLISHED = Path(__file__).parent / "published" / "asyncapi-3.0.0.json"
COMMITTED = ROOT / "services" / "notifications" / "contracts"


@cache
def events() -> Any:
    return contracts.all_events(ALL)


@cache
def operations() -> Any:
    return contracts.all_operations(ALL)


def judge() -> Draft7Validator:
    return Draft7Validator(json.loads(PUBLISHED.read_text()))


def test_the_committed_documents_are_the_present_ones() -> None:
    """`make contracts` was run and its result committed."""
    for name, present in (("all-openapi.json", operations()), ("all-asyncapi.json", events())):
        assert json.loads((COMMITTED / name).read_text()) == json.loads(json.dumps(present)), name


def test_all_operations_are_valid_openapi() -> None:
    """OpenAPI 3.1, by an independent validator, with every operation of every service once; what
    is costly to judge within an operation is judged in the services' own documents."""
    judged = OpenAPIV31SpecValidator.schema_validator.iter_errors(operations())
    assert [fault.message for fault in judged] == []
    assert dangling(operations()) == []
    there = {(path, verb) for path, one in operations()["paths"].items() for verb in one}
    declared = {
        (f"{base}{route.path}", route.method.lower())
        for service in ALL
        for base, routes in service.bases()
        for route in routes
    }
    names = [one["operationId"] for path in operations()["paths"].values() for one in path.values()]

    assert declared == there
    assert len(declared) == len(set(names))


def test_all_events_are_valid_asyncapi() -> None:
    """AsyncAPI 3.0.0 as its makers describe it, with every type of every service, and nothing
    refers to what is not there."""
    assert [fault.message for fault in judge().iter_errors(events())] == []
    told = {cls.event_types[0] for service in ALL for cls in service.tells}
    assert told == {one["address"] for one in events()["channels"].values()}
    assert dangling(events()) == []


def references(found: Any) -> list[str]:
    if isinstance(found, list):
        return [one for item in found for one in references(item)]
    if not isinstance(found, dict):
        return []
    own = [found["$ref"]] if isinstance(found.get("$ref"), str) else []
    return own + [one for item in found.values() for one in references(item)]


def dangling(document: Any) -> list[str]:
    """The references that lead nowhere."""
    return [one for one in set(references(document)) if not leads_somewhere(document, one)]


def leads_somewhere(document: Any, reference: str) -> bool:
    there = document
    for part in reference.removeprefix("#/").split("/"):
        if part not in there:
            return False
        there = there[part]
    return True


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("channels", "registry.station.opened.v1", "adress"), "x"),
        (("operations", "tell-registry.station.opened.v1", "action"), "publish"),
        (("asyncapi",), "2.6.0"),
        (("components", "messages", "registry.station.opened.v1", "payload"), "x"),
    ],
)
def test_the_judge_sees_what_is_wrong(path: tuple[str, ...], value: Any) -> None:
    """A misspelt name or an action of an older version is no AsyncAPI 3."""
    spoilt = json.loads(json.dumps(events()))
    place = spoilt
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value

    assert list(judge().iter_errors(spoilt)) != []


def test_every_example_is_a_message_of_its_channel() -> None:
    """The whole envelope as it is written on the wire fits the schema, data included; without its
    data it does not."""
    for message in events()["components"]["messages"].values():
        schema = Draft202012Validator(
            {**message["payload"], "components": events()["components"]},
            format_checker=Draft202012Validator.FORMAT_CHECKER,
        )
        [example] = message["examples"]
        schema.validate(example["payload"])
        assert not schema.is_valid({**example["payload"], "data": None}), message["name"]
        assert not schema.is_valid({**example["payload"], "type": "another.v1"}), message["name"]


async def test_what_was_told_is_a_message_of_its_channel(
    open_stage: Callable[[Service], Awaitable[Stage]],
) -> None:
    """An event from an outbox, as a command really told it, in a rehearsal."""
    stage = await open_stage(BY_NAME["registry"])
    assert (await stage.as_("system").post("/operations/probes")).status == 201
    [row] = await stage.fetch("SELECT body FROM outbox")
    message = json.loads(row["body"])
    payload = events()["components"]["messages"][message["type"]]["payload"]

    Draft202012Validator({**payload, "components": events()["components"]}).validate(message)


async def test_they_are_served_to_everybody(
    open_stage: Callable[[Service], Awaitable[Stage]],
) -> None:
    """Without a token, at the addresses that the README names."""
    stage = await open_stage(BY_NAME["notifications"])
    readme = (ROOT / "README.md").read_text()
    for name, present in (("all-openapi.json", operations()), ("all-asyncapi.json", events())):
        answer = await stage.as_("worker").send("GET", f"/~/notifications/{name}")

        assert (200, present) == (answer.status, answer.body)
        assert f"/notifications/{name}" in readme

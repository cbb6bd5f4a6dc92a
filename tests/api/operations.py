"""Every operation of a service as a stranger meets it: what it takes, and what it may answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from jsonschema import Draft202012Validator

from libs.common.examples import example
from libs.common.http import Route
from libs.common.ids import new_id
from libs.common.service import Service
from libs.common.testing import Answer, Client, Stage
from tests.contracts.test_contracts import BY_NAME
from tests.sentences import spoken

PERSON: Final = "p-stranger"
ACCOUNT: Final = f"account-of-{PERSON}"
Json = Any


@dataclass(frozen=True, slots=True)
class Operation:
    """One route of a service, called as a role that may, on things that do not exist."""

    service: Service
    base: str
    route: Route

    @property
    def name(self) -> str:
        """As docs/access.md names it."""
        return f"{self.route.method} {self.base}{self.route.path}"

    @property
    def in_path(self) -> dict[str, Any]:
        """Its path parameters with their types."""
        parameters = self.route.parameters.items()
        return {n: p.annotation for n, p in parameters if f"{{{n}}}" in self.route.path}

    def caller(self, stage: Stage) -> Client:
        """Somebody whose role is granted this, of an organisation that has nothing."""
        role = min(self.service.all_grants[self.route.scope])
        return stage.as_(role, person=PERSON, org=new_id())

    def path(self, **given: str) -> str:
        """Its address, with examples in the places that are not given."""
        path = f"/~{self.base}{self.route.path}"
        for name, kind in self.in_path.items():
            value = given.get(name) or (new_id() if kind is UUID else example(kind))
            path = path.replace(f"{{{name}}}", str(value))
        return path

    def body(self) -> Json:
        """A body that can be read."""
        return example(self.route.body)

    def headers(self, **more: str) -> Mapping[str, str]:
        """Those that it cannot do without."""
        key = {"Idempotency-Key": str(new_id())} if self.route.is_command else {}
        kind = {"Content-Type": "application/json"} if self.route.body else {}
        return {**key, **kind, **more}


def operations(service: Service) -> Iterator[Operation]:
    """All of them."""
    for base, routes in service.bases():
        yield from (Operation(service, base, route) for route in routes)


def complaints(operation: Operation, answer: Answer, status: int, code: str) -> list[str]:
    """Where an answer is not this refusal, told as RFC 9457 and the document say."""
    at = f"{operation.name}: "
    if (status, code) != (answer.status, answer.code):
        return [f"{at}{answer.status} {answer.code} instead of {status} {code}"]
    kind = answer.headers["Content-Type"].partition(";")[0]
    told = {"type": f"urn:sanshe:problem:{code}", "status": status}
    wrong = [f"{at}{n} is {answer.body[n]}" for n in told if answer.body[n] != told[n]]
    if kind != "application/problem+json":
        wrong.append(f"{at}the media type is {kind}")
    language = answer.headers["Content-Language"]
    told_in_full = [answer.body["title"], *(one["detail"] for one in answer.body.get("errors", []))]
    wrong += [
        f"{at}not in {language}: {text}" for text in told_in_full if not spoken(text, language)
    ]
    judge = _judge(operation.service.name)
    wrong += [f"{at}{fault.message}" for fault in judge.iter_errors(answer.body)]
    return wrong + [f"{at}{fault}" for fault in undocumented(operation, answer)]


def undocumented(operation: Operation, answer: Answer) -> list[str]:
    """Where status and headers of an answer are not as the operation's document says."""
    document = _document(operation.service.name)
    path = document["paths"][f"{operation.base}{operation.route.path}"]
    responses = path[operation.route.method.lower()]["responses"]
    if str(answer.status) not in responses:
        return [f"{answer.status} is not documented"]
    response = _followed(document, responses[str(answer.status)])
    wrong = []
    for name, reference in response["headers"].items():
        header = _followed(document, reference)
        told = answer.headers.get(name)
        if told is None and header.get("required"):
            wrong.append(f"{answer.status} without {name}")
        if told is not None:
            value = int(told) if header["schema"].get("type") == "integer" else told
            judge = Draft202012Validator(header["schema"])
            wrong += [f"{name}: {fault.message}" for fault in judge.iter_errors(value)]
    return wrong


@cache
def _document(service: str) -> Json:
    return BY_NAME[service].openapi()


def _followed(document: Json, found: Json) -> Json:
    """What a reference leads to, or the thing itself."""
    if "$ref" in found:
        _, _, kind, name = found["$ref"].split("/")
        return document["components"][kind][name]
    return found


@cache
def _judge(service: str) -> Draft202012Validator:
    """The schema of every refusal in the document of a service."""
    document = _document(service)
    responses = [o["responses"] for path in document["paths"].values() for o in path.values()]
    declared = document["components"]["responses"]["Problem"]["content"]
    assert all(r["default"] == {"$ref": "#/components/responses/Problem"} for r in responses)
    schema = declared["application/problem+json"]["schema"]
    return Draft202012Validator({**schema, "components": document["components"]})

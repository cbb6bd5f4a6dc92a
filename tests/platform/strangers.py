"""Every operation called by one organisation that wants to know another's, and by the city."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from random import Random
from typing import Final

import requests
from schemathesis import GenerationMode
from schemathesis.core.transport import Response

from libs.common import idempotency
from libs.common.errors import Malformed
from libs.common.ids import new_id
from libs.common.sentences import NOT_AS_DOCUMENTED
from tests.platform.cases import (
    RIGHT,
    WRONG,
    Operation,
    Request,
    make_real,
    operations,
    outside_of_the_document,
    sent_by,
    try_out,
)
from tests.platform.knowledge import Identity, Json, Knowledge, read_all
from tests.platform.report import Report
from tests.sentences import spoken

BOUND: Final = ("agency-manager", "worker", "evaluator")
"""The roles that see the rows of one organisation."""
OTHERS: Final = (
    "official",
    "secretariat",
    "purchaser",
    "town",
    "community",
    "association",
    "expert",
    "observer",
    "treasury",
    "auditor",
    "operator",
    "system",
)
ACTS_FOR: Final = {"purchaser": "purchaser_id", "association": "agent_id"}
"""Where the organisation is known that stands in the token of these roles."""
PERSONAL: Final = ("name", "phone", "address", "identity_number")
OPENS_IDENTITIES: Final = ("/readings", "/reveals", "/invitation-lists")
"""What may answer personal data, to those whose recipients they are."""
PLANTED: Final = {
    "name": "认得出其人",
    "identity_number": "510181195003080023",
    "birth_date": "1950-03-08",
    "sex": 2,
    "division": "510181101001",
    "phone": "13800000417",
    "address": "认得出巷17号",
    "domains": ["home-care"],
}
"""A recipient of the first organisation whom a search through every answer would find."""
HALF: Final = 0.5
SECONDS: Final = 60.0

TokenOf = Callable[[str, str, str | None], str]


class Strangers:
    """Two organisations on one platform; the second looks for what the first has."""

    def __init__(self, url: str, token_of: TokenOf, victim: str, stranger: str) -> None:
        """`token_of` gives a token for a role, a person and an organisation."""
        self.report = Report()
        self._url, self._token_of = url, token_of
        self._victim, self._stranger = victim, stranger
        self._session = requests.Session()
        self._random = Random(0)
        self._known = Knowledge()
        self._private: set[str] = set()
        self._personal: set[str] = set()

    def learn(self) -> None:
        """What the first organisation has alone, and whom it serves."""
        keeper = self._identity("agency-manager", self._victim)
        self._command(keeper, "/casework/v1/recipients", PLANTED)
        for role in BOUND:
            theirs = read_all(self._session, self._url, self._identity(role, self._victim))
            self._private |= theirs.private
            self._known.merge(theirs)
        for recipient in self._known.values["recipient_id"]:
            path = f"/casework/v1/recipients/{recipient}/readings"
            person = self._command(keeper, path, {"purpose": "service"})
            self._personal |= {person[name] for name in PERSONAL if person[name]}
        self._known.merge(read_all(self._session, self._url, self._identity("official", None)))
        self.report.watched = len(self._private) + len(self._personal)

    def try_everything(self, services: Iterable[str], number: int) -> None:
        """So many right and so many wrong requests to each operation by each of two callers."""
        for service in services:
            document = self._session.get(f"{self._url}/{service}/openapi.json").json()
            for operation in operations(document):
                self.report.operations += 1
                for who in self._callers(operation):
                    self._try(operation, who, number)

    def parked(self, services: Iterable[str]) -> dict[str, int]:
        """How many reactions to what was done failed for good, by service."""
        operator = self._identity("operator", None)
        settled = {
            service: self._session.get(
                f"{self._url}/{service}/rehearsal/v1/settled", headers=operator.headers
            ).json()
            for service in services
        }
        return {service: answer["parked"] for service, answer in settled.items()}

    def _identity(self, role: str, organisation: str | None) -> Identity:
        person = f"{role}-of-{organisation or 'the-city'}"
        return Identity(role, organisation, self._token_of(role, person, organisation))

    def _command(self, who: Identity, path: str, body: Json) -> Json:
        headers = {**who.headers, "Idempotency-Key": str(new_id())}
        answer = self._session.post(self._url + path, json=body, headers=headers)
        answer.raise_for_status()
        return answer.json()

    def _callers(self, operation: Operation) -> list[Identity]:
        """A stranger where one may call at all, and somebody to whom it may be known."""
        allowed = operation.definition.raw["description"].rpartition("Scope ")[2]
        bound = [role for role in BOUND if f"`{role}`" in allowed]
        known = [(role, self._acts_for(role)) for role in OTHERS if f"`{role}`" in allowed]
        known += [(role, self._victim) for role in bound]
        strangers = [(self._random.choice(bound), self._stranger)] if bound else []
        return [self._identity(*one) for one in [*strangers, self._random.choice(known)]]

    def _acts_for(self, role: str) -> str | None:
        name = ACTS_FOR.get(role)
        return str(self._known.values[name][0]) if name else None

    def _try(self, operation: Operation, who: Identity, number: int) -> None:
        for mode in (RIGHT, WRONG):
            try_out(operation, mode, number, partial(self._call, who, mode))

    def _call(self, who: Identity, mode: GenerationMode, case: Request) -> None:
        """One request, and everything that must hold of its answer."""
        if mode is RIGHT or self._random.random() < HALF:
            make_real(case, self._known.values, self._random)
        answer = self._send(case, who)
        sent, told, name = sent_by(case), _text(answer), case.operation.label
        example = f"{who.role}: {sent[:400]} → {answer.status_code} {told[:400]}"
        for difference in outside_of_the_document(case, answer):
            self.report.note(name, difference, example)
        for text in _unspoken(answer):
            self.report.note(name, f"tells of a fault in no sentence: {text}", example)
        if who.org == self._stranger:
            self._judge_secrecy(case, who, answer, example)
        if who.org == self._stranger or not case.path.endswith(OPENS_IDENTITIES):
            self._look_for(name, "personal data", self._personal - _in(sent, self._personal), told)

    def _judge_secrecy(self, case: Request, who: Identity, answer: Response, example: str) -> None:
        """What is another's is neither shown nor taken, and its being there is not told."""
        name, named = case.operation.label, _in(sent_by(case), self._private)
        self._look_for(name, "what is another's", self._private - named, _text(answer))
        if named and answer.status_code < 300:
            self.report.note(name, "takes what is another's", example)
        foreign = [n for n, value in case.path_parameters.items() if str(value) in named]
        if not foreign:
            return
        case.path_parameters |= {name: str(new_id()) for name in foreign}
        nothing = self._send(case, who)
        if _without_request(answer) != _without_request(nothing):
            what = f"tells what is another's from what is not there: {_text(nothing)[:200]}"
            self.report.note(name, what, example)

    def _look_for(self, name: str, what: str, kept: set[str], told: str) -> None:
        """A finding if an answer says what is kept from its reader."""
        if seen := _in(told, kept):
            self.report.note(name, f"shows {what}", f"{len(seen)} of it in {told[:400]}")

    def _send(self, case: Request, who: Identity) -> Response:
        """The request, counted; a key that may be one becomes one that was never used."""
        with suppress(Malformed):
            if idempotency.read_key(case.headers.get("Idempotency-Key")):
                case.headers["Idempotency-Key"] = str(new_id())
        answer = case.call(self._url, self._session, headers=who.headers, timeout=SECONDS)
        self.report.count(answer.status_code, answer.json() if _is_problem(answer) else {})
        return answer


def _is_problem(answer: Response) -> bool:
    return answer.headers.get("content-type", [""])[0].startswith("application/problem+json")


def _unspoken(answer: Response) -> list[str]:
    """What is told of a fault and does not say in Chinese, as is asked for, what to do."""
    told = [f["detail"] for f in answer.json().get("errors", [])] if _is_problem(answer) else []
    return [text for text in told if not spoken(text, "zh") or text == NOT_AS_DOCUMENTED.zh]


def _text(answer: Response) -> str:
    """Every byte of an answer's body."""
    return answer.content.decode("utf-8", "replace")


def _without_request(answer: Response) -> tuple[int, Json]:
    """An answer without the id of its request."""
    return answer.status_code, {**answer.json(), "instance": ""} if _is_problem(answer) else None


def _in(text: str, markers: set[str]) -> set[str]:
    return {marker for marker in markers if marker in text}

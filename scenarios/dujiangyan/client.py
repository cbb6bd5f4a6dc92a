"""An ordinary REST client: a key for each command, patience with what passes, and no more."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID, uuid5

import aiohttp

from scenarios.dujiangyan.people import Who

T = TypeVar("T")
Json = dict[str, Any]

PLACE: Final = "dujiangyan"
KEYS: Final = UUID("6f1c1b0e-6a53-5d0c-9a57-2b7f3c1d0a11")
TOGETHER: Final = 16
PATIENCE: Final = 180.0
"""Seconds that a request is repeated while the platform cannot take it."""
PAUSE: Final = 0.2
_BUSY: Final = frozenset({429, 502, 503, 504})


class Refused(Exception):
    """A request was refused for good; the message holds the whole problem."""

    def __init__(self, method: str, path: str, status: int, problem: Json) -> None:
        super().__init__(
            f"{method} {path} → {status}: {json.dumps(problem, ensure_ascii=False, indent=1)}"
        )
        self.status = status
        self.problem = problem

    @property
    def code(self) -> str:
        """The stable code of the refusal."""
        return str(self.problem.get("code", ""))

    @property
    def title(self) -> str:
        """What it says to a person."""
        return str(self.problem.get("title", ""))


class NotRefused(Exception):
    """The platform took what it should have refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A request that is expected to be refused, and so changes nothing."""

    path: str
    body: object = None
    method: str = "POST"
    etag: str | None = None

    def headers(self, language: str) -> dict[str, str]:
        """A key as every command has, but one that no other command bears."""
        key = str(key_of("attempt", f"{self.method} {self.path}"))
        headers = {"Idempotency-Key": key, "Accept-Language": language}
        if isinstance(self.body, bytes):
            headers["Content-Type"] = "application/octet-stream"
        return headers | ({"If-Match": self.etag} if self.etag else {})

    @property
    def data(self) -> bytes | None:
        """The body as it is sent."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body
        return encoded(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, and whether it was a stored answer given again."""

    status: int
    body: Json
    etag: str | None
    replayed: bool


def key_of(step: str, number: object) -> UUID:
    """The key of a command: place, step and number give the same one in every run."""
    return uuid5(KEYS, f"{PLACE}/{step}/{number}")


def encoded(body: object) -> bytes:
    """A body as bytes, the same in every run: the platform compares them under a key."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


class Provider(Protocol):
    """Whoever gives out tokens."""

    async def of(self, who: Who) -> str: ...


class Client:
    """Sends requests, at most sixteen at once, and counts what they made."""

    def __init__(self, session: aiohttp.ClientSession, url: str, tokens: Provider) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._tokens = tokens
        self._slots = asyncio.Semaphore(TOGETHER)
        self.created = 0
        """Commands that were carried out now instead of answered from their key."""
        self.sent = 0

    async def ask(self, who: Who, path: str, **query: str | int) -> Json:
        """One thing, or one page."""
        return (await self._request("GET", who, path, query=query)).body

    async def read(self, who: Who, path: str, language: str) -> Json:
        """One thing, in the words of a language."""
        return (await self._request("GET", who, path, headers={"Accept-Language": language})).body

    async def refusal(self, who: Who, attempt: Attempt, language: str) -> Refused:
        """What somebody is told who tries what is not allowed."""
        try:
            await self._request(
                attempt.method, who, attempt.path, attempt.data, attempt.headers(language)
            )
        except Refused as refused:
            return refused
        raise NotRefused(f"{attempt.method} {attempt.path} was not refused")

    async def ask_all(self, who: Who, path: str, **query: str | int) -> list[Json]:
        """A list to its end."""
        found: list[Json] = []
        cursor: dict[str, str | int] = {}
        while True:
            page = await self.ask(who, path, limit=200, **query, **cursor)
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = {"cursor": page["next"]}

    async def do(self, who: Who, path: str, body: object, step: str, number: object) -> Json:
        """A command by POST, under the key of its step and number."""
        headers = {"Idempotency-Key": str(key_of(step, number))}
        data = None if body is None else encoded(body)
        answer = await self._request("POST", who, path, data, headers)
        self.created += not answer.replayed
        return answer.body

    async def correct(
        self, who: Who, path: str, body: object, step: str, number: object, etag: str
    ) -> Json:
        """A change by PATCH of what was read with this ETag."""
        headers = {"Idempotency-Key": str(key_of(step, number)), "If-Match": etag}
        answer = await self._request("PATCH", who, path, encoded(body), headers)
        self.created += not answer.replayed
        return answer.body

    async def make(self, who: Who, path: str, body: object) -> Json:
        """A thing under an id of our own by PUT: the same again makes nothing."""
        answer = await self._request("PUT", who, path, encoded(body))
        self.created += answer.status == 201
        return answer.body

    async def upload(self, who: Who, path: str, raw: bytes, media_type: str) -> Json:
        """A file by PUT: the same again makes nothing."""
        answer = await self._request("PUT", who, path, raw, {"Content-Type": media_type})
        self.created += answer.status == 201
        return answer.body

    async def set(self, who: Who, path: str, body: object) -> Json:
        """A value by PUT that makes nothing, such as the hands of a clock."""
        return (await self._request("PUT", who, path, encoded(body))).body

    async def etag(self, who: Who, path: str) -> str:
        """The version of a thing as it is now."""
        return (await self._request("GET", who, path)).etag or "*"

    async def _request(
        self,
        method: str,
        who: Who,
        path: str,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
        query: dict[str, str | int] | None = None,
    ) -> Answer:
        """Repeats what may pass: a link that broke, a fact under way, a platform that is busy."""
        given = {"Authorization": f"Bearer {await self._tokens.of(who)}"}
        if data is not None:
            given["Content-Type"] = "application/json"
        given |= headers or {}
        latest = time.monotonic() + PATIENCE
        while True:
            refused: Refused | None = None
            pause = PAUSE
            try:
                async with (
                    self._slots,
                    self._session.request(
                        method, self._url + path, data=data, headers=given, params=query
                    ) as response,
                ):
                    self.sent += 1
                    raw = await response.read()
                answer = _answer(response, raw)
                if answer.status < 400:
                    return answer
                refused = Refused(method, path, answer.status, answer.body)
                after = response.headers.get("Retry-After")
                if answer.status not in _BUSY and not (answer.status == 409 and after):
                    raise refused
                pause = float(after or PAUSE)
            except (aiohttp.ClientError, ConnectionError, TimeoutError):
                if time.monotonic() > latest:
                    raise
            if refused is not None and time.monotonic() > latest:
                raise refused
            await asyncio.sleep(pause)


def _answer(response: aiohttp.ClientResponse, raw: bytes) -> Answer:
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        body = {"detail": raw.decode(errors="replace")}
    return Answer(
        status=response.status,
        body=body if isinstance(body, dict) else {"items": body},
        etag=response.headers.get("ETag"),
        replayed="Idempotent-Replayed" in response.headers,
    )


async def together(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """All at once, answers in the order asked; the first failure ends the others."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def connected(url: str, tokens: Provider) -> AsyncIterator[Client]:
    """A client whose connections are closed at the end."""
    connector = aiohttp.TCPConnector(limit=TOGETHER, keepalive_timeout=4)
    timeout = aiohttp.ClientTimeout(total=60, sock_connect=5)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        yield Client(session, url, tokens)

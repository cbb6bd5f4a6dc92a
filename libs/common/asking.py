"""A command line asks the API over HTTP as any client does, with patience for what passes."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from libs.common.config import Missing
from libs.common.ids import new_id

SECONDS: Final = 120
"""Emptying a large view takes a while."""
PATIENCE: Final = 60.0
PAUSE: Final = 1.0
PASSES: Final = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the API answered."""

    status: int
    body: Any

    @property
    def refused(self) -> bool:
        """Whether it was refused, and so nothing was changed."""
        return self.status >= 400


class _Passing(Exception):
    """Nobody has dealt with the request, and somebody will."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Asker:
    """Somebody with a token: of the person who asks, read for each request."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def ask(
        self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask, under one key however often a link breaks or a server is busy."""
        key = str(new_id())
        attempts = AsyncRetrying(
            retry=retry_if_exception_type((_Passing, aiohttp.ClientConnectionError)),
            stop=stop_after_delay(PATIENCE),
            wait=wait_fixed(PAUSE),
            reraise=True,
        )
        try:
            return await attempts(self._once, method, path, body, dict(query or {}), key)
        except _Passing as passing:
            return passing.answer

    async def _once(
        self, method: str, path: str, body: Any, query: dict[str, str], key: str
    ) -> Answer:
        headers = {"Authorization": f"Bearer {operator_token()}", "Idempotency-Key": key}
        async with self._session.request(
            method, path, json=body, params=query, headers=headers
        ) as told:
            answer = Answer(status=told.status, body=await told.json(content_type=None))
        if answer.status in PASSES:
            raise _Passing(answer)
        return answer

    async def all(self, path: str, **query: str) -> list[dict[str, Any]]:
        """A list to its end; a refusal ends the process with what was told."""
        found: list[dict[str, Any]] = []
        while True:
            answer = await self.ask("GET", path, query={"limit": "200", **query})
            if answer.refused:
                raise SystemExit(f"GET {path}: {answer.body.get('title', answer.status)}")
            found += answer.body["items"]
            if answer.body["next"] is None:
                return found
            query["cursor"] = answer.body["next"]


@asynccontextmanager
async def asking() -> AsyncIterator[Asker]:
    """Of `API_URL`, or of `API_PORT` on this machine."""
    operator_token()
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    headers = {"Accept-Language": language()}
    async with aiohttp.ClientSession(api_address(), timeout=timeout, headers=headers) as session:
        yield Asker(session)


def language() -> str:
    """`zh` in a Chinese surrounding, otherwise `en`, as everything else on a command line."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next(filter(None, names), "").lower().startswith("zh") else "en"


def api_address() -> str:
    """Where the APIs are."""
    return os.environ.get("API_URL") or f"http://127.0.0.1:{os.environ.get('API_PORT', '8080')}"


def operator_token() -> str:
    """Of the person who asks; in a file it may be renewed while a long piece of work goes on."""
    file = os.environ.get("OPERATOR_TOKEN_FILE")
    token = Path(file).read_text().strip() if file else os.environ.get("OPERATOR_TOKEN")
    if not token:
        raise Missing("OPERATOR_TOKEN is not set: the token of the person who asks")
    return token

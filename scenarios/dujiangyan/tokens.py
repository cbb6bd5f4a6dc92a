"""Tokens from the identity provider of a rehearsal: one child process, asked line by line."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from scenarios.dujiangyan.people import Who

_PROVIDER: Final = (sys.executable, "-m", "services", "token", "--stdin")


class Tokens:
    """Asks for each token once and remembers it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the token provider has no pipes")
        self._asked, self._answered = process.stdin, process.stdout
        self._known: dict[Who, str] = {}
        self._lock = asyncio.Lock()

    async def of(self, who: Who) -> str:
        """The token of a person in a role."""
        async with self._lock:
            if who not in self._known:
                self._known[who] = await self._ask(who)
            return self._known[who]

    async def _ask(self, who: Who) -> str:
        claims = {
            "roles": [who.role],
            "person": who.person,
            "org": who.org,
            "divisions": list(who.divisions),
        }
        self._asked.write(json.dumps(claims).encode() + b"\n")
        await self._asked.drain()
        token = (await self._answered.readline()).decode().strip()
        if not token:
            raise RuntimeError("the token provider has ended: is SANSHE_HOME the platform's?")
        return token


@asynccontextmanager
async def provided() -> AsyncIterator[Tokens]:
    """Tokens as long as the child lives, which is as long as they are needed."""
    process = await asyncio.create_subprocess_exec(
        *_PROVIDER, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield Tokens(process)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()

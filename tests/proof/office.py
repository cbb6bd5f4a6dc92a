"""Those who put a restored city in order: by the API, each in a role, and by the document."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import ClientSession

from libs.common.ids import new_id
from libs.embedded.platform import service_names
from tests.proof.drill import LOOK_SECONDS, PATIENCE, Drill

Do = Callable[..., Awaitable[Any]]
"""Somebody in a role asks or commands: role, person, method, path and body; gives the answer."""


@asynccontextmanager
async def office(drill: Drill) -> AsyncIterator[Do]:
    """Everybody with a token; a refusal is an answer too."""
    async with ClientSession(drill.url) as session:

        async def do(role: str, person: str, method: str, path: str, body: Any = None) -> Any:
            headers = {
                "Authorization": f"Bearer {drill.token(role, person)}",
                "Idempotency-Key": str(new_id()),
            }
            async with session.request(method, path, json=body, headers=headers) as answer:
                return await answer.json(content_type=None)

        yield do


async def transfer_refused(do: Do) -> str | None:
    """The code that a transfer is refused with, of whichever payment comes first."""
    [payment, *_] = (await do("auditor", "a-1", "GET", "/procurement/v1/payments"))["items"]
    path = f"/procurement/v1/payments/{payment['id']}/transfer"
    answer = await do("treasury", "t-1", "POST", path, {"reference": "another"})
    code: str | None = answer.get("code")
    return code


async def restorations(do: Do, least: int) -> list[dict[str, Any]]:
    """What notifications has heard of, once there are so many."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found = await do("operator", "o-1", "GET", "/notifications/v1/restorations")
            if len(found["restorations"]) >= least:
                return list(found["restorations"])
            await asyncio.sleep(LOOK_SECONDS)


async def all_sent(drill: Drill, name: str, **more: str) -> int:
    """Run what sends again, wait until the last of it is with the broker, and count it."""
    await drill.run(name, **more)
    await drill.until(lambda: _is_sent(drill))
    return sum([(await drill.ask(name, _SENT))[0]["sent"] for name in service_names()])


async def _is_sent(drill: Drill) -> bool:
    return not any([await drill.ask(name, _UNSENT) for name in service_names()])


_UNSENT: Final = "SELECT FROM resendings WHERE done_at IS NULL"
_SENT: Final = "SELECT coalesce(sum(sent), 0)::bigint AS sent FROM resendings"

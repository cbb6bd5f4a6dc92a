"""The operations port of a process: /livez, /readyz and /metrics, never the public one; and the
one thing that anybody may ask."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, disable_created_metrics, generate_latest

from libs.common.errors import Refusal

Check = Callable[[], Awaitable[None]]
CHECK_SECONDS: Final = 2.5
"""Within which `/readyz` answers, however silent a server is: the manifests' probes wait longer."""
# When a counter began is one series more for each, and nobody asks.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Health:
    """Collects the checks that the parts of a process register."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}
        self.draining = False

    def register(self, name: str, check: Check) -> None:
        """Have `/readyz` call this; it raises while its part is not ready."""
        self._checks[name] = check

    def application(self) -> web.Application:
        """The small application for the operations port."""
        app = web.Application()
        app.router.add_get("/livez", self._live)
        app.router.add_get("/readyz", self._ready)
        app.router.add_get("/metrics", _metrics)
        return app

    async def _live(self, _request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def _ready(self, _request: web.Request) -> web.Response:
        states = await asyncio.gather(*(_try(check) for check in self._checks.values()))
        found = dict(zip(self._checks, states, strict=True))
        ready = not self.draining and all(state == "ok" for state in found.values())
        return web.json_response(
            {"ready": ready, "draining": self.draining, "checks": found},
            status=200 if ready else 503,
        )


def wellness(check: Check) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Answers anybody whether a service is well, and nothing more: the check's refusal if not."""

    async def tell(_request: web.Request) -> web.Response:
        await check()
        return web.json_response({"well": True}, headers={"Cache-Control": "no-store"})

    return tell


async def _try(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Refusal as refusal:
        return refusal.code
    except (Exception, SystemExit) as failure:
        # What would have refused a start only takes a running process out of the balance.
        return type(failure).__name__
    return "ok"


async def _metrics(_request: web.Request) -> web.Response:
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

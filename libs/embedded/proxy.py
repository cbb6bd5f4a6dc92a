"""One address before services in processes of their own: the first part of the path decides."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, TCPConnector, web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

CHUNK: Final = 65_536
HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
RETRY_AFTER: Final = 1


class Proxy:
    """Forwards each request to the port of its service, streaming both bodies."""

    def __init__(self, ports: Mapping[str, int], front: str, session: ClientSession) -> None:
        self._ports = ports
        self._front = front
        self._session = session

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer as the service does, or with 503 while it cannot be reached."""
        service = request.path.split("/", 2)[1] or self._front
        port = self._ports.get(service, self._ports[self._front])
        answer = web.StreamResponse()
        try:
            async with self._session.request(
                request.method,
                URL(f"http://127.0.0.1:{port}{request.raw_path}", encoded=True),
                headers=_passed_on(request.headers),
                data=request.content if request.body_exists else None,
                allow_redirects=False,
            ) as backend:
                await _copy(backend, answer, request)
        except (ClientError, ConnectionError, TimeoutError):
            if answer.prepared:
                # Half an answer is out: only a broken connection can say that it is not whole.
                if request.transport:
                    request.transport.close()
                return answer
            return _unavailable(service)
        return answer


async def _copy(
    backend: ClientResponse, answer: web.StreamResponse, request: web.BaseRequest
) -> None:
    answer.set_status(backend.status, backend.reason)
    answer.headers.clear()
    answer.headers.extend(_passed_on(backend.headers))
    await answer.prepare(request)
    async for chunk in backend.content.iter_any():
        await answer.write(chunk)
    await answer.write_eof()


def _passed_on(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """The headers without those that are for one connection only."""
    named = {name.strip().lower() for name in headers.get("Connection", "").split(",")}
    return CIMultiDict(
        (name, value)
        for name, value in headers.items()
        if name.lower() not in HOP_BY_HOP and name.lower() not in named
    )


def _unavailable(service: str) -> web.Response:
    problem = {
        "type": "urn:sanshe:problem:service-unavailable",
        "title": "The service cannot be reached now",
        "status": 503,
        "code": "service-unavailable",
        "detail": f"{service} is not reachable; try again.",
    }
    return web.Response(
        status=503,
        body=json.dumps(problem).encode(),
        content_type="application/problem+json",
        headers={"Retry-After": str(RETRY_AFTER)},
    )


@asynccontextmanager
async def proxying(port: int, ports: Mapping[str, int], front: str) -> AsyncIterator[int]:
    """A proxy on a port of the loopback address (0: any free one); gives the port."""
    # A stream of events has no end, so only connecting is timed.
    timeout = ClientTimeout(total=None, sock_connect=2)
    connector = TCPConnector(limit=0, keepalive_timeout=4)
    async with ClientSession(
        connector=connector, timeout=timeout, auto_decompress=False, read_bufsize=CHUNK
    ) as session:
        # A client that hangs up from a stream of events ends the request behind it too.
        server = web.Server(
            Proxy(ports, front, session), handler_cancellation=True, access_log=None
        )
        runner = web.ServerRunner(server, shutdown_timeout=2)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
            yield int(runner.addresses[0][1])
        finally:
            await runner.cleanup()

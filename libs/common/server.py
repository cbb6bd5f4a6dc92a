"""Carries declared routes out: every check in its order, one transaction, the stored answer."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from aiohttp import web
from prometheus_client import Counter

from libs.common import auth, contract, idempotency
from libs.common.arguments import read_arguments
from libs.common.blobs import LARGEST, Blobs
from libs.common.db import Database, Origin, Tx
from libs.common.errors import Malformed, TooLarge, Unauthenticated, WrongMedia
from libs.common.http import (
    Call,
    Download,
    Html,
    IfMatchNotUsed,
    Route,
    etag_of,
    read_match,
)
from libs.common.idempotency import Answer
from libs.common.outbox import Bell
from libs.common.pages import Page
from libs.common.problems import REQUEST_ID, SERVICE, language_of
from libs.common.secret import Secret

LARGEST_BODY: Final = 1024 * 1024
BODY_SECONDS: Final = 15.0
UPLOAD_SECONDS: Final = 120.0
PAGE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""A page asks for nothing outside its own address, and nobody frames or keeps it."""
_replayed = Counter(
    "sanshe_commands_replayed_total", "Commands answered as the first time", ["service"]
)
_uploads: Final = asyncio.Semaphore(16)
"""So many uploads of up to 20 MB may be in memory while they arrive."""


class PageNeedsToken(Unauthenticated):
    """This page opens with a bearer token in the Authorization header, which the city's sign-in
    (its OIDC proxy) adds; come by the city's own address and sign in there."""

    zh = (
        "打开本页需要 Authorization 头中的访问令牌，由本市统一登录（OIDC 代理）自动附加；"
        "请从本市入口登录后访问。"
    )


class BodyTooSlow(Malformed):
    """The body did not arrive in time; send it again over a better line."""

    zh = "请求内容未能及时传完，请在网络良好时重试。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What the routes of one service run on."""

    database: Database
    bell: Bell
    tokens: auth.Tokens
    grants: auth.Grants
    blobs: Blobs
    secret: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request after the checks that need no row: 401, 403, 413, 415, 400, 422, in this order."""

    call: Call
    arguments: dict[str, Any]
    origin: Origin
    key: str | None
    hashes: tuple[bytes, ...]
    """Of the request, under each key: the first is stored, any is recognised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer of JSON as it goes out."""

    answer: Answer
    next: str | None = None
    """The cursor of the page that follows this one."""
    replayed: bool = False


def bind(host: Host, base: str, route: Route) -> web.RouteDef:
    """The aiohttp route that carries a declared route out."""

    async def handle(request: web.Request) -> web.StreamResponse:
        request[SERVICE] = host.database.service
        ready = await _prepare(host, route, request)

        async def work(tx: Tx) -> Reply | Download | Html:
            return await _carry_out(route, ready, tx)

        read_only = route.method == "GET"
        result = await host.database.run(ready.origin, work, read_only=read_only)
        if not read_only:
            await host.bell.ring()
        return _respond(request, result)

    return web.route(route.method, f"{base}{route.path}", handle)


async def _prepare(host: Host, route: Route, request: web.Request) -> Prepared:
    caller = await _caller(host, route, request.headers.get("Authorization"))
    rows = auth.rows_of(caller, host.grants[route.scope])
    raw = await _read_body(route, request)
    key = idempotency.read_key(request.headers.get("Idempotency-Key")) if route.is_command else None
    arguments = read_arguments(route, request, raw)
    match = read_match(request.headers.get("If-Match"))
    keys = host.secret.keys
    call = Call(
        caller=caller,
        rows=rows,
        language=language_of(request),
        blobs=host.blobs,
        keys=keys,
        match=match,
        needs_match=route.replaces,
    )
    return Prepared(
        call=call,
        arguments=arguments,
        origin=Origin(actor=caller.person, correlation=request[REQUEST_ID]),
        key=key,
        hashes=tuple(idempotency.hash_of(k, route.method, request.path, raw) for k in keys),
    )


async def _caller(host: Host, route: Route, authorization: str | None) -> auth.Caller:
    if route.visitor is None:
        return await host.tokens.caller(authorization)
    if authorization is None and host.database.city.rehearsal:
        return auth.visitor(route.visitor)
    try:
        return await host.tokens.caller(authorization)
    except Unauthenticated:
        raise PageNeedsToken from None


async def _read_body(route: Route, request: web.Request) -> bytes:
    """The body, whole and within its bounds, before any transaction is open."""
    if route.body is not None and request.content_type != "application/json":
        raise WrongMedia
    # Unpacked while it is read, a small body could become a very large one.
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise WrongMedia
    try:
        if route.uploads:
            async with _uploads, asyncio.timeout(UPLOAD_SECONDS):
                return await _gather(request, LARGEST)
        async with asyncio.timeout(BODY_SECONDS):
            if route.body is not None:
                return await _gather(request, LARGEST_BODY)
            if await request.content.read(1):
                raise Malformed
            return b""
    except TimeoutError:
        raise BodyTooSlow from None


async def _gather(request: web.Request, limit: int) -> bytes:
    if (request.content_length or 0) > limit:
        raise TooLarge
    raw = bytearray()
    async for chunk in request.content.iter_any():
        raw += chunk
        if len(raw) > limit:
            raise TooLarge
    return bytes(raw)


async def _carry_out(route: Route, ready: Prepared, tx: Tx) -> Reply | Download | Html:
    """Stored key, then the handler: load, decide, save, tell; then the answer is kept."""
    call, subject = ready.call, ready.call.caller.subject
    # A transaction that lost a race runs again: what the first run noted must not count.
    call.matched, call.created = False, None
    kept = None
    if ready.key is not None:
        kept = await idempotency.claim(tx, subject, ready.key, ready.hashes)
        # Bytes are not kept: a repetition reads them again.
        if kept is not None and route.answers is not Download:
            return Reply(answer=await _repeat(route, call, tx, kept), replayed=True)
    result = await route.handle(**_injected(route, tx, call), **ready.arguments)
    if not call.matched:
        assert not route.replaces, f"{route.handle.__name__} must call call.expect"
        if call.match is not None and route.method != "GET":
            raise IfMatchNotUsed
    answer = _answer(route, call, result)
    if ready.key is not None and kept is None:
        kept = replace(answer, body=None, resource=str(result.id)) if route.replay else answer
        await idempotency.keep(tx, subject, ready.key, ready.hashes[0], kept)
    if isinstance(result, Download | Html):
        return result
    return Reply(answer=answer, next=result.next if isinstance(result, Page) else None)


async def _repeat(route: Route, call: Call, tx: Tx, kept: Answer) -> Answer:
    if route.replay is None:
        return kept
    again = await route.replay(tx, call, UUID(kept.resource))
    return replace(kept, body=contract.dump(again, route.answers))


def _injected(route: Route, tx: Tx, call: Call) -> dict[str, Any]:
    given: dict[Any, Any] = {Tx: tx, Call: call}
    return {
        name: given[parameter.annotation]
        for name, parameter in route.parameters.items()
        if parameter.annotation in given
    }


def _answer(route: Route, call: Call, result: Any) -> Answer:
    status = 201 if call.created else route.status
    if result is None:
        return Answer(status=204)
    if isinstance(result, Download | Html):
        return Answer(status=status)
    if isinstance(result, Page):
        return Answer(status=status, body=_page_body(result))
    located = status == 201 and route.method == "POST" and hasattr(result, "id")
    return Answer(
        status=status,
        body=contract.dump(result, route.answers),
        etag=etag_of(result),
        location=str(result.id) if located else None,
    )


def _page_body(found: Page[Any]) -> bytes:
    items = [
        {**contract.plain(item), "sequence": found.sequences.get(str(item.id), 0)}
        for item in found.items
    ]
    body: dict[str, Any] = {"items": items, "next": found.next, "feed": found.feed}
    if found.changes is not None:
        body |= {"changes": found.changes, "ceased": found.ceased}
    return contract.dump(body)


def _respond(request: web.Request, result: Reply | Download | Html) -> web.Response:
    if isinstance(result, Download):
        return web.Response(body=result.content, content_type=result.media_type)
    if isinstance(result, Html):
        return web.Response(text=result.text, content_type="text/html", headers=PAGE_HEADERS)
    answer, headers = result.answer, {}
    if result.replayed:
        headers["Idempotent-Replayed"] = "true"
        _replayed.labels(request[SERVICE]).inc()
    if answer.etag is not None:
        headers["ETag"] = answer.etag
    if answer.location is not None:
        headers["Location"] = f"{request.path.rstrip('/')}/{answer.location}"
    if result.next is not None:
        following = request.url.update_query(cursor=result.next)
        headers["Link"] = f'<{following.raw_path_qs}>; rel="next"'
    media_type = "application/json" if answer.body is not None else None
    return web.Response(
        status=answer.status, body=answer.body, headers=headers, content_type=media_type
    )

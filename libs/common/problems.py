"""The one middleware: request id, one log line, metrics, and every refusal as problem+json."""

import asyncio
import time
import traceback
from typing import Final
from uuid import UUID

import asyncpg
import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import Counter, Gauge, Histogram

from libs.common import contract
from libs.common.errors import (
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    MatchRequired,
    Refusal,
    Stale,
    TooLarge,
    Unauthenticated,
    Unknown,
    Unreachable,
    WrongMedia,
)
from libs.common.ids import new_id
from libs.common.tasks import drain_forced

log = structlog.get_logger()

_seconds = Histogram(
    "sanshe_http_request_seconds",
    "Time to answer, by the class of the answer's status",
    ["service", "method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_refusals = Counter("sanshe_http_refusals_total", "Refusals by code", ["service", "code"])
_in_flight = Gauge("sanshe_http_requests_in_flight", "Requests that are being answered")


class MethodNotAllowed(Refusal):
    """This method is not offered here; the Allow header names those that are."""

    zh = "此地址不支持该方法，可用方法见 Allow 头。"


class Failed(Refusal):
    """Something went wrong on our side; nothing was changed. Tell the operator the request id."""

    zh = "系统内部错误，未作任何更改。请将请求编号告知运维人员。"


class RuleOfTheDatabase(Conflict):
    """This would break a rule that the database keeps; the constraint's name says which."""

    zh = "此操作违反数据规则（见 constraint 字段），未作任何更改。"


class ExpectationFailed(Refusal):
    """No other expectation than 100-continue is met here; send it without the Expect header."""

    zh = "除 100-continue 外不支持其他 Expect，请去掉后重试。"


STATUS: Final[tuple[tuple[type[Refusal], int], ...]] = (
    (Unauthenticated, 401),
    (Forbidden, 403),
    (Unknown, 404),
    (Stale, 412),
    (MatchRequired, 428),
    (TooLarge, 413),
    (WrongMedia, 415),
    (Busy, 503),
    (Invalid, 422),
    (Malformed, 400),
    (Conflict, 409),
    (MethodNotAllowed, 405),
    (ExpectationFailed, 417),
)
"""What each kind of refusal is in HTTP: the only place that says so."""

REQUEST_ID: Final = web.RequestKey("id", UUID)
REFUSED: Final = web.RequestKey("refused", str)
SERVICE: Final = web.RequestKey("service", str)
NOBODY: Final = "none"
"""In the place of a service: documents, and addresses that are none."""
Constraints = dict[str, type[Refusal]]


def application(constraints: Constraints) -> web.Application:
    """An application whose every answer is ours, also those that no handler gives."""
    app = web.Application(middlewares=[_middleware(constraints)])
    app.on_response_prepare.append(_put_right)
    return app


def _middleware(constraints: Constraints) -> Middleware:
    """`constraints` names the refusal for each constraint that may be broken."""

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = time.perf_counter()
        request[REQUEST_ID] = _request_id(request)
        try:
            with _in_flight.track_inprogress():
                response = await handler(request)
        except asyncio.CancelledError:
            drain_forced.labels("requests").inc()
            raise
        except Exception as failure:
            refusal = _refusal(failure, constraints)
            request[REFUSED] = refusal.code
            response = _problem(request, request[REQUEST_ID], refusal)
        response.headers["X-Request-Id"] = str(request[REQUEST_ID])
        response.headers["X-Content-Type-Options"] = "nosniff"
        _record(request, response.status, time.perf_counter() - started)
        return response

    return answer


def _request_id(request: web.Request) -> UUID:
    """The caller's own correlation id if it is a UUID, so that a chain of systems can be read."""
    try:
        return UUID(request.headers["X-Request-Id"])
    except (KeyError, ValueError):
        return new_id()


def _refusal(failure: Exception, constraints: Constraints) -> Refusal:
    if isinstance(failure, Refusal):
        return failure
    if isinstance(failure, web.HTTPMethodNotAllowed):
        return MethodNotAllowed(allow=", ".join(sorted(failure.allowed_methods)))
    if isinstance(failure, web.HTTPRequestEntityTooLarge):
        return TooLarge()
    if isinstance(failure, web.HTTPNotFound):
        return Unknown()
    if (
        isinstance(failure, web.HTTPException | ValueError)
        and not isinstance(failure, asyncpg.PostgresError)
        and getattr(failure, "status", 500) < 500
    ):
        return Malformed()
    if isinstance(failure, asyncpg.IntegrityConstraintViolationError):
        name = failure.constraint_name or "unnamed"
        known = constraints.get(name)
        return known() if known else RuleOfTheDatabase(constraint=name)
    if isinstance(failure, asyncpg.DeadlockDetectedError | asyncpg.SerializationError):
        return Busy()
    if isinstance(failure, asyncpg.QueryCanceledError | asyncpg.LockNotAvailableError):
        return Unreachable(retry_after=2)
    # Frames, not the message: a database quotes values in it, and a value may name a person.
    frames = [f"{f.filename}:{f.lineno}" for f in traceback.extract_tb(failure.__traceback__)]
    log.error("request-failed", error=type(failure).__name__, frames=frames[-6:])
    log.debug("request-failure", exc_info=failure)
    return Failed()


def _refuse_unreadable(
    _protocol: web.RequestHandler,
    request: web.BaseRequest,
    status: int = 500,
    exc: BaseException | None = None,
    message: str | None = None,
) -> web.StreamResponse:
    """What is no HTTP is answered as everything else is refused, and neither quoted nor logged."""
    if request.writer.output_size > 0:
        raise ConnectionError("half an answer has been sent already")
    log.info("request-unreadable", status=status, error=type(exc).__name__)
    response = _problem(request, new_id(), Malformed() if status < 500 else Failed())
    response.force_close()
    return response


# The framework offers no other place for answers to what cannot be parsed.
setattr(web.RequestHandler, "handle_error", _refuse_unreadable)  # noqa: B010


async def _put_right(request: web.Request, response: web.StreamResponse) -> None:
    """An expectation is refused by the framework, before any middleware."""
    if isinstance(response, web.HTTPExpectationFailed):
        problem = _problem(request, _request_id(request), ExpectationFailed())
        response.headers.update(problem.headers)
        response.body = problem.body


def _problem(request: web.BaseRequest, identifier: UUID, refusal: Refusal) -> web.Response:
    """RFC 9457, in the caller's language, with every fault and where it stands."""
    status = next((status for kind, status in STATUS if isinstance(refusal, kind)), 500)
    language = language_of(request)
    _refusals.labels(request.get(SERVICE, NOBODY), refusal.code).inc()
    body: dict[str, object] = {
        "type": f"urn:sanshe:problem:{refusal.code}",
        "title": refusal.text(language),
        "status": status,
        "code": refusal.code,
        "instance": f"urn:uuid:{identifier}",
        **refusal.extensions,
    }
    if refusal.faults:
        body["errors"] = [
            {"pointer": fault.pointer, "code": fault.code, "detail": fault.text(language)}
            for fault in refusal.faults
        ]
    headers = {"Content-Language": language, "Cache-Control": "no-store"}
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status == 405:
        headers["Allow"] = str(refusal.extensions["allow"])
    return web.Response(
        status=status,
        body=contract.dump(body),
        headers=headers,
        content_type="application/problem+json",
    )


def _record(request: web.Request, status: int, seconds: float) -> None:
    """Never the path itself, which may name a person: the route it matched."""
    resource = request.match_info.route.resource
    route = resource.canonical if resource is not None else "none"
    service = request.get(SERVICE, NOBODY)
    # Whatever a caller makes up is one method more, and not a label for each.
    method = request.method if request.method in hdrs.METH_ALL else "other"
    _seconds.labels(service, method, route, f"{status // 100}xx").observe(seconds)
    log.info(
        "request",
        method=request.method,
        route=route,
        status=status,
        milliseconds=round(seconds * 1000, 1),
        request=str(request[REQUEST_ID]),
        code=request.get(REFUSED),
    )


def language_of(request: web.BaseRequest) -> str:
    """Chinese unless English is what the caller asks for first."""
    return "en" if request.headers.get("Accept-Language", "zh").lower().startswith("en") else "zh"

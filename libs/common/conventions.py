"""What holds for every operation, as an OpenAPI document says it: words, headers and refusals."""

from collections.abc import Iterable
from typing import Any, Final

from libs.common.auth import ClaimsUnreadable, NoRoleHere, OrganisationNotNamed
from libs.common.errors import (
    Busy,
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    MatchRequired,
    OutcomeUnknown,
    Refusal,
    Stale,
    TooLarge,
    Unauthenticated,
    Unknown,
    Unreachable,
    WrongMedia,
)
from libs.common.http import IfMatchMalformed, IfMatchNotUsed, Route
from libs.common.idempotency import (
    KEPT_DAYS,
    CommandUnderWay,
    IdempotencyKeyMalformed,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
)
from libs.common.pages import MOST
from libs.common.problems import STATUS

WORDS: Final = f"""
## What holds everywhere

* **Lists** come in pages: `limit` up to {MOST} (50 without it), `cursor` as the answer before gave
  it in `next` (also in `Link`); `next` is null at the end. `feed` is where the feed of all events
  begins for whoever follows from this snapshot. A query parameter that is not taken is refused.
* **Commands** (POST, PATCH, DELETE) need an `Idempotency-Key`: the same key with the same request
  gives the stored answer again for {KEPT_DAYS} days (`Idempotent-Replayed: true`), with another
  request 422. A PUT is repeatable as it is.
* **Versions**: `ETag` is the version that was read; send it as `If-Match`, and a change that
  somebody else made meanwhile is 412 instead of lost.
* **Refusals** are `application/problem+json` (RFC 9457): `code` is stable, `title` and each
  `errors[].detail` are sentences for people that say what to do, `errors[].pointer` says where.
  With `Retry-After` the same may be sent again. Take a code that you do not know by its status.
* **Languages**: Chinese, or English where `Accept-Language` asks for it first; refusals say in
  `Content-Language` which.
* **Money** is whole fen (1/100 yuan, CNY); shares and scores are basis points (10000 is the whole).
* **Times** are RFC 3339 with an offset; days are days of Asia/Shanghai.
* **Growth**: answers and events may gain fields, and sentences may change, at any time; ignore what
  you do not know. Anything else gets a new version of its path or type.
"""

Json = dict[str, Any]
TEXT: Final[Json] = {"type": "string"}

HEADERS: Final[Json] = {
    "X-Request-Id": {
        "description": "Names this request to the operator: the caller's own UUID, or a new one.",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    },
    "ETag": {
        "description": "The version that is answered, to be sent as If-Match.",
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    },
    "Location": {"description": "Where the new thing is read.", "schema": TEXT},
    "Idempotent-Replayed": {
        "description": "This is the stored answer of an earlier request with the same key.",
        "schema": {"const": "true"},
    },
    "Link": {"description": 'The next page (RFC 8288, `rel="next"`), if any.', "schema": TEXT},
    "Content-Language": {
        "description": "The language of the sentences.",
        "required": True,
        "schema": {"enum": ["zh", "en"]},
    },
    "Retry-After": {
        "description": "After so many seconds exactly the same may be sent again.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "WWW-Authenticate": {
        "description": "`Bearer`, with 401.",
        "required": True,
        "schema": {"const": "Bearer"},
    },
}

PARAMETERS: Final[Json] = {
    "Idempotency-Key": {
        "description": "A fresh unique text for each new intention; the same for a repetition.",
        "required": True,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    },
    "If-Match": {
        "description": "The ETag that was read, in its quotes, or `*`.",
        "schema": {"type": "string", "pattern": r'^(\*|"[!#-~]*")$'},
    },
    "If-Match-Required": {
        "name": "If-Match",
        "description": "The ETag that was read, in its quotes, or `*`.",
        "required": True,
        "schema": {"type": "string", "pattern": r'^(\*|"[!#-~]*")$'},
    },
    "Accept-Language": {
        "description": "English where it comes first, otherwise Chinese.",
        "schema": {"type": "string", "examples": ["zh-CN", "en"]},
    },
    "X-Request-Id": {
        "description": "A UUID of the caller's own that names this request.",
        "schema": {"type": "string", "format": "uuid"},
    },
}

REFUSALS: Final[dict[str, tuple[type[Refusal], ...]]] = {
    "Malformed": (
        Malformed,
        IdempotencyKeyMissing,
        IdempotencyKeyMalformed,
        IfMatchMalformed,
        IfMatchNotUsed,
    ),
    "Unauthenticated": (Unauthenticated, ClaimsUnreadable),
    "Forbidden": (Forbidden, NoRoleHere, OrganisationNotNamed),
    "NotFound": (Unknown,),
    "Conflict": (Conflict, CommandUnderWay),
    "Stale": (Stale,),
    "TooLarge": (TooLarge,),
    "WrongMedia": (WrongMedia,),
    "Invalid": (Invalid, IdempotencyKeyReused),
    "MatchRequired": (MatchRequired,),
    "Busy": (Busy, Unreachable, OutcomeUnknown),
}
"""The refusals that any service may give, by the name of their response; each has one status."""


def components(problem: Json) -> Json:
    """Headers, parameters and refusals as every operation refers to them."""
    parameters = {name: {"in": "header", "name": name, **one} for name, one in PARAMETERS.items()}
    responses = {name: _response(kinds, problem) for name, kinds in REFUSALS.items()}
    return {
        "headers": HEADERS,
        "parameters": parameters,
        "responses": {
            "Problem": {"description": "Refused", **_told(problem)},
            **responses,
        },
    }


def parameters(route: Route) -> Iterable[Json]:
    """The headers that an operation reads."""
    names = ["Idempotency-Key"] if route.is_command else []
    if route.replaces:
        names.append("If-Match-Required")
    elif route.matches:
        names.append("If-Match")
    return [_ref("parameters", name) for name in (*names, "Accept-Language", "X-Request-Id")]


def headers(route: Route, *, versioned: bool, located: bool) -> Json:
    """The headers that its answers may have."""
    told = {
        "X-Request-Id": True,
        "ETag": versioned,
        "Location": located,
        "Idempotent-Replayed": route.is_command,
        "Link": route.pages,
    }
    return {name: _ref("headers", name) for name, is_told in told.items() if is_told}


def refusals(route: Route) -> Json:
    """What it may refuse, by status, as its declaration tells; the rest is the default."""
    may = {
        "Malformed": True,
        "Unauthenticated": True,
        "Forbidden": True,
        "NotFound": "{" in route.path,
        "Conflict": route.is_command or route.creates,
        "Stale": route.matches,
        "TooLarge": route.body is not None or route.uploads,
        "WrongMedia": True,
        "Invalid": True,
        "MatchRequired": route.replaces or (route.creates and route.matches),
        "Busy": True,
    }
    found = {str(_status(REFUSALS[name][0])): _ref("responses", name) for name in may if may[name]}
    return {**found, "default": _ref("responses", "Problem")}


def _response(kinds: tuple[type[Refusal], ...], problem: Json) -> Json:
    lines = [f"* `{kind.code}`: {' '.join((kind.__doc__ or '').split())}" for kind in kinds]
    own = "* or a code of the operation's own, named after what is wrong"
    return {"description": "\n".join([*lines, own]), **_told(problem, _status(kinds[0]))}


def _told(problem: Json, status: int = 0) -> Json:
    names = ["X-Request-Id", "Content-Language", "Retry-After"]
    if status == 401:
        names.append("WWW-Authenticate")
    return {
        "headers": {name: _ref("headers", name) for name in names},
        "content": {"application/problem+json": {"schema": problem}},
    }


def _status(kind: type[Refusal]) -> int:
    return next(status for known, status in STATUS if issubclass(kind, known))


def _ref(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}

"""Routes and calls: what a handler declares in its signature, and what it is given."""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar, get_type_hints
from uuid import UUID

from libs.common.auth import Caller, Role, Rows
from libs.common.blobs import Blobs
from libs.common.db import Tx
from libs.common.errors import Forbidden, Malformed, MatchRequired, Stale
from libs.common.pages import OF_A_DELTA, OF_A_LIST, DeltaRequest, PageRequest
from libs.common.secret import Keys

_MATCH: Final = re.compile(r'\*|"[!#-~]*"')
"""Of what an ETag is made by RFC 9110; ours are never weak."""
H = TypeVar("H", bound=Callable[..., Awaitable[Any]])
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class IfMatchNotUsed(Malformed):
    """This command does not take If-Match; send it without."""

    zh = "此操作不使用 If-Match，请去掉后重试。"


class IfMatchMalformed(Malformed):
    """If-Match takes one ETag as it was given, in its quotes, or `*`."""

    zh = "If-Match 须为读取到的一个 ETag（连同引号），或 *。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """An answer of bytes instead of JSON."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Html:
    """An answer for people: a page that loads nothing from anywhere but its own address."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """The body of an upload, which has arrived whole before any transaction is open."""

    content: bytes
    media_type: str


@dataclass(slots=True, kw_only=True)
class Call:
    """Who calls, on whose behalf, and which rows are theirs."""

    caller: Caller
    rows: Rows
    language: str
    blobs: Blobs
    keys: Keys
    """What other keys are derived of."""
    match: str | None = None
    needs_match: bool = False
    matched: bool = False
    created: bool | None = None
    """A PUT that creates says here whether it did (201) or the same was there already (200)."""

    @property
    def person(self) -> str:
        """The person behind the account: two-person rules compare persons."""
        return self.caller.person

    @property
    def org(self) -> UUID:
        """The organisation of a caller who acts for one; `Forbidden` for others."""
        if self.caller.org is None:
            raise Forbidden
        return self.caller.org

    def is_any(self, *roles: Role) -> bool:
        """Whether the caller has one of these roles."""
        return not self.caller.roles.isdisjoint(roles)

    def expect(self, thing: Any) -> None:
        """Refuse with 412 if the caller has read another version of this thing, and with 428
        if the route replaces things and the caller does not say which version was read."""
        self.matched = True
        if self.match is None and self.needs_match:
            raise MatchRequired
        if self.match not in (None, "*", etag_of(thing)):
            raise Stale


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation as declared: what it takes, what it needs, what it answers."""

    method: Method
    path: str
    scope: str
    handle: Callable[..., Awaitable[Any]]
    body: Any
    answers: Any
    parameters: Mapping[str, inspect.Parameter]
    status: int
    replaces: bool
    creates: bool
    replay: Callable[..., Awaitable[Any]] | None
    visitor: Role | None
    """The role of whoever comes without a token, in a rehearsal; a live city knows no visitors."""

    @property
    def is_command(self) -> bool:
        return self.method in ("POST", "PATCH", "DELETE")

    @property
    def matches(self) -> bool:
        """Whether it compares If-Match with what it loads: the handler, or a function of its
        module that it names, calls `call.expect`."""
        named = map(self.handle.__globals__.get, self.handle.__code__.co_names)
        functions: list[Any] = [self.handle, *filter(inspect.isfunction, named)]
        return any("expect" in one.__code__.co_names for one in functions)

    @property
    def uploads(self) -> bool:
        """Whether the body is an upload of bytes."""
        return any(parameter.annotation is Upload for parameter in self.parameters.values())

    @property
    def pages(self) -> bool:
        """Whether it answers a list by pages."""
        return any(p.annotation in (PageRequest, DeltaRequest) for p in self.parameters.values())

    @property
    def tells_deltas(self) -> bool:
        """Whether it can be asked for what was modified after an instant."""
        return any(p.annotation is DeltaRequest for p in self.parameters.values())

    @property
    def query(self) -> dict[str, inspect.Parameter]:
        """Its query parameters: what is neither in the path nor injected."""
        return {
            name: parameter
            for name, parameter in self.parameters.items()
            if f"{{{name}}}" not in self.path
            and name != "body"
            and parameter.annotation not in (Tx, Call, Upload, PageRequest, DeltaRequest)
        }

    @property
    def taken(self) -> list[str]:
        """The names of all that may stand in its query."""
        of_list = OF_A_LIST if self.pages else ()
        return [*self.query, *of_list, *([OF_A_DELTA] if self.tells_deltas else [])]


@dataclass(slots=True)
class Routes:
    """The routes of a service, in the order they were declared."""

    routes: list[Route] = field(default_factory=list)

    def get(self, path: str, *, scope: str) -> Callable[[H], H]:
        """A query: reads one snapshot and changes nothing."""
        return self._add("GET", path, scope, status=200)

    def page(self, path: str, *, scope: str, visitor: Role) -> Callable[[H], H]:
        """A query for people, at the whole path; in a rehearsal it opens without a token."""
        return self._add("GET", path, scope, status=200, visitor=visitor)

    def post(
        self,
        path: str,
        *,
        scope: str,
        status: int = 200,
        replay: Callable[..., Awaitable[Any]] | None = None,
    ) -> Callable[[H], H]:
        """A command. With `replay`, its answer is personal and never stored: a repeat calls
        `replay(tx, call, id)`, which checks, reads and logs again."""
        return self._add("POST", path, scope, status=status, replay=replay)

    def patch(self, path: str, *, scope: str) -> Callable[[H], H]:
        """A change of some fields: needs If-Match, and the handler calls `call.expect`."""
        return self._add("PATCH", path, scope, status=200, replaces=True)

    def put(self, path: str, *, scope: str, creates: bool = False) -> Callable[[H], H]:
        """Creates under a client's id (the handler sets `call.created`), or replaces a thing
        (needs If-Match, and the handler calls `call.expect`)."""
        return self._add("PUT", path, scope, status=200, creates=creates, replaces=not creates)

    def _add(
        self,
        method: Method,
        path: str,
        scope: str,
        *,
        status: int,
        replaces: bool = False,
        creates: bool = False,
        replay: Callable[..., Awaitable[Any]] | None = None,
        visitor: Role | None = None,
    ) -> Callable[[H], H]:
        def decorate(handle: H) -> H:
            hints = get_type_hints(handle, include_extras=True)
            parameters = {
                name: parameter.replace(annotation=hints[name])
                for name, parameter in inspect.signature(handle).parameters.items()
            }
            self.routes.append(
                Route(
                    method=method,
                    path=path,
                    scope=scope,
                    handle=handle,
                    body=hints.get("body"),
                    answers=hints.get("return"),
                    parameters=parameters,
                    status=status,
                    replaces=replaces,
                    creates=creates,
                    replay=replay,
                    visitor=visitor,
                )
            )
            return handle

        return decorate


def read_match(header: str | None) -> str | None:
    """The ETag in an If-Match header, in its quotes, or `*`."""
    if header is not None and not _MATCH.fullmatch(header.strip()):
        raise IfMatchMalformed
    return header and header.strip()


def etag_of(thing: Any) -> str | None:
    """The ETag of a thing that counts its versions."""
    version = getattr(thing, "version", None)
    return f'"{version}"' if isinstance(version, int) else None

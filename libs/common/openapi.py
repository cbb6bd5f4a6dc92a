"""The OpenAPI 3.1 document of a service, made from its declared routes."""

import inspect
from typing import Any, Final, get_args, get_origin

from pydantic.json_schema import JsonSchemaMode

from libs.common import contract, conventions, units
from libs.common.auth import Grants
from libs.common.http import Download, Html, Route
from libs.common.pages import MARK, MOST, Page

REF: Final = "#/components/schemas/{model}"


@contract.answer
class Fault:
    """One thing wrong in a request: the JSON Pointer (RFC 6901) to where it stands (`?name` for
    a query parameter), a stable code, and in `detail` a sentence for people that says what to
    do, in the language of the answer."""

    pointer: str
    code: str
    detail: str


@contract.answer
class Problem:
    """A refusal (RFC 9457): `code` is stable, `title` is for people, in zh or en as
    `Accept-Language` asks and `Content-Language` says; `errors` names every fault at once."""

    type: str
    title: str
    status: int
    code: str
    instance: str
    errors: list[Fault] = ()  # type: ignore[assignment]


_MODIFIED_AFTER: Final = {
    "type": "string",
    "description": "Only what was created or changed since: the `changes` of an earlier answer of"
    " this list, from which nothing is lost; or an instant with its offset, for whoever has none.",
}
_DELTA: Final = {
    "changes": {
        "type": "string",
        "pattern": MARK.pattern,
        "description": "The `modified_after` of the next time, once all pages have been read.",
    },
    "ceased": {
        "type": "array",
        "items": {"type": "string"},
        "description": "With `modified_after`: what this list, asked like this, has no longer."
        " Forget it; an id that you never had may be among them.",
    },
}


def document(
    name: str, title: str, about: str, bases: list[tuple[str, list[Route]]], grants: Grants
) -> dict[str, Any]:
    """The document; `bases` are the path prefixes with their routes."""
    routes = [route for _, several in bases for route in several]
    wanted: list[tuple[Any, JsonSchemaMode]] = [(Problem, "serialization")]
    wanted += [(route.body, "validation") for route in routes if route.body]
    wanted += [(_item(route), "serialization") for route in routes if _item(route)]
    by_type, shared = contract.schemas(wanted, REF)
    paths: dict[str, Any] = {}
    for base, several in bases:
        for route in several:
            operation = _operation(name, route, grants, by_type)
            paths.setdefault(f"{base}{route.path}", {})[route.method.lower()] = operation
    shared["Problem"] = shared.get("Problem") or by_type[Problem, "serialization"]
    units.explain(shared)
    units.explain(paths)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1", "description": about + "\n" + conventions.WORDS},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(shared.items())),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
            **conventions.components({"$ref": REF.format(model="Problem")}),
        },
    }


def _item(route: Route) -> Any:
    """The type of what is answered, or of one item of the page."""
    if route.answers in (None, type(None), Download, Html):
        return None
    return get_args(route.answers)[0] if get_origin(route.answers) is Page else route.answers


def _operation(name: str, route: Route, grants: Grants, by_type: Any) -> dict[str, Any]:
    doc = inspect.cleandoc(route.handle.__doc__ or "")
    return {
        "operationId": route.handle.__name__,
        "summary": doc.partition("\n")[0],
        "description": f"{doc}\n\nScope `{route.scope}`: "
        + ", ".join(f"`{role}`" for role in sorted(grants[route.scope])),
        "tags": [name],
        "parameters": _parameters(route),
        **_request(route, by_type),
        "responses": {
            **_answers(route, by_type),
            **conventions.refusals(route),
        },
    }


def _parameters(route: Route) -> list[dict[str, Any]]:
    found = [
        _parameter("path", name, contract.schema(parameter.annotation), required=True)
        for name, parameter in route.parameters.items()
        if f"{{{name}}}" in route.path
    ]
    found += [
        _parameter(
            "query",
            name,
            contract.schema(parameter.annotation),
            required=parameter.default is inspect.Parameter.empty,
        )
        for name, parameter in route.query.items()
    ]
    if route.pages:
        found += [
            _parameter("query", "limit", {"type": "integer", "minimum": 1, "maximum": MOST}),
            _parameter("query", "cursor", {"type": "string"}),
        ]
    if route.tells_deltas:
        found.append(_parameter("query", "modified_after", _MODIFIED_AFTER))
    return [*found, *conventions.parameters(route)]


def _parameter(
    place: str, name: str, schema: dict[str, Any], *, required: bool = False
) -> dict[str, Any]:
    return {"in": place, "name": name, "required": required, "schema": schema}


def _request(route: Route, by_type: Any) -> dict[str, Any]:
    if route.uploads:
        content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        return {"requestBody": {"required": True, "content": content}}
    if route.body is None:
        return {}
    schema = by_type[route.body, "validation"]
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _answers(route: Route, by_type: Any) -> dict[str, Any]:
    status = str(route.status)
    item = _item(route)
    is_page = get_origin(route.answers) is Page
    fields = getattr(item, "__dataclass_fields__", {}) if not is_page else {}
    plain = conventions.headers(route, versioned="version" in fields, located=False)
    if route.answers in (None, type(None)):
        return {"204": {"description": "Done", "headers": plain}}
    if route.answers is Download:
        # No schema: bytes of any kind, also JSON that is given as it was kept.
        return {status: {"description": "The content", "headers": plain, "content": {"*/*": {}}}}
    if route.answers is Html:
        return {status: _content("The page", {"type": "string"}, "text/html", plain)}
    schema = by_type[item, "serialization"]
    if is_page:
        schema = _page(schema, route)
    located = route.method == "POST" and route.status == 201 and "id" in fields
    told = conventions.headers(route, versioned="version" in fields, located=located)
    found = {status: _content("Done", schema, "application/json", told)}
    if route.creates:
        found["201"] = _content("Created", schema, "application/json", plain)
    return found


def _page(item: dict[str, Any], route: Route) -> dict[str, Any]:
    sequence = {
        "type": "object",
        "properties": {"sequence": {"type": "integer"}},
        "required": ["sequence"],
    }
    properties = {
        "items": {"type": "array", "items": {"allOf": [item, sequence]}},
        "next": {"type": ["string", "null"]},
        "feed": {"type": "string", "format": "date-time"},
    }
    if route.tells_deltas:
        properties |= _DELTA
    return {"type": "object", "required": list(properties), "properties": properties}


def _content(
    description: str, schema: dict[str, Any], media_type: str, headers: dict[str, Any]
) -> dict[str, Any]:
    return {
        "description": description,
        "headers": headers,
        "content": {media_type: {"schema": schema}},
    }

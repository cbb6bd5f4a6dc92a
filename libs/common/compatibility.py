"""What a new contract breaks for those who rely on the old one: a sentence for each break."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from re import findall
from typing import Any, Final, Literal

Json = dict[str, Any]
Direction = Literal["request", "answer"]
"""Who reads it: the platform what others send, or others what the platform sends."""
LEAST: Final = ("minimum", "minLength", "minItems", "exclusiveMinimum")
LENGTHS: Final = ("minLength", "minItems")
"""Of these nothing is the same as none."""
MOST: Final = ("maximum", "maxLength", "maxItems", "exclusiveMaximum")


@dataclass(frozen=True, slots=True)
class Break:
    """One break: of which operation or type of event, and what somebody relied on."""

    subject: str
    what: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.what}"


@dataclass(frozen=True, slots=True)
class _Side:
    """A schema and the document that its references lead into."""

    root: Json
    schema: Json

    def of(self, schema: Any) -> "_Side":
        return _Side(self.root, schema if isinstance(schema, dict) else {})

    def variants(self) -> list["_Side"]:
        """Each of what it may be, with references followed and parts put together."""
        schema = _whole(self.root, self.schema)
        several = schema.get("anyOf") or schema.get("oneOf")
        if several:
            return [found for one in several for found in self.of(one).variants()]
        kinds = schema.get("type")
        if isinstance(kinds, list):
            return [self.of({**schema, "type": kind}) for kind in kinds]
        return [self.of(schema)]


def broken_operations(old: Json, new: Json) -> Iterator[Break]:
    """What the new OpenAPI document takes from those who call as the old one said."""
    for path, operations in old["paths"].items():
        for verb, operation in operations.items():
            subject = f"{verb.upper()} {path}"
            now = new["paths"].get(path, {}).get(verb)
            whats = ["is gone"] if now is None else _operation(old, operation, new, now)
            yield from (Break(subject, what) for what in dict.fromkeys(whats))


def broken_events(old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[Break]:
    """What the new JSON Schemas of events, by type, take from those who read the old ones."""
    for name, schema in old.items():
        if name not in new:
            yield Break(name, "is no longer told")
            continue
        whats = _differences(_Side(schema, schema), _Side(new[name], new[name]), "answer", "", ())
        yield from (Break(name, what) for what in dict.fromkeys(whats))


def _operation(old: Json, was: Json, new: Json, now: Json) -> Iterator[str]:
    if was["operationId"] != now["operationId"]:
        yield f"is called {now['operationId']} instead of {was['operationId']}"
    yield from _access(was["description"], now["description"])
    yield from _parameters(old, was, new, now)
    yield from _body(old, was.get("requestBody"), new, now.get("requestBody"))
    yield from _answers(old, was["responses"], new, now["responses"])


def _access(was: str, now: str) -> Iterator[str]:
    scope, *roles = findall(r"`([^`]+)`", was.rpartition("Scope ")[2])
    scope_now, *roles_now = findall(r"`([^`]+)`", now.rpartition("Scope ")[2])
    if scope != scope_now:
        yield f"needs the scope {scope_now} instead of {scope}"
    yield from (f"is closed to the role {role}" for role in roles if role not in roles_now)


def _parameters(old: Json, was: Json, new: Json, now: Json) -> Iterator[str]:
    before, after = _by_place(old, was), _by_place(new, now)
    for (place, name), one in before.items():
        at = f"{place} parameter {name}"
        if (place, name) in after:
            other = after[place, name]
            if other.get("required") and not one.get("required"):
                yield f"{at} is required"
            sides = _Side(old, one["schema"]), _Side(new, other["schema"])
            yield from _differences(*sides, "request", at, ())
        elif place != "header":
            yield f"{at} is no longer taken"
    for (place, name), one in after.items():
        if one.get("required") and (place, name) not in before:
            yield f"{place} parameter {name} is required"


def _by_place(root: Json, operation: Json) -> dict[tuple[str, str], Json]:
    found = [_whole(root, one) for one in operation["parameters"]]
    return {(one["in"], one["name"]): one for one in found}


def _body(old: Json, was: Json | None, new: Json, now: Json | None) -> Iterator[str]:
    if was is None or now is None:
        if now is not None:
            yield "needs a body"
        if was is not None:
            yield "takes no body any more"
        return
    for media_type, one in was["content"].items():
        if media_type not in now["content"]:
            yield f"takes no {media_type} any more"
            continue
        sides = _Side(old, one["schema"]), _Side(new, now["content"][media_type]["schema"])
        yield from _differences(*sides, "request", "body", ())


def _answers(old: Json, was: Json, new: Json, now: Json) -> Iterator[str]:
    """Only of success: refusals have one form, and their codes may grow."""
    before, after = _successes(was), _successes(now)
    yield from (f"no longer answers {status}" for status in before if status not in after)
    yield from (f"may now answer {status}" for status in after if status not in before)
    for status in before.keys() & after.keys():
        one, other = _whole(old, before[status]), _whole(new, after[status])
        for header in one.get("headers", {}):
            if header not in other.get("headers", {}):
                yield f"{status} has no header {header} any more"
        for media_type, content in one.get("content", {}).items():
            if media_type not in other.get("content", {}):
                yield f"{status} is no longer {media_type}"
                continue
            sides = (
                _Side(old, content.get("schema", {})),
                _Side(new, other["content"][media_type].get("schema", {})),
            )
            yield from _differences(*sides, "answer", f"answer {status}", ())


def _successes(responses: Json) -> Json:
    return {status: one for status, one in responses.items() if status.startswith("2")}


def _differences(
    old: _Side, new: _Side, direction: Direction, at: str, seen: tuple[tuple[str, str], ...]
) -> list[str]:
    """Breaks between two schemas: whatever the sender may send, its reader must understand."""
    names = (str(old.schema.get("$ref")), str(new.schema.get("$ref")))
    if names != ("None", "None"):
        if names in seen:
            return []
        seen = (*seen, names)
    sent, read = (old, new) if direction == "request" else (new, old)
    readable = read.variants()
    found: list[str] = []
    for one in sent.variants():
        alike = [other for other in readable if _kinds_fit(one.schema, other.schema)]
        if not alike:
            found.append(_said(at, direction, one.schema))
            continue
        pairs = ((one, other) if direction == "request" else (other, one) for other in alike)
        whats = [list(_details(*pair, direction, at, seen)) for pair in pairs]
        fewest = min(whats, key=len)
        found += fewest
    return found


def _said(at: str, direction: Direction, schema: Json) -> str:
    kind = schema.get("type", "anything")
    may = "is no longer taken as" if direction == "request" else "may now be"
    return f"{at or 'data'} {may} {kind}"


def _kinds_fit(sent: Json, read: Json) -> bool:
    kind, known = sent.get("type"), read.get("type")
    return known is None or kind == known or (kind, known) == ("integer", "number")


def _details(
    old: _Side, new: _Side, direction: Direction, at: str, seen: tuple[tuple[str, str], ...]
) -> Iterator[str]:
    yield from _values(old.schema, new.schema, direction, at)
    if direction == "request":
        yield from _bounds(old.schema, new.schema, at)
    was, now = old.schema.get("format"), new.schema.get("format")
    relied_on = now if direction == "request" else was
    if relied_on is not None and was != now:
        yield f"{at} has the format {now} instead of {was}"
    yield from _fields(old, new, direction, at, seen)
    for name in ("items", "additionalProperties"):
        part, part_now = old.schema.get(name), new.schema.get(name)
        if isinstance(part, dict) and isinstance(part_now, dict):
            yield from _differences(old.of(part), new.of(part_now), direction, f"{at}/*", seen)


def _values(old: Json, new: Json, direction: Direction, at: str) -> Iterator[str]:
    """Closed lists: fewer may not be taken, more may not be answered."""
    was, now = _closed(old), _closed(new)
    sent, read = (was, now) if direction == "request" else (now, was)
    if read is None:
        return
    if sent is None:
        yield f"{at} is {'' if direction == 'request' else 'no longer '}one of {_list(read)} alone"
    elif strange := [value for value in sent if value not in read]:
        may = "no longer takes" if direction == "request" else "may now be"
        yield f"{at} {may} {_list(strange)}"


def _closed(schema: Json) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    found: list[Any] | None = schema.get("enum")
    return found


def _list(values: Iterable[Any]) -> str:
    return ", ".join(map(str, values))


def _bounds(old: Json, new: Json, at: str) -> Iterator[str]:
    for name in (*LEAST, *MOST):
        was, now = old.get(name, 0 if name in LENGTHS else None), new.get(name)
        if now is not None and (was is None or (now > was if name in LEAST else now < was)):
            yield f"{at} has the {name} {now} instead of {was}"
    if new.get("pattern") not in (None, old.get("pattern")):
        yield f"{at} has to match {new['pattern']}"


def _fields(
    old: _Side, new: _Side, direction: Direction, at: str, seen: tuple[tuple[str, str], ...]
) -> Iterator[str]:
    before, after = old.schema.get("properties", {}), new.schema.get("properties", {})
    needed, needed_now = old.schema.get("required", []), new.schema.get("required", [])
    for name in before:
        if name not in after:
            gone = "is no longer taken" if direction == "request" else "is gone"
            yield f"{at}/{name} {gone}"
        else:
            sides = old.of(before[name]), new.of(after[name])
            yield from _differences(*sides, direction, f"{at}/{name}", seen)
    if direction == "request":
        yield from (f"{at}/{name} is required" for name in needed_now if name not in needed)
    else:
        yield from (
            f"{at}/{name} may be missing"
            for name in needed
            if name in after and name not in needed_now
        )


def _whole(root: Json, found: Json) -> Json:
    """What a reference leads to, and what all parts of an `allOf` come to together."""
    if "$ref" in found:
        there: Any = root
        for part in found["$ref"].removeprefix("#/").split("/"):
            there = there[part]
        return _whole(root, {**there, **{n: v for n, v in found.items() if n != "$ref"}})
    if "allOf" not in found:
        return found
    parts = [_whole(root, one) for one in found["allOf"]]
    together = {name: value for part in parts for name, value in part.items()}
    return {
        **together,
        "properties": {n: v for part in parts for n, v in part.get("properties", {}).items()},
        "required": [name for part in parts for name in part.get("required", [])],
    }

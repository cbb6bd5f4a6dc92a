"""Typed bodies and events as frozen dataclasses: parsing, every fault at once, JSON Schema."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, Final, Literal, TypeVar, dataclass_transform

from pydantic import AwareDatetime, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from libs.common import units
from libs.common.errors import Fault, Invalid, Malformed, Sentence
from libs.common.sentences import NOT_AS_DOCUMENTED, NULL_CHARACTER, READING

T = TypeVar("T")
C = TypeVar("C", bound=type[Any])

MAX_DEPTH: Final = 32
"""How deep a JSON body may nest."""
_CHOICE: Final = re.compile(r"'([^']*)'")

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
Text = Annotated[str, Field(min_length=1, max_length=5_000, pattern=r"\S")]
Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$")]
"""A code or number given by somebody: no spaces, at most 100 characters."""
DivisionCode = Annotated[str, Field(pattern=r"^[0-9]{12}$")]
"""A 12-digit division code."""
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Fen = Annotated[int, Field(ge=0, le=1_000_000_000_000)]
"""An amount of money in fen, CNY."""
BasisPoints = Annotated[int, Field(ge=0, le=10_000)]


def Some(least: int, most: int) -> Any:
    """How many items a list may have."""
    return Field(min_length=least, max_length=most)


def Between(least: int, most: int) -> Any:
    """The bounds of a number, both included."""
    return Field(ge=least, le=most)


Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
"""A day of the years that are reckoned with: a deadline after it is still a date."""
Instant = Annotated[
    AwareDatetime,
    Field(ge=datetime(1900, 1, 1, tzinfo=UTC), le=datetime(2199, 12, 31, tzinfo=UTC)),
]
"""A moment with its offset, RFC 3339, in the same years."""
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Period = Annotated[int, Field(ge=0, le=3_660)]
"""How many hours, days, months or years a policy reckons with: the result is still a date."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
def body(cls: C) -> C:
    """A request body: frozen, keyword-only, and no unknown field is accepted."""
    return _frozen(cls, "forbid")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def answer(cls: C) -> C:
    """A public answer, or a thing that is answered as it is: frozen and keyword-only."""
    return _frozen(cls, "ignore")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(*event_types: str) -> Callable[[C], C]:
    """The data of an event of that type, or a consumer's own view of it: the rest is ignored.

    A publisher names one type; a consumer's view may name all that carry the same state.
    """

    def decorate(cls: C) -> C:
        frozen = _frozen(cls, "ignore")
        setattr(frozen, "event_types", event_types)  # noqa: B010 - unknown to the checker
        return frozen

    return decorate


def _frozen(cls: C, extra: Literal["forbid", "ignore"]) -> C:
    setattr(cls, "__pydantic_config__", ConfigDict(extra=extra, use_attribute_docstrings=True))  # noqa: B010 - as above
    frozen: C = dataclass(frozen=True, slots=True, kw_only=True)(cls)  # type: ignore[assignment]
    return frozen


def changed(thing: T, **fields: Any) -> T:
    """The thing with those fields, one version later; its ETag changes with it."""
    return replace(thing, version=thing.version + 1, **fields)  # type: ignore[type-var, attr-defined]


def told(cls: type[T], thing: object, **more: Any) -> T:
    """An event (or answer) of that class with the fields it shares with a thing, and `more`."""
    names = (field.name for field in fields(cls))  # type: ignore[arg-type]
    return cls(**{n: more[n] if n in more else getattr(thing, n) for n in names})


def adapter(cls: Any) -> TypeAdapter[Any]:
    """The parser and writer of a type, built once."""
    return _adapter(cls)


@cache
def _adapter(cls: Any) -> TypeAdapter[Any]:
    return TypeAdapter(cls)


def parse(cls: type[T], raw: bytes) -> T:
    """Read JSON into that type: `Malformed` if it is not JSON, `Invalid` with every fault."""
    refuse_ambiguous(raw)
    try:
        return adapter(cls).validate_json(raw, strict=True)  # type: ignore[no-any-return]
    except ValidationError as failure:
        raise Invalid(*_faults(failure)) from None


def load(cls: type[T], value: object) -> T:
    """Take a value that is ours already (a row, a query string) into that type."""
    if isinstance(value, Mapping) and not is_dataclass(cls):
        value = next(iter(value.values()))
    return adapter(cls).validate_python(value)  # type: ignore[no-any-return]


def load_text(cls: type[T], pointer: str, value: str) -> T:
    """Take a path or query parameter into that type, or refuse it by its name."""
    if "\x00" in value:
        raise Invalid(Fault(pointer, NULL_CHARACTER))
    try:
        return load(cls, value)
    except ValidationError as failure:
        faults = (Fault(pointer, fault.sentence, **fault.values) for fault in _faults(failure))
        raise Invalid(*faults) from None


def dump(value: object, cls: Any = None) -> bytes:
    """Write a value as JSON."""
    return adapter(cls or type(value)).dump_json(value)


def plain(value: object) -> Any:
    """A value as dictionaries, lists, strings and numbers, as its JSON would read."""
    return adapter(type(value)).dump_python(value, mode="json")


class _Schema(GenerateJsonSchema):
    """JSON Schema 2020-12 without the machine-made titles that only repeat field names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schemas(
    types: list[tuple[Any, JsonSchemaMode]], ref: str
) -> tuple[dict[tuple[Any, str], Any], dict[str, Any]]:
    """JSON Schemas of several types at once: (schema by type and mode, shared definitions)."""
    by_type, shared = TypeAdapter.json_schemas(
        [(cls, mode, adapter(cls)) for cls, mode in types],
        ref_template=ref,
        schema_generator=_Schema,
    )
    return by_type, shared.get("$defs", {})  # type: ignore[return-value]


def schema(cls: Any) -> dict[str, Any]:
    """The JSON Schema of one type, standing alone."""
    found = adapter(cls).json_schema(schema_generator=_Schema, mode="serialization")
    units.explain(found)
    return found


def refuse_ambiguous(raw: bytes) -> None:
    """Refuse what two readers could read differently: duplicate keys, NaN, deep nesting, nulls."""
    try:
        # As text, or other encodings than UTF-8 would be guessed.
        value = json.loads(raw.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Malformed from None
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        raise Malformed
    if rb"\u" in raw and not _writable(value):
        raise Malformed


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _depth(value: Any) -> int:
    """Level by level, because a hostile body is deeper than our own stack should be."""
    level, depth = [value], 0
    while level:
        depth += 1
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
    return depth - 1


def _writable(value: Any) -> bool:
    """Whether the database can store every string: no null character, no lone surrogate."""
    text = json.dumps(value, ensure_ascii=False)
    return "\\u0000" not in text and _encodes(text)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _faults(failure: ValidationError) -> list[Fault]:
    return [
        Fault(
            "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in found["loc"]),
            _sentence(found["type"].replace("_", "-")),
            **_values(found.get("ctx", {})),
        )
        for found in failure.errors(include_url=False)
        if not _is_long_enough(found)
    ]


def _sentence(code: str) -> Sentence:
    return READING.get(code) or replace(NOT_AS_DOCUMENTED, code=code)


def _values(named: Mapping[str, Any]) -> dict[str, Any]:
    """The parser's values; the choices it gives as `'a', 'b' or 'c'` one by one."""
    expected = named.get("expected")
    return {**named, "expected": _CHOICE.findall(expected)} if expected else dict(named)


def _is_long_enough(found: Mapping[str, Any]) -> bool:
    """Whether a list was called too short only because some of its items are faulty."""
    is_short: bool = found["type"] == "too_short"
    return is_short and len(found["input"]) >= found["ctx"]["min_length"]

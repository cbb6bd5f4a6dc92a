"""Bodies made wrong on purpose, with the JSON Pointers to everything that was spoiled."""

import json
from collections.abc import Iterator
from typing import Any, Final

WRONG: Final = {"wrong": True}
"""Of no type that stands anywhere alone: neither text, number, truth nor list."""
STRANGE: Final = "un/known~field"

UNREADABLE: Final = {
    "nothing": b"",
    "cut off": b'{"a": ',
    "two values": b"{} {}",
    "a duplicate key": b'{"a": 1, "a": 1}',
    "a duplicate key deep inside": b'{"a": [{"b": {"c": 1, "c": 2}}]}',
    "NaN": b'{"a": NaN}',
    "infinity": b'{"a": -Infinity}',
    "a very long number": b'{"a": ' + b"9" * 5_000 + b"}",
    "a null character": b'{"a": "\\u0000"}',
    "a lone surrogate": b'{"a": "\\udc00"}',
    "a lone surrogate in a key": b'{"\\ud800": 1}',
    "lists, ten thousand deep": b"[" * 10_000 + b"]" * 10_000,
    "objects, ten thousand deep": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "no UTF-8": b'{"a": "\xff\xfe"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a comment": b"{} // so",
    "single quotes": b"{'a': 1}",
}
"""What no two readers read alike, by what is wrong with it."""


def mistyped(value: Any) -> tuple[Any, set[str]]:
    """A body in which nothing has its type, and a strange field stands in every object."""
    spoiled = _mistyped(value)
    return spoiled, set(_spoiled(spoiled, ""))


def _mistyped(value: Any) -> Any:
    match value:
        case dict() if value:
            return {name: _mistyped(item) for name, item in value.items()} | {STRANGE: 1}
        case list() if value:
            return [_mistyped(item) for item in value]
        case dict() | list():
            return "wrong"
        case _:
            return WRONG


def _spoiled(value: Any, at: str) -> Iterator[str]:
    if value == WRONG or not isinstance(value, dict | list):
        yield at
        return
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for name, item in items:
        yield from _spoiled(item, f"{at}/{_escaped(str(name))}")


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def sent(value: Any) -> bytes:
    """As it goes over the wire."""
    return json.dumps(value, ensure_ascii=False).encode()

"""A deterministic example of a type, made from its JSON Schema."""

from typing import Any, Final

from libs.common import contract

_BY_FORMAT: Final = {
    "uuid": "01937b2e-5c00-7000-8000-000000000001",
    "date": "2025-03-01",
    "date-time": "2025-03-01T01:00:00Z",
}
_BY_PATTERN: Final = {
    r"^[0-9]{12}$": "510181001001",
    r"^[0-9a-f]{64}$": "0" * 64,
    r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$": "code-1",
}


def example(cls: Any) -> Any:
    """An example of that type as plain JSON; optional fields are shown with a value."""
    schema = contract.schema(cls)
    return _of(schema, schema.get("$defs", {}))


def _of(schema: dict[str, Any], shared: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _of(shared[schema["$ref"].rpartition("/")[2]], shared)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _of(next(s for s in schema["anyOf"] if s.get("type") != "null"), shared)
    return _by_type(schema, shared)


def _by_type(schema: dict[str, Any], shared: dict[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            return {name: _of(s, shared) for name, s in schema.get("properties", {}).items()}
        case "array":
            least = max(1, schema.get("minItems", 1))
            return [_of(schema["items"], shared)] * least if "items" in schema else []
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "string":
            known = _BY_FORMAT.get(schema.get("format", ""))
            return known or _BY_PATTERN.get(schema.get("pattern", ""), "文字 text")
        case other:
            raise TypeError(f"an example of {other!r} is not known")

"""One OpenAPI document of several services, each of whose names begins with its service's."""

from typing import Any, Final

from libs.common.conventions import WORDS

Json = dict[str, Any]
SHARED: Final = ("Problem", "Fault")
"""What all services answer alike keeps its name."""
SCHEMAS: Final = "#/components/schemas/"


def merged(title: str, documents: dict[str, Json]) -> Json:
    """The document of all; `documents` are theirs by name, with paths of their own each."""
    first = next(iter(documents.values()))
    paths: Json = {}
    schemas: Json = {}
    for name, document in documents.items():
        renamed = _renamed(document, name)
        if taken := paths.keys() & renamed["paths"].keys():
            raise SystemExit(f"{name}: another service has the paths {sorted(taken)} too")
        paths |= renamed["paths"]
        schemas |= {
            _name(model, name): schema for model, schema in renamed["components"]["schemas"].items()
        }
    return {
        **first,
        "info": {"title": title, "version": "1", "description": WORDS},
        "tags": [_tag(name, document) for name, document in documents.items()],
        "paths": paths,
        "components": {**first["components"], "schemas": dict(sorted(schemas.items()))},
    }


def _tag(name: str, document: Json) -> Json:
    info = document["info"]
    about = str(info["description"]).removesuffix(WORDS).strip()
    return {"name": name, "description": f"{info['title']}: {about}"}


def _renamed(found: Any, service: str) -> Any:
    """The same, with every reference to a model and every operation named after the service."""
    if isinstance(found, list):
        return [_renamed(one, service) for one in found]
    if not isinstance(found, dict):
        return found
    return {
        name: f"{service}_{one}"
        if name == "operationId"
        else SCHEMAS + _name(one.removeprefix(SCHEMAS), service)
        if name == "$ref" and isinstance(one, str) and one.startswith(SCHEMAS)
        else _renamed(one, service)
        for name, one in found.items()
    }


def _name(model: str, service: str) -> str:
    return model if model in SHARED else f"{service.capitalize()}{model}"

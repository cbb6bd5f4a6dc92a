"""What a request says beside its headers, each part parsed to its type or refused by its name."""

import inspect
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from libs.common import contract, pages
from libs.common.db import Tx
from libs.common.errors import Fault, Invalid
from libs.common.http import Call, Route, Upload
from libs.common.pages import DeltaRequest, PageRequest
from libs.common.sentences import NO_PARAMETERS, PARAMETER_UNKNOWN


def read_arguments(route: Route, request: web.Request, raw: bytes) -> dict[str, Any]:
    """Every argument but `tx` and `call`, each parsed to its type or refused by its name."""
    _refuse_unknown(route, request.query)
    found: dict[str, Any] = {}
    for name, parameter in route.parameters.items():
        kind = parameter.annotation
        if kind in (Tx, Call):
            continue
        if kind is Upload:
            found[name] = Upload(content=raw, media_type=request.content_type)
        elif kind in (PageRequest, DeltaRequest):
            found[name] = pages.read_request(request.query, delta=kind is DeltaRequest)
        elif name == "body":
            found[name] = contract.parse(kind, raw)
        elif name in request.match_info:
            found[name] = contract.load_text(kind, f"/{name}", request.match_info[name])
        elif name in request.query or parameter.default is inspect.Parameter.empty:
            found[name] = contract.load_text(kind, f"?{name}", request.query.get(name, ""))
        else:
            found[name] = parameter.default
    return found


def _refuse_unknown(route: Route, query: Mapping[str, str]) -> None:
    """A parameter that would be ignored is a filter that its sender believes in."""
    taken = route.taken
    unknown = [name for name in query if name not in taken]
    if unknown and taken:
        raise Invalid(*(Fault(f"?{name}", PARAMETER_UNKNOWN, allowed=taken) for name in unknown))
    if unknown:
        raise Invalid(*(Fault(f"?{name}", NO_PARAMETERS) for name in unknown))

"""The documents of an API, and a page of it that is made of files of this machine alone."""

from importlib.util import find_spec
from pathlib import Path
from typing import Final

from aiohttp import web


def show(app: web.Application, path: str, document: bytes) -> None:
    """A document of JSON, for everybody."""

    async def send(_request: web.Request) -> web.Response:
        return web.Response(body=document, content_type="application/json", charset="utf-8")

    app.router.add_get(path, send)


def add(app: web.Application, service: str, title: str) -> None:
    """The page of a service's API at `/<service>/docs`; `/<service>` leads there."""
    page = _PAGE.replace("TITLE", title).replace("SERVICE", service)

    async def show(_request: web.Request) -> web.Response:
        return web.Response(text=page, content_type="text/html")

    async def lead(_request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": f"/{service}/docs"})

    app.router.add_get(f"/{service}/docs", show)
    app.router.add_get(f"/{service}", lead)
    app.router.add_get(f"/{service}/", lead)
    # Found, not imported: the package would load a template engine that nobody needs.
    package = find_spec("swagger_ui")
    assert package is not None and package.origin is not None, "a requirement of this project"
    files = Path(package.origin).parent / "static"
    app.router.add_static(f"/{service}/docs/files/", files)


_PAGE: Final = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TITLE</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/SERVICE/docs/files/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/SERVICE/docs/files/swagger-ui-bundle.js"></script>
<script>
SwaggerUIBundle({
  url: "/SERVICE/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null
});
</script>
</body>
</html>
"""

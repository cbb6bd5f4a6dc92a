"""An API behind the pooler of a city, with the parameters of its manifest."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from libs.common.service import Service
from libs.common.testing import stage
from libs.embedded.debian import Unavailable
from tests.deploy import pgbouncer, rendering
from tests.libs.common.echo import service

THINGS = 40


async def test_an_api_works_behind_a_pooler_in_transaction_mode(
    database_server: str, templates: Callable[[Service], Awaitable[None]], tmp_path: Path
) -> None:
    """More requests at once than the pooler has connections: each is answered as without it,
    though a transaction may run on another connection than the one before."""
    await templates(service)
    settings = {**_parameters(), "pool_mode": "transaction", "default_pool_size": 2}
    try:
        pooler = pgbouncer.before(database_server, tmp_path, settings)
        async with pooler as url, stage(service, url, tmp_path) as echo:
            client = echo.as_("official")
            echo.running.bell.local = False

            made = await asyncio.gather(
                *(client.post("/things", {"name": str(n)}) for n in range(THINGS))
            )
            renamed = await asyncio.gather(
                *(
                    client.patch(f"/things/{one.body['id']}", {"name": f"new {n}"}, match='"1"')
                    for n, one in enumerate(made)
                )
            )
            found = await client.get("/things?limit=200")

            assert ({201}, {200}) == ({m.status for m in made}, {r.status for r in renamed})
            names = {thing["name"] for thing in found.body["items"]}
            assert {f"new {n}" for n in range(THINGS)} == names
    except Unavailable as reason:
        pytest.skip(f"APIs WERE NOT TRIED BEHIND A POOLER: {reason}")


def _parameters() -> dict[str, Any]:
    """Of the manifest, but what concerns TLS, which the server of the tests does not speak."""
    rendering.need_kubectl()
    [pooler] = [each for each in rendering.render("city") if each["kind"] == "Pooler"]
    parameters: dict[str, Any] = pooler["spec"]["pgbouncer"]["parameters"]
    return {name: value for name, value in parameters.items() if "_tls_" not in name}

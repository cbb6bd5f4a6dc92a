"""Every route × every role × own, other and no organisation answers as docs/access.md says."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from libs.common.auth import OF_ONE_ORGANISATION, ROLES
from libs.common.http import Route
from libs.common.ids import new_id
from libs.common.service import Service
from libs.common.testing import Stage
from tests.contracts.test_contracts import ALL, ROOT, by_name

SHA = "0" * 64


def documented() -> dict[str, set[str]]:
    """The roles of each operation as docs/access.md states them."""
    found = {}
    for line in (ROOT / "docs" / "access.md").read_text().splitlines():
        if line.startswith("| `"):
            operation, _, roles = (cell.strip(" `") for cell in line.strip("|").split("|"))
            found[operation] = {role.strip() for role in roles.split(",")}
    return found


@pytest.mark.parametrize("service", ALL, ids=by_name)
async def test_every_role_is_answered_as_documented(
    service: Service, open_stage: Callable[[Service], Awaitable[Stage]]
) -> None:
    """403 exactly for roles that are not named, and for those of one organisation without one."""
    stage, table = await open_stage(service), documented()
    wrong = []
    for base, routes in service.bases():
        for route in routes:
            allowed = table[f"{route.method} {base}{route.path}"]
            for role in ROLES:
                for org in (new_id(), None):
                    answer = await call(stage, base, route, role, org)
                    needs = role in OF_ONE_ORGANISATION and org is None
                    refused = role not in allowed or needs
                    if refused != (answer.status == 403) and not (
                        answer.status == 403 and org is None
                    ):
                        wrong.append((route.method, route.path, role, org, answer.status))
                    if answer.status >= 500 or answer.status == 401:
                        wrong.append((route.method, route.path, role, org, answer.status))
    assert wrong == []


async def call(stage: Stage, base: str, route: Route, role: str, org: Any) -> Any:
    """The operation on something that does not exist, with a body that says nothing."""
    path = route.path
    for name, parameter in route.parameters.items():
        value = SHA if "sha256" in name else str(new_id()) if "UUID" in str(parameter) else "x-1"
        path = path.replace(f"{{{name}}}", value)
    client = stage.as_(role, org=org, person=str(new_id()))
    headers = {"Idempotency-Key": str(new_id())} if route.is_command else {}
    body: dict[str, object] | None = {} if route.body is not None else None
    return await client.send(route.method, f"/~{base}{path}", body, headers)

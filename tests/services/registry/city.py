"""A small city for the tests: divisions, an agency, its workers."""

from datetime import date
from typing import Any
from uuid import UUID

from libs.common import clock
from libs.common.ids import new_id
from libs.common.testing import Answer, Client, Stage

BEGIN = "2024-11-01"
CITY = "510181000000"
TOWN = "510181001000"
COMMUNITY = "510181001001"
OTHER_COMMUNITY = "510181001002"
USCC = "91350100M000100Y43"
OTHER_USCC = "91110000600037341L"


def entry(code: str, level: str, parent: str | None, **more: Any) -> dict[str, Any]:
    """A division of a list."""
    return {
        "code": code,
        "name": f"区划{code}",
        "level": level,
        "parent": parent,
        "urban": True,
        "valid_from": BEGIN,
        **more,
    }


async def draw_city(registry: Stage) -> None:
    """The city with a town and two communities."""
    answer = await registry.as_("official").post(
        "/divisions/imports",
        {
            "divisions": [
                entry(CITY, "city", None),
                entry(TOWN, "town", CITY),
                entry(COMMUNITY, "community", TOWN),
                entry(OTHER_COMMUNITY, "community", TOWN),
            ]
        },
    )
    assert answer.status == 200, answer.body


async def found_agency(registry: Stage, uscc: str = USCC) -> UUID:
    """A registered provider."""
    applied = await registry.as_("association").post(
        "/organisations",
        {
            "name": "都江堰市乐助社会工作服务中心",
            "legal_form": "social-service",
            "roles": ["provider"],
            "division": TOWN,
        },
    )
    path = f"/organisations/{applied.body['id']}/registration"
    answer = await registry.as_("official").post(path, {"uscc": uscc})
    assert answer.status == 200, answer.body
    return UUID(answer.body["id"])


def manager(registry: Stage, agency: UUID) -> Client:
    """The manager of an agency."""
    return registry.as_("agency-manager", org=agency, person="manager")


async def enrol(registry: Stage, agency: UUID, kind: str = "social-worker") -> str:
    """A worker whom the agency has enrolled."""
    answer = await manager(registry, agency).post("/workers", {"kind": kind, "name": "王小明"})
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


async def employ(
    registry: Stage, agency: UUID, worker: str, from_day: str = BEGIN, full_time: bool = True
) -> Answer:
    """The association enters that the agency employs the worker."""
    return await registry.as_("association").post(
        f"/workers/{worker}/employments",
        {"organisation_id": str(agency), "full_time": full_time, "from_day": from_day},
    )


async def staff(registry: Stage, agency: UUID) -> str:
    """A worker in full-time employment with the agency."""
    worker = await enrol(registry, agency)
    answer = await employ(registry, agency, worker)
    assert answer.status == 201, answer.body
    return worker


async def certify(registry: Stage, worker: str, number: str = "CN-1", **more: Any) -> Answer:
    """The association records a certificate."""
    return await registry.as_("association").post(
        f"/workers/{worker}/certificates",
        {"level": "social-worker", "number": number, "issued_day": "2024-06-30", **more},
    )


async def post(registry: Stage, agency: UUID, worker: str, **more: Any) -> Answer:
    """The agency posts the worker to the community."""
    return await manager(registry, agency).post(
        "/postings",
        {"worker_id": worker, "division": COMMUNITY, "from_day": BEGIN, **more},
    )


async def midnight(registry: Stage, day: str) -> None:
    """Move to the first instant of that day."""
    await registry.move_to(clock.start_of(date.fromisoformat(day)))


def nobody() -> str:
    """An id that leads nowhere."""
    return str(new_id())

"""Invitation lists go by age and month, and name nobody."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from libs.common.testing import Client, Stage
from tests.services.casework.conftest import CHILD, GRANDMOTHER

Enrol = Callable[..., Awaitable[str]]


async def test_the_old_of_the_month_are_invited(
    community: Client, elders: UUID, enrol: Enrol
) -> None:
    """Who turns 60 in the month is invited; who is younger, or has another month, is not."""
    someone = {**GRANDMOTHER, "identity_number": None, "organisation_id": str(elders)}
    invited = [
        await enrol(community, someone, birth_date=birth)
        for birth in ("1950-03-08", "1965-03-01", "1965-03-31")
    ]
    for birth in ("1966-03-01", "1950-04-01"):
        await enrol(community, someone, birth_date=birth)

    answer = await community.post(
        "/invitation-lists", {"organisation_id": str(elders), "from_age": 60, "month": "2025-03"}
    )

    assert answer.status == 200, answer.body
    assert {
        "organisation_id": str(elders),
        "from_age": 60,
        "month": "2025-03",
        "recipients": invited,
    } == answer.body


async def test_closed_files_are_not_invited(manager: Client, rival: Client, enrol: Enrol) -> None:
    """Neither the closed ones nor those of another organisation are on the list."""
    closed = await enrol(manager)
    await manager.post(f"/recipients/{closed}/closure", {"reason": "moved-away"})
    await enrol(rival)
    child = await enrol(manager, CHILD)

    spring = await manager.post("/invitation-lists", {"from_age": 60, "month": "2025-03"})
    autumn = await manager.post("/invitation-lists", {"from_age": 0, "month": "2025-09"})

    assert spring.body["recipients"] == []
    assert [child] == autumn.body["recipients"]


async def test_who_withdrew_is_not_invited(manager: Client, enrol: Enrol) -> None:
    """Without the consent to be served nobody is on a list; photographs are another matter."""
    child = await enrol(manager, CHILD)
    path, month = f"/recipients/{child}/consents", {"from_age": 0, "month": "2025-09"}
    given = {
        purpose: await manager.post(
            path, {"purpose": purpose, "given_by": "guardian", "form": "written"}
        )
        for purpose in ("service", "photo")
    }

    await manager.post(f"/consents/{given['photo'].body['id']}/withdrawal")
    without_photo = await manager.post("/invitation-lists", month)
    await manager.post(f"/consents/{given['service'].body['id']}/withdrawal")
    without_service = await manager.post("/invitation-lists", month)

    assert [child] == without_photo.body["recipients"]
    assert without_service.body["recipients"] == []


@pytest.mark.parametrize("month", ["2025-13", "2025-3", "March"])
async def test_a_month_is_year_and_month(manager: Client, month: str) -> None:
    """Anything else is named as the fault."""
    answer = await manager.post("/invitation-lists", {"from_age": 60, "month": month})

    assert (answer.status, answer.code) == (422, "month-unreadable")


async def test_another_organisation_s_list_is_not_given(
    casework: Stage, manager: Client, elders: UUID
) -> None:
    """An agency asks for its own people, and an official for nobody's."""
    request = {"organisation_id": str(elders), "from_age": 60, "month": "2025-03"}

    other = await manager.post("/invitation-lists", request)

    assert (other.status, other.code) == (409, "organisation-not-yet-known")
    assert (await casework.as_("official").post("/invitation-lists", request)).status == 403

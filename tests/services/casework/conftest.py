"""Casework's stage, with the people who play on it."""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

import pytest

from libs.common.service import Service
from libs.common.testing import Client, Stage
from services.casework.app import service

AGENCY: Final = UUID("01937b2e-5c00-7000-8000-00000000a001")
OTHER_AGENCY: Final = UUID("01937b2e-5c00-7000-8000-00000000a002")
ELDERS: Final = UUID("01937b2e-5c00-7000-8000-00000000a003")
"""An association of elders, filed with its community."""
COMMUNITY: Final = "510181001001"
GRANDMOTHER: Final[dict[str, Any]] = {
    "name": "王秀英",
    "identity_number": "510181195003080023",
    "birth_date": "1950-03-08",
    "sex": 2,
    "division": COMMUNITY,
    "household": "户-0417",
    "phone": "13800000417",
    "address": "友爱社区桂花巷17号",
    "domains": ["home-care"],
}
CHILD: Final[dict[str, Any]] = {
    "name": "李小明",
    "birth_date": "2014-09-01",
    "sex": 1,
    "division": COMMUNITY,
    "guardian": {"name": "李建国", "phone": "13900000914"},
    "phone": "13700000914",
    "domains": ["left-behind-children"],
}


@pytest.fixture
async def casework(open_stage: Callable[[Service], Awaitable[Stage]]) -> Stage:
    """Casework on a fresh database."""
    return await open_stage(service)


@pytest.fixture
def manager(casework: Stage) -> Client:
    """The manager of an agency."""
    return casework.as_("agency-manager", person="p-manager", org=AGENCY)


@pytest.fixture
def rival(casework: Stage) -> Client:
    """The manager of another agency."""
    return casework.as_("agency-manager", person="p-rival", org=OTHER_AGENCY)


@pytest.fixture
def community(casework: Stage) -> Client:
    """A community's own staff."""
    return casework.as_("community", person="p-community", divisions=(COMMUNITY,))


@pytest.fixture
async def elders(casework: Stage) -> UUID:
    """The elders' association is known as filed in the community."""
    await tell_organisation(casework, ELDERS)
    return ELDERS


async def tell_organisation(casework: Stage, organisation: UUID, **changes: Any) -> None:
    """The registry tells of a filed group."""
    state = {
        "id": organisation,
        "name": "友爱社区老年协会",
        "legal_form": "filed-group",
        "roles": ["community-organisation"],
        "division": COMMUNITY,
        "status": "filed",
        "uscc": None,
        "filing_number": "DJY-001",
        "since": "2013-01-01",
        **changes,
    }
    await casework.hear("registry.organisation.filed.v1", organisation, state)


@pytest.fixture
def enrol() -> Callable[..., Awaitable[str]]:
    """Enrols a person and returns the reference."""

    async def enrolled(keeper: Client, person: dict[str, Any] = GRANDMOTHER, **changes: Any) -> str:
        answer = await keeper.post("/recipients", {**person, **changes})
        assert answer.status == 201, answer.body
        return str(answer.body["id"])

    return enrolled

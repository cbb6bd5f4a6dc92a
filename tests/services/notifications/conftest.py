"""The stage of notifications, and the events that are told on it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

import pytest

from libs.common.service import Service
from libs.common.testing import Client, Stage
from services.notifications.app import service
from services.notifications.catalogue import CATALOGUE
from tests.services.notifications.agreeing import agree

PURCHASER: Final = UUID("01937b2e-5c00-7000-8000-00000000b001")
PROVIDER: Final = UUID("01937b2e-5c00-7000-8000-00000000b002")
AGREEMENT: Final = UUID("01937b2e-5c00-7000-8000-00000000b003")
ACTIVITY: Final = UUID("01937b2e-5c00-7000-8000-00000000b004")
SOMETHING: Final = UUID("01937b2e-5c00-7000-8000-00000000b005")
TOWN: Final = "510181001000"
COMMUNITY: Final = "510181001001"


def whole(event_type: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """An event's data as its publisher tells it: what a test does not say, its example says."""
    return {**CATALOGUE[event_type].example, **data}


@pytest.fixture
async def notifications(open_stage: Callable[[Service], Awaitable[Stage]]) -> Stage:
    """Notifications on a fresh database."""
    return await open_stage(service)


@pytest.fixture
async def system(notifications: Stage) -> Client:
    """Another system of the city, with an agreement on every type."""
    await agree(notifications, "account-of-p-system")
    return notifications.as_("system", person="p-system")


@pytest.fixture
def provider(notifications: Stage) -> Client:
    """The manager of the agency that the agreement is with."""
    return notifications.as_("agency-manager", person="p-provider", org=PROVIDER)


@pytest.fixture
def purchaser(notifications: Stage) -> Client:
    """Somebody of the organisation that buys."""
    return notifications.as_("purchaser", person="p-purchaser", org=PURCHASER)


async def tell_names(notifications: Stage) -> None:
    """Organisations and the community are known by their names."""
    for organisation, name in ((PURCHASER, "幸福镇人民政府"), (PROVIDER, "乐助社工中心")):
        state = {"id": organisation, "name": name, "division": COMMUNITY}
        await notifications.hear("registry.organisation.registered.v1", organisation, state)
    await notifications.hear(
        "registry.division.changed.v1", COMMUNITY, {"id": COMMUNITY, "name": "友爱社区"}
    )


AGREEMENT_STATE: Final = whole(
    "procurement.agreement.in_force.v1",
    {
        "id": AGREEMENT,
        "title": "友爱社区居家养老服务",
        "division": COMMUNITY,
        "purchaser_id": PURCHASER,
        "provider_id": PROVIDER,
        "from_day": "2025-01-01",
        "to_day": "2025-12-31",
    },
)


async def tell_agreement(notifications: Stage) -> None:
    """The agreement is in force, and the names of its parties are known."""
    await tell_names(notifications)
    await notifications.hear("procurement.agreement.in_force.v1", AGREEMENT, AGREEMENT_STATE)

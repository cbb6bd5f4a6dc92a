"""Needs are recorded where they were found, and tell no more than their title."""

from typing import Any, Final

import pytest

from libs.common.testing import Stage
from tests.services.procurement.steps import COMMUNITY, DOMAIN

FINDING: Final[dict[str, Any]] = {
    "title": "高龄独居老人陪伴",
    "finding": "独居老人缺少陪伴。",
    "source": "visit",
    "division": COMMUNITY,
    "domain": DOMAIN,
    "respondents": 35,
}


async def test_a_need_is_told_without_what_was_found(procurement: Stage) -> None:
    """The event carries title, place and domain; the finding stays here."""
    answer = await procurement.as_("community", person="c-1").post("/needs", FINDING)

    assert answer.status == 201, answer.body
    assert answer.body["recorded_by"] == "c-1"
    [told] = await procurement.said("procurement.need.recorded.v1")
    assert answer.body["id"] == told.subject
    assert {"id", "title", "division", "domain", "source"} == set(told.data)


@pytest.mark.parametrize("role", ["purchaser", "agency-manager", "worker", "treasury"])
async def test_only_those_on_the_spot_record_needs(procurement: Stage, role: str) -> None:
    """Community, town, official and association record needs."""
    answer = await procurement.as_(role).post("/needs", FINDING)

    assert answer.status == 403


async def test_a_division_of_others_is_not_known(procurement: Stage) -> None:
    """Naming a division outside one's own is answered as one that nobody has told of."""
    community = procurement.as_("community", divisions=("510181002",))

    answer = await community.post("/needs", FINDING)

    assert (answer.status, answer.code) == (409, "division-not-yet-known")


async def test_needs_are_read_within_the_divisions(procurement: Stage) -> None:
    """Who looks after another town neither reads nor lists the need."""
    recorded = await procurement.as_("community").post("/needs", FINDING)
    path = f"/needs/{recorded.body['id']}"
    other = procurement.as_("town", divisions=("510181002",))

    assert (await procurement.as_("town").get(path)).status == 200
    assert len((await procurement.as_("town").get("/needs")).body["items"]) == 1
    assert (await other.get(path)).code == "need-not-found"
    assert (await other.get("/needs")).body["items"] == []

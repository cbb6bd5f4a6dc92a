"""Experts and ties: who can be drawn, and who must not be."""

import asyncio

from libs.common.testing import Stage
from tests.services.registry.city import CITY, found_agency, nobody

EXPERT = {"person": "expert-1", "name": "李教授", "kinds": ["b", "a", "a"], "division": CITY}


async def test_an_expert_is_admitted_retired_and_admitted_again(registry: Stage) -> None:
    """The pool has a person once; the name is never told, and not read by the auditor."""
    keeper = registry.as_("association")
    answers = await asyncio.gather(keeper.post("/experts", EXPERT), keeper.post("/experts", EXPERT))
    assert sorted(answer.status for answer in answers) == [201, 409]
    assert "expert-already-admitted" in {answer.code for answer in answers}

    assert (await keeper.post("/experts/expert-1/retirement")).status == 200
    assert (await keeper.post("/experts/expert-1/retirement")).code == "expert-not-admitted"
    assert (await keeper.post("/experts", EXPERT)).status == 201

    told = [event for event in await registry.said() if ".expert." in event.type]
    assert [event.data["status"] for event in told] == ["admitted", "retired", "admitted"]
    assert told[0].data["kinds"] == ["a", "b"]
    assert "name" not in told[0].data
    [seen] = (await registry.as_("auditor").get("/experts")).body["items"]
    assert seen["name"] is None
    assert (await registry.as_("expert").post("/experts", EXPERT)).status == 403
    stranger = registry.as_("association", divisions=("510182",))
    assert (await stranger.post("/experts/expert-1/retirement")).status == 404


async def test_a_tie_is_declared_by_the_person_and_ended_by_another(registry: Stage) -> None:
    """Anybody declares their own tie once, and nobody frees themselves of it."""
    agency = await found_agency(registry)
    tie = {
        "person": "p-7",
        "organisation_id": str(agency),
        "kind": "kinship",
        "degree": "direct",
    }
    expert = registry.as_("expert", person="p-7")

    declared = await expert.post("/ties", tie)
    assert declared.status == 201, declared.body
    assert (await expert.post("/ties", tie)).code == "tie-already-declared"
    end = f"/ties/{declared.body['id']}/end"
    assert (await expert.post(end)).status == 403
    self_made = registry.as_("association", person="p-7")
    assert (await self_made.post(end)).code == "second-person-required"
    assert (await registry.as_("association").post(end)).status == 200
    assert (await registry.as_("association").post(end)).code == "tie-not-standing"

    told = [event for event in await registry.said() if ".tie." in event.type]
    assert [event.data["status"] for event in told] == ["standing", "ended"]
    assert len((await expert.get("/own-ties")).body["items"]) == 1
    assert len((await registry.as_("auditor").get("/ties")).body["items"]) == 1


async def test_ties_of_others_are_declared_by_keepers_alone(registry: Stage) -> None:
    """An expert cannot declare for somebody else; the association can."""
    agency = await found_agency(registry)
    tie = {"person": "p-8", "organisation_id": str(agency), "kind": "other", "degree": "direct"}

    assert (await registry.as_("expert").post("/ties", tie)).code == "person-not-yet-known"
    assert (await registry.as_("association").post("/ties", tie)).status == 201
    nowhere = {**tie, "organisation_id": nobody()}
    answer = await registry.as_("association").post("/ties", nowhere)
    assert answer.code == "organisation-not-yet-known"

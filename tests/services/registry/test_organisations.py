"""Organisations are registered under a valid code, or filed, once."""

from libs.common.testing import Answer, Stage
from tests.services.registry.city import TOWN, draw_city, found_agency, midnight, staff

APPLICATION = {
    "name": "都江堰市乐助社会工作服务中心",
    "legal_form": "social-service",
    "roles": ["provider"],
    "division": "510181001000",
}
USCC = "91350100M000100Y43"


async def apply(registry: Stage) -> str:
    answer = await registry.as_("association").post("/organisations", APPLICATION)
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


async def register(registry: Stage, organisation: str, uscc: str = USCC) -> Answer:
    return await registry.as_("official").post(
        f"/organisations/{organisation}/registration", {"uscc": uscc}
    )


async def test_registration_is_told(registry: Stage) -> None:
    """Registering an organisation tells its full public state."""
    organisation = await apply(registry)

    answer = await register(registry, organisation)

    assert answer.status == 200, answer.body
    assert answer.body["status"] == "registered"
    [told] = await registry.said("registry.organisation.registered.v1")
    assert organisation == told.subject
    assert told.data["uscc"] == USCC
    assert told.sequence == 1


async def test_wrong_check_digit_is_refused(registry: Stage) -> None:
    """A social credit code with a wrong check digit is named as the fault."""
    answer = await register(registry, await apply(registry), "91350100M000100Y4Z")

    assert answer.status == 422
    assert answer.code == "uscc-invalid"
    assert answer.body["errors"][0]["pointer"] == "/uscc"


async def test_a_code_belongs_to_one_organisation(registry: Stage) -> None:
    """The second organisation with the same code is refused by the database."""
    await register(registry, await apply(registry))

    answer = await register(registry, await apply(registry))

    assert answer.status == 409
    assert answer.code == "uscc-taken"


async def test_the_same_key_gives_the_same_answer(registry: Stage) -> None:
    """A repeated command is answered from its key and creates nothing."""
    client = registry.as_("association")
    first = await client.post("/organisations", APPLICATION, key="k-1")
    second = await client.post("/organisations", APPLICATION, key="k-1")

    assert first.body == second.body
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len((await client.get("/organisations")).body["items"]) == 1


async def test_nobody_applies_for_another_area(registry: Stage) -> None:
    """A division outside the caller's is answered like one that does not exist."""
    answer = await registry.as_("association").post(
        "/organisations", {**APPLICATION, "division": "330100001000"}
    )

    assert (answer.status, answer.code) == (409, "division-not-yet-known")


async def test_other_divisions_see_nothing(registry: Stage) -> None:
    """An organisation outside the caller's divisions does not exist for them."""
    organisation = await apply(registry)

    answer = await registry.as_("town", divisions=("510182",)).get(f"/organisations/{organisation}")

    assert answer.status == 404
    assert answer.code == "organisation-not-found"


async def test_every_fault_of_a_body_is_named(registry: Stage) -> None:
    """All faults come at once with JSON Pointers."""
    answer = await registry.as_("association").post(
        "/organisations", {"name": "", "legal_form": "club", "roles": [], "extra": 1}
    )

    assert answer.status == 422
    pointers = {fault["pointer"] for fault in answer.body["errors"]}
    assert {"/name", "/legal_form", "/roles", "/division", "/extra"} == pointers


async def test_an_update_is_told_once_registered(registry: Stage) -> None:
    """An amendment needs If-Match, and is told only of an organisation that others know."""
    organisation = await apply(registry)
    keeper = registry.as_("association")
    path = f"/organisations/{organisation}"

    assert (await keeper.patch(path, {"name": "乐助"}, match='"1"')).status == 200
    assert await registry.said() == []
    await register(registry, organisation)
    answer = await keeper.patch(path, {"roles": ["provider", "evaluator"]}, match='"3"')
    assert (answer.status, answer.body["name"]) == (200, "乐助")
    assert (await keeper.patch(path, {"name": "乐"}, match='"3"')).status == 412

    [told] = await registry.said("registry.organisation.updated.v1")
    assert told.data["roles"] == ["evaluator", "provider"]
    abroad = await keeper.patch(path, {"division": "510182001000"}, match='"4"')
    assert abroad.code == "division-not-yet-known"


async def test_a_deregistered_organisation_employs_nobody(registry: Stage) -> None:
    """Its workers leave with the day, its station has no operator, and nothing changes it."""
    await draw_city(registry)
    agency = await found_agency(registry)
    await staff(registry, agency)
    official = registry.as_("official")
    station = await official.post(
        "/stations",
        {"name": "站", "tier": "社工服务站", "division": TOWN, "operator_id": str(agency)},
    )
    path = f"/organisations/{agency}"

    assert (await official.post(f"{path}/deregistration")).body["status"] == "deregistered"
    again = await official.post(f"{path}/deregistration")
    assert again.code == "organisation-deregistered"
    assert (await official.patch(path, {}, match="*")).code == "organisation-deregistered"
    await midnight(registry, "2024-11-02")

    assert len(await registry.said("registry.organisation.deregistered.v1")) == 1
    [left] = await registry.said("registry.worker.left.v1")
    assert left.data["employer_id"] is None
    assert (await official.get(f"/stations/{station.body['id']}")).body["operator_id"] is None


async def test_a_group_is_filed_and_suspended_and_back(registry: Stage) -> None:
    """A group of residents is filed under a number of its own, once in its division."""
    town = registry.as_("town")
    group = {
        "name": "金陵花园文明劝导队",
        "legal_form": "filed-group",
        "roles": ["community-organisation"],
        "division": "510181001001",
    }
    first, second = [(await town.post("/organisations", group)).body["id"] for _ in range(2)]

    filed = await town.post(f"/organisations/{first}/filing", {"filing_number": "DJY-1"})
    twin = await town.post(f"/organisations/{second}/filing", {"filing_number": "DJY-1"})
    assert (filed.body["status"], twin.code) == ("filed", "filing-number-taken")
    official = registry.as_("official")
    assert (await official.post(f"/organisations/{first}/suspension")).status == 200
    assert (
        await official.post(f"/organisations/{first}/suspension")
    ).code == "organisation-not-active"
    back = await official.post(f"/organisations/{first}/reinstatement")
    assert back.body["status"] == "filed"
    assert (
        await official.post(f"/organisations/{first}/reinstatement")
    ).code == "organisation-not-suspended"
    code = await official.post(f"/organisations/{second}/registration", {"uscc": USCC})
    assert code.code == "filed-group-needs-no-uscc"

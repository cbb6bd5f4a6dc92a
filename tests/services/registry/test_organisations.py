"""Organisations are registered under a valid code, or filed, once."""

from libs.common.testing import Answer, Stage

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

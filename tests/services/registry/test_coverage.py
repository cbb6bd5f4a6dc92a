"""Coverage follows postings, employments, certificates and the policy, at once and in time."""

from typing import Any

from libs.common.testing import Stage
from tests.levels import level
from tests.services.registry.city import (
    BEGIN,
    COMMUNITY,
    OTHER_COMMUNITY,
    certify,
    draw_city,
    found_agency,
    manager,
    midnight,
    post,
    staff,
)


async def covered(registry: Stage, **query: str) -> dict[str, dict[str, Any]]:
    answer = await registry.as_("town").get("/coverage", **query)
    assert answer.status == 200, answer.body
    return {item["id"]: item for item in answer.body["items"]}


async def told(registry: Stage) -> list[tuple[str, str]]:
    events = await registry.said()
    return [(e.type.split(".")[2], e.subject) for e in events if ".coverage." in e.type]


async def test_a_new_community_is_short_at_once(registry: Stage) -> None:
    """A community without a worker is told as short on its first day, once."""
    await draw_city(registry)

    rows = await covered(registry, division="5101810010")

    assert {COMMUNITY, OTHER_COMMUNITY} == set(rows)
    assert rows[COMMUNITY]["short_since"] == BEGIN
    assert rows[COMMUNITY]["minimum"] == 1
    assert await told(registry) == [("lost", COMMUNITY), ("lost", OTHER_COMMUNITY)]
    assert await level(registry, "communities_short") == 2
    await midnight(registry, "2024-11-04")
    assert await level(registry, "community_short_longest_days") == 3


async def test_a_posting_restores_coverage_and_its_end_loses_it(registry: Stage) -> None:
    """The first worker restores a community; the last one's end, at midnight, loses it again."""
    await draw_city(registry)
    agency = await found_agency(registry)
    worker = await staff(registry, agency)
    posting = await post(registry, agency, worker)
    assert posting.status == 201, posting.body
    assert (await told(registry))[-1] == ("restored", COMMUNITY)
    assert list(await covered(registry, only_short="true")) == [OTHER_COMMUNITY]

    path = f"/postings/{posting.body['id']}/end"
    ended = await manager(registry, agency).post(path, {"day": "2024-11-30"})
    assert ended.body["status"] == "standing"
    await midnight(registry, "2024-12-01")

    assert (await told(registry))[-1] == ("lost", COMMUNITY)
    assert (await covered(registry))[COMMUNITY]["short_since"] == "2024-12-01"


async def test_a_planned_posting_counts_from_its_first_day(registry: Stage) -> None:
    """What begins later counts later, by the timer of that midnight."""
    await draw_city(registry)
    agency = await found_agency(registry)
    worker = await staff(registry, agency)
    await post(registry, agency, worker, from_day="2024-12-01", to_day="2024-12-31")
    assert (await covered(registry))[COMMUNITY]["workers"] == 0

    await midnight(registry, "2024-12-01")
    assert (await covered(registry))[COMMUNITY]["workers"] == 1

    await midnight(registry, "2025-01-01")
    assert (await covered(registry))[COMMUNITY]["workers"] == 0
    assert [kind for kind, community in await told(registry) if community == COMMUNITY] == [
        "lost",
        "restored",
        "lost",
    ]


async def test_the_certified_are_counted_apart(registry: Stage) -> None:
    """A certificate and its revocation change the certified share of what the worker serves."""
    await draw_city(registry)
    agency = await found_agency(registry)
    worker = await staff(registry, agency)
    await post(registry, agency, worker)
    certificate = await certify(registry, worker)
    assert (await covered(registry))[COMMUNITY]["certified"] == 1

    path = f"/certificates/{certificate.body['id']}/revocation"
    await registry.as_("association").post(path, {"day": BEGIN, "reason": "fraud"})

    row = (await covered(registry))[COMMUNITY]
    assert (row["workers"], row["certified"]) == (1, 0)


async def test_a_worker_counts_once_in_each_community(registry: Stage) -> None:
    """One worker may serve several communities, and counts once in each of them."""
    await draw_city(registry)
    agency = await found_agency(registry)
    worker = await staff(registry, agency)
    await post(registry, agency, worker)
    await post(registry, agency, worker, division=OTHER_COMMUNITY)

    rows = await covered(registry)

    assert [rows[c]["workers"] for c in (COMMUNITY, OTHER_COMMUNITY)] == [1, 1]


async def test_a_stricter_policy_counts_from_its_day(registry: Stage) -> None:
    """A policy for a later day changes nothing before, and every community on that day."""
    await draw_city(registry)
    agency = await found_agency(registry)
    await post(registry, agency, await staff(registry, agency))
    answer = await registry.as_("official").put(
        "/policies/coverage",
        {"minimum": 2, "counts_kinds": ["social-worker"], "effective_from": "2025-01-01"},
    )
    assert answer.status == 201, answer.body
    assert (await covered(registry))[COMMUNITY]["short_since"] is None

    await midnight(registry, "2025-01-01")

    row = (await covered(registry))[COMMUNITY]
    assert (row["minimum"], row["short_since"]) == (2, "2025-01-01")
    assert (await covered(registry))[OTHER_COMMUNITY]["short_since"] == BEGIN


async def test_leaving_the_employer_loses_the_community(registry: Stage) -> None:
    """The end of an employment ends what the employer had the worker do."""
    await draw_city(registry)
    agency = await found_agency(registry)
    worker = await staff(registry, agency)
    await post(registry, agency, worker)
    listed = await manager(registry, agency).get("/employments")
    path = f"/employments/{listed.body['items'][0]['id']}/end"
    await manager(registry, agency).post(path, {"day": "2024-11-15"})

    await midnight(registry, "2024-11-16")

    assert (await covered(registry))[COMMUNITY]["short_since"] == "2024-11-16"
    assert len(await registry.said("registry.posting.ended.v1")) == 1
    [left] = await registry.said("registry.worker.left.v1")
    assert left.data["employer_id"] is None


async def test_other_divisions_are_not_shown(registry: Stage) -> None:
    """Coverage is read within the divisions of the token."""
    await draw_city(registry)

    answer = await registry.as_("town", divisions=("510182",)).get("/coverage")

    assert answer.body["items"] == []

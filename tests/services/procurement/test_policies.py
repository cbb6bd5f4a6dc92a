"""Policies are versions with a day they start on; what was published keeps its own."""

from datetime import timedelta
from typing import Any

from libs.common.testing import Stage
from tests.services.procurement.steps import agent, done, drafted, published


def policy(effective_from: str, **changes: Any) -> dict[str, Any]:
    return {
        "profile": "government-purchase",
        "effective_from": effective_from,
        "source": "本市 2026 年规定",
        "methods": [{"method": "open", "minimum_days": 30, "minimum_bids": 3}],
        "members_most_bp": 3_333,
        "past_most_bp": 500,
        "past_neutral_bp": 7_000,
        "key_hours": 24,
        **changes,
    }


async def test_each_profile_has_its_first_version(procurement: Stage) -> None:
    """The law's own numbers are the first version of a government purchase."""
    found = (await procurement.as_("auditor").get("/policies")).body["items"]

    government = next(one for one in found if one["profile"] == "government-purchase")
    rules = {rule["method"]: rule for rule in government["methods"]}
    assert (rules["open"]["minimum_days"], rules["open"]["minimum_bids"]) == (20, 3)
    assert (rules["consultation"]["minimum_days"], rules["consultation"]["minimum_bids"]) == (10, 2)
    assert government["past_most_bp"] == 1_000
    assert "政府采购法 art. 35, 36" in government["source"]


async def test_policies_page(procurement: Stage) -> None:
    """Each version comes once, page by page."""
    first = (await procurement.as_("auditor").get("/policies", limit="2")).body
    second = (await procurement.as_("auditor").get("/policies", cursor=first["next"])).body

    profiles = [one["profile"] for page in (first, second) for one in page["items"]]
    assert len(first["items"]) == 2
    assert sorted(set(profiles)) == profiles


async def test_a_new_version_counts_from_its_day(procurement: Stage) -> None:
    """Before its day the former one is applied, and a published tender keeps its own."""
    today = (await procurement.now()).date()
    official = procurement.as_("official")
    before = await published(procurement)
    await done(await official.post("/policies", policy((today + timedelta(days=1)).isoformat())))
    tender = await drafted(procurement)
    assert tender["policy_version"] == 1

    await procurement.move_to(await procurement.now() + timedelta(days=2))
    answer = await agent(procurement).post(f"/tenders/{tender['id']}/publication")

    assert before["policy_version"] == 1
    assert (answer.status, answer.code) == (422, "criteria-unsound")


async def test_versions_follow_each_other(procurement: Stage) -> None:
    """No version starts before the last one, and each names a method once."""
    official = procurement.as_("official")
    rule = {"method": "open", "minimum_days": 1, "minimum_bids": 1}
    earlier = await official.post("/policies", policy("2019-01-01"))
    twice = await official.post("/policies", policy("2026-01-01", methods=[rule, rule]))
    unknown = await official.post(
        "/policies", policy("2026-01-01", profile="award-in-place-of-subsidy")
    )

    assert (earlier.status, earlier.code) == (409, "policy-not-later")
    assert (twice.status, twice.code) == (422, "policy-method-twice")
    assert (unknown.status, unknown.code) == (409, "policy-not-yet-known")


async def test_only_officials_set_policies(procurement: Stage) -> None:
    """A purchaser does not make the rules it buys by."""
    answer = await procurement.as_("purchaser").post("/policies", policy("2026-01-01"))

    assert answer.status == 403

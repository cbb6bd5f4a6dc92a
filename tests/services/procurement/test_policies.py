"""Policies are versions with a day they start on; what was published keeps its own."""

from datetime import timedelta
from typing import Any, get_args

import asyncpg
import pytest

from libs.common.testing import Stage
from services.procurement.domain.policies import LegalProfile
from tests.services.procurement.steps import agent, buyer, done, draft, drafted, published


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


@pytest.mark.parametrize("path", ["/policies", "/agreement-policies"])
async def test_no_profile_is_without_rules(procurement: Stage, path: str) -> None:
    """Whatever profile a tender names, it has rules for the tender and for its agreement."""
    found = (await procurement.as_("auditor").get(path)).body["items"]

    assert {one["profile"] for one in found} == set(get_args(LegalProfile))


async def test_an_award_in_place_of_a_subsidy_is_a_selection(procurement: Stage) -> None:
    """清远: chosen after a notice of five days; outside the law of procurement, one is enough."""
    soon = (await procurement.now() + timedelta(days=5)).isoformat()
    award: dict[str, Any] = {"legal_profile": "award-in-place-of-subsidy", "bids_due_at": soon}

    tender = await published(procurement, **award, method="selection")
    bought = await buyer(procurement).post("/tenders", await draft(procurement, **award))

    assert (tender["status"], tender["policy_version"]) == ("published", 1)
    assert (bought.status, bought.code) == (422, "method-not-in-profile")
    policies = (await procurement.as_("auditor").get("/policies")).body["items"]
    [policy] = [one for one in policies if one["profile"] == award["legal_profile"]]
    assert policy["methods"] == [{"method": "selection", "minimum_days": 5, "minimum_bids": 1}]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE procurement_policies SET key_hours = 1",
        "DELETE FROM procurement_policies",
        "UPDATE agreement_policies SET longest_years = 3",
        "DELETE FROM agreement_policies",
    ],
)
async def test_a_version_never_changes(procurement: Stage, statement: str) -> None:
    """The database refuses to change or remove a version: decisions stand on it."""
    with pytest.raises(asyncpg.RestrictViolationError, match="set the next one"):
        await procurement.fetch(statement)


async def test_policies_page(procurement: Stage) -> None:
    """Each version comes once, page by page."""
    first = (await procurement.as_("auditor").get("/policies", limit="2")).body
    second = (await procurement.as_("auditor").get("/policies", cursor=first["next"])).body

    versions = [(one["profile"], one["version"]) for p in (first, second) for one in p["items"]]
    assert len(first["items"]) == 2
    assert sorted(set(versions)) == versions


async def test_a_new_version_counts_from_its_day(procurement: Stage) -> None:
    """Before its day the former one is applied, and a published tender keeps its own."""
    today = (await procurement.now()).date()
    official = procurement.as_("official")
    before = await published(procurement)
    await done(await official.post("/policies", policy((today + timedelta(days=1)).isoformat())))
    tender = await drafted(procurement)
    assert tender["policy_version"] == before["policy_version"]

    await procurement.move_to(await procurement.now() + timedelta(days=2))
    answer = await agent(procurement).post(f"/tenders/{tender['id']}/publication")

    assert (answer.status, answer.code) == (422, "criteria-unsound")


async def test_the_periods_of_challenges_outlive_a_version_without_them(procurement: Stage) -> None:
    """Nobody loses the right to challenge by silence; a version that names them changes them."""
    official = procurement.as_("official")
    periods = {
        "documents_notice_days": 5,
        "result_notice_days": 1,
        "raise_days": 7,
        "answer_days": 7,
        "complain_days": 15,
        "decide_days": 30,
        "suspend_days": 30,
    }

    silent = await done(await official.post("/policies", policy("2026-01-01")))
    longer = {**periods, "raise_days": 10}
    named = await done(await official.post("/policies", policy("2026-02-01", challenges=longer)))

    assert periods == silent["challenges"]
    assert longer == named["challenges"]


async def test_versions_follow_each_other(procurement: Stage) -> None:
    """No version starts before the last one, and each names a method once."""
    official = procurement.as_("official")
    rule = {"method": "open", "minimum_days": 1, "minimum_bids": 1}
    earlier = await official.post("/policies", policy("2019-01-01"))
    twice = await official.post("/policies", policy("2026-01-01", methods=[rule, rule]))
    unknown = await official.post("/policies", policy("2026-01-01", profile="no-profile"))

    assert (earlier.status, earlier.code) == (409, "policy-not-later")
    assert (twice.status, twice.code) == (422, "policy-method-twice")
    assert unknown.status == 422


async def test_only_officials_set_policies(procurement: Stage) -> None:
    """A purchaser does not make the rules it buys by."""
    answer = await procurement.as_("purchaser").post("/policies", policy("2026-01-01"))

    assert answer.status == 403

"""Tenders keep the rules of their method, close by themselves, and can be amended or given up."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.testing import Stage
from tests.sentences import told_in
from tests.services.procurement.steps import (
    AGENT,
    COMMUNITY,
    CRITERIA,
    DOMAIN,
    agent,
    budget,
    buyer,
    call,
    done,
    draft,
    drafted,
    know_organisation,
    need,
    published,
    submission,
)


def weights(**by_code: int) -> list[dict[str, Any]]:
    return [
        {**one, "weight_bp": by_code.get(str(one["code"]), one["weight_bp"])} for one in CRITERIA
    ]


async def test_a_draft_takes_place_and_year_from_its_basis(procurement: Stage) -> None:
    """Division and domain are the proposal's, the fiscal year is the budget's; nothing is told."""
    tender = await drafted(procurement, approved=False)

    assert (tender["status"], tender["domain"], tender["division"]) == ("draft", DOMAIN, COMMUNITY)
    assert tender["fiscal_year"] == 2025
    assert await procurement.said("procurement.tender.published.v1") == []


async def test_publication_is_told(procurement: Stage) -> None:
    """The event carries the full public state and the deadline closes the tender by itself."""
    tender = await published(procurement)

    [told] = await procurement.said("procurement.tender.published.v1")
    assert tender["id"] == told.subject
    assert told.division == COMMUNITY
    assert ("published", "open", str(AGENT)) == (
        told.data["status"],
        told.data["method"],
        told.data["agent_id"],
    )
    await procurement.move_to(datetime.fromisoformat(tender["bids_due_at"]))
    [closed] = await procurement.said("procurement.tender.closed.v1")
    assert datetime.fromisoformat(tender["bids_due_at"]) == closed.time


@pytest.mark.parametrize(
    ("method", "days", "status"),
    [
        ("open", 20, 200),
        ("open", 19, 409),
        ("consultation", 10, 200),
        ("consultation", 9, 409),
        ("selection", 5, 200),
        ("selection", 4, 409),
    ],
)
async def test_each_method_has_its_days(
    procurement: Stage, method: str, days: int, status: int
) -> None:
    """政府采购法 art. 35: at least 20 days in an open tender; 10 in a consultation."""
    due = (await procurement.now() + timedelta(days=days)).isoformat()
    tender = await drafted(procurement, method=method, bids_due_at=due)

    answer = await agent(procurement).post(f"/tenders/{tender['id']}/publication")

    assert status == answer.status
    if status == 409:
        assert answer.code == "tender-period-too-short"
        assert answer.body["earliest"] > due


@pytest.mark.parametrize(
    ("changes", "code", "fault"),
    [
        ({"criteria": weights(plan=3_999)}, "criteria-unsound", "weights-do-not-sum"),
        ({"criteria": weights(past=1_100, plan=3_900)}, "criteria-unsound", "past-too-heavy"),
        ({"criteria": [{**CRITERIA[2], "weight_bp": 10_000}]}, "criteria-unsound", "nothing-rated"),
        ({"criteria": [{**CRITERIA[0], "weight_bp": 5_000}] * 2}, "criteria-unsound", "code-twice"),
        ({"purchaser_members_most_bp": 5_000}, "panel-share-too-large", "too-large"),
        (
            {"legal_profile": "venture-grant", "method": "single-source"},
            "method-not-in-profile",
            "not-in-profile",
        ),
    ],
)
async def test_a_draft_keeps_to_the_policy(
    procurement: Stage, changes: dict[str, Any], code: str, fault: str
) -> None:
    """Weights, past performance, the panel and the method are checked when drafted."""
    body = await draft(procurement, **changes)

    answer = await buyer(procurement).post("/tenders", body)

    assert (answer.status, answer.code) == (422, code)
    assert fault in {one["code"] for one in answer.body["errors"]}


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "zh",
            [
                "各项权重合计须为 10000（即 100%），目前为 10100，请调整。",
                "过往履约的权重合计不得超过 1000（万分比），请调低。",
            ],
        ),
        (
            "en",
            [
                "The weights sum to 10100; change them to sum to 10000, which is 100 %.",
                "Past performance weighs at most 1000 of 10000; lower its weight.",
            ],
        ),
    ],
)
async def test_every_fault_is_told_to_people(
    procurement: Stage, language: str, told: list[str]
) -> None:
    """In the language they ask for, with what there is and what may be."""
    body = await draft(procurement, criteria=weights(past=1_100))

    assert told == await told_in(buyer(procurement), language, "POST", "/tenders", body)


async def test_what_a_draft_rests_on_must_be_known(procurement: Stage) -> None:
    """Purchaser, agent, proposal and budget: each unknown one is named, and nothing is said of
    why."""
    body = await draft(procurement)
    for field, noun in {
        "purchaser_id": "organisation",
        "agent_id": "organisation",
        "proposal_id": "proposal",
        "budget_id": "budget",
    }.items():
        answer = await procurement.as_("purchaser").post("/tenders", {**body, field: str(new_id())})

        assert (409, f"{noun}-not-yet-known") == (answer.status, answer.code)


async def test_an_agent_is_an_association(procurement: Stage) -> None:
    """A provider cannot publish and receive for the purchaser."""
    body = await draft(procurement)
    provider = new_id()
    await know_organisation(procurement, provider, "provider")

    answer = await buyer(procurement).post("/tenders", {**body, "agent_id": str(provider)})

    assert answer.code == "organisation-not-yet-known"


async def test_only_a_selected_proposal_is_tendered_and_once(procurement: Stage) -> None:
    """A second tender waits until the first has failed or was given up."""
    body = await draft(procurement)
    undecided = await procurement.as_("community").post(
        f"/calls/{await call(procurement)}/proposals", submission(await need(procurement))
    )
    not_selected = await buyer(procurement).post(
        "/tenders", {**body, "proposal_id": undecided.body["id"]}
    )
    first = await done(await buyer(procurement).post("/tenders", body))
    second = await buyer(procurement).post("/tenders", body)
    await done(
        await buyer(procurement).post(
            f"/tenders/{first['id']}/cancellation", {"reason": "plan-changed"}
        )
    )
    third = await buyer(procurement).post("/tenders", body)

    assert (not_selected.status, not_selected.code) == (409, "proposal-not-selected")
    assert (second.status, second.code) == (409, "proposal-tendered-already")
    assert third.status == 201


async def test_a_ceiling_stays_within_the_budget(procurement: Stage) -> None:
    """More than is free cannot be tendered."""
    body = await draft(procurement, ceiling=80_000_001)

    answer = await buyer(procurement).post("/tenders", body)

    assert (answer.status, answer.code) == (409, "ceiling-above-budget")
    assert answer.body["free"] == 80_000_000


async def test_a_tender_is_published_once(procurement: Stage) -> None:
    """The same key gives the same answer; a new command is refused."""
    tender = await drafted(procurement)
    path = f"/tenders/{tender['id']}/publication"
    first = await agent(procurement).post(path, key="publish-1")
    repeated = await agent(procurement).post(path, key="publish-1")
    again = await agent(procurement).post(path)

    assert first.body == repeated.body
    assert (again.status, again.code) == (409, "tender-not-draft")
    assert len(await procurement.said("procurement.tender.published.v1")) == 1


async def test_a_deadline_only_moves_on(procurement: Stage) -> None:
    """An amendment is told, the old deadline closes nothing, and the new one does."""
    tender = await published(procurement)
    due = datetime.fromisoformat(tender["bids_due_at"])
    path = f"/tenders/{tender['id']}/amendment"

    earlier = await agent(procurement).post(
        path, {"bids_due_at": (due - timedelta(hours=1)).isoformat(), "reason": "typo"}
    )
    later = await agent(procurement).post(
        path, {"bids_due_at": (due + timedelta(days=5)).isoformat(), "reason": "clarification"}
    )

    assert (earlier.status, earlier.code) == (409, "deadline-not-later")
    assert later.status == 200
    assert len(await procurement.said("procurement.tender.amended.v1")) == 1
    await procurement.move_to(due)
    assert await procurement.said("procurement.tender.closed.v1") == []
    await procurement.move_to(due + timedelta(days=5))
    assert len(await procurement.said("procurement.tender.closed.v1")) == 1
    closed = await agent(procurement).post(
        path, {"bids_due_at": (due + timedelta(days=9)).isoformat(), "reason": "late"}
    )
    assert (closed.status, closed.code) == (409, "tender-not-published")


async def test_a_cancelled_tender_is_over(procurement: Stage) -> None:
    """It is told with its reason, its timer does nothing, and it is not cancelled twice."""
    tender = await published(procurement)
    path = f"/tenders/{tender['id']}/cancellation"

    cancelled = await buyer(procurement).post(path, {"reason": "plan-changed"})
    again = await buyer(procurement).post(path, {"reason": "plan-changed"})
    await procurement.move_to(datetime.fromisoformat(tender["bids_due_at"]))

    assert (cancelled.body["status"], cancelled.body["reason"]) == ("cancelled", "plan-changed")
    assert (again.status, again.code) == (409, "tender-over")
    [told] = await procurement.said("procurement.tender.cancelled.v1")
    assert told.data["reason"] == "plan-changed"
    assert await procurement.said("procurement.tender.closed.v1") == []


async def test_a_stale_command_is_refused(procurement: Stage) -> None:
    """Who names the version that was read is told when it has changed."""
    tender = await published(procurement)

    answer = await buyer(procurement).post(
        f"/tenders/{tender['id']}/cancellation", {"reason": "typo"}, **{"If-Match": '"1"'}
    )

    assert (answer.status, answer.code) == (412, "stale")


async def test_who_may(procurement: Stage) -> None:
    """Providers draft nothing, the agent neither drafts nor awards, and another purchaser's
    tender does not exist for commands."""
    tender = await drafted(procurement)
    body = await draft(procurement)
    other = procurement.as_("purchaser", org=new_id())
    provider = procurement.as_("agency-manager", org=new_id())

    assert (await provider.post("/tenders", body)).status == 403
    assert (await agent(procurement).post("/tenders", body)).status == 403
    award = await agent(procurement).post(
        f"/tenders/{tender['id']}/award", {"organisation_id": str(new_id())}
    )
    assert award.status == 403
    for path in ("publication", "opening"):
        answer = await other.post(f"/tenders/{tender['id']}/{path}")
        assert (answer.status, answer.code) == (404, "tender-not-found")


async def test_providers_see_published_tenders_of_the_whole_city(procurement: Stage) -> None:
    """A draft is not theirs to see; other divisions' staff see neither."""
    tender = await drafted(procurement)
    path = f"/tenders/{tender['id']}"
    provider = procurement.as_("agency-manager", org=new_id(), divisions=("510181020",))
    elsewhere = procurement.as_("town", divisions=("510181020",))

    assert (await provider.get(path)).status == 404
    await done(await agent(procurement).post(f"{path}/publication"))

    assert (await provider.get(path)).status == 200
    assert len((await provider.get("/tenders")).body["items"]) == 1
    assert (await elsewhere.get(path)).status == 404
    assert (await elsewhere.get("/tenders")).body["items"] == []


async def test_a_budget_of_another_purchaser_is_not_known(procurement: Stage) -> None:
    """A purchaser tenders on its own money."""
    body = await draft(procurement)
    other = new_id()
    await know_organisation(procurement, other, "purchaser")

    answer = await procurement.as_("purchaser", org=other).post(
        "/tenders", {**body, "purchaser_id": str(other), "budget_id": await budget(procurement)}
    )

    assert answer.code == "budget-not-yet-known"

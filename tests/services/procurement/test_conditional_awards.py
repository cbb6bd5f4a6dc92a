"""A tender runs on a planned budget: its award is conditional until the money is approved."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from libs.common.testing import Answer, Client, Stage
from tests.services.procurement.agreement_steps import at_once, check_books, terms
from tests.services.procurement.challenge_steps import (
    BIDS,
    award,
    awarded_tender,
    challenged,
    draft_of,
    tender_of,
    upheld,
)
from tests.services.procurement.challenge_steps import answer as answer_challenge
from tests.services.procurement.steps import (
    PURCHASER,
    Opened,
    budget,
    buyer,
    done,
    know_organisation,
    refusal,
    reviewed,
)


def treasury(procurement: Stage) -> Client:
    return procurement.as_("treasury", person="treasurer")


async def conditional(procurement: Stage, budget_id: str | None = None) -> tuple[Opened, str]:
    """A tender awarded on a budget that nobody has approved yet."""
    if budget_id is None:
        await know_organisation(procurement, PURCHASER, "purchaser")
        budget_id = await budget(procurement, approved=False)
    return await awarded_tender(procurement, budget_id=budget_id), budget_id


async def approve(procurement: Stage, budget_id: str) -> Answer:
    return await treasury(procurement).post(f"/budgets/{budget_id}/approval")


async def reduce(procurement: Stage, budget_id: str, fiscal: int, lottery: int = 0) -> Answer:
    sources = [
        {"fund": "fiscal", "amount": fiscal},
        {"fund": "welfare-lottery", "amount": lottery},
    ]
    return await treasury(procurement).post(f"/budgets/{budget_id}/reduction", {"sources": sources})


async def test_an_award_on_a_planned_budget_is_conditional(procurement: Stage) -> None:
    """It is told as such, and nothing is agreed before the approval, which makes it binding."""
    ready, budget_id = await conditional(procurement)
    early = await draft_of(procurement, ready)

    await done(await approve(procurement, budget_id))

    [awarded] = await procurement.said("procurement.tender.awarded.v1")
    [confirmed] = await procurement.said("procurement.tender.confirmed.v1")
    assert (awarded.data["conditional"], confirmed.data["conditional"]) == (True, False)
    assert awarded.data["awarded_to"] == confirmed.data["awarded_to"]
    assert (early.status, early.code) == (409, "budget-not-approved")
    assert not (await tender_of(procurement, ready.tender))["conditional"]
    assert (await draft_of(procurement, ready)).status == 201
    await check_books(procurement)


async def test_who_drafts_too_early_reads_what_is_missing(procurement: Stage) -> None:
    """In both languages."""
    ready, _ = await conditional(procurement)
    body = await terms(procurement, UUID(ready.tender), ready.bidders[0].lead, BIDS[0][0])

    assert await refusal(buyer(procurement), "/agreements", body) == (
        "budget-not-approved",
        "预算尚未批准，定标结果附条件；请待预算批准后再起草协议。",
        "The award is conditional: draft the agreement when the budget has been approved.",
    )


async def test_an_award_on_an_approved_budget_is_binding(procurement: Stage) -> None:
    """There is nothing to confirm."""
    ready = await awarded_tender(procurement)

    assert not (await tender_of(procurement, ready.tender))["conditional"]
    assert await procurement.said("procurement.tender.confirmed.v1") == []


async def test_a_reduced_budget_holds_the_first_awards(procurement: Stage) -> None:
    """Approved with less than planned: what it holds is binding in the order of the awards, what
    it does not hold is never agreed upon and can be given up."""
    first, budget_id = await conditional(procurement)
    second, _ = await conditional(procurement, budget_id)
    reduced = await done(await reduce(procurement, budget_id, 12_000_000))

    await done(await approve(procurement, budget_id))

    assert (reduced["amount"], reduced["status"]) == (12_000_000, "planned")
    assert sum(one["amount"] for one in reduced["planned_sources"]) == 80_000_000
    [confirmed] = await procurement.said("procurement.tender.confirmed.v1")
    assert first.tender == confirmed.subject
    assert (await tender_of(procurement, second.tender))["conditional"]
    refused = await draft_of(procurement, second)
    assert (refused.status, refused.code, refused.body["free"]) == (
        409,
        "budget-exceeded",
        4_000_000,
    )
    assert (await draft_of(procurement, first)).status == 201
    path = f"/tenders/{second.tender}/cancellation"
    given_up = await done(await buyer(procurement).post(path, {"reason": "budget-reduced"}))
    assert (given_up["status"], given_up["awarded_to"]) == ("cancelled", None)
    await check_books(procurement)


async def test_money_that_is_freed_confirms_at_the_draft(procurement: Stage) -> None:
    """The award that was left over is binding once the one before it is given up."""
    first, budget_id = await conditional(procurement)
    raised = await challenged(procurement, first)
    second, _ = await conditional(procurement, budget_id)
    await done(await reduce(procurement, budget_id, 12_000_000))
    await done(await approve(procurement, budget_id))
    await done(await answer_challenge(procurement, raised["id"], upheld("tender-again")))

    drafted = await draft_of(procurement, second)

    assert drafted.status == 201
    confirmed = await procurement.said("procurement.tender.confirmed.v1")
    assert [first.tender, second.tender] == [one.subject for one in confirmed]


async def test_an_approved_budget_is_not_awarded_away_twice(procurement: Stage) -> None:
    """What was awarded counts before it is agreed upon."""
    first, budget_id = await conditional(procurement)
    await done(await reduce(procurement, budget_id, 12_000_000))
    second, _ = await reviewed(procurement, BIDS, budget_id=budget_id)
    await done(await approve(procurement, budget_id))

    refused = await award(procurement, second.tender, second.bidders[0].org)

    assert (refused.status, refused.code, refused.body["free"]) == (
        409,
        "budget-exceeded",
        4_000_000,
    )
    assert (await draft_of(procurement, first)).status == 201


async def test_an_award_and_the_approval_at_the_same_instant(procurement: Stage) -> None:
    """Whoever comes first, the award can be agreed upon afterwards."""
    await know_organisation(procurement, PURCHASER, "purchaser")
    budget_id = await budget(procurement, approved=False)
    ready, _ = await reviewed(procurement, BIDS, budget_id=budget_id)

    answers = await at_once(
        procurement,
        "SELECT FROM budgets WHERE id = $1 FOR UPDATE",
        UUID(budget_id),
        award(procurement, ready.tender, ready.bidders[0].org),
        approve(procurement, budget_id),
    )

    assert [one.status for one in answers] == [200, 200]
    assert (await draft_of(procurement, ready)).status == 201


@pytest.mark.parametrize(
    ("sources", "fault"),
    [
        ([{"fund": "fiscal", "amount": 60_000_001}], "/sources/0/amount"),
        ([{"fund": "fiscal", "amount": 1}], "/sources"),
        (
            [
                {"fund": "fiscal", "amount": 60_000_000},
                {"fund": "welfare-lottery", "amount": 20_000_000},
            ],
            "/sources",
        ),
        ([{"fund": "gift", "amount": 1}], "/sources/0/amount"),
    ],
)
async def test_a_reduction_is_less_of_the_same_funds(
    procurement: Stage, sources: list[dict[str, Any]], fault: str
) -> None:
    """Neither more of one, nor another fund, nor the same again."""
    await know_organisation(procurement, PURCHASER, "purchaser")
    path = f"/budgets/{await budget(procurement, approved=False)}/reduction"

    refused = await treasury(procurement).post(path, {"sources": sources})

    assert (refused.status, refused.code) == (422, "budget-not-reduced")
    assert fault in [one["pointer"] for one in refused.body["errors"]]


async def test_an_approved_budget_is_not_reduced(procurement: Stage) -> None:
    """Money rests on it; nor does the purchaser reduce its own."""
    await know_organisation(procurement, PURCHASER, "purchaser")
    budget_id = await budget(procurement)

    refused = await reduce(procurement, budget_id, 1)
    own = await buyer(procurement).post(f"/budgets/{budget_id}/reduction", {"sources": []})

    assert (refused.status, refused.code) == (409, "budget-not-planned")
    assert own.status == 403


async def test_two_tenders_are_awarded_at_once_on_one_budget(procurement: Stage) -> None:
    """Of two that an approved budget cannot both hold, one is awarded and one is told so."""
    await know_organisation(procurement, PURCHASER, "purchaser")
    budget_id = await budget(procurement, approved=False)
    tenders = [(await reviewed(procurement, BIDS, budget_id=budget_id))[0] for _ in range(2)]
    await done(await reduce(procurement, budget_id, 12_000_000))
    await done(await approve(procurement, budget_id))

    answers = await asyncio.gather(
        *(award(procurement, one.tender, one.bidders[0].org) for one in tenders)
    )

    assert sorted((one.status, one.code) for one in answers) == [
        (200, None),
        (409, "budget-exceeded"),
    ]

"""An award follows the ranking, needs an approved budget, and is made once."""

import asyncio
from typing import Any

from libs.common.ids import new_id
from libs.common.testing import Answer, Stage
from tests.services.procurement.steps import (
    buyer,
    done,
    know_organisation,
    opened,
    reviewed,
)

BIDS = ((8_000_000, 9_000), (7_500_000, 8_000), (8_500_000, 7_000))


async def award(procurement: Stage, tender: str, org: object, **more: Any) -> Answer:
    body = {"organisation_id": str(org), **more}
    return await buyer(procurement).post(f"/tenders/{tender}/award", body)


async def test_the_first_in_the_ranking_is_awarded(procurement: Stage) -> None:
    """The award names the winner and its price, and tells the tender's full public state."""
    ready, review = await reviewed(procurement, BIDS)
    winner = review["lines"][0]["organisation_id"]

    tender = await done(await award(procurement, ready.tender, winner))

    assert str(ready.bidders[0].org) == winner
    assert (tender["status"], tender["awarded_to"]) == ("awarded", winner)
    assert tender["awarded_price"] == 8_000_000
    [told] = await procurement.said("procurement.tender.awarded.v1")
    assert ready.tender == told.subject
    assert (told.data["status"], told.data["awarded_to"]) == ("awarded", winner)


async def test_passing_over_needs_a_coded_reason(procurement: Stage) -> None:
    """Without one it is refused; with one it is on record."""
    ready, _ = await reviewed(procurement, BIDS)
    second = ready.bidders[1].org

    refused = await award(procurement, ready.tender, second)
    passed = await award(procurement, ready.tender, second, reason="first-withdrew")

    assert (refused.status, refused.code, refused.body["rank"]) == (409, "award-out-of-order", 2)
    assert (passed.status, passed.body["reason"]) == (200, "first-withdrew")
    assert str(second) == passed.body["awarded_to"]


async def test_who_has_no_valid_bid_is_not_awarded(procurement: Stage) -> None:
    """An organisation outside the ranking is not yet known here."""
    ready, _ = await reviewed(procurement, BIDS)

    answer = await award(procurement, ready.tender, new_id())

    assert (answer.status, answer.code) == (409, "organisation-not-yet-known")


async def test_a_suspended_winner_is_passed_over(procurement: Stage) -> None:
    """The next in the ranking is awarded with a reason."""
    ready, _ = await reviewed(procurement, BIDS)
    first, second, _ = (bidder.org for bidder in ready.bidders)
    await know_organisation(procurement, first, "provider", "suspended", "suspended")

    refused = await award(procurement, ready.tender, first)
    passed = await award(procurement, ready.tender, second, reason="first-suspended")

    assert (refused.status, refused.code) == (409, "winner-not-active")
    assert passed.status == 200


async def test_nothing_is_awarded_before_the_review(procurement: Stage) -> None:
    """An opened tender has no ranking to award by."""
    ready = await opened(procurement, tuple(price for price, _ in BIDS))

    answer = await award(procurement, ready.tender, ready.bidders[0].org)

    assert (answer.status, answer.code) == (409, "tender-not-reviewed")


async def test_two_awards_at_once_make_one(procurement: Stage) -> None:
    """Whoever comes second is told that it is done, and one event is told."""
    ready, _ = await reviewed(procurement, BIDS)
    first, second, _ = (bidder.org for bidder in ready.bidders)

    answers = await asyncio.gather(
        award(procurement, ready.tender, first),
        award(procurement, ready.tender, second, reason="first-withdrew"),
    )

    assert sorted(answer.status for answer in answers) == [200, 409]
    assert "tender-not-reviewed" in {answer.code for answer in answers}
    [told] = await procurement.said("procurement.tender.awarded.v1")
    tender = (await buyer(procurement).get(f"/tenders/{ready.tender}")).body
    assert tender["awarded_to"] == told.data["awarded_to"]


async def test_an_awarded_tender_is_not_cancelled(procurement: Stage) -> None:
    """After the award there is an agreement to end, not a tender to give up."""
    ready, _ = await reviewed(procurement, BIDS)
    await done(await award(procurement, ready.tender, ready.bidders[0].org))

    answer = await buyer(procurement).post(
        f"/tenders/{ready.tender}/cancellation", {"reason": "plan-changed"}
    )

    assert (answer.status, answer.code) == (409, "tender-over")


async def test_another_purchaser_awards_nothing(procurement: Stage) -> None:
    """The tender of others does not exist for its commands."""
    ready, _ = await reviewed(procurement, BIDS)
    body = {"organisation_id": str(ready.bidders[0].org)}
    other = procurement.as_("purchaser", org=new_id())

    answer = await other.post(f"/tenders/{ready.tender}/award", body)

    assert (answer.status, answer.code) == (404, "tender-not-found")

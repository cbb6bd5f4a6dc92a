"""At the opening bidders become known; their keys decide what is valid, and nobody sees prices
while a key can still be handed in."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from libs.common import clock
from libs.common.ids import new_id
from libs.common.testing import Answer, Stage
from tests.services.procurement.steps import (
    CEILING,
    Opened,
    agent,
    bid,
    buyer,
    done,
    give_keys,
    know_organisation,
    know_worker,
    new_bidder,
    opened,
    published,
    tie,
)

PRICES = (8_000_000, 7_500_000, 8_500_000)


async def key(procurement: Stage, ready: Opened, number: int, given: str | None = None) -> Answer:
    bidder = ready.bidders[number]
    return await bidder.client(procurement).post(
        f"/bids/{ready.bids[number]}/key", {"key": given or bidder.key.hex()}
    )


async def tender_of(procurement: Stage, ready: Opened) -> dict[str, Any]:
    return dict((await buyer(procurement).get(f"/tenders/{ready.tender}")).body)


async def offered(procurement: Stage, document: object) -> Answer:
    """The outcome of a bid with that document among two good ones."""
    tender = await published(procurement)
    bidder = await new_bidder(procurement)
    sealed = document(bidder) if callable(document) else document
    bid_id = await bid(procurement, bidder, tender["id"], sealed)
    for price in PRICES[:2]:
        other = await new_bidder(procurement)
        await bid(procurement, other, tender["id"], other.document(price))
    await procurement.move_to(datetime.fromisoformat(tender["bids_due_at"]))
    await done(await agent(procurement).post(f"/tenders/{tender['id']}/opening"))
    return await bidder.client(procurement).post(f"/bids/{bid_id}/key", {"key": bidder.key.hex()})


async def test_the_opening_names_the_bidders(procurement: Stage) -> None:
    """It is told, and the bids can be listed; a provider sees its own alone."""
    ready = await opened(procurement, PRICES)

    listed = (await buyer(procurement).get(f"/tenders/{ready.tender}/bids")).body["items"]
    own = await ready.bidders[0].client(procurement).get(f"/tenders/{ready.tender}/bids")

    assert {str(one.org) for one in ready.bidders} == {b["organisation_id"] for b in listed}
    assert [ready.bids[0]] == [b["id"] for b in own.body["items"]]
    [told] = await procurement.said("procurement.tender.opened.v1")
    assert (told.data["status"], told.data["awarded_to"]) == ("opened", None)


async def test_an_opening_waits_for_the_deadline_and_happens_once(procurement: Stage) -> None:
    """Before the deadline and after the opening it is refused."""
    tender = await published(procurement)
    early = await agent(procurement).post(f"/tenders/{tender['id']}/opening")
    ready = await opened(procurement, PRICES)
    again = await agent(procurement).post(f"/tenders/{ready.tender}/opening")

    assert (early.status, early.code) == (409, "tender-not-closed")
    assert (again.status, again.code) == (409, "tender-not-closed")


@pytest.mark.parametrize(
    ("method", "bids", "status"),
    [("open", 2, "failed"), ("open", 3, "opened"), ("consultation", 2, "opened")],
)
async def test_each_method_needs_its_bids(
    procurement: Stage, method: str, bids: int, status: str
) -> None:
    """政府采购法 art. 36: fewer than three fail an open tender; a consultation goes on with two."""
    ready = await opened(procurement, PRICES[:bids], method=method)

    assert status == (await tender_of(procurement, ready))["status"]
    failed = await procurement.said("procurement.tender.failed.v1")
    assert (status == "failed") == (len(failed) == 1)
    if failed:
        assert failed[0].data["reason"] == "too-few-bids"


async def test_replaced_and_withdrawn_bids_do_not_count(procurement: Stage) -> None:
    """Three uploads of one organisation are one bid."""
    tender = await published(procurement)
    bidder = await new_bidder(procurement)
    for _ in range(3):
        await bid(procurement, bidder, tender["id"], bidder.document(8_000_000))
    await procurement.move_to(datetime.fromisoformat(tender["bids_due_at"]))

    answer = await agent(procurement).post(f"/tenders/{tender['id']}/opening")

    assert (answer.body["status"], answer.body["reason"]) == ("failed", "too-few-bids")


async def test_an_officer_tied_to_a_bidder_is_barred(procurement: Stage) -> None:
    """Somebody else of the association opens the bids."""
    tender = await published(procurement)
    for _ in range(3):
        bidder = await new_bidder(procurement)
        await bid(procurement, bidder, tender["id"], bidder.document(8_000_000))
    await tie(procurement, "agent", bidder.org)
    await procurement.move_to(datetime.fromisoformat(tender["bids_due_at"]))
    path = f"/tenders/{tender['id']}/opening"

    answer = await agent(procurement).post(path)

    assert (answer.status, answer.code) == (409, "officer-tied")
    assert (await buyer(procurement).post(path)).status == 200


async def test_keys_open_the_bids(procurement: Stage) -> None:
    """With the last key the bids are valid and their prices are shown to those who judge."""
    ready = await opened(procurement, PRICES)
    path = f"/tenders/{ready.tender}/bids"
    first = await key(procurement, ready, 0)
    veiled = (await buyer(procurement).get(path)).body["items"]
    await key(procurement, ready, 1)
    await key(procurement, ready, 2)
    shown = (await buyer(procurement).get(path)).body["items"]

    assert (first.body["status"], first.body["price"]) == ("valid", 8_000_000)
    assert {None} == {one["price"] for one in veiled}
    assert sorted(PRICES) == sorted(one["price"] for one in shown)
    assert (await tender_of(procurement, ready))["keys_settled_at"] is not None
    assert await procurement.fetch("SELECT id FROM timers WHERE job = 'settle-keys'") == []


async def test_a_wrong_key_can_be_corrected(procurement: Stage) -> None:
    """It changes nothing; a key that has opened the bid is not taken twice."""
    ready = await opened(procurement, PRICES)

    wrong = await key(procurement, ready, 0, "0" * 64)
    right = await key(procurement, ready, 0)
    again = await key(procurement, ready, 0)

    assert (wrong.status, wrong.code) == (422, "key-does-not-open")
    assert right.body["status"] == "valid"
    assert (again.status, again.code) == (409, "bid-not-opened")


async def test_no_key_in_time_makes_a_bid_invalid(procurement: Stage) -> None:
    """At the end of the legal day of the 24th hour; with two of three left the tender fails."""
    ready = await opened(procurement, PRICES)
    due = datetime.fromisoformat((await tender_of(procurement, ready))["keys_due_at"])
    assert clock.end_of(clock.legal_day(await procurement.now() + timedelta(hours=24))) == due
    await key(procurement, ready, 0)
    await key(procurement, ready, 1)

    await procurement.move_to(due)

    late = await key(procurement, ready, 2)
    assert (late.status, late.code) == (409, "tender-not-opened")
    tender = await tender_of(procurement, ready)
    assert (tender["status"], tender["reason"]) == ("failed", "too-few-valid-bids")
    [told] = await procurement.said("procurement.tender.failed.v1")
    assert due == told.time
    listed = (await buyer(procurement).get(f"/tenders/{ready.tender}/bids")).body["items"]
    assert [one["invalid_reason"] for one in listed if one["invalid_reason"]] == ["no-key"]


async def test_enough_valid_bids_go_on_without_the_others(procurement: Stage) -> None:
    """Four bids and one missing key leave three."""
    ready = await opened(procurement, (*PRICES, 8_200_000))
    due = datetime.fromisoformat((await tender_of(procurement, ready))["keys_due_at"])
    for number in range(3):
        await key(procurement, ready, number)

    await procurement.move_to(due)

    tender = await tender_of(procurement, ready)
    assert (tender["status"], tender["keys_settled_at"] is not None) == ("opened", True)


async def test_keys_wait_for_the_opening(procurement: Stage) -> None:
    """Before it a key is refused and read by nobody."""
    tender = await published(procurement)
    bidder = await new_bidder(procurement)
    bid_id = await bid(procurement, bidder, tender["id"], bidder.document(8_000_000))

    answer = await bidder.client(procurement).post(f"/bids/{bid_id}/key", {"key": bidder.key.hex()})

    assert (answer.status, answer.code) == (409, "tender-not-opened")


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"not json", "document-unreadable"),
        (lambda one: one.document(8_000_000, extra=1), "document-unreadable"),
        (lambda one: one.document("8000000"), "document-unreadable"),
        (lambda one: one.document(8_000_000, organisation_id=str(new_id())), "other-organisation"),
        (lambda one: one.document(CEILING + 1), "price-above-ceiling"),
    ],
)
async def test_a_bid_against_the_rules_is_invalid(
    procurement: Stage, document: object, reason: str
) -> None:
    """The reason is a code, and nothing of its content is kept."""
    answer = await offered(procurement, document)

    assert ("invalid", reason) == (answer.body["status"], answer.body["invalid_reason"])
    assert answer.body["price"] is None


async def test_a_price_at_the_ceiling_is_valid(procurement: Stage) -> None:
    """The ceiling itself is allowed."""
    answer = await offered(procurement, lambda one: one.document(CEILING))

    assert answer.body["status"] == "valid"


async def test_a_sealed_bid_is_bound_to_its_tender(procurement: Stage) -> None:
    """A ciphertext made for another tender does not open in this one."""
    tender = await published(procurement)
    for number in range(3):
        bidder = await new_bidder(procurement)
        bid_id = str(new_id())
        sealed_for = tender["id"] if number else str(new_id())
        await done(
            await bidder.client(procurement).upload(
                f"/tenders/{tender['id']}/bids/{bid_id}",
                bidder.seal(sealed_for, bidder.document(8_000_000)),
                "application/octet-stream",
            )
        )
        if not number:
            moved, moved_bid = bidder, bid_id
    await procurement.move_to(datetime.fromisoformat(tender["bids_due_at"]))
    await done(await agent(procurement).post(f"/tenders/{tender['id']}/opening"))

    answer = await moved.client(procurement).post(
        f"/bids/{moved_bid}/key", {"key": moved.key.hex()}
    )

    assert answer.code == "key-does-not-open"


async def test_the_lead_is_certified_and_employed_by_the_bidder(procurement: Stage) -> None:
    """Who is neither makes the bid invalid; an unknown worker may still become known."""
    ready = await opened(procurement, PRICES)
    first, second, third = ready.bidders
    await know_worker(procurement, first.lead, first.org, certified=False)
    await know_worker(procurement, second.lead, new_id())
    await procurement.fetch("DELETE FROM workers WHERE id = $1", third.lead)

    uncertified = await key(procurement, ready, 0)
    elsewhere = await key(procurement, ready, 1)
    unknown = await key(procurement, ready, 2)

    assert uncertified.body["invalid_reason"] == "lead-not-certified"
    assert elsewhere.body["invalid_reason"] == "lead-not-employed"
    assert (unknown.status, unknown.code) == (409, "worker-not-yet-known")
    assert "Retry-After" in unknown.headers
    await know_worker(procurement, third.lead, third.org)
    assert (await key(procurement, ready, 2)).body["status"] == "valid"


async def test_a_suspended_bidder_is_invalid(procurement: Stage) -> None:
    """What the registry says at the opening counts."""
    ready = await opened(procurement, PRICES)
    org = ready.bidders[0].org
    await know_organisation(procurement, org, "provider", "suspended", "suspended")

    answer = await key(procurement, ready, 0)

    assert answer.body["invalid_reason"] == "organisation-not-active"


async def test_too_few_valid_bids_fail_with_the_last_key(procurement: Stage) -> None:
    """The tender does not wait for the end of the period when all keys are in."""
    ready = await opened(procurement, PRICES)
    await know_worker(procurement, ready.bidders[0].lead, None)

    await give_keys(procurement, ready)

    assert (await tender_of(procurement, ready))["status"] == "failed"
    assert len(await procurement.said("procurement.tender.failed.v1")) == 1

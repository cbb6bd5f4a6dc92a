"""Bids stay sealed until the opening, each with a receipt that anybody can check."""

import asyncio
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from libs.common import jobs
from libs.common.ids import new_id
from libs.common.testing import Answer, Stage
from services.procurement.domain.receipts import canonical
from tests.services.procurement.steps import (
    Bidder,
    agent,
    bid,
    buyer,
    done,
    drafted,
    know_organisation,
    new_bidder,
    published,
)

SEALED = b"n" * 12 + b"sealed" + b"t" * 16


async def hand_in(
    procurement: Stage,
    bidder: Bidder,
    tender: str,
    content: bytes = SEALED,
    bid_id: str | None = None,
) -> Answer:
    return await bidder.client(procurement).upload(
        f"/tenders/{tender}/bids/{bid_id or new_id()}", content, "application/octet-stream"
    )


async def standing(procurement: Stage, bidder: Bidder) -> list[tuple[str, str]]:
    rows = await procurement.fetch(
        "SELECT id, status FROM bids WHERE organisation_id = $1 ORDER BY received_at, id",
        bidder.org,
    )
    return [(str(row["id"]), row["status"]) for row in rows]


async def test_a_receipt_proves_what_was_handed_in(procurement: Stage) -> None:
    """Ed25519 over the canonical JSON of the receipt, with the published key."""
    tender = (await published(procurement))["id"]
    bidder = await new_bidder(procurement)

    receipt = await done(await hand_in(procurement, bidder, tender))

    key = await done(await procurement.as_("auditor").get("/receipts-key"))
    assert key["key"] == receipt["key"]
    assert sha256(SEALED).hexdigest() == receipt["sha256"]
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key["key"]))
    signature = bytes.fromhex(receipt["signature"])
    said = {name: receipt[name] for name in receipt if name not in ("signature", "key")}
    public.verify(signature, canonical(said))
    with pytest.raises(InvalidSignature):
        public.verify(signature, canonical({**said, "sha256": "0" * 64}))


async def test_the_same_upload_again_is_the_same_bid(procurement: Stage) -> None:
    """201, then 200 with the same receipt, also after the deadline; other content is 409."""
    tender = await published(procurement)
    bidder, bid_id = await new_bidder(procurement), str(new_id())

    first = await hand_in(procurement, bidder, tender["id"], bid_id=bid_id)
    other = await hand_in(procurement, bidder, tender["id"], SEALED + b"x", bid_id)
    await procurement.move_to(datetime.fromisoformat(tender["bids_due_at"]))
    again = await hand_in(procurement, bidder, tender["id"], bid_id=bid_id)

    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    assert (other.status, other.code) == (409, "bid-differs")


async def test_a_bid_id_of_another_bidder_is_taken(procurement: Stage) -> None:
    """Nobody overwrites another's bid, even with the same content."""
    tender = (await published(procurement))["id"]
    bid_id = str(new_id())
    await done(await hand_in(procurement, await new_bidder(procurement), tender, bid_id=bid_id))

    answer = await hand_in(procurement, await new_bidder(procurement), tender, bid_id=bid_id)

    assert (answer.status, answer.code) == (409, "bid-differs")


async def test_a_later_bid_replaces_the_former(procurement: Stage) -> None:
    """An organisation has one standing bid; withdrawing it leaves none."""
    tender = (await published(procurement))["id"]
    bidder = await new_bidder(procurement)
    first = (await done(await hand_in(procurement, bidder, tender)))["bid_id"]
    second = (await done(await hand_in(procurement, bidder, tender)))["bid_id"]
    assert [(first, "replaced"), (second, "sealed")] == await standing(procurement, bidder)

    gone = await bidder.client(procurement).post(f"/bids/{first}/withdrawal")
    withdrawn = await bidder.client(procurement).post(f"/bids/{second}/withdrawal")

    assert (gone.status, gone.code) == (409, "bid-not-standing")
    assert withdrawn.body["status"] == "withdrawn"


async def test_two_bids_at_once_leave_one_standing(procurement: Stage) -> None:
    """Whichever comes second replaces the first."""
    tender = (await published(procurement))["id"]
    bidder = await new_bidder(procurement)

    answers = await asyncio.gather(
        hand_in(procurement, bidder, tender), hand_in(procurement, bidder, tender)
    )

    assert [answer.status for answer in answers] == [201, 201]
    assert sorted(s for _, s in await standing(procurement, bidder)) == ["replaced", "sealed"]


async def test_nothing_is_taken_outside_the_period(procurement: Stage) -> None:
    """Not for a draft, and not from the very instant of the deadline on."""
    draft = await drafted(procurement)
    bidder = await new_bidder(procurement)
    early = await hand_in(procurement, bidder, draft["id"])
    await done(await agent(procurement).post(f"/tenders/{draft['id']}/publication"))
    due = datetime.fromisoformat(draft["bids_due_at"])
    await procurement.move_to(due - timedelta(milliseconds=1))
    bid_id = (await done(await hand_in(procurement, bidder, draft["id"])))["bid_id"]
    await procurement.fetch("UPDATE rehearsal_clock SET instant = $1", due)

    late = await hand_in(procurement, bidder, draft["id"])
    withdrawn = await bidder.client(procurement).post(f"/bids/{bid_id}/withdrawal")

    assert early.status == 404
    assert (late.status, late.code) == (409, "tender-not-published")
    assert (withdrawn.status, withdrawn.code) == (409, "tender-not-published")


async def test_a_bid_at_the_deadline_is_in_time_or_refused(procurement: Stage) -> None:
    """Against the closing of the tender a bid is either standing or has no trace."""
    tender = await published(procurement)
    due = datetime.fromisoformat(tender["bids_due_at"])
    bidders = [await new_bidder(procurement) for _ in range(4)]
    await procurement.fetch(
        "UPDATE rehearsal_clock SET instant = $1", due - timedelta(milliseconds=1)
    )

    async def close() -> None:
        await procurement.fetch("UPDATE rehearsal_clock SET instant = $1", due)
        await jobs.run_next(procurement.database, procurement.running.service.jobs)

    answers, _ = await asyncio.gather(
        asyncio.gather(*(hand_in(procurement, one, tender["id"]) for one in bidders)), close()
    )

    [row] = await procurement.fetch("SELECT count(*) AS kept FROM bids")
    assert row["kept"] == sum(answer.status == 201 for answer in answers)
    assert {201, 409} >= {answer.status for answer in answers}
    assert (await hand_in(procurement, bidders[0], tender["id"])).status == 409


async def test_nobody_learns_of_bids_before_the_opening(procurement: Stage) -> None:
    """Tender, list and events are the same with and without bids, before and after the deadline."""
    tender = await published(procurement)
    path = f"/tenders/{tender['id']}"
    told, seen = await procurement.said(), (await buyer(procurement).get(path)).body
    bidder = await new_bidder(procurement)
    bid_id = await bid(procurement, bidder, tender["id"], bidder.document(8_000_000))

    assert seen == (await buyer(procurement).get(path)).body
    assert told == await procurement.said()
    for due in (False, True):
        if due:
            await procurement.move_to(datetime.fromisoformat(tender["bids_due_at"]))
        for client in (
            buyer(procurement),
            agent(procurement),
            procurement.as_("official"),
            procurement.as_("auditor"),
            bidder.client(procurement),
        ):
            answer = await client.get(f"{path}/bids")
            assert (answer.status, answer.code) == (409, "bids-still-sealed")
    assert (await buyer(procurement).get(f"/bids/{bid_id}/receipt")).status == 403


async def test_only_the_bidder_reads_its_receipt(procurement: Stage) -> None:
    """For another provider the bid does not exist, nor can it be withdrawn."""
    tender = (await published(procurement))["id"]
    bidder, other = await new_bidder(procurement), await new_bidder(procurement)
    receipt = await done(await hand_in(procurement, bidder, tender))
    path = f"/bids/{receipt['bid_id']}"

    assert receipt == (await bidder.client(procurement).get(f"{path}/receipt")).body
    assert (await other.client(procurement).get(f"{path}/receipt")).code == "bid-not-found"
    assert (await other.client(procurement).post(f"{path}/withdrawal")).status == 404
    key = await other.client(procurement).post(f"{path}/key", {"key": "0" * 64})
    assert key.code == "bid-not-found"


async def test_only_registered_providers_bid(procurement: Stage) -> None:
    """An unknown, a suspended and an organisation of another kind are not yet known."""
    tender = (await published(procurement))["id"]
    unknown, suspended, donor = Bidder(), Bidder(), Bidder()
    await know_organisation(procurement, suspended.org, "provider", "suspended", "suspended")
    await know_organisation(procurement, donor.org, "donor")

    for bidder in (unknown, suspended, donor):
        answer = await hand_in(procurement, bidder, tender)
        assert (answer.status, answer.code) == (409, "organisation-not-yet-known")
    assert (
        await buyer(procurement).upload(
            f"/tenders/{tender}/bids/{new_id()}", SEALED, "application/octet-stream"
        )
    ).status == 403


async def test_what_cannot_be_a_sealed_bid_is_refused(procurement: Stage) -> None:
    """Too short to hold nonce and tag, or larger than 20 MB."""
    tender = (await published(procurement))["id"]
    bidder = await new_bidder(procurement)

    short = await hand_in(procurement, bidder, tender, b"n" * 28)
    large = await hand_in(procurement, bidder, tender, b"n" * (20 * 1024 * 1024 + 1))

    assert (short.status, short.code) == (422, "bid-too-short")
    assert large.status == 413


async def test_the_database_keeps_one_standing_bid(procurement: Stage) -> None:
    """The rule holds below the code as well."""
    tender = (await published(procurement))["id"]
    bidder = await new_bidder(procurement)
    await done(await hand_in(procurement, bidder, tender))
    await done(await hand_in(procurement, bidder, tender))

    with pytest.raises(Exception, match="an_organisation_has_one_standing_bid"):
        await procurement.fetch("UPDATE bids SET status = 'sealed' WHERE status = 'replaced'")

"""Calls open and close by the clock; proposals rest on needs and are decided once."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.testing import Answer, Stage
from tests.services.procurement.steps import (
    announcement,
    call,
    done,
    need,
    submission,
)


async def announce(procurement: Stage, opens: timedelta, closes: timedelta) -> Answer:
    now = await procurement.now()
    body = announcement(now + opens, now + closes)
    return await procurement.as_("secretariat").post("/calls", body)


async def submit(procurement: Stage, call_id: str, **changes: Any) -> Answer:
    body = submission(await need(procurement)) | changes
    return await procurement.as_("community").post(f"/calls/{call_id}/proposals", body)


async def status_of(procurement: Stage, call_id: str) -> str:
    return str((await procurement.as_("town").get(f"/calls/{call_id}")).body["status"])


async def test_a_call_whose_time_has_come_opens_at_once(procurement: Stage) -> None:
    """It is told as open in the same transaction."""
    answer = await announce(procurement, timedelta(0), timedelta(days=30))

    assert (answer.status, answer.body["status"]) == (201, "open")
    [told] = await procurement.said("procurement.call.opened.v1")
    assert told.data["status"] == "open"


async def test_a_planned_call_opens_and_closes_by_itself(procurement: Stage) -> None:
    """Each at its own instant, and each is told with that instant as its time."""
    answer = await announce(procurement, timedelta(days=1), timedelta(days=30))
    call_id = answer.body["id"]
    assert answer.body["status"] == "planned"

    await procurement.move_to(datetime.fromisoformat(answer.body["opens_at"]))
    assert await status_of(procurement, call_id) == "open"
    await procurement.move_to(datetime.fromisoformat(answer.body["closes_at"]))

    assert await status_of(procurement, call_id) == "closed"
    [opened, closed] = await procurement.said()
    assert opened.type == "procurement.call.opened.v1"
    assert closed.type == "procurement.call.closed.v1"
    assert datetime.fromisoformat(answer.body["closes_at"]) == closed.time
    assert [opened.sequence, closed.sequence] == [1, 2]


@pytest.mark.parametrize(
    ("opens", "closes"),
    [(timedelta(days=2), timedelta(days=1)), (timedelta(days=-2), timedelta(days=-1))],
)
async def test_a_call_without_a_period_is_refused(
    procurement: Stage, opens: timedelta, closes: timedelta
) -> None:
    """It closes after it opens, and not in the past."""
    answer = await announce(procurement, opens, closes)

    assert (answer.status, answer.code) == (422, "call-period-empty")


async def test_only_the_secretariat_calls_and_selects(procurement: Stage) -> None:
    """A purchaser neither announces a call nor decides on a proposal."""
    purchaser = procurement.as_("purchaser")
    now = await procurement.now()
    body = announcement(now, now + timedelta(days=1))

    assert (await purchaser.post("/calls", body)).status == 403
    assert (await purchaser.post(f"/proposals/{new_id()}/selection")).status == 403


async def test_a_proposal_is_told_and_warns_of_similar_ones(procurement: Stage) -> None:
    """The second proposal for the same division and domain names the first."""
    call_id = await call(procurement)
    first = await done(await submit(procurement, call_id))
    second = await done(await submit(procurement, call_id, title="另一个项目"))

    assert first["similar"] == []
    assert [first["id"]] == second["similar"]
    told = await procurement.said("procurement.proposal.submitted.v1")
    assert [first["id"], second["id"]] == [one.subject for one in told]
    assert "outline" not in told[0].data
    listed = await procurement.as_("secretariat").get("/proposals", call_id=call_id)
    assert len(listed.body["items"]) == 2


async def test_a_closed_call_takes_no_proposal(procurement: Stage) -> None:
    """Not before it opens and not after it has closed."""
    planned = await announce(procurement, timedelta(days=1), timedelta(days=2))
    early = await submit(procurement, planned.body["id"])
    await procurement.move_to(datetime.fromisoformat(planned.body["closes_at"]))
    late = await submit(procurement, planned.body["id"])

    assert (early.status, early.code) == (409, "call-not-open")
    assert (late.status, late.code) == (409, "call-not-open")


async def test_a_proposal_keeps_to_the_call(procurement: Stage) -> None:
    """An uncalled domain, an unknown need and an unknown call are refused."""
    call_id = await call(procurement)

    domain = await submit(procurement, call_id, domain="disability-rehabilitation")
    unknown = await submit(procurement, call_id, need_ids=[str(new_id())])
    nowhere = await submit(procurement, str(new_id()))

    assert (domain.status, domain.code) == (422, "call-domain-closed")
    assert (unknown.status, unknown.code) == (409, "need-not-yet-known")
    assert nowhere.code == "call-for-proposals-not-found"


async def test_a_proposal_is_decided_once(procurement: Stage) -> None:
    """Selected or declined, with an event; what is decided stays."""
    call_id = await call(procurement)
    taken = (await submit(procurement, call_id)).body["id"]
    left = (await submit(procurement, call_id)).body["id"]
    secretariat = procurement.as_("secretariat")

    selected = await secretariat.post(f"/proposals/{taken}/selection")
    declined = await secretariat.post(f"/proposals/{left}/declination", {"reason": "duplicate"})
    again = await secretariat.post(f"/proposals/{left}/selection")

    assert selected.body["status"] == "selected"
    assert (declined.body["status"], declined.body["decline_reason"]) == ("declined", "duplicate")
    assert (again.status, again.code) == (409, "proposal-decided")
    assert len(await procurement.said("procurement.proposal.selected.v1")) == 1
    assert len(await procurement.said("procurement.proposal.declined.v1")) == 1


async def test_a_declined_proposal_warns_nobody(procurement: Stage) -> None:
    """Only proposals that may still be bought are similar."""
    call_id = await call(procurement)
    first = (await submit(procurement, call_id)).body["id"]
    await procurement.as_("secretariat").post(
        f"/proposals/{first}/declination", {"reason": "unclear"}
    )

    assert (await submit(procurement, call_id)).body["similar"] == []


async def test_proposals_of_other_divisions_do_not_exist(procurement: Stage) -> None:
    """Neither read, nor selected, nor listed."""
    proposal_id = (await submit(procurement, await call(procurement))).body["id"]
    other = procurement.as_("secretariat", divisions=("510182",))

    assert (await other.get(f"/proposals/{proposal_id}")).status == 404
    assert (await other.post(f"/proposals/{proposal_id}/selection")).status == 404
    assert (await other.get("/proposals")).body["items"] == []

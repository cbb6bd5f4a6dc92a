"""A provider challenges a step of a tender in time, and is answered: dismissed, or put right."""

import asyncio
from datetime import date, timedelta

import pytest

from libs.common import clock
from libs.common.ids import new_id
from libs.common.testing import Stage
from tests.services.procurement import agreement_steps
from tests.services.procurement.agreement_steps import check_books
from tests.services.procurement.challenge_steps import (
    BIDS,
    DISMISSED,
    answer,
    award,
    awarded_tender,
    challenge,
    challenged,
    day_after,
    draft_of,
    in_force,
    move_into,
    tender_of,
    upheld,
)
from tests.services.procurement.steps import (
    agent,
    bid,
    buyer,
    done,
    new_bidder,
    opened,
    published,
    refusal,
    reviewed,
    score,
    tie,
)


async def test_a_bidder_challenges_the_result(procurement: Stage) -> None:
    """It is told without what was written, and says by when it is answered and complained of."""
    ready = await awarded_tender(procurement)

    raised = await challenged(procurement, ready)

    assert (raised["status"], raised["about"]) == ("raised", "result")
    due = await day_after(procurement, 7)
    assert str(due) == raised["answer_due_day"]
    assert str(clock.add_working_days(due, 15, {})) == raised["complain_until"]
    [told] = await procurement.said("procurement.challenge.raised.v1")
    assert (raised["id"], str(ready.bidders[1].org)) == (told.subject, told.data["organisation_id"])
    assert not {"grounds", "reasons", "raised_by"} & told.data.keys()


@pytest.mark.parametrize(("late", "status"), [(0, 201), (1, 409)])
async def test_the_result_is_challenged_within_its_period(
    procurement: Stage, late: int, status: int
) -> None:
    """政府采购法 art. 52: seven working days after the notice of one; the day after is too late."""
    ready = await awarded_tender(procurement)
    last = await day_after(procurement, 8)
    await move_into(procurement, last + timedelta(days=late))

    refused = await challenge(procurement, ready.tender, ready.bidders[1])

    assert status == refused.status
    if late:
        assert ("challenge-too-late", str(last)) == (refused.code, refused.body["last_day"])


async def test_holidays_do_not_count(procurement: Stage) -> None:
    """A working day that the calendar takes away moves every deadline by one."""
    ready = await awarded_tender(procurement)
    holiday = await day_after(procurement, 3)
    before = await day_after(procurement, 7)
    await procurement.hear(
        "registry.calendar.changed.v1",
        str(holiday),
        {"day": holiday, "working": False, "name": "假日"},
    )

    raised = await challenged(procurement, ready)

    assert str(clock.add_working_days(before, 1, {})) == raised["answer_due_day"]


async def test_the_documents_are_open_to_every_provider(procurement: Stage) -> None:
    """Who has not bid challenges them too, until twelve working days after the publication."""
    tender = await published(procurement)
    outsider = await new_bidder(procurement)
    last = await day_after(procurement, 12)

    in_time = await challenge(procurement, tender["id"], outsider, "documents")
    await move_into(procurement, last + timedelta(days=1))
    late = await challenge(procurement, tender["id"], await new_bidder(procurement), "documents")

    assert in_time.status == 201
    assert (late.status, late.code, late.body["last_day"]) == (
        409,
        "challenge-too-late",
        str(last),
    )


@pytest.mark.parametrize("about", ["opening", "review", "result"])
async def test_only_bidders_challenge_what_happens_to_bids(procurement: Stage, about: str) -> None:
    """Who has not bid has suffered nothing by it."""
    ready = await awarded_tender(procurement)

    refused = await challenge(procurement, ready.tender, await new_bidder(procurement), about)

    assert (refused.status, refused.code) == (409, "not-a-bidder")


@pytest.mark.parametrize("about", ["opening", "review", "result"])
async def test_before_the_opening_nothing_tells_who_has_bid(procurement: Stage, about: str) -> None:
    """A bidder and another provider are refused alike."""
    tender = await published(procurement)
    bidder, other = await new_bidder(procurement), await new_bidder(procurement)
    await bid(procurement, bidder, tender["id"], bidder.document(8_000_000))

    for provider in (bidder, other):
        refused = await challenge(procurement, tender["id"], provider, about)
        assert (refused.status, refused.code) == (409, "nothing-to-challenge")


async def test_one_step_is_challenged_once(procurement: Stage) -> None:
    """All objections to it are raised together; one that was withdrawn makes room for another."""
    ready = await awarded_tender(procurement)
    raised = await challenged(procurement, ready)

    again = await challenge(procurement, ready.tender, ready.bidders[1])
    other_step = await challenge(procurement, ready.tender, ready.bidders[1], "review")
    other_bidder = await challenge(procurement, ready.tender, ready.bidders[2])
    withdrawn = await (
        ready.bidders[1].client(procurement).post(f"/challenges/{raised['id']}/withdrawal")
    )
    once_more = await challenge(procurement, ready.tender, ready.bidders[1])

    assert (again.status, again.code) == (409, "challenge-raised-already")
    assert (other_step.status, other_bidder.status) == (201, 201)
    assert (withdrawn.status, withdrawn.body["status"], once_more.status) == (200, "withdrawn", 201)
    [told] = await procurement.said("procurement.challenge.withdrawn.v1")
    assert raised["id"] == told.subject


async def test_two_challenges_at_once_are_one(procurement: Stage) -> None:
    """The same bidder with two hands raises one."""
    ready = await awarded_tender(procurement)

    answers = await asyncio.gather(
        *(challenge(procurement, ready.tender, ready.bidders[1]) for _ in range(2))
    )

    assert sorted(one.status for one in answers) == [201, 409]


async def test_other_profiles_have_no_challenge_by_law(procurement: Stage) -> None:
    """Grants and own funds go by their notice, until a city's policy says otherwise."""
    tender = await published(procurement, legal_profile="special-fund")

    refused = await challenge(procurement, tender["id"], await new_bidder(procurement), "documents")

    assert (refused.status, refused.code) == (409, "challenge-not-provided")


async def test_a_dismissed_challenge_changes_nothing(procurement: Stage) -> None:
    """The award stands, and nobody answers twice."""
    ready = await awarded_tender(procurement)
    raised = await challenged(procurement, ready)

    answered = await answer(procurement, raised["id"], DISMISSED)
    again = await answer(procurement, raised["id"], DISMISSED)

    assert (answered.body["status"], answered.body["verdict"]) == ("answered", "dismissed")
    assert (again.status, again.code) == (409, "challenge-not-open")
    assert (await tender_of(procurement, ready.tender))["status"] == "awarded"
    [told] = await procurement.said("procurement.challenge.answered.v1")
    assert (told.data["verdict"], "reasons" in told.data) == ("dismissed", False)


async def test_silence_is_overdue_once_and_can_still_be_broken(procurement: Stage) -> None:
    """At the end of the seventh working day it is told; a late answer counts all the same."""
    ready = await awarded_tender(procurement)
    raised = await challenged(procurement, ready)
    due = date.fromisoformat(raised["answer_due_day"])
    await move_into(procurement, due)
    assert await procurement.said("procurement.challenge.overdue.v1") == []

    await procurement.move_to(clock.end_of(due))
    await procurement.move_to(clock.end_of(due + timedelta(days=9)))

    [told] = await procurement.said("procurement.challenge.overdue.v1")
    assert (clock.end_of(due), "overdue") == (told.time, told.data["status"])
    late = await answer(procurement, raised["id"], DISMISSED)
    assert (late.status, late.body["status"]) == (200, "answered")


async def test_an_answer_in_time_is_never_overdue(procurement: Stage) -> None:
    """Answered or withdrawn challenges leave no timer."""
    ready = await awarded_tender(procurement)
    await done(await answer(procurement, (await challenged(procurement, ready))["id"], DISMISSED))
    taken_back = await challenged(procurement, ready, 2)
    client = ready.bidders[2].client(procurement)
    await done(await client.post(f"/challenges/{taken_back['id']}/withdrawal"))

    assert await procurement.fetch("SELECT FROM timers WHERE job = 'challenge-overdue'") == []


async def test_nothing_is_agreed_while_a_challenge_is_unanswered(procurement: Stage) -> None:
    """政府采购法实施条例 art. 54: neither drafted nor signed; after the answer it goes on."""
    ready = await awarded_tender(procurement)
    drafted = await done(await draft_of(procurement, ready))
    raised = await challenged(procurement, ready)
    path = f"/agreements/{drafted['id']}/signatures"
    provider = ready.bidders[0].client(procurement)

    unsigned = await provider.post(path, agreement_steps.seal(drafted))
    await done(
        await buyer(procurement).post(
            f"/agreements/{drafted['id']}/termination", {"reason": "redrafted"}
        )
    )
    undrafted = await draft_of(procurement, ready)
    await done(await answer(procurement, raised["id"], DISMISSED))
    redrafted = await done(await draft_of(procurement, ready))
    signed = await provider.post(
        f"/agreements/{redrafted['id']}/signatures", agreement_steps.seal(redrafted)
    )

    assert (unsigned.status, unsigned.code) == (409, "award-challenged")
    assert (undrafted.status, undrafted.code) == (409, "award-challenged")
    assert signed.status == 201


async def test_nothing_is_paid_while_a_challenge_is_unanswered(procurement: Stage) -> None:
    """An agreement that is in force already stands still until the answer."""
    ready = await awarded_tender(procurement)
    agreed = await in_force(procurement, ready)
    raised = await challenged(procurement, ready)
    [startup] = [one["id"] for one in agreed["payments"] if one["kind"] == "startup"]
    invoice = {"number": "fp-1", "amount": 5_600_000}
    provider = ready.bidders[0].client(procurement)
    await done(await provider.post(f"/payments/{startup}/invoice", invoice))
    await agreement_steps.approve_all(procurement, startup)

    unpaid = await agreement_steps.transfer(procurement, startup)
    void = await answer(procurement, raised["id"], upheld("award-again"))
    await done(await answer(procurement, raised["id"], DISMISSED))

    assert (unpaid.status, unpaid.code) == (409, "award-challenged")
    assert (void.status, void.code) == (409, "agreement-made-already")
    assert (await agreement_steps.transfer(procurement, startup)).status == 200


async def test_another_candidate_is_awarded(procurement: Stage) -> None:
    """另行确定: the draft on the void award is given up, its money is free, and the next is
    awarded; the one before is not awarded again."""
    ready = await awarded_tender(procurement)
    drafted = await done(await draft_of(procurement, ready))
    raised = await challenged(procurement, ready)
    await procurement.move_to(await procurement.now() + timedelta(hours=1))

    await done(await answer(procurement, raised["id"], upheld("award-again")))

    first, second = ready.bidders[0].org, ready.bidders[1].org
    tender = await tender_of(procurement, ready.tender)
    assert (tender["status"], tender["awarded_to"]) == ("reviewed", None)
    assert [str(first)] == tender["passed_ids"]
    [told] = await procurement.said("procurement.tender.reopened.v1")
    assert (told.data["status"], told.data["awarded_to"]) == ("reviewed", None)
    given_up = await agreement_steps.read(procurement, drafted["id"])
    assert (given_up["status"], given_up["end_reason"]) == ("terminated", "award-void")
    await check_books(procurement)
    same = await award(procurement, ready.tender, first)
    assert (same.status, same.code) == (409, "award-was-void")
    await done(await award(procurement, ready.tender, second, reason="award-void"))
    assert (await draft_of(procurement, ready, 1)).status == 201
    again = await challenge(procurement, ready.tender, ready.bidders[2])
    assert again.status == 201


async def test_too_few_candidates_mean_tendering_again(procurement: Stage) -> None:
    """财政部令第94号 art. 32: with two of three left an open tender is done again."""
    ready = await awarded_tender(procurement, BIDS[:3])
    raised = await challenged(procurement, ready)

    refused = await answer(procurement, raised["id"], upheld("award-again"))
    await done(await answer(procurement, raised["id"], upheld("tender-again")))

    assert (refused.status, refused.code) == (409, "too-few-candidates")
    assert (refused.body["candidates"], refused.body["needed"]) == (2, 3)
    tender = await tender_of(procurement, ready.tender)
    assert (tender["status"], tender["reason"]) == ("failed", "challenge-upheld")
    [told] = await procurement.said("procurement.tender.failed.v1")
    assert (told.data["awarded_to"], told.data["reason"]) == (None, "challenge-upheld")
    kept = ("title", "method", "budget_id", "purchaser_id", "agent_id", "legal_profile", "ceiling")
    anew = {
        **{name: tender[name] for name in (*kept, "proposal_id", "criteria", "experts")},
        "purchaser_members_most_bp": 3_333,
        "look_back_months": 36,
        "bids_due_at": (await procurement.now() + timedelta(days=21)).isoformat(),
        "outputs": tender["outputs"],
    }
    second = await done(await buyer(procurement).post("/tenders", anew))
    assert (await agent(procurement).post(f"/tenders/{second['id']}/publication")).status == 200


async def test_a_review_is_made_again(procurement: Stage) -> None:
    """The panel scores anew; the first record stays readable, and the new one decides."""
    ready, first = await reviewed(procurement, BIDS)
    raised = await done(await challenge(procurement, ready.tender, ready.bidders[1], "review"))

    await done(await answer(procurement, raised["id"], upheld("review-again")))

    tender = await tender_of(procurement, ready.tender)
    assert (tender["status"], tender["round"]) == ("opened", 2)
    unscored = await buyer(procurement).post(
        f"/tenders/{ready.tender}/review", {"record": "重新评审。"}
    )
    assert (unscored.status, unscored.code) == (409, "scores-missing")
    panel = await done(await buyer(procurement).get(f"/tenders/{ready.tender}/panel"))
    for seat in panel["seats"]:
        for bid_id, points in zip(ready.bids, (7_000, 9_000, 6_000, 5_000), strict=True):
            if seat["status"] == "seated":
                await done(await score(procurement, ready.tender, seat["person"], bid_id, points))
    again = await done(
        await buyer(procurement).post(f"/tenders/{ready.tender}/review", {"record": "重新评审。"})
    )
    assert str(ready.bidders[0].org) == first["lines"][0]["organisation_id"]
    assert str(ready.bidders[1].org) == again["lines"][0]["organisation_id"]
    path = f"/tenders/{ready.tender}/review"
    assert first == (await buyer(procurement).get(path, round="1")).body
    assert again == (await buyer(procurement).get(path)).body
    assert (await award(procurement, ready.tender, ready.bidders[1].org)).status == 200


async def test_documents_found_wrong_are_tendered_again(procurement: Stage) -> None:
    """The tender fails before its deadline, and no timer of it is left."""
    tender = await published(procurement)
    raised = await done(
        await challenge(procurement, tender["id"], await new_bidder(procurement), "documents")
    )

    wrong = await answer(procurement, raised["id"], upheld("review-again"))
    await done(await answer(procurement, raised["id"], upheld("tender-again")))

    assert (wrong.status, wrong.code) == (409, "remedy-not-possible")
    assert (await tender_of(procurement, tender["id"]))["status"] == "failed"
    assert await procurement.fetch("SELECT FROM timers WHERE job = 'close-tender'") == []


async def test_documents_put_right_go_on(procurement: Stage) -> None:
    """The tender stays published, and its agent may move the deadline."""
    tender = await published(procurement)
    raised = await done(
        await challenge(procurement, tender["id"], await new_bidder(procurement), "documents")
    )

    await done(await answer(procurement, raised["id"], upheld("go-on")))

    assert (await tender_of(procurement, tender["id"]))["status"] == "published"


@pytest.mark.parametrize(
    "finding", [{**DISMISSED, "remedy": "go-on"}, {"verdict": "upheld", "reasons": "成立。"}]
)
async def test_a_remedy_belongs_to_what_is_upheld(
    procurement: Stage, finding: dict[str, str]
) -> None:
    """Neither a remedy for nothing nor nothing for what was found."""
    tender = await published(procurement)
    raised = await done(
        await challenge(procurement, tender["id"], await new_bidder(procurement), "documents")
    )

    refused = await answer(procurement, raised["id"], finding)

    assert (refused.status, refused.code) == (422, "remedy-does-not-fit")
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/remedy"]


async def test_who_is_tied_to_a_bidder_does_not_answer(procurement: Stage) -> None:
    """An officer of the association who is tied leaves it to the purchaser."""
    ready = await awarded_tender(procurement)
    raised = await challenged(procurement, ready)
    await tie(procurement, "agent", ready.bidders[0].org)

    refused = await answer(procurement, raised["id"], DISMISSED)
    other = await buyer(procurement).post(f"/challenges/{raised['id']}/answer", DISMISSED)

    assert (refused.status, refused.code) == (409, "officer-tied")
    assert other.status == 200


async def test_a_tie_to_a_sealed_bidder_tells_nothing(procurement: Stage) -> None:
    """Before the opening only a tie to the challenger bars: another refusal would name a bidder."""
    tender = await published(procurement)
    bidder, challenger = await new_bidder(procurement), await new_bidder(procurement)
    await bid(procurement, bidder, tender["id"], bidder.document(8_000_000))
    await tie(procurement, "agent", bidder.org)
    raised = await done(await challenge(procurement, tender["id"], challenger, "documents"))

    assert (await answer(procurement, raised["id"], DISMISSED)).status == 200


async def test_a_challenge_is_for_those_it_concerns(procurement: Stage) -> None:
    """Its author, the purchaser's side and the supervisors read it; other providers have none,
    and another purchaser or agent does not answer it."""
    ready = await awarded_tender(procurement)
    raised = await challenged(procurement, ready)
    path = f"/challenges/{raised['id']}"
    other = ready.bidders[2].client(procurement)

    mine = await ready.bidders[1].client(procurement).get("/challenges", tender_id=ready.tender)
    assert [raised["id"]] == [one["id"] for one in mine.body["items"]]
    for role in ("official", "treasury", "auditor"):
        assert (await procurement.as_(role).get(path)).status == 200
    assert (await other.get(path)).code == "challenge-not-found"
    assert (await other.get("/challenges")).body["items"] == []
    assert (await other.post(f"{path}/withdrawal")).code == "challenge-not-found"
    assert (await procurement.as_("official", divisions=("510182",)).get(path)).status == 404
    stranger = procurement.as_("association", org=new_id())
    assert (await stranger.post(f"{path}/answer", DISMISSED)).code == "challenge-not-found"


async def test_a_failed_tender_is_tendered_again_instead(procurement: Stage) -> None:
    """Two bids fail an open tender; there is nothing left to challenge."""
    ready = await opened(procurement, (8_000_000, 7_500_000))

    refused = await challenge(procurement, ready.tender, ready.bidders[0], "opening")

    assert (refused.status, refused.code) == (409, "nothing-to-challenge")


async def test_who_is_too_late_reads_why(procurement: Stage) -> None:
    """In Chinese and in English, with the article."""
    ready = await awarded_tender(procurement)
    await move_into(procurement, await day_after(procurement, 30))
    client = ready.bidders[1].client(procurement)
    body = {"about": "result", "grounds": "报价得分计算有误。"}

    told = await refusal(client, f"/tenders/{ready.tender}/challenges", body)

    assert told == (
        "challenge-too-late",
        "对该环节提出质疑的期限已于所示日期届满（政府采购法第五十二条）。",
        "The period for challenging this step ended on the day given (政府采购法第五十二条).",
    )

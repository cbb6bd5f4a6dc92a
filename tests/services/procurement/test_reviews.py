"""Members mark each valid bid once; the review ranks when all have, with every figure."""

from datetime import timedelta
from typing import Any

from libs.common.ids import new_id
from libs.common.testing import Answer, Stage
from tests.services.procurement.steps import (
    Opened,
    buyer,
    done,
    empanelled,
    give_keys,
    know_expert,
    marks,
    opened,
    reviewed,
    score,
    seal_result,
)

PRICES = (8_000_000, 7_500_000, 8_500_000)
BIDS = ((8_000_000, 9_000), (7_500_000, 8_000), (8_500_000, 7_000))


async def conclude(procurement: Stage, ready: Opened) -> Answer:
    body = {"record": "评审小组一致同意。"}
    return await buyer(procurement).post(f"/tenders/{ready.tender}/review", body)


async def score_all(procurement: Stage, ready: Opened, members: list[str]) -> None:
    for member in members:
        for bid_id, (_, points) in zip(ready.bids, BIDS, strict=True):
            await done(await score(procurement, ready.tender, member, bid_id, points))


def figures(line: dict[str, Any]) -> dict[str, int]:
    return {figure["criterion"]: figure["points_bp"] for figure in line["figures"]}


async def test_a_member_marks_a_bid_once(procurement: Stage) -> None:
    """The database refuses the second time."""
    ready, members = await empanelled(procurement, PRICES)

    first = await score(procurement, ready.tender, members[0], ready.bids[0], 8_000)
    again = await score(procurement, ready.tender, members[0], ready.bids[0], 9_000)

    assert (first.status, first.body["member"]) == (201, members[0])
    assert (again.status, again.code) == (409, "bid-scored-already")


async def test_only_members_mark(procurement: Stage) -> None:
    """For a stand-in or anybody else the tender does not exist; bidders have no such scope."""
    ready, members = await empanelled(procurement, PRICES)
    stand_in = next(f"expert-{n}" for n in range(3) if f"expert-{n}" not in members)

    for person in (stand_in, "stranger"):
        answer = await score(procurement, ready.tender, person, ready.bids[0], 8_000)
        assert (answer.status, answer.code) == (404, "tender-not-found")
    bidder = (
        await ready.bidders[0]
        .client(procurement)
        .post(f"/tenders/{ready.tender}/scores", {"bid_id": ready.bids[0], "marks": marks(9_000)})
    )
    assert bidder.status == 403


async def test_marks_name_every_rated_criterion(procurement: Stage) -> None:
    """Each fault stands at its place."""
    ready, members = await empanelled(procurement, PRICES)
    given = [
        {"criterion": "plan", "points_bp": 8_000},
        {"criterion": "plan", "points_bp": 8_000},
        {"criterion": "price", "points_bp": 8_000},
    ]

    answer = await procurement.as_("expert", person=members[0]).post(
        f"/tenders/{ready.tender}/scores", {"bid_id": ready.bids[0], "marks": given}
    )

    assert (answer.status, answer.code) == (422, "marks-incomplete")
    assert {(fault["pointer"], fault["code"]) for fault in answer.body["errors"]} == {
        ("/marks/1/criterion", "marked-twice"),
        ("/marks/2/criterion", "not-rated"),
        ("/marks", "criterion-missing"),
    }


async def test_a_bid_of_another_tender_is_not_known(procurement: Stage) -> None:
    """Nor is one that there never was."""
    ready, members = await empanelled(procurement, PRICES)
    other = await opened(procurement, PRICES)

    for bid_id in (other.bids[0], str(new_id())):
        answer = await score(procurement, ready.tender, members[0], bid_id, 8_000)
        assert (answer.status, answer.code) == (409, "bid-not-yet-known")


async def test_nothing_is_judged_while_keys_are_out(procurement: Stage) -> None:
    """Neither marked nor concluded."""
    for number in range(2):
        await know_expert(procurement, f"expert-{number}")
    ready = await opened(procurement, PRICES)
    await done(
        await buyer(procurement).post(f"/tenders/{ready.tender}/panel", {"purchaser_members": []})
    )

    marked = await score(procurement, ready.tender, "expert-0", ready.bids[0], 8_000)
    concluded = await conclude(procurement, ready)

    assert (marked.status, marked.code) == (409, "keys-still-out")
    assert (concluded.status, concluded.code) == (409, "keys-still-out")


async def test_a_review_waits_for_every_score(procurement: Stage) -> None:
    """It says how many are missing; without a panel there is nothing to conclude."""
    unjudged = await opened(procurement, PRICES)
    await give_keys(procurement, unjudged)
    no_panel = await conclude(procurement, unjudged)
    ready, members = await empanelled(procurement, PRICES)
    await score(procurement, ready.tender, members[0], ready.bids[0], 8_000)

    missing = await conclude(procurement, ready)

    assert (no_panel.status, no_panel.code) == (409, "panel-not-drawn")
    assert (missing.status, missing.code) == (409, "scores-missing")
    assert missing.body["missing"] == 3 * 3 - 1


async def test_the_scores_of_a_recused_member_do_not_count(procurement: Stage) -> None:
    """The stand-in marks anew, and the mean is of those who sit at the end."""
    ready, members = await empanelled(procurement, PRICES)
    expert = next(member for member in members if member != "buyer")
    await score_all(procurement, ready, members)
    client = procurement.as_("expert", person=expert)
    panel = await done(await client.post(f"/tenders/{ready.tender}/panel/recusals"))
    seated = [seat["person"] for seat in panel["seats"] if seat["status"] == "seated"]
    [stand_in] = set(seated) - set(members)

    missing = await conclude(procurement, ready)
    await score_all(procurement, ready, [stand_in])

    assert missing.body["missing"] == 3
    assert (await conclude(procurement, ready)).status == 200


async def test_the_ranking_has_every_figure(procurement: Stage) -> None:
    """Means, price points, totals with and without past performance; then it is public."""
    ready, review = await reviewed(procurement, BIDS)

    lines = review["lines"]
    assert [str(ready.bidders[n].org) for n in (0, 1, 2)] == [x["organisation_id"] for x in lines]
    assert figures(lines[0]) == {"plan": 9_000, "team": 9_000, "price": 9_375, "past": 7_500}
    assert lines[0]["total_bp"] == (6_000 * 9_000 + 3_000 * 9_375 + 1_000 * 7_500) // 10_000
    assert lines[0]["total_without_past_bp"] == (6_000 * 9_000 + 3_000 * 9_375) // 10_000
    public = await ready.bidders[1].client(procurement).get(f"/tenders/{ready.tender}/ranking")
    assert public.body["lines"] == lines
    assert "record" not in public.body
    record = await procurement.as_("auditor").get(f"/tenders/{ready.tender}/review")
    assert record.body == review
    closed = await ready.bidders[1].client(procurement).get(f"/tenders/{ready.tender}/review")
    assert closed.status == 403


async def test_a_review_is_concluded_once(procurement: Stage) -> None:
    """Before it there is no ranking, and after it nothing is scored or recused."""
    before = await opened(procurement, PRICES)
    ready, _ = await reviewed(procurement, BIDS)

    early = await buyer(procurement).get(f"/tenders/{before.tender}/ranking")
    again = await conclude(procurement, ready)
    marked = await score(procurement, ready.tender, "buyer", ready.bids[0], 1)
    recused = await procurement.as_("purchaser", person="buyer").post(
        f"/tenders/{ready.tender}/panel/recusals"
    )

    assert (early.status, early.code) == (404, "review-not-found")
    for answer in (again, marked, recused):
        assert (answer.status, answer.code) == (409, "tender-not-opened")


async def test_past_performance_is_what_was_sealed_before_the_opening(
    procurement: Stage,
) -> None:
    """In similar domains and within the look-back; a later correction changes nothing, an
    earlier one does, and a newcomer has the mean of the others."""
    ready, members = await empanelled(procurement, PRICES)
    first, second, newcomer = (bidder.org for bidder in ready.bidders)
    opening, day = await procurement.now(), timedelta(days=1)
    corrected, later = new_id(), new_id()
    await seal_result(procurement, first, 9_000, opening - 9 * day, commission=later)
    await seal_result(procurement, first, 1_000, opening + day, commission=later, version=2)
    await seal_result(procurement, first, 1_000, opening - 30 * day, domain="neighbourhood")
    await seal_result(procurement, first, 1_000, opening - 1_200 * day)
    await seal_result(procurement, second, 2_000, opening - 9 * day, commission=corrected)
    await seal_result(
        procurement, second, 8_001, opening - 8 * day, commission=corrected, version=2
    )
    await seal_result(procurement, second, 6_000, opening - 7 * day)
    await seal_result(procurement, newcomer, 10_000, opening)
    await score_all(procurement, ready, members)

    review = await done(await conclude(procurement, ready))

    by_org = {line["organisation_id"]: line for line in review["lines"]}
    assert figures(by_org[str(first)])["past"] == 9_000
    assert figures(by_org[str(second)])["past"] == (8_001 + 6_000) // 2
    assert figures(by_org[str(newcomer)])["past"] == (9_000 + 7_000) // 2
    assert [by_org[str(org)]["past_results"] for org in (first, second, newcomer)] == [1, 2, 0]


async def test_an_agreement_counts_once_by_its_last_result_before_the_opening(
    procurement: Stage,
) -> None:
    """A re-evaluation replaces the first result, unless it or its correction came too late."""
    ready, members = await empanelled(procurement, PRICES)
    first, second, third = (bidder.org for bidder in ready.bidders)
    opening, day = await procurement.now(), timedelta(days=1)
    agreements = [new_id() for _ in range(3)]
    for provider, agreement in zip((first, second, third), agreements, strict=True):
        await seal_result(procurement, provider, 5_000, opening - 90 * day, agreement=agreement)
    await seal_result(procurement, first, 8_000, opening - day, agreement=agreements[0], round=2)
    await seal_result(procurement, second, 9_000, opening + day, agreement=agreements[1], round=2)
    corrected = new_id()
    for version, score_bp, told_at in ((1, 7_000, opening - day), (2, 9_500, opening + day)):
        await seal_result(
            procurement,
            third,
            score_bp,
            opening - day,
            commission=corrected,
            agreement=agreements[2],
            round=2,
            version=version,
            told_at=told_at,
        )
    await score_all(procurement, ready, members)

    review = await done(await conclude(procurement, ready))

    by_org = {line["organisation_id"]: line for line in review["lines"]}
    assert [figures(by_org[str(org)])["past"] for org in (first, second, third)] == [
        8_000,
        5_000,
        7_000,
    ]
    assert [by_org[str(org)]["past_results"] for org in (first, second, third)] == [1, 1, 1]


async def test_versions_of_a_result_come_in_any_order(procurement: Stage) -> None:
    """Each sealed version is kept once, also when an older one arrives later or again."""
    provider, commission = new_id(), new_id()
    now = await procurement.now()
    for version in (2, 1, 2):
        await seal_result(
            procurement, provider, 5_000 + version, now, commission=commission, version=version
        )

    rows = await procurement.fetch(
        "SELECT version, score_bp FROM sealed_results WHERE id = $1 ORDER BY version", commission
    )
    assert [tuple(row) for row in rows] == [(1, 5_001), (2, 5_002)]
    assert "keep_sealed_result" not in {one[0] for one in await procurement.waiting()}

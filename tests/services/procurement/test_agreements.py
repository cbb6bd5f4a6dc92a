"""An agreement follows a binding award, commits its amount, and says what was signed."""

import asyncio
import hashlib
import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from libs.common.ids import new_id
from libs.common.testing import Stage
from tests.services.procurement.agreement_steps import (
    BANDS,
    CLAUSES,
    PRICE,
    at_once,
    awarded,
    check_books,
    draft,
    in_force,
    read,
    sign_all,
    terminate,
    terms,
)
from tests.services.procurement.steps import (
    budget,
    buyer,
    done,
    know_organisation,
    know_worker,
    new_bidder,
    reviewed,
)


async def committed(stage: Stage, budget_id: str) -> int:
    answer = await stage.as_("auditor").get(f"/budgets/{budget_id}")
    return int((await done(answer))["committed"])


async def test_a_draft_commits_the_awarded_price(procurement: Stage) -> None:
    """Drafting takes the whole amount out of the budget's free money, and the ledger says so."""
    ready = await awarded(procurement)

    answer = await draft(procurement, ready)

    assert (answer.status, answer.body["status"]) == (201, "drafted")
    assert (answer.body["amount"], answer.body["fiscal_year"]) == (PRICE, 2025)
    assert await committed(procurement, ready.budget) == PRICE
    lines = await done(await procurement.as_("auditor").get(f"/budgets/{ready.budget}/ledger"))
    [line] = lines["items"]
    assert (
        line["act"],
        line["source"],
        line["target"],
        line["amount"],
    ) == ("commit", "available", "committed", PRICE)
    await check_books(procurement)


async def test_an_award_of_our_own_tender_is_agreed_upon(procurement: Stage) -> None:
    """From the review over the award to an agreement in force: one chain, no gap."""
    opened, review = await reviewed(
        procurement, ((8_000_000, 9_000), (7_500_000, 8_000), (8_500_000, 7_000))
    )
    winner = review["lines"][0]["organisation_id"]
    await done(
        await buyer(procurement).post(
            f"/tenders/{opened.tender}/award", {"organisation_id": winner}
        )
    )
    [bidder] = [one for one in opened.bidders if str(one.org) == winner]
    body = await terms(procurement, UUID(opened.tender), bidder.lead, 8_000_000)

    agreement = await done(await buyer(procurement).post("/agreements", body))

    assert (agreement["amount"], agreement["provider_id"]) == (8_000_000, winner)


async def test_the_hash_is_of_the_canonical_content(procurement: Stage) -> None:
    """Anyone can take the content's bytes and compute the hash that is signed."""
    agreement = await done(await draft(procurement, await awarded(procurement)))

    content = await procurement.as_("auditor").get(f"/agreements/{agreement['id']}/content")

    value: dict[str, Any] = content.body
    again = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(again.encode()).hexdigest() == agreement["content_hash"]
    assert value["clauses"]["disputes"] == CLAUSES["disputes"]
    assert {output["title"] for output in value["outputs"]} == {"入户探访", "护理培训"}


async def test_the_hash_survives_the_database(procurement: Stage) -> None:
    """What is read back from the database hashes to what was drafted."""
    running = await in_force(procurement)

    content = await procurement.as_("auditor").get(f"/agreements/{running.id}/content")

    again = json.dumps(content.body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(again.encode()).hexdigest() == running.agreement["content_hash"]


async def test_an_award_is_agreed_upon_once(procurement: Stage) -> None:
    """A second draft on the same award is refused, also at the same instant."""
    ready = await awarded(procurement)

    answers = await asyncio.gather(*(draft(procurement, ready) for _ in range(3)))

    assert sorted(answer.status for answer in answers) == [201, 409, 409]
    assert {answer.code for answer in answers} == {None, "award-agreed-already"}
    assert await committed(procurement, ready.budget) == PRICE


async def test_two_agreements_cannot_overdraw_a_budget(procurement: Stage) -> None:
    """Two drafts at once against one budget that holds one of them: one is refused."""
    first = await awarded(procurement, 50_000_000)
    second = await awarded(procurement, 50_000_000, first.budget)

    answers = await at_once(
        procurement,
        "SELECT FROM budgets WHERE id = $1 FOR UPDATE",
        UUID(first.budget),
        *(draft(procurement, ready, 50_000_000) for ready in (first, second)),
    )

    assert sorted(answer.status for answer in answers) == [201, 409]
    assert {answer.code for answer in answers} == {None, "budget-exceeded"}
    assert await committed(procurement, first.budget) == 50_000_000
    await check_books(procurement)


async def test_a_budget_must_be_approved(procurement: Stage) -> None:
    """Nothing is committed in a budget that is only planned."""
    ready = await awarded(procurement)
    await procurement.fetch(
        "UPDATE budgets SET status = 'planned', approved_by = NULL, committed = 0"
    )

    answer = await draft(procurement, ready)

    assert (answer.status, answer.code) == (409, "budget-not-approved")


async def test_no_agreement_without_a_binding_award(procurement: Stage) -> None:
    """A tender that is unknown, not awarded or another purchaser's is not known yet."""
    ready = await awarded(procurement)
    body = await terms(procurement, ready.tender, ready.provider.lead)
    stranger = procurement.as_("purchaser", org=new_id())
    far = procurement.as_("purchaser", divisions=("510182",))

    unknown = await buyer(procurement).post("/agreements", {**body, "tender_id": str(new_id())})
    answers = [
        unknown,
        await stranger.post("/agreements", body),
        await far.post("/agreements", body),
    ]
    await procurement.fetch(
        "UPDATE tenders SET status = 'reviewed', awarded_to = NULL, awarded_price = NULL"
    )
    answers.append(await buyer(procurement).post("/agreements", body))

    assert {(answer.status, answer.code) for answer in answers} == {(409, "award-not-yet-known")}


async def test_the_lead_is_certified_and_the_provider_s(procurement: Stage) -> None:
    """The named lead is known, holds a certificate, and works for the provider."""
    ready = await awarded(procurement)
    uncertified = new_id()
    await know_worker(procurement, uncertified, ready.provider.org, certified=False)
    other = await new_bidder(procurement)

    answers = [
        await draft(procurement, ready, lead_worker_id=str(lead))
        for lead in (new_id(), uncertified, other.lead)
    ]

    assert [answer.code for answer in answers] == [
        "worker-not-yet-known",
        "lead-not-certified",
        "lead-not-employed",
    ]


async def test_a_suspended_provider_gets_no_agreement(procurement: Stage) -> None:
    """An award to an organisation that has been stopped since leads nowhere."""
    ready = await awarded(procurement)
    await know_organisation(procurement, ready.provider.org, "provider", "suspended", "suspended")

    answer = await draft(procurement, ready)

    assert (answer.status, answer.code) == (409, "provider-not-active")


async def test_an_agreement_buys_what_was_tendered(procurement: Stage) -> None:
    """Less of a kind than the tender asked for is refused; more or other kinds are not."""
    ready = await awarded(procurement)
    asked = [{"kind": "home-visit", "title": "入户", "quantity": 481, "minimum_persons": 1}]
    await procurement.fetch("UPDATE tenders SET outputs = $1::text::jsonb", json.dumps(asked))

    below = await draft(procurement, ready)
    asked[0]["title"] = "上门"
    enough = await draft(procurement, ready, outputs=asked)

    assert (below.status, below.code) == (422, "outputs-below-tender")
    assert enough.status == 201


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"to_day": "2020-01-01"}, "term-ends-before-it-begins", "/to_day"),
        ({"to_day": "2099-01-01"}, "term-too-long", "/to_day"),
        ({"host_division": "510181002000"}, "site-outside-host", "/site_division"),
        ({"price_lines": [{"line": "全部", "amount": PRICE - 1}]}, "price-lines-off-amount",
         "/price_lines"),
        ({"payment_terms": [{"kind": "balance", "share_bp": 9_999}]},
         "payment-shares-incomplete", "/payment_terms"),
        ({"payment_terms": [{"kind": "startup", "share_bp": 10_000}]},
         "payment-shares-incomplete", "/payment_terms"),
        ({"bands": BANDS[:3]}, "bands-incomplete", "/bands"),
        ({"bands": [*BANDS[1:], {**BANDS[0], "balance_share_bp": 5_000}]}, "bands-incomplete",
         "/bands"),
        ({"outputs": [{"kind": "case", "title": "个案", "quantity": 0, "minimum_persons": 1}]},
         "output-empty", "/outputs/0/quantity"),
    ],
)  # fmt: skip
async def test_unlawful_terms_are_refused(
    procurement: Stage, changes: dict[str, Any], code: str, pointer: str
) -> None:
    """Each rule of the terms names its fault, and nothing is committed."""
    ready = await awarded(procurement)

    answer = await draft(procurement, ready, **changes)

    assert (answer.status, answer.code) == (422, code)
    assert answer.body["errors"][0]["pointer"] == pointer
    assert await committed(procurement, ready.budget) == 0


async def test_a_purchaser_agrees_within_its_area(procurement: Stage) -> None:
    """A site outside the caller's divisions is answered as an unknown one."""
    ready = await awarded(procurement)

    answer = await draft(
        procurement, ready, host_division="510182001000", site_division="510182001001"
    )

    assert (answer.status, answer.code) == (409, "division-not-yet-known")


async def test_payment_terms_come_from_the_policy(procurement: Stage) -> None:
    """Without terms of its own an agreement is paid 70/30; after a new policy, as that says."""
    first = await awarded(procurement)
    default = await done(await draft(procurement, first))
    rules = {
        "profile": "government-purchase",
        "effective_from": str(date(2020, 6, 1)),
        "source": "市政府购买服务办法（试行）",
        "parties": ["provider", "site"],
        "longest_years": 1,
        "payment_terms": [{"kind": "balance", "share_bp": 10_000}],
        "approval_steps": [{"step": "handler", "roles": ["purchaser"]}],
    }
    policy = await done(await procurement.as_("official").post("/agreement-policies", rules))
    second = await awarded(procurement, budget_id=first.budget)

    later = await done(await draft(procurement, second))

    assert [term["share_bp"] for term in default["payment_terms"]] == [7_000, 3_000]
    assert (policy["version"], later["policy_version"]) == (2, 2)
    assert later["payment_terms"] == [{"kind": "balance", "share_bp": 10_000}]
    assert (await read(procurement, default["id"]))["must_sign"] == ["provider", "host", "site"]


async def test_a_policy_only_goes_forward(procurement: Stage) -> None:
    """A version that starts no later, a step twice or shares off the whole are refused."""
    rules = {
        "profile": "own-funds",
        "effective_from": "2024-01-01",
        "source": "章程",
        "parties": ["provider"],
        "longest_years": 3,
        "payment_terms": [{"kind": "balance", "share_bp": 10_000}],
        "approval_steps": [{"step": "leader", "roles": ["purchaser"]}],
    }
    official = procurement.as_("official")
    twice = {**rules, "approval_steps": rules["approval_steps"] * 2}  # type: ignore[operator]
    shares = {**rules, "payment_terms": [{"kind": "balance", "share_bp": 1}]}

    answers = [
        await official.post("/agreement-policies", {**rules, "effective_from": "2020-03-01"}),
        await official.post("/agreement-policies", twice),
        await official.post("/agreement-policies", shares),
        await procurement.as_("purchaser").post("/agreement-policies", rules),
    ]

    assert [(answer.status, answer.code) for answer in answers] == [
        (409, "policy-not-later"),
        (422, "approval-step-twice"),
        (422, "payment-shares-incomplete"),
        (403, "forbidden"),
    ]
    listed = await done(await official.get("/agreement-policies", limit="3"))
    assert len(listed["items"]) == 3
    rest = await done(await official.get("/agreement-policies", cursor=listed["next"]))
    assert len(rest["items"]) == 3


async def test_a_draft_that_is_given_up_makes_room(procurement: Stage) -> None:
    """Its amount is released, nothing is told, and the award can be agreed upon again."""
    ready = await awarded(procurement)
    agreement = await done(await draft(procurement, ready))
    path = f"/agreements/{agreement['id']}/termination"

    ended = await done(await buyer(procurement).post(path, {"reason": "redraft"}))
    again = await buyer(procurement).post(path, {"reason": "redraft"})

    assert (ended["status"], ended["end_reason"]) == ("terminated", "redraft")
    assert (again.status, again.code) == (409, "agreement-ended")
    assert await committed(procurement, ready.budget) == 0
    assert await procurement.said("procurement.agreement.terminated.v1") == []
    await done(await draft(procurement, ready))
    await check_books(procurement)


async def test_a_terminated_agreement_uses_up_its_award(procurement: Stage) -> None:
    """After an agreement was in force its award is spent, also when it ended early."""
    running = await in_force(procurement)
    await terminate(procurement, running)

    answer = await draft(procurement, running.ready)

    assert (answer.status, answer.code) == (409, "award-agreed-already")


async def test_another_purchaser_ends_nothing(procurement: Stage) -> None:
    """To another purchaser of the same divisions the agreement does not exist."""
    running = await in_force(procurement)
    stranger = procurement.as_("purchaser", org=new_id())

    answer = await stranger.post(f"/agreements/{running.id}/termination", {"reason": "end"})

    assert (answer.status, answer.code) == (404, "agreement-not-found")


async def test_only_the_parties_rows_are_seen(procurement: Stage) -> None:
    """A provider sees its own agreements, a community its own; others get 404 and empty lists."""
    running = await in_force(procurement)
    path = f"/agreements/{running.id}"
    mine = running.ready.provider.client(procurement)
    stranger = procurement.as_("agency-manager", org=new_id())
    far = procurement.as_("town", divisions=("510182",))

    assert (await mine.get(path)).status == 200
    for other in (stranger, far):
        answer = await other.get(path)
        assert (answer.status, answer.code) == (404, "agreement-not-found")
        assert (await other.get("/agreements")).body["items"] == []
    assert (await procurement.as_("worker", org=running.ready.provider.org).get(path)).status == 403
    listed = await done(await mine.get("/agreements", status="in_force"))
    assert [item["id"] for item in listed["items"]] == [running.id]
    assert (await done(await mine.get("/agreements", status="drafted")))["items"] == []


async def test_only_a_purchaser_drafts_and_terminates(procurement: Stage) -> None:
    """The provider and the town can neither draft nor end an agreement."""
    running = await in_force(procurement)
    body = await terms(procurement, running.ready.tender, running.ready.provider.lead)

    for role in ("town", "official", "treasury"):
        client = procurement.as_(role)
        assert (await client.post("/agreements", body)).status == 403
        path = f"/agreements/{running.id}/termination"
        assert (await client.post(path, {"reason": "x"})).status == 403


async def test_the_ledger_is_for_those_who_answer_for_money(procurement: Stage) -> None:
    """Another district finds no ledger, and an agency has no business in it."""
    budget_id = (await awarded(procurement)).budget
    path = f"/budgets/{budget_id}/ledger"

    far = await procurement.as_("treasury", divisions=("510182",)).get(path)

    assert (far.status, far.code) == (404, "budget-not-found")
    assert (await procurement.as_("agency-manager", org=new_id()).get(path)).status == 403


async def test_agreements_beside_each_other_sum_to_the_budget(procurement: Stage) -> None:
    """Three agreements drafted and signed at once leave exactly the rest of the budget."""
    first = await awarded(procurement)
    budget_id = first.budget
    others = [await awarded(procurement, PRICE + n, budget_id) for n in (1, 2)]

    drafts = await asyncio.gather(
        *(draft(procurement, ready, PRICE + n) for n, ready in enumerate([first, *others]))
    )
    for ready, answer in zip([first, *others], drafts, strict=True):
        await sign_all(procurement, ready, await done(answer))

    assert await committed(procurement, budget_id) == 3 * PRICE + 3
    await check_books(procurement)
    assert await budget(procurement) != budget_id

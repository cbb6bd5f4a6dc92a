"""An agreement in force is changed when all who signed it sign the change, and never otherwise."""

import asyncio
import hashlib
import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.common.clock import end_of
from libs.common.ids import new_id
from libs.common.testing import Answer, Client, Stage
from tests.services.procurement.agreement_steps import (
    PRICE,
    InForce,
    accept,
    accepted,
    amend,
    at_once,
    awarded,
    check_books,
    draft,
    host,
    in_force,
    pay,
    read,
    seal,
    seal_result_of,
    sign_all_of,
    site,
    term_over,
    terminate,
)
from tests.services.procurement.steps import COMMUNITY, buyer, done, know_worker, new_bidder


def earlier(running: InForce, days: int = 30) -> str:
    """A last day that many days before the one agreed upon."""
    return str(date.fromisoformat(running.agreement["to_day"]) - timedelta(days=days))


async def drafted(stage: Stage, **changes: Any) -> tuple[InForce, dict[str, Any]]:
    running = await in_force(stage)
    changes = changes or {"to_day": earlier(running)}
    return running, await done(await amend(stage, running, **changes))


async def sign(client: Client, amendment: dict[str, Any], **changes: Any) -> Answer:
    return await client.post(
        f"/amendments/{amendment['id']}/signatures", {**seal(amendment), **changes}
    )


async def test_a_draft_changes_nothing_yet(procurement: Stage) -> None:
    """Until all have signed the agreement says what it said, and nothing is told."""
    running, amendment = await drafted(procurement)

    found = await read(procurement, running.id)
    assert (amendment["status"], amendment["reason"]) == ("drafted", "shortened")
    assert (amendment["to_day"], amendment["former"]["to_day"]) == (
        earlier(running),
        running.agreement["to_day"],
    )
    assert found == {**running.agreement, "amendments": [amendment]}
    assert await procurement.said("procurement.agreement.amended.v1") == []


async def test_the_last_signature_puts_it_in_force(procurement: Stage) -> None:
    """Term, outputs and lead are others at once; the full state is told; no money moves."""
    running = await in_force(procurement)
    lead = new_id()
    await know_worker(procurement, lead, running.ready.provider.org)
    visits, training = running.agreement["outputs"]
    group = {"kind": "group-session", "title": "互助小组", "quantity": 8, "minimum_persons": 6}
    outputs = [{**visits, "quantity": 500}, {**training, "quantity": 5}, group]
    amendment = await done(
        await amend(
            procurement,
            running,
            to_day=earlier(running),
            outputs=outputs,
            lead_worker_id=str(lead),
        )
    )

    await sign_all_of(procurement, running, amendment)

    found = await read(procurement, running.id)
    assert found["to_day"] == earlier(running)
    assert found["lead_worker_id"] == str(lead)
    assert found["outputs"][:2] == outputs[:2]
    assert {**found["outputs"][2], **group} == found["outputs"][2]
    assert found["content_hash"] == amendment["content_hash"]
    assert found["version"] == running.agreement["version"] + 1
    for name in ("amount", "status", "payments", "signatures"):
        assert found[name] == running.agreement[name]
    [told] = await procurement.said("procurement.agreement.amended.v1")
    assert (running.id, "in_force", PRICE) == (
        told.subject,
        told.data["status"],
        told.data["amount"],
    )
    assert told.data["outputs"] == found["outputs"]
    assert (told.data["to_day"], told.data["lead_worker_id"]) == (earlier(running), str(lead))
    [begun] = await procurement.said("procurement.agreement.in_force.v1")
    assert set(told.data) == set(begun.data)
    assert told.sequence == begun.sequence + 1
    await check_books(procurement)


async def test_until_the_last_signature_it_is_signing(procurement: Stage) -> None:
    """The file names who must sign and who has, and the agreement waits."""
    running, amendment = await drafted(procurement)

    await done(await sign(running.ready.provider.client(procurement), amendment))
    await done(await sign(host(procurement), amendment))

    path = f"/amendments/{amendment['id']}"
    found = await done(await procurement.as_("auditor").get(path))
    assert found["status"] == "signing"
    assert found["must_sign"] == ["provider", "host", "site"]
    assert [one["party"] for one in found["signatures"]] == ["provider", "host"]
    assert {one["amendment_id"] for one in found["signatures"]} == {amendment["id"]}
    assert (await read(procurement, running.id))["to_day"] == running.agreement["to_day"]


async def test_everything_ever_signed_can_be_read_by_its_hash(procurement: Stage) -> None:
    """Two amendments later the first agreement and each step still hash to what was signed."""
    running, first = await drafted(procurement)
    await sign_all_of(procurement, running, first)
    second = await done(await amend(procurement, running, to_day=running.agreement["to_day"]))
    await sign_all_of(procurement, running, second)
    auditor, path = procurement.as_("auditor"), f"/agreements/{running.id}/content"

    hashes = [one["content_hash"] for one in (running.agreement, first, second)]
    contents = [await auditor.get(path, content_hash=one) for one in hashes]

    assert len(set(hashes)) == 3
    assert [digest(one.body) for one in contents] == hashes
    assert digest((await auditor.get(path)).body) == second["content_hash"]
    own = await auditor.get(f"/amendments/{first['id']}/content")
    assert digest(own.body) == first["content_hash"]
    assert own.body["amendment_id"] == first["id"]
    unknown = await auditor.get(path, content_hash="0" * 64)
    assert (unknown.status, unknown.code) == (404, "content-not-found")


def digest(content: dict[str, Any]) -> str:
    again = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(again.encode()).hexdigest()


async def test_another_hash_is_refused(procurement: Stage) -> None:
    """Neither a made-up hash nor the agreement's own stands under an amendment."""
    running, amendment = await drafted(procurement)
    provider = running.ready.provider.client(procurement)

    answers = [
        await sign(provider, amendment, content_hash=wrong)
        for wrong in ("0" * 64, running.agreement["content_hash"])
    ]

    assert {(one.status, one.code) for one in answers} == {(409, "content-hash-differs")}


async def test_a_party_signs_once(procurement: Stage) -> None:
    """At the same instant one signature of a party counts; no person signs for two."""
    _, amendment = await drafted(procurement)

    answers = await asyncio.gather(
        *(sign(host(procurement, f"town-{n}"), amendment) for n in range(4))
    )
    signed = [n for n, answer in enumerate(answers) if answer.status == 201]
    himself = await sign(site(procurement, f"town-{signed[0]}"), amendment)

    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409]
    assert {answer.code for answer in answers} == {None, "party-has-signed"}
    assert (himself.status, himself.code) == (409, "second-person-required")


async def test_all_parties_at_the_same_instant(procurement: Stage) -> None:
    """Three parties at once: all sign, and it is told exactly once."""
    running, amendment = await drafted(procurement)
    parties = (running.ready.provider.client(procurement), host(procurement), site(procurement))

    answers = await at_once(
        procurement,
        "SELECT FROM agreements WHERE id = $1 FOR UPDATE",
        UUID(running.id),
        *(sign(party, amendment) for party in parties),
    )
    late = await sign(host(procurement, "town-2"), amendment)

    assert [answer.status for answer in answers] == [201, 201, 201]
    assert len(await procurement.said("procurement.agreement.amended.v1")) == 1
    assert (late.status, late.code) == (409, "amendment-not-open")


async def test_paper_counts_when_two_have_attested(procurement: Stage) -> None:
    """A scanned seal is the last signature only when the second witness has compared it."""
    running, amendment = await drafted(procurement)
    await done(await sign(running.ready.provider.client(procurement), amendment))
    await done(await sign(host(procurement), amendment))
    scan = b"%PDF-1.7 amended %%EOF"
    sha256 = hashlib.sha256(scan).hexdigest()
    await site(procurement).upload(f"/blobs/{sha256}", scan, "application/pdf")
    paper = {"form": "paper", "seal": None, "scan_sha256": sha256, "attested_by": "w-1"}
    signature = await done(await sign(site(procurement), amendment, **paper))
    path = f"/amendments/{amendment['id']}/signatures/{signature['id']}"
    before = (await read(procurement, running.id))["to_day"]

    himself = await procurement.as_("town", person="w-1").post(f"{path}/attestation")
    elsewhere = await procurement.as_("town", person="w-2").post(
        f"/agreements/{running.id}/signatures/{signature['id']}/attestation"
    )
    await done(await procurement.as_("town", person="w-2").post(f"{path}/attestation"))
    late = await procurement.as_("town", person="w-3").post(f"{path}/attestation")

    assert before == running.agreement["to_day"]
    assert (himself.status, himself.code) == (409, "second-person-required")
    assert (elsewhere.status, elsewhere.code) == (404, "signature-not-found")
    assert (late.status, late.code) == (409, "amendment-not-open")
    assert (await read(procurement, running.id))["to_day"] == earlier(running)
    assert (await procurement.as_("auditor").get(f"{path}/scan")).body == scan


async def test_one_amendment_at_a_time(procurement: Stage) -> None:
    """Of drafts at once one is made; after its withdrawal there is room for the next."""
    running = await in_force(procurement)

    answers = await asyncio.gather(
        *(amend(procurement, running, to_day=earlier(running, n)) for n in (10, 20, 30))
    )
    [amendment] = [one.body for one in answers if one.status == 201]
    await done(await sign(host(procurement), amendment))
    path = f"/amendments/{amendment['id']}/withdrawal"
    withdrawn = await done(await buyer(procurement).post(path))
    again = await buyer(procurement).post(path)
    late = await sign(site(procurement), amendment)

    assert sorted(one.status for one in answers) == [201, 409, 409]
    assert {one.code for one in answers} == {None, "amendment-open-already"}
    assert withdrawn["status"] == "withdrawn"
    assert (again.status, again.code) == (409, "amendment-not-open")
    assert (late.status, late.code) == (409, "amendment-not-open")
    await done(await amend(procurement, running, to_day=earlier(running)))


async def test_the_database_holds_one_open_amendment(procurement: Stage) -> None:
    """Whatever the code does, a second open one of an agreement is refused."""
    _, amendment = await drafted(procurement)

    with pytest.raises(Exception, match="an_agreement_has_one_open_amendment"):
        await procurement.fetch(
            """
            INSERT INTO amendments (id, version, agreement_id, status, reason, to_day, outputs,
                                    lead_worker_id, former, content_hash, drafted_by)
                 SELECT gen_random_uuid(), 1, agreement_id, 'drafted', reason, to_day, outputs,
                        lead_worker_id, former, content_hash, drafted_by
                   FROM amendments
                  WHERE id = $1
            """,
            UUID(amendment["id"]),
        )


async def test_only_an_agreement_in_force_is_amended(procurement: Stage) -> None:
    """Neither a draft nor what has ended takes an amendment, and an open one lapses."""
    ready = await awarded(procurement)
    agreement = await done(await draft(procurement, ready))
    early = await buyer(procurement).post(
        f"/agreements/{agreement['id']}/amendments", {"to_day": "2025-01-31", "reason": "x"}
    )
    running, amendment = await drafted(procurement)
    await terminate(procurement, running)

    late = await amend(procurement, running, to_day=earlier(running, 5))
    signed = await sign(host(procurement), amendment)

    assert (early.status, early.code) == (409, "agreement-not-in-force")
    assert (late.status, late.code) == (409, "agreement-not-in-force")
    assert (signed.status, signed.code) == (409, "amendment-not-open")
    assert (await read(procurement, running.id))["amendments"][0]["status"] == "lapsed"


async def test_what_was_accepted_is_not_amended(procurement: Stage) -> None:
    """After the acceptance the terms stand; with the last payment an open amendment lapses."""
    running = await in_force(procurement, to_day="2025-06-30")
    later = date(2025, 7, 31)
    await pay(procurement, running, "startup")
    await term_over(procurement, running)
    amendment = await done(await amend(procurement, running, to_day=str(later)))
    await seal_result_of(procurement, running, 10_000)
    await done(await accept(procurement, running))

    signed = await sign(host(procurement), amendment)
    again = await amend(procurement, running, to_day=str(later))
    await pay(procurement, running, "balance")

    assert (signed.status, signed.code) == (409, "agreement-accepted-already")
    assert (again.status, again.code) == (409, "agreement-accepted-already")
    found = await read(procurement, running.id)
    assert (found["status"], found["amendments"][0]["status"]) == ("completed", "lapsed")


async def test_the_balance_follows_an_amended_agreement(procurement: Stage) -> None:
    """Acceptance waits for the day it ends now; the amount is paid as it was planned."""
    running, amendment = await drafted(procurement)
    await sign_all_of(procurement, running, amendment)
    await pay(procurement, running, "startup")
    await procurement.move_to(end_of(date.fromisoformat(earlier(running))))

    await accepted(procurement, running, 10_000)
    await pay(procurement, running, "balance")

    assert (await read(procurement, running.id))["status"] == "completed"
    await check_books(procurement)


async def test_a_term_that_has_ended_meanwhile_is_not_signed(procurement: Stage) -> None:
    """Whoever signs too late is told that the amendment was overtaken."""
    running, amendment = await drafted(procurement)
    await procurement.move_to(end_of(date.fromisoformat(earlier(running))))

    answer = await sign(host(procurement), amendment)

    assert (answer.status, answer.code) == (409, "amendment-outrun")
    assert (await read(procurement, running.id))["amendments"][0]["status"] == "drafted"


async def test_the_new_lead_is_certified_and_the_provider_s(procurement: Stage) -> None:
    """Whoever takes over answers to the same rules as the first lead."""
    running = await in_force(procurement)
    uncertified = new_id()
    await know_worker(procurement, uncertified, running.ready.provider.org, certified=False)
    other = await new_bidder(procurement)

    answers = [
        await amend(procurement, running, lead_worker_id=str(lead))
        for lead in (new_id(), uncertified, other.lead)
    ]

    assert [answer.code for answer in answers] == [
        "worker-not-yet-known",
        "lead-not-certified",
        "lead-not-employed",
    ]


async def test_others_neither_draft_nor_see_it(procurement: Stage) -> None:
    """Only the agreement's purchaser drafts and withdraws; strangers find no amendment."""
    running, amendment = await drafted(procurement)
    path, change = f"/amendments/{amendment['id']}", {"to_day": "2025-09-30", "reason": "x"}
    rival = procurement.as_("purchaser", org=new_id())
    drafts = f"/agreements/{running.id}/amendments"

    for role in ("town", "official", "treasury"):
        assert (await procurement.as_(role).post(drafts, change)).status == 403
        assert (await procurement.as_(role).post(f"{path}/withdrawal")).status == 403
    elsewhere = await rival.post(drafts, change)
    withdrawn = await rival.post(f"{path}/withdrawal")
    assert (elsewhere.status, elsewhere.code) == (404, "agreement-not-found")
    assert (withdrawn.status, withdrawn.code) == (404, "amendment-not-found")
    for stranger in (
        procurement.as_("agency-manager", org=new_id()),
        procurement.as_("town", divisions=("510182",)),
    ):
        answers = [await stranger.get(path), await stranger.get(f"{path}/content")]
        answers.append(await sign(stranger, amendment))
        assert {(a.status, a.code) for a in answers} == {(404, "amendment-not-found")}
        assert (await stranger.get("/amendments")).body["items"] == []
    assert (await sign(procurement.as_("town", divisions=(COMMUNITY,)), amendment)).status == 403


async def test_those_who_must_sign_find_it(procurement: Stage) -> None:
    """The list is filtered by state and by agreement."""
    running, amendment = await drafted(procurement)
    mine = running.ready.provider.client(procurement)

    found = [
        [one["id"] for one in (await done(await mine.get("/amendments", **query)))["items"]]
        for query in ({"status": "drafted"}, {"agreement_id": running.id}, {"status": "signing"})
    ]

    assert found == [[amendment["id"]], [amendment["id"]], []]


async def test_a_repeated_draft_is_the_same_one(procurement: Stage) -> None:
    """The same key answers as before and drafts nothing more; a stale ETag drafts nothing."""
    running = await in_force(procurement)
    path, change = f"/agreements/{running.id}/amendments", {"to_day": earlier(running)}
    change["reason"] = "shortened"

    stale = await buyer(procurement).post(path, change, **{"If-Match": '"1"'})
    first = await buyer(procurement).post(path, change, key="once")
    again = await buyer(procurement).post(path, change, key="once")

    assert stale.status == 412
    assert first.body == again.body
    assert len((await read(procurement, running.id))["amendments"]) == 1

"""Three parties sign one content hash; the last signature starts the money, once."""

import asyncio
import hashlib
import io
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from libs.common.ids import new_id
from libs.common.testing import Answer, Client, Stage
from tests.services.procurement.agreement_steps import (
    PRICE,
    Ready,
    at_once,
    awarded,
    check_books,
    draft,
    host,
    read,
    seal,
    sign_all,
    site,
)
from tests.services.procurement.steps import COMMUNITY, done

SCAN = b"%PDF-1.7 sealed paper %%EOF"


async def drafted(stage: Stage) -> tuple[Ready, dict[str, Any]]:
    ready = await awarded(stage)
    return ready, await done(await draft(stage, ready))


async def sign(client: Client, agreement: dict[str, Any], **changes: Any) -> Answer:
    return await client.post(
        f"/agreements/{agreement['id']}/signatures", {**seal(agreement), **changes}
    )


async def test_the_last_signature_puts_it_in_force(procurement: Stage) -> None:
    """With the third signature the state is told, payments are planned, the start-up is due."""
    ready, agreement = await drafted(procurement)

    await sign_all(procurement, ready, agreement)

    found = await read(procurement, agreement["id"])
    assert found["status"] == "in_force"
    assert [one["party"] for one in found["signatures"]] == ["provider", "host", "site"]
    assert [(one["kind"], one["amount"], one["status"]) for one in found["payments"]] == [
        ("startup", 5_600_000, "due"),
        ("balance", PRICE - 5_600_000, "planned"),
    ]
    [told] = await procurement.said("procurement.agreement.in_force.v1")
    assert told.subject == agreement["id"]
    assert told.data["bands"] == agreement["bands"]
    assert told.data["outputs"] == agreement["outputs"]
    assert (told.data["division"], told.data["status"]) == (COMMUNITY, "in_force")
    assert "clauses" not in told.data
    [due] = await procurement.said("procurement.payment.due.v1")
    assert (due.data["kind"], due.data["amount"]) == ("startup", 5_600_000)
    await check_books(procurement)


async def test_until_the_last_signature_nothing_is_due(procurement: Stage) -> None:
    """Two of three signatures leave it in signing, without payments or events."""
    ready, agreement = await drafted(procurement)

    await done(await sign(ready.provider.client(procurement), agreement))
    await done(await sign(host(procurement), agreement))

    found = await read(procurement, agreement["id"])
    assert (found["status"], found["payments"]) == ("signing", [])
    assert await procurement.said("procurement.agreement.in_force.v1") == []


async def test_another_hash_is_refused(procurement: Stage) -> None:
    """Whoever signs something else than the content is told so."""
    ready, agreement = await drafted(procurement)

    answer = await sign(ready.provider.client(procurement), agreement, content_hash="0" * 64)

    assert (answer.status, answer.code) == (409, "content-hash-differs")


async def test_a_party_signs_once(procurement: Stage) -> None:
    """A second signature of the same party is refused, also at the same instant."""
    _, agreement = await drafted(procurement)

    answers = await asyncio.gather(
        *(sign(host(procurement, f"town-{n}"), agreement) for n in range(4))
    )

    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409]
    assert {answer.code for answer in answers} == {None, "party-has-signed"}


async def test_all_parties_at_the_same_instant(procurement: Stage) -> None:
    """Three parties at once: all sign, and it comes into force exactly once."""
    ready, agreement = await drafted(procurement)
    parties = (ready.provider.client(procurement), host(procurement), site(procurement))

    answers = await at_once(
        procurement,
        "SELECT FROM agreements WHERE id = $1 FOR UPDATE",
        UUID(agreement["id"]),
        *(sign(party, agreement) for party in parties),
    )

    assert [answer.status for answer in answers] == [201, 201, 201]
    assert len(await procurement.said("procurement.agreement.in_force.v1")) == 1
    assert len(await procurement.said("procurement.payment.due.v1")) == 1
    assert len((await read(procurement, agreement["id"]))["payments"]) == 2


async def test_a_person_signs_for_one_party(procurement: Stage) -> None:
    """The same person under two roles cannot sign for two parties."""
    _, agreement = await drafted(procurement)
    await done(await sign(host(procurement, "p-7"), agreement))

    answer = await sign(site(procurement, "p-7"), agreement)

    assert (answer.status, answer.code) == (409, "second-person-required")


async def test_a_signed_agreement_takes_no_more_signatures(procurement: Stage) -> None:
    """After the last signature another one is refused."""
    ready, agreement = await drafted(procurement)
    await sign_all(procurement, ready, agreement)

    answer = await sign(host(procurement, "town-2"), agreement)

    assert (answer.status, answer.code) == (409, "agreement-not-open-for-signing")


async def test_who_stands_for_no_party_cannot_sign(procurement: Stage) -> None:
    """Another agency and another town find nothing; a town within the site has no say."""
    _, agreement = await drafted(procurement)

    stranger = await sign(procurement.as_("agency-manager", org=new_id()), agreement)
    far = await sign(procurement.as_("town", divisions=("510181002",)), agreement)
    within = await sign(procurement.as_("town", divisions=(COMMUNITY,)), agreement)
    purchaser = await sign(procurement.as_("purchaser"), agreement)

    assert (stranger.status, stranger.code) == (404, "agreement-not-found")
    assert (far.status, far.code) == (404, "agreement-not-found")
    assert (within.status, within.code) == (403, "forbidden")
    assert purchaser.status == 403


async def upload(client: Client, content: bytes = SCAN) -> tuple[Answer, str]:
    sha256 = hashlib.sha256(content).hexdigest()
    return await client.upload(f"/blobs/{sha256}", content, "application/pdf"), sha256


async def test_paper_counts_when_two_have_attested(procurement: Stage) -> None:
    """Sealed paper is scanned, attested by two others, and only then the last signature."""
    ready, agreement = await drafted(procurement)
    await done(await sign(ready.provider.client(procurement), agreement))
    await done(await sign(host(procurement), agreement))
    stored, sha256 = await upload(site(procurement))
    paper = {"form": "paper", "seal": None, "scan_sha256": sha256, "attested_by": "w-1"}
    signature = await done(await sign(site(procurement), agreement, **paper))
    before = (await read(procurement, agreement["id"]))["status"]
    path = f"/agreements/{agreement['id']}/signatures/{signature['id']}"

    refused = [
        await procurement.as_("town", person=person).post(f"{path}/attestation")
        for person in ("w-1", "community-1")
    ]
    await done(await procurement.as_("town", person="w-2").post(f"{path}/attestation"))
    late = await procurement.as_("town", person="w-3").post(f"{path}/attestation")

    assert (stored.status, before) == (201, "signing")
    assert [answer.code for answer in refused] == ["second-person-required"] * 2
    assert (late.status, late.code) == (409, "agreement-not-open-for-signing")
    assert (await read(procurement, agreement["id"]))["status"] == "in_force"
    scan = await procurement.as_("auditor").get(f"{path}/scan")
    assert (scan.body, scan.headers["Content-Type"]) == (SCAN, "application/pdf")


async def test_only_paper_is_attested(procurement: Stage) -> None:
    """An e-seal needs no witness, and an unknown signature is not found."""
    _, agreement = await drafted(procurement)
    signature = await done(await sign(host(procurement), agreement))
    path = f"/agreements/{agreement['id']}/signatures"
    witness = procurement.as_("official", person="w-1")

    sealed = await witness.post(f"{path}/{signature['id']}/attestation")
    unknown = await witness.post(f"{path}/{new_id()}/attestation")
    no_scan = await witness.get(f"{path}/{signature['id']}/scan")

    assert (sealed.status, sealed.code) == (409, "signature-not-to-attest")
    assert (unknown.status, unknown.code) == (404, "signature-not-found")
    assert (no_scan.status, no_scan.code) == (404, "scan-not-found")


async def test_a_form_comes_with_its_proof(procurement: Stage) -> None:
    """Each missing or foreign proof is named; a scan that was not uploaded is not known yet."""
    _, agreement = await drafted(procurement)
    client = site(procurement)

    bare = await sign(client, agreement, form="paper")
    own = await sign(client, agreement, form="e-seal", seal=None, attested_by="w-1")
    missing = {"form": "paper", "seal": None, "scan_sha256": "0" * 64, "attested_by": "w-1"}
    unknown = await sign(client, agreement, **missing)
    _, sha256 = await upload(client)
    himself = await sign(
        client,
        agreement,
        **{**missing, "scan_sha256": sha256, "attested_by": "community-1"},
    )

    assert (bare.status, bare.code) == (422, "seal-missing")
    assert {fault["pointer"] for fault in bare.body["errors"]} == {
        "/seal",
        "/scan_sha256",
        "/attested_by",
    }
    assert {fault["pointer"] for fault in own.body["errors"]} == {"/seal", "/attested_by"}
    assert (unknown.status, unknown.code) == (409, "scan-not-yet-known")
    assert (himself.status, himself.code) == (409, "second-person-required")


async def test_a_scan_is_stored_once_and_as_it_is(procurement: Stage) -> None:
    """The same scan again is 200; a wrong hash is 422, a video 415."""
    client = site(procurement)
    first, sha256 = await upload(client)

    again, _ = await upload(client)
    other = await client.upload(f"/blobs/{sha256}", b"%PDF-else %%EOF", "application/pdf")
    video = await client.upload(f"/blobs/{sha256}", SCAN, "video/mp4")

    assert (first.status, again.status) == (201, 200)
    assert (other.status, other.code) == (422, "blob-differs")
    assert video.status == 415
    assert (
        await procurement.as_("auditor").upload(f"/blobs/{sha256}", SCAN, "image/png")
    ).status == 403


def photographed(kind: str) -> bytes:
    """Paper, photographed."""
    out = io.BytesIO()
    Image.effect_noise((64, 64), 80).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", "application/pdf"),
        (b"<html>", "application/pdf"),
        (b"<html>", "image/png"),
        (SCAN, "image/jpeg"),
        (SCAN[:-1], "application/pdf"),
        (photographed("JPEG")[:-300], "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
    ],
)
async def test_a_scan_is_what_it_says(procurement: Stage, content: bytes, media_type: str) -> None:
    """Empty, damaged and disguised files are refused before they are kept."""
    digest = hashlib.sha256(content).hexdigest()

    answer = await site(procurement).upload(f"/blobs/{digest}", content, media_type)

    assert (answer.status, answer.code) == (422, "scan-unreadable")

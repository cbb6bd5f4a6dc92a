"""Consents are given for one purpose by whoever may, and taken back at any time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from libs.common.testing import Answer, Client, Stage
from tests.services.casework.conftest import AGENCY, CHILD, COMMUNITY

Enrol = Callable[..., Awaitable[str]]


async def consent(keeper: Client, reference: str, **changes: Any) -> Answer:
    """The recipient consents to visits in writing."""
    body = {"purpose": "visit", "given_by": "self", "form": "written", **changes}
    return await keeper.post(f"/recipients/{reference}/consents", body)


async def test_a_consent_is_told(casework: Stage, manager: Client, enrol: Enrol) -> None:
    """A consent tells its purpose and whose it is, and not who gave it in which form."""
    reference = await enrol(manager)

    answer = await consent(manager, reference)

    assert answer.status == 201, answer.body
    [told] = await casework.said("casework.consent.given.v1")
    assert answer.body["id"] == told.subject
    assert told.division == COMMUNITY
    assert {
        "id": answer.body["id"],
        "recipient_ref": reference,
        "organisation_id": str(AGENCY),
        "purpose": "visit",
        "status": "standing",
    } == told.data


async def test_a_withdrawal_is_told_once(casework: Stage, manager: Client, enrol: Enrol) -> None:
    """A consent is withdrawn without a reason, and cannot be withdrawn again."""
    given = await consent(manager, await enrol(manager))

    withdrawn = await manager.post(f"/consents/{given.body['id']}/withdrawal")
    again = await manager.post(f"/consents/{given.body['id']}/withdrawal")

    assert (withdrawn.status, withdrawn.body["status"]) == (200, "withdrawn")
    assert withdrawn.body["withdrawn_on"] == "2024-11-01"
    assert (again.status, again.code) == (409, "consent-not-standing")
    [told] = await casework.said("casework.consent.withdrawn.v1")
    assert (told.data["status"], told.sequence) == ("withdrawn", 2)


async def test_one_consent_a_purpose_stands(manager: Client, enrol: Enrol) -> None:
    """The second consent to a purpose is refused until the first is withdrawn."""
    reference = await enrol(manager)
    first = await consent(manager, reference)

    second = await consent(manager, reference)
    photo = await consent(manager, reference, purpose="photo")
    await manager.post(f"/consents/{first.body['id']}/withdrawal")
    renewed = await consent(manager, reference)
    listed = await manager.get(f"/recipients/{reference}/consents")

    assert (second.status, second.code) == (409, "consent-stands-already")
    assert [photo.status, renewed.status] == [201, 201]
    assert [c["status"] for c in listed.body["consents"]] == ["withdrawn", "standing", "standing"]


async def test_the_database_keeps_one_consent_a_purpose(manager: Client, enrol: Enrol) -> None:
    """Of several at the same moment exactly one stands."""
    reference = await enrol(manager)

    answers = await asyncio.gather(*(consent(manager, reference) for _ in range(4)))

    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409]


async def test_a_child_s_guardian_consents(manager: Client, enrol: Enrol) -> None:
    """Under 14 the child alone cannot consent (PIPL art. 31)."""
    reference = await enrol(manager, CHILD)

    alone = await consent(manager, reference)
    guarded = await consent(manager, reference, given_by="guardian")

    assert (alone.status, alone.code) == (422, "guardian-must-consent")
    assert alone.body["errors"][0]["pointer"] == "/given_by"
    assert guarded.status == 201


async def test_a_guardian_has_to_be_recorded(manager: Client, enrol: Enrol) -> None:
    """Nobody consents as a guardian whom the file does not know."""
    answer = await consent(manager, await enrol(manager), given_by="guardian")

    assert (answer.status, answer.code) == (409, "guardian-not-recorded")


async def test_a_closed_file_takes_no_consent(manager: Client, enrol: Enrol) -> None:
    """After the closure nothing new is consented to, but a consent can be taken back."""
    reference = await enrol(manager)
    given = await consent(manager, reference)
    await manager.post(f"/recipients/{reference}/closure", {"reason": "ended"})

    late = await consent(manager, reference, purpose="photo")
    withdrawn = await manager.post(f"/consents/{given.body['id']}/withdrawal")

    assert (late.status, late.code) == (409, "recipient-closed")
    assert withdrawn.status == 200


async def test_another_s_consent_does_not_exist(
    manager: Client, rival: Client, enrol: Enrol
) -> None:
    """Neither to withdraw nor to read."""
    reference = await enrol(manager)
    given = await consent(manager, reference)

    missing = await manager.post(f"/consents/{uuid4()}/withdrawal")
    other = await rival.post(f"/consents/{given.body['id']}/withdrawal")
    listed = await rival.get(f"/recipients/{reference}/consents")

    assert [(a.status, a.code) for a in (missing, other)] == [(404, "consent-not-found")] * 2
    assert listed.status == 404


@pytest.mark.parametrize("role", ["official", "evaluator", "auditor"])
async def test_only_keepers_record_consents(
    casework: Stage, manager: Client, enrol: Enrol, role: str
) -> None:
    """Nobody else records or withdraws a consent."""
    reference = await enrol(manager)
    client = casework.as_(role, org=AGENCY)

    assert (await consent(client, reference)).status == 403
    assert (await client.post(f"/consents/{uuid4()}/withdrawal")).status == 403

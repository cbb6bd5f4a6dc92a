"""Personal data is read for a purpose, by those who may, and each reading leaves a line."""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import pytest

from libs.common.testing import Answer, Client, Stage
from tests.levels import level
from tests.services.casework.conftest import AGENCY, CHILD, GRANDMOTHER
from tests.services.casework.test_consents import consent

Enrol = Callable[..., Awaitable[str]]
VISIT: Final = UUID("01937b2e-5c00-7000-8000-00000000c001")
EVALUATORS: Final = UUID("01937b2e-5c00-7000-8000-00000000c002")


@pytest.fixture
def visitor(casework: Stage) -> Client:
    """Who was assigned the visit."""
    return casework.as_("evaluator", person="p-visitor", org=EVALUATORS)


async def tell_visit(casework: Stage, reference: str, **changes: Any) -> None:
    """Evaluation assigns a visit, or ends it."""
    state = {
        "id": VISIT,
        "commission_id": uuid4(),
        "agreement_id": uuid4(),
        "visitor": "p-visitor",
        "recipient_ref": reference,
        "purpose": "evaluation",
        "from_day": "2024-11-01",
        "to_day": "2024-11-10",
        "status": "assigned",
        "outcome": None,
        **changes,
    }
    await casework.hear(f"evaluation.visit.{state['status']}.v1", VISIT, state)


async def reveal(visitor: Client, key: str | None = None) -> Answer:
    """The visitor asks how to reach the recipient."""
    return await visitor.post("/reveals", {"visit_id": VISIT, "purpose": "evaluation"}, key=key)


async def log_of(casework: Stage, **query: str) -> list[dict[str, Any]]:
    """What an auditor finds."""
    answer = await casework.as_("auditor").get("/read-log", **query)
    assert answer.status == 200, answer.body
    return list(answer.body["items"])


async def test_a_keeper_reads_its_own(casework: Stage, manager: Client, enrol: Enrol) -> None:
    """All that was entered comes back, and the log says who read it and what for."""
    reference = await enrol(manager, {**CHILD, "household": "户-9"})

    answer = await manager.post(f"/recipients/{reference}/readings", {"purpose": "care-plan"})

    assert answer.status == 200, answer.body
    known = {key: answer.body[key] for key in ("name", "birth_date", "sex", "phone", "guardian")}
    assert {key: CHILD[key] for key in known} == known
    assert answer.body["household"] == "户-9"
    [line] = await log_of(casework)
    assert ("p-manager", reference, "reading", "care-plan") == (
        line["person"],
        line["recipient_ref"],
        line["kind"],
        line["purpose"],
    )
    assert answer.body["id"] == line["id"]


async def test_a_purpose_is_a_code(manager: Client, enrol: Enrol) -> None:
    """Without a purpose nothing is read, and no sentence about a person gets into the log."""
    reference = await enrol(manager)

    answers = [
        await manager.post(f"/recipients/{reference}/readings", body)
        for body in ({}, {"purpose": "because 王秀英 asked"})
    ]

    assert [answer.status for answer in answers] == [422, 422]


async def test_a_visitor_learns_how_to_reach_the_recipient(
    casework: Stage, manager: Client, visitor: Client, enrol: Enrol
) -> None:
    """Contact data alone is given, within the visit, and the log names the visit."""
    reference = await enrol(manager)
    await consent(manager, reference)
    await tell_visit(casework, reference)

    answer = await reveal(visitor)

    assert answer.status == 200, answer.body
    assert {
        "id": answer.body["id"],
        "recipient_ref": reference,
        "name": GRANDMOTHER["name"],
        "phone": GRANDMOTHER["phone"],
        "address": GRANDMOTHER["address"],
        "guardian": None,
    } == answer.body
    [line] = await log_of(casework)
    assert ("reveal", str(VISIT)) == (line["kind"], line["visit_id"])


async def test_a_child_is_reached_through_the_guardian(
    casework: Stage, manager: Client, visitor: Client, enrol: Enrol
) -> None:
    """Where visits are special the guardian is named and the child's own number is not."""
    reference = await enrol(manager, CHILD)
    await consent(manager, reference, given_by="guardian")
    await tell_visit(casework, reference)

    answer = await reveal(visitor)

    assert (None, CHILD["guardian"]) == (answer.body["phone"], answer.body["guardian"])


async def test_a_repeat_reads_and_logs_again(
    casework: Stage, manager: Client, visitor: Client, enrol: Enrol
) -> None:
    """The same key gives the data of now, and a second line that points at the first."""
    reference = await enrol(manager)
    await consent(manager, reference)
    await tell_visit(casework, reference)
    first = await reveal(visitor, "k-1")
    await manager.post(
        f"/recipients/{reference}/move", {"division": "510181002001", "address": "新址3号"}
    )

    second = await reveal(visitor, "k-1")

    assert second.headers["Idempotent-Replayed"] == "true"
    assert first.body["id"] == second.body["id"]
    assert second.body["address"] == "新址3号"
    lines = await log_of(casework)
    assert [first.body["id"]] * 2 == [line["asked_as"] for line in lines]
    assert len({line["id"] for line in lines}) == 2
    assert await level(casework, "personal_data_read_last_hour", kind="reveal") == 2


async def test_a_repeat_checks_the_rights_again(
    casework: Stage, manager: Client, visitor: Client, enrol: Enrol
) -> None:
    """A key from before the withdrawal opens nothing after it."""
    reference = await enrol(manager)
    given = await consent(manager, reference)
    await tell_visit(casework, reference)
    await reveal(visitor, "k-1")
    await manager.post(f"/consents/{given.body['id']}/withdrawal")

    answer = await reveal(visitor, "k-1")

    assert (answer.status, answer.code) == (409, "visit-consent-missing")
    assert len(await log_of(casework)) == 1


async def test_a_withdrawn_service_consent_reveals_nothing(
    casework: Stage, manager: Client, visitor: Client, enrol: Enrol
) -> None:
    """Who is served no longer is not visited, whatever the visit consent says; and is told so."""
    reference = await enrol(manager)
    await consent(manager, reference)
    body = {"purpose": "service", "given_by": "self", "form": "written"}
    service = await manager.post(f"/recipients/{reference}/consents", body)
    await tell_visit(casework, reference)
    before = await reveal(visitor)
    await manager.post(f"/consents/{service.body['id']}/withdrawal")
    request = {"visit_id": str(VISIT), "purpose": "evaluation-visit"}

    zh = await visitor.post("/reveals", request, **{"Accept-Language": "zh-CN"})
    en = await visitor.post("/reveals", request, **{"Accept-Language": "en"})
    renewed = await manager.post(f"/recipients/{reference}/consents", body)
    after = await reveal(visitor)

    assert (service.status, renewed.status) == (201, 201)
    assert (before.status, after.status) == (200, 200)
    assert (zh.status, zh.code) == (409, "visit-consent-missing")
    assert (
        zh.body["title"] == "服务对象未同意走访或已撤回同意，不提供联系方式；请以“拒绝”结束该走访。"
    )
    assert en.body["title"].startswith("The recipient has not consented to visits")


async def test_a_repeated_reading_of_a_keeper_is_logged_again(
    casework: Stage, manager: Client, enrol: Enrol
) -> None:
    """The own organisation's repeats leave their lines too."""
    reference = await enrol(manager)
    path = f"/recipients/{reference}/readings"
    first = await manager.post(path, {"purpose": "care"}, key="k-1")
    second = await manager.post(path, {"purpose": "care"}, key="k-1")

    assert first.body == second.body
    assert len(await log_of(casework)) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"visitor": "p-somebody-else"}, "visit-not-yet-known"),
        ({"status": "ended", "outcome": "visited"}, "visit-ended"),
        ({"from_day": "2024-11-02"}, "visit-not-today"),
        ({"from_day": "2024-10-01", "to_day": "2024-10-31"}, "visit-not-today"),
    ],
)
async def test_only_the_visit_of_today_opens(
    casework: Stage,
    manager: Client,
    visitor: Client,
    enrol: Enrol,
    changes: dict[str, Any],
    code: str,
) -> None:
    """Another's visit, an ended one, or one of other days gives nothing and logs nothing."""
    reference = await enrol(manager)
    await consent(manager, reference)
    await tell_visit(casework, reference, **changes)

    answer = await reveal(visitor)

    assert (409, code) == (answer.status, answer.code)
    assert await log_of(casework) == []


async def test_no_consent_no_contact(
    casework: Stage, manager: Client, visitor: Client, enrol: Enrol
) -> None:
    """A consent to something else is none to visits."""
    reference = await enrol(manager)
    await consent(manager, reference, purpose="photo")
    await tell_visit(casework, reference)

    answer = await reveal(visitor)

    assert (answer.status, answer.code) == (409, "visit-consent-missing")


@pytest.mark.parametrize("reference", ["nobody", "01937b2e-5c00-7000-8000-000000000001"])
async def test_a_visit_to_somebody_unknown_opens_nothing(
    casework: Stage, visitor: Client, reference: str
) -> None:
    """A reference that casework does not have may still arrive."""
    await tell_visit(casework, reference)

    answer = await reveal(visitor)

    assert (answer.status, answer.code) == (409, "recipient-not-yet-known")


async def test_an_unknown_visit_may_still_arrive(visitor: Client) -> None:
    """A visit that casework has not heard of is answered with a time to ask again."""
    answer = await reveal(visitor)

    assert (answer.status, answer.code) == (409, "visit-not-yet-known")
    assert answer.headers["Retry-After"] == "1"


async def test_only_visitors_ask_for_contacts(casework: Stage, manager: Client) -> None:
    """Neither the agency nor an official gets contact data this way."""
    assert (await reveal(manager)).status == 403
    assert (await reveal(casework.as_("official"))).status == 403


async def test_the_log_is_for_auditors_of_the_division(
    casework: Stage, manager: Client, enrol: Enrol
) -> None:
    """Others have no access, and an auditor elsewhere finds nothing."""
    await manager.post(f"/recipients/{await enrol(manager)}/readings", {"purpose": "care"})

    elsewhere = await casework.as_("auditor", divisions=("510182",)).get("/read-log")

    assert elsewhere.body["items"] == []
    assert (await manager.get("/read-log")).status == 403
    assert (await casework.as_("operator").get("/read-log")).status == 403
    assert len(await log_of(casework, limit="1")) == 1


@pytest.mark.parametrize("sql", ["DELETE FROM read_log", "UPDATE read_log SET purpose = 'nothing'"])
async def test_the_log_only_grows(casework: Stage, manager: Client, enrol: Enrol, sql: str) -> None:
    """The database refuses to change or remove a line."""
    await manager.post(f"/recipients/{await enrol(manager)}/readings", {"purpose": "care"})

    with pytest.raises(asyncpg.PostgresError, match="only grows"):
        await casework.fetch(sql)


async def test_other_organisations_have_other_readings(
    casework: Stage, manager: Client, rival: Client, enrol: Enrol
) -> None:
    """A worker reads for the own organisation, and a role without one reads nothing."""
    reference = await enrol(manager)
    worker = casework.as_("worker", person="p-worker", org=AGENCY)

    allowed = await worker.post(f"/recipients/{reference}/readings", {"purpose": "care"})
    refused = await casework.as_("purchaser").post(
        f"/recipients/{reference}/readings", {"purpose": "care"}
    )

    assert [allowed.status, refused.status] == [200, 403]

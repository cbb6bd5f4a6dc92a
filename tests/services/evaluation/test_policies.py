"""A policy fits together, has a version for each decision, and is never changed."""

import asyncio
from typing import Any

import asyncpg
import pytest

from libs.common.testing import Stage
from services.evaluation.app import service
from tests.sentences import told_in
from tests.services.evaluation.story import POLICY, ok


async def test_each_policy_is_a_new_version(evaluation: Stage) -> None:
    """Versions count from 1, and the ETag is the version."""
    secretariat = evaluation.as_("secretariat")
    first = await secretariat.post("/policies", POLICY)
    second = await secretariat.post("/policies", {**POLICY, "review_days": 10})

    assert first.status == 201
    assert [first.body["version"], second.body["version"]] == [1, 2]
    assert second.headers["ETag"] == '"2"'
    assert len(ok(await secretariat.get("/policies"))["items"]) == 2
    assert ok(await secretariat.get(f"/policies/{first.body['id']}"))["review_days"] == 7


async def test_the_latest_effective_version_is_in_force(evaluation: Stage) -> None:
    """A day is judged by what took effect last before it, not by what was written last."""
    secretariat = evaluation.as_("secretariat")
    ok(await secretariat.post("/policies", {**POLICY, "effective_from": "2025-01-01"}))
    ok(await secretariat.post("/policies", {**POLICY, "effective_from": "2024-06-01"}))

    today = ok(await secretariat.get("/policies/in-force"))
    later = ok(await secretariat.get("/policies/in-force", day="2025-06-01"))

    assert today["version"] == 2
    assert later["version"] == 1


async def test_before_the_first_policy_nothing_is_in_force(evaluation: Stage) -> None:
    """A day without a policy answers not yet, so that a client tries again."""
    answer = await evaluation.as_("auditor").get("/policies/in-force")

    assert answer.status == 409
    assert answer.code == "policy-not-yet-known"
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"indicators": POLICY["indicators"][:-1]}, "/indicators", "weights-do-not-sum"),
        (
            {"indicators": [{**i, "code": "same"} for i in POLICY["indicators"]]},
            "/indicators",
            "code-repeated",
        ),
        ({"bands": POLICY["bands"][:-1]}, "/bands", "bands-leave-a-gap"),
        (
            {
                "bands": [
                    {"band": "excellent", "from_score_bp": 0},
                    {"band": "fail", "from_score_bp": 5000},
                ]
            },
            "/bands",
            "bands-not-ordered",
        ),
        ({"standing": [POLICY["standing"][0]] * 2}, "/standing", "band-repeated"),
        ({"questions": []}, "/questions", "questions-missing"),
        ({"questions": [POLICY["questions"][0]] * 2}, "/questions", "code-repeated"),
        (
            {"sample": {"share_bp": 1, "at_least": 9, "at_most": 2}},
            "/sample/at_least",
            "number-out-of-range",
        ),
        ({"visit_days": 0}, "/visit_days", "number-out-of-range"),
        ({"least_cell": 9}, "/least_cell", "number-out-of-range"),
    ],
)
async def test_parts_that_do_not_fit_are_named(
    evaluation: Stage, change: dict[str, Any], pointer: str, code: str
) -> None:
    """Each fault of a policy is named where it stands."""
    answer = await evaluation.as_("secretariat").post("/policies", {**POLICY, **change})

    assert answer.status == 422
    assert answer.code == "policy-invalid"
    assert (pointer, code) in {(f["pointer"], f["code"]) for f in answer.body["errors"]}


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "zh",
            ["每个代码只能出现一次，请去掉重复的。", "请填写 1 至 366 之间的数值。"],
        ),
        (
            "en",
            [
                "Each code stands once; leave out or rename what is there twice.",
                "Choose a number from 1 to 366.",
            ],
        ),
    ],
)
async def test_every_fault_is_told_to_people(
    evaluation: Stage, language: str, told: list[str]
) -> None:
    """In the language they ask for, with the bounds."""
    body = {**POLICY, "questions": [POLICY["questions"][0]] * 2, "visit_days": 0}
    secretariat = evaluation.as_("secretariat")

    assert told == await told_in(secretariat, language, "POST", "/policies", body)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"visit_days": 10_000_000}, "/visit_days"),
        ({"look_back_months": 10_000_000}, "/look_back_months"),
        ({"effective_from": "9999-12-31"}, "/effective_from"),
    ],
)
async def test_a_period_that_leads_past_the_calendar_is_refused(
    evaluation: Stage, change: dict[str, Any], pointer: str
) -> None:
    """It would stop every later sample and standing that reckons with it."""
    answer = await evaluation.as_("secretariat").post("/policies", {**POLICY, **change})

    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, pointer)


def test_the_document_allows_a_policy_in_a_list() -> None:
    """An item of a list carries its sequence, so its schema does not forbid further fields."""
    schemas: Any = service.openapi()["components"]

    assert "additionalProperties" not in schemas["schemas"]["Policy"]
    assert schemas["schemas"]["PolicyTerms"]["additionalProperties"] is False


async def test_only_the_secretariat_makes_policies(evaluation: Stage) -> None:
    """An official reads policies and makes none."""
    official = evaluation.as_("official")

    assert (await official.post("/policies", POLICY)).status == 403
    assert (await official.get("/policies")).status == 200


async def test_two_versions_at_once_are_told_apart(evaluation: Stage) -> None:
    """Of policies made at the same moment none shares its version with another."""
    secretariat = evaluation.as_("secretariat")

    answers = await asyncio.gather(*(secretariat.post("/policies", POLICY) for _ in range(4)))

    made = [answer.body["version"] for answer in answers if answer.status == 201]
    refused = [answer.code for answer in answers if answer.status != 201]
    assert made
    assert len(set(made)) == len(made)
    assert set(refused) <= {"policy-version-taken"}


async def test_a_policy_is_never_changed(evaluation: Stage) -> None:
    """The database refuses to change what decisions stand on."""
    ok(await evaluation.as_("secretariat").post("/policies", POLICY))

    for sql in ("UPDATE policies SET review_days = 1", "DELETE FROM policies"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await evaluation.fetch(sql)

"""The habits of a place are versions of a policy, from a day on."""

from datetime import timedelta
from typing import Any

import pytest

from libs.common.testing import Stage
from tests.sentences import told_in
from tests.services.scheduling import play


async def rules(stage: Stage, **other: Any) -> dict[str, Any]:
    found = (await play.official(stage).get("/policies")).body
    assert found["current"] == 1
    return {**found["versions"][0]["rules"], **other}


async def test_a_new_policy_holds_from_its_day_on(scheduling: Stage) -> None:
    """Today's activity is planned under version 1, tomorrow's under version 2."""
    client = scheduling.as_("secretariat")
    body = {"effective_from": "2024-11-02", "rules": await rules(scheduling, longest_hours=1)}
    answer = await client.post("/policies", body)
    today = await play.manager(scheduling).post("/activities", play.plan(lead_worker_id=None))
    await scheduling.move_to(await scheduling.now() + timedelta(days=1))
    tomorrow = await play.manager(scheduling).post("/activities", play.plan())

    assert (answer.status, answer.body["version"]) == (201, 2), answer.body
    assert (today.status, today.body["policy_version"]) == (201, 1)
    assert tomorrow.code == "activity-times-invalid"
    assert (await client.get("/policies")).body["current"] == 2


async def test_the_past_is_not_rewritten(scheduling: Stage) -> None:
    """Neither from yesterday on, nor with days out of reason."""
    client = scheduling.as_("secretariat")
    past = {"effective_from": "2024-10-31", "rules": await rules(scheduling)}
    far = {
        "effective_from": "2024-11-02",
        "rules": await rules(scheduling, report_days=401, series_days=401),
    }

    assert (await client.post("/policies", past)).code == "policy-from-the-past"
    refused = await client.post("/policies", far)
    pointers = {fault["pointer"] for fault in refused.body["errors"]}
    assert refused.code == "policy-out-of-range"
    assert {"/rules/report_days", "/rules/series_days"} == pointers


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "zh",
            ["超出范围，须在 0 至 400 之间，请改正。"] * 2,
        ),
        (
            "en",
            ["This is out of range; enter something from 0 to 400."] * 2,
        ),
    ],
)
async def test_every_fault_is_told_to_people(
    scheduling: Stage, language: str, told: list[str]
) -> None:
    """In the language they ask for, with the bounds."""
    far = await rules(scheduling, report_days=401, series_days=401)
    body = {"effective_from": "2024-11-02", "rules": far}
    secretariat = scheduling.as_("secretariat")

    assert told == await told_in(secretariat, language, "POST", "/policies", body)


async def test_agencies_do_not_govern(scheduling: Stage) -> None:
    """They read the policy and cannot set it."""
    body = {"effective_from": "2024-11-02", "rules": await rules(scheduling)}
    client = play.manager(scheduling)

    assert (await client.get("/policies")).status == 200
    assert (await client.post("/policies", body)).status == 403

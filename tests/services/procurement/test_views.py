"""Views keep what others last told, in whatever order it arrives."""

from datetime import date

from libs.common.ids import new_id
from libs.common.testing import Stage
from tests.services.procurement.steps import know_expert, know_organisation, know_worker, tie


async def test_the_latest_state_of_an_organisation_counts(procurement: Stage) -> None:
    """An older event that arrives later changes nothing."""
    org = new_id()
    await know_organisation(procurement, org, "provider")
    state = {
        "id": org,
        "name": "新名称",
        "legal_form": "social-service",
        "roles": ["provider", "evaluator"],
        "division": "510181000000",
        "status": "registered",
    }
    await procurement.hear("registry.organisation.updated.v1", org, state, sequence=5)
    await procurement.hear(
        "registry.organisation.suspended.v1", org, {**state, "status": "suspended"}, sequence=4
    )

    [row] = await procurement.fetch("SELECT name, roles, status FROM organisations")
    assert tuple(row) == ("新名称", ["provider", "evaluator"], "registered")


async def test_certificate_and_employment_are_one_subject(procurement: Stage) -> None:
    """A revocation after the employment takes the certificate away, whatever its type."""
    worker, employer = new_id(), new_id()
    await know_worker(procurement, worker, employer)
    await procurement.hear(
        "registry.certificate.revoked.v1",
        worker,
        {
            "id": worker,
            "kind": "social-worker",
            "employer_id": employer,
            "part_time_ids": [new_id()],
            "certificate_level": None,
            "certificate_valid": False,
            "registration_status": None,
            "registration_until": None,
        },
    )

    [row] = await procurement.fetch("SELECT employer_id, certificate_valid FROM workers")
    assert tuple(row) == (employer, False)


async def test_experts_retire_and_ties_end(procurement: Stage) -> None:
    """The row stays, with its last status."""
    await know_expert(procurement, "e-1")
    await know_expert(procurement, "e-1", "retired")
    org = new_id()
    await tie(procurement, "e-1", org)
    [standing] = await procurement.fetch("SELECT id FROM ties WHERE status = 'standing'")
    await procurement.hear(
        "registry.tie.ended.v1",
        standing["id"],
        {
            "id": standing["id"],
            "person": "e-1",
            "organisation_id": org,
            "kind": "kinship",
            "degree": "direct",
            "status": "ended",
        },
    )

    [expert] = await procurement.fetch("SELECT id, status FROM experts")
    [ended] = await procurement.fetch("SELECT person, status FROM ties")
    assert tuple(expert) == ("e-1", "retired")
    assert tuple(ended) == ("e-1", "ended")


async def test_days_of_the_calendar_can_change_again(procurement: Stage) -> None:
    """A make-up day (调休) that becomes a holiday is a holiday."""
    for working in (True, False):
        await procurement.hear(
            "registry.calendar.changed.v1",
            "2025-01-26",
            {"id": "2025-01-26", "day": "2025-01-26", "working": working, "name": "春节"},
        )

    [row] = await procurement.fetch("SELECT day, working, name FROM calendar_days")
    assert tuple(row) == (date(2025, 1, 26), False, "春节")

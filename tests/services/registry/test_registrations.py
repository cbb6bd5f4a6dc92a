"""Registrations last three years, warn in their last months, and lapse unless renewed."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from libs.common.ids import new_id
from libs.common.testing import Answer, Stage
from services.registry.domain.registrations import (
    Asked,
    LevelHours,
    RegistrationPolicy,
    lapse,
    register,
    warn,
)
from services.registry.domain.workers import certify as certificate_of
from services.registry.domain.workers import enrol as enrol_worker
from tests.services.registry.city import BEGIN, certify, found_agency, midnight, staff


async def registered(registry: Stage) -> str:
    worker = await staff(registry, await found_agency(registry))
    await certify(registry, worker)
    answer = await ask(registry, worker, "registrations", from_day=BEGIN)
    assert answer.status == 201, answer.body
    assert answer.body["until_day"] == "2027-10-31"
    return worker


async def ask(registry: Stage, worker: str, what: str, **body: Any) -> Answer:
    return await registry.as_("association").post(f"/workers/{worker}/{what}", body)


async def told(registry: Stage) -> list[tuple[str, str]]:
    return [
        (event.type.split(".")[2], event.data["registration_status"])
        for event in await registry.said()
        if ".registration." in event.type
    ]


async def test_a_registration_warns_and_lapses_in_time(registry: Stage) -> None:
    """The window's first midnight tells that it expires, the last day's that it has lapsed."""
    await registered(registry)

    await midnight(registry, "2027-08-01")
    assert (await told(registry))[-1] == ("expiring", "expiring")
    await midnight(registry, "2027-11-01")

    assert await told(registry) == [
        ("renewed", "valid"),
        ("expiring", "expiring"),
        ("lapsed", "lapsed"),
    ]


async def test_a_registration_begins_between_certificate_and_today(registry: Stage) -> None:
    """Neither tomorrow, nor before there was a certificate."""
    worker = await staff(registry, await found_agency(registry))
    await certify(registry, worker)

    for day in ("2024-11-02", "2024-06-29"):
        answer = await ask(registry, worker, "registrations", from_day=day)

        assert (answer.status, answer.code) == (422, "registration-day-invalid")
    assert await told(registry) == []


async def test_a_registration_is_renewed_in_its_window_with_hours(registry: Stage) -> None:
    """Too early and with too few hours it is refused; renewed, it runs on for three years."""
    worker = await registered(registry)
    early = await ask(registry, worker, "renewals", hours=90)
    assert early.code == "registration-not-open-for-renewal"
    assert early.body["opens_on"] == "2027-08-01"

    await midnight(registry, "2027-09-01")
    few = await ask(registry, worker, "renewals", hours=89)
    assert (few.code, few.body["required"]) == ("hours-missing", 90)
    renewed = await ask(registry, worker, "renewals", hours=90)
    assert (renewed.body["from_day"], renewed.body["until_day"]) == ("2027-11-01", "2030-10-31")

    await midnight(registry, "2027-11-02")
    assert (await told(registry))[-1] == ("renewed", "valid")


async def test_a_first_registration_needs_a_fresh_certificate(registry: Stage) -> None:
    """Without a certificate, too long after it, or twice, nobody is registered."""
    worker = await staff(registry, await found_agency(registry))
    asked = {"from_day": BEGIN}
    assert (await ask(registry, worker, "registrations", **asked)).code == "certificate-needed"

    await certify(registry, worker, issued_day="2023-10-31")
    assert (await ask(registry, worker, "registrations", **asked)).code == "registration-too-late"
    await certify(registry, worker, "CN-9", issued_day="2024-06-30")
    assert (await ask(registry, worker, "registrations", **asked)).status == 201
    assert (await ask(registry, worker, "registrations", **asked)).code == "registration-standing"


async def test_after_a_lapse_hours_are_needed(registry: Stage) -> None:
    """Who let the registration lapse registers again with continuing education."""
    worker = await registered(registry)
    await midnight(registry, "2028-01-01")
    asked = {"from_day": "2028-01-01"}

    assert (await ask(registry, worker, "registrations", **asked)).code == "hours-missing"
    again = await ask(registry, worker, "registrations", **asked, hours=90)
    assert again.status == 201, again.body


async def test_without_a_certificate_the_registration_lapses(registry: Stage) -> None:
    """The last valid certificate takes the registration with it, in one event."""
    worker = await registered(registry)
    listed = await registry.as_("association").get(f"/workers/{worker}/certificates")
    [certificate] = listed.body["items"]
    assert certificate["number"] == "CN-1"

    path = f"/certificates/{certificate['id']}/revocation"
    await registry.as_("official").post(path, {"day": BEGIN, "reason": "fraud"})

    [event] = await registry.said("registry.certificate.revoked.v1")
    assert (
        event.data["certificate_valid"],
        event.data["registration_status"],
    ) == (False, "lapsed")


POLICY = RegistrationPolicy(
    version=1,
    effective_from=date(2000, 1, 1),
    valid_years=3,
    renewal_months=3,
    first_months=12,
    hours=(LevelHours(level="assistant", hours=72),),
)


@given(day=st.dates(date(2020, 1, 1), date(2035, 1, 1)), later=st.integers(0, 1_200))
def test_a_registration_is_always_in_one_state(day: date, later: int) -> None:
    """On every day it is before its window, in it, or over: never two of them, never none."""
    worker = enrol_worker(new_id(), "social-worker", "510181000000", None)
    certificate = certificate_of(new_id(), worker.id, "assistant", day, day)
    certified = worker.certified_by([certificate])
    asked = Asked(from_day=day, hours=0)
    granted, term = register(new_id(), certified, [certificate], POLICY, asked, day)
    today = day + timedelta(days=later)

    assert (today >= POLICY.window_opens(term.until_day)) == (
        warn(granted, POLICY, today) is not None
    )
    assert (today > term.until_day) == (lapse(granted, today) is not None)

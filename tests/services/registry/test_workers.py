"""Workers are enrolled, employed, certified and registered; their names stay here."""

import asyncio

from libs.common.ids import new_id
from libs.common.testing import Stage
from tests.services.registry.city import (
    BEGIN,
    OTHER_USCC,
    certify,
    draw_city,
    employ,
    enrol,
    found_agency,
    manager,
    midnight,
    nobody,
    post,
    staff,
)


async def test_a_name_is_never_told_and_read_by_few(registry: Stage) -> None:
    """The employer, the association and the registrar read the name; nobody else does."""
    agency = await found_agency(registry)
    worker = await staff(registry, agency)
    path = f"/workers/{worker}"

    for reader in (
        manager(registry, agency),
        registry.as_("association"),
        registry.as_("official"),
    ):
        assert (await reader.get(path)).body["name"] == "王小明"
    colleague = registry.as_("worker", org=agency)
    for reader in (registry.as_("auditor"), registry.as_("town"), colleague):
        assert (await reader.get(path)).body["name"] is None
    assert all("王小明" not in str(event.data) for event in await registry.said())
    stored = await registry.fetch("SELECT body FROM commands")
    assert all("王小明" not in bytes(row["body"] or b"").decode() for row in stored)


async def test_a_file_number_is_of_one_worker_and_read_by_few(registry: Stage) -> None:
    """Whoever reads the name reads the number, nothing tells it, and nobody else gets it."""
    await found_agency(registry)
    official = registry.as_("official")
    body = {"kind": "carer", "name": "王小明", "file_number": "DA-0007"}
    worker = (await official.post("/workers", body)).body["id"]
    again = await official.post("/workers", {**body, "name": "李小红"})

    assert (await official.get(f"/workers/{worker}")).body["file_number"] == "DA-0007"
    assert (await registry.as_("town").get(f"/workers/{worker}")).body["file_number"] is None
    assert (again.status, again.code) == (409, "file-number-taken")
    assert all("DA-0007" not in str(event.data) for event in await registry.said())


async def test_a_worker_of_another_agency_does_not_exist(registry: Stage) -> None:
    """Another agency neither reads, checks nor employs a worker; in a body it is not yet known."""
    await draw_city(registry)
    agency = await found_agency(registry)
    other = await found_agency(registry, OTHER_USCC)
    worker = await staff(registry, agency)
    stranger = manager(registry, other)

    assert (await stranger.get(f"/workers/{worker}")).status == 404
    body = {"organisation_id": str(other), "full_time": False, "from_day": BEGIN}
    assert (await stranger.post(f"/workers/{worker}/employments", body)).status == 404
    assert (await post(registry, other, worker)).code == "worker-not-yet-known"
    assert (await stranger.get("/workers")).body["items"] == []


async def test_an_agency_employs_for_itself_alone(registry: Stage) -> None:
    """Another organisation in the body is answered as one that does not exist."""
    agency = await found_agency(registry)
    other = await found_agency(registry, OTHER_USCC)
    worker = await enrol(registry, agency)

    for organisation in (str(other), nobody()):
        answer = await manager(registry, agency).post(
            f"/workers/{worker}/employments",
            {"organisation_id": organisation, "full_time": True, "from_day": BEGIN},
        )
        assert (answer.status, answer.code) == (409, "organisation-not-yet-known")


async def test_two_full_time_employers_at_once_are_refused(registry: Stage) -> None:
    """Of two that employ at the same moment one is refused; part-time work is allowed."""
    agency = await found_agency(registry)
    other = await found_agency(registry, OTHER_USCC)
    worker = await enrol(registry, agency)

    answers = await asyncio.gather(
        employ(registry, agency, worker), employ(registry, other, worker)
    )

    assert sorted(answer.status for answer in answers) == [201, 409]
    [refused] = [answer for answer in answers if answer.status == 409]
    assert refused.code == "already-employed"
    loser = other if answers[1] is refused else agency
    assert (await employ(registry, loser, worker, full_time=False)).status == 201
    state = (await registry.said("registry.worker.employed.v1"))[-1].data
    assert [str(loser)] == state["part_time_ids"]


async def test_the_same_employer_twice_is_refused(registry: Stage) -> None:
    """An organisation employs a worker once at a time."""
    agency = await found_agency(registry)
    worker = await staff(registry, agency)

    answer = await employ(registry, agency, worker, full_time=False)

    assert answer.code == "already-employed-here"


async def test_an_employment_ahead_begins_by_its_timer(registry: Stage) -> None:
    """Nothing is told of an employment before its first day."""
    agency = await found_agency(registry)
    worker = await enrol(registry, agency)
    planned = await employ(registry, agency, worker, from_day="2024-12-01")
    assert planned.body["status"] == "planned"
    assert await registry.said("registry.worker.employed.v1") == []

    await midnight(registry, "2024-12-01")

    [told] = await registry.said("registry.worker.employed.v1")
    assert (worker, str(agency)) == (told.subject, told.data["employer_id"])


async def test_a_planned_employment_can_be_withdrawn(registry: Stage) -> None:
    """An end before the first day withdraws what has not begun, and no timer revives it."""
    agency = await found_agency(registry)
    worker = await enrol(registry, agency)
    planned = await employ(registry, agency, worker, from_day="2024-12-01")

    path = f"/employments/{planned.body['id']}/end"
    answer = await registry.as_("association").post(path, {"day": "2024-11-20"})
    await midnight(registry, "2024-12-02")

    assert answer.body["status"] == "withdrawn"
    assert await registry.said("registry.worker.employed.v1") == []
    again = await registry.as_("association").post(path, {"day": "2024-12-20"})
    assert again.code == "period-already-ending"


async def test_nobody_is_posted_without_an_employer(registry: Stage) -> None:
    """A posting needs an employment over its whole time, and a community."""
    await draw_city(registry)
    agency = await found_agency(registry)
    worker = await enrol(registry, agency)
    assert (await post(registry, agency, worker)).code == "worker-not-employed"

    await employ(registry, agency, worker)
    assert (await post(registry, agency, worker)).status == 201
    assert (await post(registry, agency, worker)).code == "already-posted"
    town = await post(registry, agency, worker, division="510181001000")
    assert (town.status, town.code) == (422, "posting-needs-community")
    nowhere = await post(registry, agency, worker, division="510181009009")
    assert nowhere.code == "division-not-yet-known"
    station = await post(registry, agency, worker, station_id=nobody())
    assert station.code == "station-not-yet-known"


async def test_a_check_for_minors_is_told_with_its_end(registry: Stage) -> None:
    """A passed check is good until its day; a failed one takes it away; none is from tomorrow."""
    agency = await found_agency(registry)
    worker = await staff(registry, agency)
    path = f"/workers/{worker}/checks"
    check = {"kind": "minors", "passed": True, "day": BEGIN, "valid_until": "2025-10-31"}

    await manager(registry, agency).post(path, check)
    await manager(registry, agency).post(path, {**check, "passed": False})
    tomorrow = await manager(registry, agency).post(path, {**check, "day": "2024-11-02"})

    told = await registry.said("registry.worker.checked.v1")
    assert [event.data["minors_check_until"] for event in told] == ["2025-10-31", None]
    assert (tomorrow.status, tomorrow.code) == (422, "check-invalid")


async def test_the_highest_valid_certificate_counts(registry: Stage) -> None:
    """Of several certificates the highest valid one is told; a number is recorded once."""
    worker = await staff(registry, await found_agency(registry))
    senior = await certify(registry, worker, "CN-2", level="senior")
    await certify(registry, worker, "CN-1", level="assistant")
    assert (await certify(registry, worker, "CN-1")).code == "certificate-number-taken"

    path = f"/certificates/{senior.body['id']}/revocation"
    revocation = {"day": BEGIN, "reason": "fraud"}
    await registry.as_("association").post(path, revocation)

    [told] = await registry.said("registry.certificate.revoked.v1")
    assert (told.data["certificate_level"], told.data["certificate_valid"]) == ("assistant", True)
    again = await registry.as_("association").post(path, revocation)
    assert again.code == "certificate-not-valid"
    manager_tries = registry.as_("agency-manager", org=await found_agency(registry, OTHER_USCC))
    assert (await manager_tries.post(path, revocation)).status == 403


async def test_another_agencys_employment_and_posting_do_not_exist(registry: Stage) -> None:
    """What an agency may end is its own; a stranger's id leads nowhere, as a made-up one."""
    await draw_city(registry)
    agency = await found_agency(registry)
    other = await found_agency(registry, OTHER_USCC)
    worker = await enrol(registry, agency)
    employment = (await employ(registry, agency, worker)).body["id"]
    posting = (await post(registry, agency, worker)).body["id"]
    stranger = manager(registry, other)

    for path in (
        f"/employments/{employment}/end",
        f"/employments/{nobody()}/end",
        f"/postings/{posting}/end",
        f"/postings/{nobody()}/end",
    ):
        assert (await stranger.post(path, {"day": BEGIN})).status == 404
    assert (await stranger.get("/postings")).body["items"] == []


async def test_a_repeated_enrolment_creates_nobody(registry: Stage) -> None:
    """The same key enrols once, and the answer given again holds no name."""
    agency = await found_agency(registry)
    client = manager(registry, agency)
    body = {"kind": "carer", "name": "王小明"}

    first = await client.post("/workers", body, key="enrol-1")
    again = await client.post("/workers", body, key="enrol-1")

    assert first.body == again.body
    assert "name" not in again.body
    assert len((await client.get("/workers")).body["items"]) == 1


async def test_a_certificate_of_another_area_is_not_found(registry: Stage) -> None:
    """The association of another area neither records nor revokes here."""
    worker = await staff(registry, await found_agency(registry))
    certificate = (await certify(registry, worker)).body["id"]
    stranger = registry.as_("association", divisions=("510182",))

    revocation = {"day": BEGIN, "reason": "fraud"}
    path = f"/certificates/{certificate}/revocation"
    assert (await stranger.post(path, revocation)).status == 404
    assert (await stranger.get(f"/workers/{worker}/certificates")).status == 404
    assert (await stranger.get(f"/workers/{worker}/registrations")).status == 404
    future = await registry.as_("association").post(path, {**revocation, "day": "2024-11-02"})
    assert (future.status, future.code) == (422, "certificate-day-invalid")


async def test_a_day_that_nobody_reckons_with_is_named(registry: Stage) -> None:
    """The end of such a day is no date any more: it is refused before a timer is set for it."""
    await draw_city(registry)
    agency = await found_agency(registry)
    worker = await staff(registry, agency)

    posted = await post(registry, agency, worker, to_day="9999-12-31")
    employed = await employ(registry, agency, worker, from_day="0001-01-01", full_time=False)

    assert (posted.status, posted.body["errors"][0]["pointer"]) == (422, "/to_day")
    assert (employed.status, employed.body["errors"][0]["pointer"]) == (422, "/from_day")


async def test_who_is_suspended_employs_and_posts_nobody(registry: Stage) -> None:
    """While an organisation is suspended nobody begins to work for it."""
    await draw_city(registry)
    agency = await found_agency(registry)
    worker = await staff(registry, agency)
    other = await enrol(registry, agency)
    path = f"/organisations/{agency}/suspension"
    assert (await registry.as_("official").post(path)).status == 200

    for answer in (await employ(registry, agency, other), await post(registry, agency, worker)):
        assert (answer.status, answer.code) == (409, "employer-not-active")


async def test_a_period_ends_after_it_begins(registry: Stage) -> None:
    """Neither an employment nor a posting ends before its first day, and both go on."""
    await draw_city(registry)
    agency = await found_agency(registry)
    worker = await enrol(registry, agency)
    employed = await employ(registry, agency, worker)
    posted = await post(registry, agency, worker)
    association = registry.as_("association")

    for path in (f"/employments/{employed.body['id']}/end", f"/postings/{posted.body['id']}/end"):
        answer = await association.post(path, {"day": "2024-10-31"})

        assert (answer.status, answer.code) == (422, "period-invalid")
        assert [fault["pointer"] for fault in answer.body["errors"]] == ["/day"]
    backwards = await post(registry, agency, worker, from_day="2025-03-01", to_day="2025-02-01")
    assert (backwards.status, backwards.code) == (422, "period-invalid")


async def test_a_worker_who_has_left_is_told_as_ceased(registry: Stage) -> None:
    """The agency before hears that the worker left its sight, the next one has an item; a third
    hears nothing of it."""
    before = await found_agency(registry)
    after = await found_agency(registry, OTHER_USCC)
    worker = await staff(registry, before)
    agencies = [manager(registry, agency) for agency in (before, after, new_id())]
    marks = [(await agency.get("/workers")).body["changes"] for agency in agencies]
    [employment] = (await agencies[0].get("/employments")).body["items"]
    path = f"/employments/{employment['id']}/end"
    ended = await registry.as_("association").post(path, {"day": BEGIN}, match='"1"')
    assert ended.status == 200, ended.body
    await midnight(registry, "2024-11-02")
    employed = await employ(registry, after, worker, from_day="2024-11-02")
    assert employed.status == 201, employed.body

    told = [
        (await agency.get("/workers", modified_after=mark)).body
        for agency, mark in zip(agencies, marks, strict=True)
    ]

    shown = [([item["id"] for item in body["items"]], body["ceased"]) for body in told]
    assert [([], [worker]), ([worker], []), ([], [])] == shown

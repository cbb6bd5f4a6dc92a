"""Recipients are enrolled, moved and closed by reference; nobody outside learns who they are."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from libs.common.testing import Client, Stage
from tests.sentences import told_in
from tests.services.casework.conftest import (
    AGENCY,
    CHILD,
    COMMUNITY,
    ELDERS,
    GRANDMOTHER,
    OTHER_AGENCY,
    tell_organisation,
)

Enrol = Callable[..., Awaitable[str]]


async def test_enrolment_tells_the_reference_alone(casework: Stage, manager: Client) -> None:
    """Enrolling answers and tells a reference, codes and the division, and nothing else."""
    answer = await manager.post("/recipients", GRANDMOTHER)

    assert answer.status == 201, answer.body
    assert {"id", "version", "visit_rule", "possible_duplicates"} == set(answer.body)
    [told] = await casework.said()
    assert told.type == "casework.recipient.enrolled.v1"
    assert told.division == COMMUNITY
    assert {
        "id": answer.body["id"],
        "organisation_id": str(AGENCY),
        "division": COMMUNITY,
        "domains": ["home-care"],
        "status": "open",
        "visit_rule": "ordinary",
    } == told.data


async def test_a_repeated_enrolment_creates_nothing(casework: Stage, manager: Client) -> None:
    """The same key gives the same reference, and one person stays one."""
    first = await manager.post("/recipients", GRANDMOTHER, key="k-1")
    second = await manager.post("/recipients", GRANDMOTHER, key="k-1")

    assert first.body == second.body
    assert len(await casework.said()) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "另一个名字"},
        {"identity_number": None},
        {"identity_number": "５１０１８１１９５００３０８００２３", "name": "王 秀英"},
        {"identity_number": None, "name": " 王秀英 "},
    ],
)
async def test_possible_duplicates_are_named(
    manager: Client, enrol: Enrol, changes: dict[str, Any]
) -> None:
    """The same number, or the same name and birth date, is warned of, however it is written."""
    known = await enrol(manager)

    answer = await manager.post("/recipients", {**GRANDMOTHER, **changes})

    assert answer.status == 201
    assert [known] == answer.body["possible_duplicates"]


async def test_duplicates_stay_within_the_organisation(
    manager: Client, rival: Client, enrol: Enrol
) -> None:
    """Nobody learns that another organisation serves the same person."""
    await enrol(manager)

    answer = await rival.post("/recipients", GRANDMOTHER)

    assert answer.body["possible_duplicates"] == []


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"identity_number": "510181195003080024"}, "/identity_number", "check-digit"),
        ({"identity_number": "51018119500308"}, "/identity_number", "check-digit"),
        ({"identity_number": "王秀英"}, "/identity_number", "check-digit"),
        ({"birth_date": "1950-03-09"}, "/birth_date", "birth-date-differs"),
        (
            {"birth_date": "2199-01-01", "identity_number": None, "guardian": {"name": "某"}},
            "/birth_date",
            "birth-date-in-future",
        ),
        (
            {"birth_date": "1850-01-01", "identity_number": None},
            "/birth_date",
            "birth-date-too-early",
        ),
        ({"birth_date": "2020-01-01", "identity_number": None}, "/guardian", "guardian-missing"),
    ],
)
async def test_wrong_details_are_named_without_being_quoted(
    manager: Client, changes: dict[str, Any], pointer: str, code: str
) -> None:
    """A fault says where and what, and never repeats what was sent."""
    answer = await manager.post("/recipients", {**GRANDMOTHER, **changes})

    assert (answer.status, answer.code) == (422, "personal-details-invalid")
    assert [(pointer, code)] == [(e["pointer"], e["code"]) for e in answer.body["errors"]]
    assert GRANDMOTHER["name"] not in str(answer.body)


async def test_all_faults_come_at_once(manager: Client) -> None:
    """A wrong number and a missing guardian are answered together."""
    child = {**CHILD, "guardian": None, "identity_number": "1"}

    answer = await manager.post("/recipients", child)

    assert {"/identity_number", "/guardian"} == {e["pointer"] for e in answer.body["errors"]}


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "zh",
            [
                "校验码不符，请对照证件逐位核对后重新填写。",
                "未满 14 周岁的，须填写监护人，请补充。",
            ],
        ),
        (
            "en",
            [
                "Its check digit does not fit; compare it with the document character by"
                " character.",
                "Below the age of 14 a guardian is needed; add one.",
            ],
        ),
    ],
)
async def test_every_fault_is_told_to_people(
    manager: Client, language: str, told: list[str]
) -> None:
    """In the language they ask for, with the age of the policy."""
    child = {**CHILD, "guardian": None, "identity_number": "1"}

    assert told == await told_in(manager, language, "POST", "/recipients", child)


async def test_a_minor_is_visited_by_special_rule(casework: Stage, manager: Client) -> None:
    """Under 18 a visit is special whatever was asked for, and nobody is told why."""
    answer = await manager.post("/recipients", {**CHILD, "visit_rule": "ordinary"})

    assert answer.body["visit_rule"] == "special"
    [told] = await casework.said()
    assert told.data["visit_rule"] == "special"


async def test_a_special_rule_may_be_asked_for(manager: Client) -> None:
    """An adult can be kept under the special rule, without a reason."""
    answer = await manager.post("/recipients", {**GRANDMOTHER, "visit_rule": "special"})

    assert answer.body["visit_rule"] == "special"


async def test_an_agency_enrols_for_itself_alone(manager: Client) -> None:
    """Another organisation in the body is one that the agency does not know."""
    mine = await manager.post("/recipients", {**GRANDMOTHER, "organisation_id": str(AGENCY)})
    other = await manager.post("/recipients", {**CHILD, "organisation_id": str(OTHER_AGENCY)})

    assert mine.status == 201
    assert (other.status, other.code) == (409, "organisation-not-yet-known")


async def test_a_community_enrols_for_its_filed_group(
    community: Client, elders: UUID, enrol: Enrol
) -> None:
    """The community's staff keeps the members of a group that is filed there."""
    reference = await enrol(community, organisation_id=str(elders))

    answer = await community.get(f"/recipients/{reference}")

    assert answer.status == 200
    assert str(elders) == answer.body["organisation_id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"division": "510181002001"},
        {"status": "suspended"},
        {"filing_number": None, "status": "registered", "uscc": "91350100M000100Y43"},
    ],
)
async def test_a_community_needs_an_active_filed_group_of_its_own(
    casework: Stage, community: Client, changes: dict[str, Any]
) -> None:
    """A group elsewhere, suspended, or not filed at all is answered like an unknown one."""
    await tell_organisation(casework, ELDERS, **changes)

    answer = await community.post("/recipients", {**GRANDMOTHER, "organisation_id": str(ELDERS)})

    assert (answer.status, answer.code) == (409, "organisation-not-yet-known")


async def test_a_community_names_the_group(community: Client) -> None:
    """Without an organisation there is nobody to enrol for."""
    answer = await community.post("/recipients", GRANDMOTHER)

    assert (answer.status, answer.code) == (409, "organisation-not-yet-known")


async def test_a_community_does_not_see_an_agency_s_recipients(
    manager: Client, community: Client, elders: UUID, enrol: Enrol
) -> None:
    """Living in the community opens no file that an agency keeps."""
    reference = await enrol(manager)
    await enrol(community, organisation_id=str(elders))

    answer = await community.get(f"/recipients/{reference}")
    listed = await community.get("/recipients")

    assert answer.status == 404
    assert [str(elders)] == [item["organisation_id"] for item in listed.body["items"]]


async def test_a_move_is_told(casework: Stage, manager: Client, enrol: Enrol) -> None:
    """A moved recipient is told with the new division, and is a version later."""
    reference = await enrol(manager)

    answer = await manager.post(f"/recipients/{reference}/move", {"division": "510181002001"})

    assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
    [told] = await casework.said("casework.recipient.moved.v1")
    assert (
        told.data["division"],
        told.division,
        told.sequence,
    ) == ("510181002001", "510181002001", 2)


async def test_a_move_to_where_one_is_does_nothing(manager: Client, enrol: Enrol) -> None:
    """Moving into the same division is refused."""
    reference = await enrol(manager)

    answer = await manager.post(f"/recipients/{reference}/move", {"division": COMMUNITY})

    assert (answer.status, answer.code) == (409, "recipient-there-already")


async def test_a_closed_file_stays_closed(casework: Stage, manager: Client, enrol: Enrol) -> None:
    """Closing is told without the reason; after it nothing moves any more."""
    reference = await enrol(manager)

    closed = await manager.post(f"/recipients/{reference}/closure", {"reason": "died"})
    again = await manager.post(f"/recipients/{reference}/closure", {"reason": "ended"})
    moved = await manager.post(f"/recipients/{reference}/move", {"division": "510181002001"})

    assert (closed.status, closed.body["status"]) == (200, "closed")
    [told] = await casework.said("casework.recipient.closed.v1")
    assert told.data["status"] == "closed"
    assert "died" not in str(told.data)
    assert [(a.status, a.code) for a in (again, moved)] == [(409, "recipient-closed")] * 2


async def test_a_stale_version_is_refused(manager: Client, enrol: Enrol) -> None:
    """Whoever read an older version cannot close over a change."""
    reference = await enrol(manager)
    await manager.post(f"/recipients/{reference}/move", {"division": "510181002001"})

    answer = await manager.post(
        f"/recipients/{reference}/closure", {"reason": "ended"}, **{"If-Match": '"1"'}
    )

    assert answer.status == 412


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("move", {"division": "510181002001"}),
        ("closure", {"reason": "ended"}),
        ("consents", {"purpose": "visit", "given_by": "self", "form": "written"}),
        ("readings", {"purpose": "care"}),
    ],
)
async def test_another_organisation_finds_nothing(
    manager: Client, rival: Client, enrol: Enrol, path: str, body: dict[str, str]
) -> None:
    """A reference of another organisation does not exist, whatever is asked of it."""
    reference = await enrol(manager)

    answer = await rival.post(f"/recipients/{reference}/{path}", body)

    assert (answer.status, answer.code) == (404, "recipient-not-found")


@pytest.mark.parametrize("role", ["official", "purchaser", "evaluator", "auditor", "system"])
async def test_only_keepers_keep(casework: Stage, role: str) -> None:
    """Who buys, checks, evaluates or operates cannot enrol or list anybody."""
    client = casework.as_(role, org=AGENCY)

    assert (await client.post("/recipients", GRANDMOTHER)).status == 403
    assert (await client.get("/recipients")).status == 403


async def test_a_list_names_nobody_and_follows_changes(manager: Client, enrol: Enrol) -> None:
    """The list has states alone, pages, and leaves out what has not changed since."""
    references = [await enrol(manager), await enrol(manager, CHILD)]
    first = await manager.get("/recipients", limit="1")
    second = await manager.get("/recipients", limit="1", cursor=first.body["next"])
    unchanged = await manager.get("/recipients", modified_after="2199-01-01T00:00:00Z")

    assert references == [first.body["items"][0]["id"], second.body["items"][0]["id"]]
    assert first.body["items"][0]["sequence"] == 1
    assert "name" not in first.body["items"][0]
    assert unchanged.body["items"] == []


async def test_totals_count_organisation_persons(
    casework: Stage, manager: Client, rival: Client, enrol: Enrol
) -> None:
    """One person whom two organisations serve counts twice, and the answer says what it counts."""
    await enrol(manager)
    await enrol(rival)
    closed = await enrol(rival, CHILD)
    await rival.post(f"/recipients/{closed}/closure", {"reason": "ended"})

    answer = await casework.as_("official").get("/totals")
    elsewhere = await casework.as_("official", divisions=("510182",)).get("/totals")

    assert answer.body == {
        "counted_as": "organisation-persons",
        "open": 2,
        "closed": 1,
        "open_by_domain": [{"domain": "home-care", "organisation_persons": 2}],
    }
    assert (elsewhere.body["open"], elsewhere.body["open_by_domain"]) == (0, [])


async def test_a_stricter_policy_holds_from_its_day(
    casework: Stage, manager: Client, enrol: Enrol
) -> None:
    """A city may ask for a guardian up to 16; each recipient keeps the version it was judged by."""
    teenager = {**GRANDMOTHER, "identity_number": None, "birth_date": "2009-06-01"}
    await enrol(manager, teenager)
    await casework.fetch("INSERT INTO policies VALUES (2, '2024-11-01', 16, 18)")

    answer = await manager.post("/recipients", teenager)

    assert answer.code == "personal-details-invalid"
    [row] = await casework.fetch("SELECT policy_version FROM recipients")
    assert row["policy_version"] == 1

"""Reports prove an activity, and somebody else agrees that they do."""

from datetime import timedelta
from typing import Any

import pytest

from libs.common.clock import end_of
from libs.common.testing import Answer, Stage
from tests.services.scheduling import play


async def submit(stage: Stage, activity: str, **other: Any) -> Answer:
    client = play.manager(stage)
    body = await play.report(client) | other
    return await client.post(f"/activities/{activity}/reports", body)


async def counted(stage: Stage) -> list[int]:
    return [e.data["counted"] for e in await stage.said("scheduling.output.counted.v1")]


async def test_a_report_is_told_without_its_text(scheduling: Stage) -> None:
    """The receipt and the event carry counts and days; the text is read by who reviews."""
    activity = await play.held(scheduling)

    answer = await submit(scheduling, activity)

    assert answer.status == 201, answer.body
    assert (answer.body["persons"], answer.body["reported_day"]) == (3, "2024-11-05")
    assert "aim" not in answer.body
    [told] = await scheduling.said("scheduling.activity.reported.v1")
    assert tuple(told.data[name] for name in ("status", "persons", "volunteers")) == (
        "reported",
        3,
        2,
    )
    shown = await play.official(scheduling).get(f"/activities/{activity}/report")
    assert (shown.body["aim"], shown.body["reviews"]) == ("促进邻里交往", [])


async def test_every_gap_in_the_evidence_is_named(scheduling: Stage) -> None:
    """Too few photos, a view that lacks, what was never uploaded: all at once."""
    activity = await play.held(scheduling)
    photo = {"sha256": await play.uploaded(play.manager(scheduling), 1), "view": "scene"}
    photos = [photo, photo, {"sha256": "0" * 64, "view": "close"}]

    answer = await submit(scheduling, activity, photos=photos, sign_in_sheet="1" * 64)

    assert (answer.status, answer.code) == (422, "evidence-incomplete")
    assert [(fault["pointer"], fault["code"]) for fault in answer.body["errors"]] == [
        ("/photos", "too-few"),
        ("/photos", "no-process"),
        ("/photos/2/sha256", "not-uploaded"),
        ("/sign_in_sheet", "not-uploaded"),
    ]


async def test_another_agency_s_pictures_prove_nothing(scheduling: Stage) -> None:
    """Who reports has uploaded it."""
    activity = await play.held(scheduling)
    theirs = await play.uploaded(play.manager(scheduling, org=play.OTHER_AGENCY), 77)

    answer = await submit(scheduling, activity, sign_in_sheet=theirs)

    assert answer.code == "evidence-incomplete"


@pytest.mark.parametrize("domain", ["left-behind-children", "disability-rehabilitation"])
async def test_nobody_asks_for_photos_of_children(scheduling: Stage, domain: str) -> None:
    """Minors and rehabilitation clients: the sheet is enough."""
    await play.hear_agreement(scheduling, "amended", domain=domain)
    await play.hear_worker(
        scheduling, play.LEAD, "registration.renewed", minors_check_until="2025-12-31"
    )
    activity = await play.held(scheduling)

    assert (await submit(scheduling, activity, photos=[])).status == 201


async def test_only_what_was_held_is_reported_and_once(scheduling: Stage) -> None:
    """A published activity has nothing to report; a reported one is corrected instead."""
    published = await play.published_visit(
        scheduling,
        starts_at=play.START + timedelta(days=1),
        ends_at=play.START + timedelta(days=1, hours=1),
    )
    reported = await play.reported(scheduling)

    assert (await submit(scheduling, published)).code == "activity-not-held"
    assert (await submit(scheduling, reported)).code == "activity-not-held"


async def test_an_acceptance_counts_to_the_output(scheduling: Stage) -> None:
    """Told once, and seen in the workplan."""
    activity = await play.reported(scheduling)

    answer = await play.review(scheduling, activity, "accept")
    again = await play.review(scheduling, activity, "accept")

    assert (
        answer.status,
        *(answer.body[name] for name in ("status", "counted", "code")),
    ) == (200, "accepted", 1, None)
    assert again.code == "nothing-to-review"
    plan = (await play.official(scheduling).get(f"/workplans/{play.AGREEMENT}")).body
    assert [output["counted"] for output in plan["outputs"]] == [1, 0]
    assert await counted(scheduling) == [1]


async def test_too_few_persons_count_for_nothing(scheduling: Stage) -> None:
    """Accepted, with the reason why it does not count."""
    activity = await play.reported(scheduling, persons=2)

    answer = await play.review(scheduling, activity, "accept")

    assert (answer.body["counted"], answer.body["code"]) == (0, "too-few-persons")
    assert await counted(scheduling) == []


async def test_a_return_names_codes_and_is_corrected(scheduling: Stage) -> None:
    """Returned with its codes, corrected by its author under If-Match, reported again."""
    activity = await play.reported(scheduling)
    returned = await play.review(scheduling, activity, "return", "photos-unclear")
    client = play.manager(scheduling)
    path, body = f"/activities/{activity}/report", await play.report(client, problem="无")
    stale = await client.patch(path, body, match='"9"')
    corrected = await client.patch(path, body, match='"1"')

    assert (
        returned.body["status"],
        returned.body["return_codes"],
    ) == ("returned", ["photos-unclear"])
    [told] = await scheduling.said("scheduling.activity.returned.v1")
    assert told.data["return_codes"] == ["photos-unclear"]
    assert told.data["reasons"] == [
        {"code": "photos-unclear", "zh": "照片不清晰", "en": "the photos are unclear"}
    ]
    assert stale.status == 412
    assert (corrected.status, corrected.headers["ETag"]) == (200, '"2"')
    assert len(await scheduling.said("scheduling.activity.reported.v1")) == 2
    assert (await play.review(scheduling, activity, "accept")).body["counted"] == 1


async def test_a_place_has_reasons_of_its_own(scheduling: Stage) -> None:
    """A code is told with the text that the policy of that day has for it, or by itself."""
    activity = await play.reported(scheduling)
    office = play.official(scheduling)
    rules = (await office.get("/policies")).body["versions"][0]["rules"]
    text = {"code": "no-slogan", "zh": "未见活动标识", "en": "the sign of the programme is missing"}
    rules |= {"return_codes": ["no-slogan", "untold"], "return_texts": [text]}
    policy = {"effective_from": play.START.date(), "rules": rules}
    assert (await office.post("/policies", policy)).status == 201

    await play.review(scheduling, activity, "return", "untold", "no-slogan")

    [told] = await scheduling.said("scheduling.activity.returned.v1")
    assert told.data["return_codes"] == ["no-slogan", "untold"]
    assert told.data["reasons"] == [text]


async def test_a_correction_has_days_of_its_own(scheduling: Stage) -> None:
    """As many working days from the return on as a first report has; both days are told."""
    activity = await play.reported(scheduling)
    await scheduling.move_to(play.START + timedelta(days=10))
    await play.review(scheduling, activity, "return", "persons-differ")
    client = play.manager(scheduling)
    waiting = (await client.get(f"/activities/{activity}")).body["correction_due_day"]
    await client.patch(f"/activities/{activity}/report", await play.report(client), match='"1"')

    [told] = await scheduling.said("scheduling.activity.returned.v1")
    assert told.data["report_due_day"] < waiting == told.data["correction_due_day"] == "2024-11-22"
    corrected = (await scheduling.said("scheduling.activity.reported.v1"))[-1].data
    assert corrected["first_reported_day"] == told.data["reported_day"]
    assert corrected["first_reported_day"] < corrected["reported_day"] <= waiting
    assert corrected["correction_due_day"] == waiting


async def test_only_the_author_corrects_and_only_before_acceptance(scheduling: Stage) -> None:
    """A colleague cannot; after the acceptance nobody can; without If-Match it is 428."""
    activity = await play.reported(scheduling)
    path, client = f"/activities/{activity}/report", play.manager(scheduling)
    body = await play.report(client)
    colleague = play.manager(scheduling, person="p-colleague")

    refused = await colleague.patch(path, body, match='"1"')
    missing = await client.send("PATCH", path, body, {"Idempotency-Key": "k"})
    await play.review(scheduling, activity, "accept")
    settled = await client.patch(path, body, match='"1"')

    assert (refused.status, refused.code) == (409, "not-the-author")
    assert missing.status == 428
    assert (settled.status, settled.code) == (409, "report-settled")


@pytest.mark.parametrize(
    ("outcome", "codes"),
    [("return", ()), ("return", ("ugly",)), ("accept", ("photos-unclear",))],
)
async def test_reasons_belong_to_a_return(
    scheduling: Stage, outcome: str, codes: tuple[str, ...]
) -> None:
    """A return needs a code of the policy, an acceptance has none."""
    activity = await play.reported(scheduling)

    answer = await play.review(scheduling, activity, outcome, *codes)

    assert (answer.status, answer.code) == (422, "return-needs-codes")


async def test_nobody_reviews_their_own_report(scheduling: Stage) -> None:
    """The same person in another role is still the same person."""
    activity = await play.reported(scheduling)
    author = play.official(scheduling, person="p-manager")

    answer = await author.post(f"/activities/{activity}/review", {"outcome": "accept", "codes": []})

    assert (answer.status, answer.code) == (409, "second-person-required")
    agency = await play.manager(scheduling).post(
        f"/activities/{activity}/review", {"outcome": "accept", "codes": []}
    )
    assert agency.status == 403


async def test_silence_accepts_provisionally(scheduling: Stage) -> None:
    """Five working days after the report (Tuesday), at the midnight that ends the day."""
    activity = await play.reported(scheduling)
    due = end_of(play.START.date() + timedelta(days=7))
    await scheduling.move_to(due - timedelta(seconds=1))
    before = await play.official(scheduling).get(f"/activities/{activity}")
    await scheduling.move_to(due)

    assert before.body["status"] == "reported"
    [told] = await scheduling.said("scheduling.activity.accepted.v1")
    assert (told.data["status"], told.data["provisional"]) == ("accepted", True)
    assert due == told.time
    assert await counted(scheduling) == [1]


async def test_a_provisional_acceptance_can_be_confirmed(scheduling: Stage) -> None:
    """It is no longer flagged, and counts no second time."""
    activity = await play.reported(scheduling)
    await scheduling.move_to(play.START + timedelta(days=10))

    answer = await play.review(scheduling, activity, "accept")

    assert (answer.status, answer.body["counted"]) == (200, 1)
    *_, told = await scheduling.said("scheduling.activity.accepted.v1")
    assert told.data["provisional"] is False
    assert await counted(scheduling) == [1]


async def test_a_provisional_acceptance_can_be_returned(scheduling: Stage) -> None:
    """What it had counted is taken back, and counts again after the correction."""
    activity = await play.reported(scheduling)
    await scheduling.move_to(play.START + timedelta(days=10))
    await play.review(scheduling, activity, "return", "persons-differ")
    client = play.manager(scheduling)
    body = await play.report(client)
    await client.patch(f"/activities/{activity}/report", body, match='"1"')
    await play.review(scheduling, activity, "accept")

    assert await counted(scheduling) == [1, 0, 1]


async def test_a_correction_starts_the_reviewer_s_days_anew(scheduling: Stage) -> None:
    """The old day passes without an acceptance."""
    activity = await play.reported(scheduling)
    await scheduling.move_to(play.START + timedelta(days=3))
    client = play.manager(scheduling)
    body = await play.report(client)
    await client.patch(f"/activities/{activity}/report", body, match='"1"')
    await scheduling.move_to(play.START + timedelta(days=9))

    assert await scheduling.said("scheduling.activity.accepted.v1") == []
    await scheduling.move_to(play.START + timedelta(days=14))
    assert len(await scheduling.said("scheduling.activity.accepted.v1")) == 1


async def test_reports_of_others_do_not_exist(scheduling: Stage) -> None:
    """Another agency neither reports nor reads; an official of elsewhere reviews nothing."""
    activity = await play.reported(scheduling)
    other = play.manager(scheduling, org=play.OTHER_AGENCY)
    elsewhere = scheduling.as_("official", divisions=("510181102",), person="p-9")
    body = {"outcome": "accept", "codes": []}

    assert (await other.get(f"/activities/{activity}/report")).status == 404
    posted = await other.post(f"/activities/{activity}/reports", await play.report(other))
    assert posted.status == 404
    assert (await elsewhere.post(f"/activities/{activity}/review", body)).status == 404

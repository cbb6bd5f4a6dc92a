"""Reports 简报 and their reviews."""

from datetime import date
from typing import Annotated, Final, Literal
from uuid import UUID

from libs.common.contract import Count, Sha256, Some, Text, Token, answer, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.jobs import clear_timers
from libs.common.outbox import emit
from services.scheduling import actions, events
from services.scheduling.api.evidence import owner_of
from services.scheduling.domain.activities import Activity, Status
from services.scheduling.domain.policies import Policy
from services.scheduling.domain.reports import (
    Content,
    Outcome,
    Photo,
    Report,
    Review,
    View,
    check_evidence,
    check_review,
    submit,
    write,
)
from services.scheduling.store import activities, attendance, policies
from services.scheduling.store import reports as store

routes: Final = Routes()


@body
class PhotoBody:
    """A photo that was uploaded, and what it shows."""

    sha256: Sha256
    view: View


@body
class ReportBody:
    """What an author writes and attaches; time, place, persons are known already."""

    aim: Text
    process: Text
    effect: Text
    participants_words: Text
    problem: Text
    follow_up: Text
    volunteers: Count
    photos: Annotated[tuple[PhotoBody, ...], Some(0, 30)]
    sign_in_sheet: Sha256


@body
class ReviewBody:
    """What a reviewer decides; a return names its reasons by codes of the policy."""

    outcome: Outcome
    codes: Annotated[tuple[Token, ...], Some(0, 20)] = ()


@answer
class Receipt:
    """A report that was handed in: nothing of its text, which may tell of persons."""

    id: UUID
    version: int
    activity_id: UUID
    author: str
    reported_day: date
    persons: int
    person_times: int


@answer
class ReportShown:
    """A report with its reviews."""

    id: UUID
    version: int
    activity_id: UUID
    author: str
    aim: str
    process: str
    effect: str
    participants_words: str
    problem: str
    follow_up: str
    volunteers: int
    photos: tuple[Photo, ...]
    sign_in_sheet: str
    reported_day: date
    policy_version: int
    reviews: tuple[Review, ...]


@answer
class Reviewed:
    """What a review came to: `counted` towards the output, and why not if it is none."""

    id: UUID
    version: int
    status: Status
    return_codes: tuple[str, ...]
    counted: int
    code: Literal["too-few-persons", "no-output"] | None


@routes.post("/activities/{activity_id}/reports", scope="scheduling:report", status=201)
async def submit_report(tx: Tx, call: Call, activity_id: UUID, body: ReportBody) -> Receipt:
    """Report a held activity, with photos of scene, process and a close view, and the sheet."""
    activity = await activities.lock_own_activity(tx, activity_id, call.rows)
    call.expect(activity)
    policy = await policies.get_policy(tx, tx.today)
    content = _content(body)
    report = write(new_id(), activity, call.person, content, tx.today, policy)
    reported = await _hand_in(tx, call, activity, content, policy)
    await store.add_report(tx, report)
    return _receipt(report, reported)


@routes.patch("/activities/{activity_id}/report", scope="scheduling:report")
async def correct_report(tx: Tx, call: Call, activity_id: UUID, body: ReportBody) -> Receipt:
    """Correct one's own report before it is accepted; it waits for its review anew."""
    activity = await activities.lock_own_activity(tx, activity_id, call.rows)
    report = await store.lock_report(tx, activity.id)
    call.expect(report)
    policy = await policies.get_policy(tx, tx.today)
    content = _content(body)
    corrected = report.correct(call.person, content, tx.today, policy)
    reported = await _hand_in(tx, call, activity, content, policy)
    await store.save_report(tx, corrected)
    return _receipt(corrected, reported)


@routes.post("/activities/{activity_id}/review", scope="scheduling:review")
async def review_report(tx: Tx, call: Call, activity_id: UUID, body: ReviewBody) -> Reviewed:
    """Accept or return a report; also one that was accepted provisionally in the meantime."""
    activity = await activities.lock_activity(tx, activity_id, call.rows)
    call.expect(activity)
    report = await store.lock_report(tx, activity.id)
    policy = await policies.get_policy(tx, tx.today)
    check_review(activity, report, call.person, body.outcome, body.codes, policy.rules)
    await clear_timers(tx, "accept-in-silence", activity.id)
    if body.outcome == "return":
        returned = await actions.return_report(tx, activity, policy, call.person, body.codes)
        return told(Reviewed, returned, counted=0, code=None)
    accepted = await actions.accept_report(tx, activity, policy, call.person)
    return told(Reviewed, accepted, counted=accepted.output_units, code=_why_not(accepted))


@routes.get("/activities/{activity_id}/report", scope="scheduling:evidence")
async def read_report(tx: Tx, call: Call, activity_id: UUID) -> ReportShown:
    """The report as it stands, with its reviews."""
    activity = await activities.get_activity(tx, activity_id, call.rows)
    report = await store.get_report(tx, activity.id)
    reviews = await store.list_reviews(tx, activity.id)
    return told(ReportShown, report, reviews=tuple(reviews))


async def _hand_in(
    tx: Tx, call: Call, activity: Activity, content: Content, policy: Policy
) -> Activity:
    """Check the evidence, take the counts as they are now, and wait for the review."""
    uploaded = await store.find_uploaded(tx, owner_of(call), content.blobs)
    check_evidence(content, activity.domain, uploaded, policy.rules)
    tally = await attendance.tally(tx, activity.id)
    due = await actions.await_review(tx, activity.id, policy.rules)
    reported = submit(activity, tally, content.volunteers, tx.today, due)
    await activities.save_activity(tx, reported)
    await emit(tx, reported, told(events.ActivityReported, reported))
    return reported


def _content(body: ReportBody) -> Content:
    photos = tuple(Photo(sha256=photo.sha256, view=photo.view) for photo in body.photos)
    return told(Content, body, photos=photos)


def _receipt(report: Report, activity: Activity) -> Receipt:
    return told(Receipt, report, persons=activity.persons, person_times=activity.person_times)


def _why_not(accepted: Activity) -> Literal["too-few-persons", "no-output"] | None:
    if accepted.output_units:
        return None
    return "no-output" if accepted.output_id is None else "too-few-persons"

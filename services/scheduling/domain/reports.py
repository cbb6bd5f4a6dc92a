"""Reports 简报 and their reviews: what proves an activity, and who agreed that it does."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, get_args
from uuid import UUID

from libs.common.contract import Sha256, answer, changed
from libs.common.errors import Conflict, Fault, Invalid, SecondPersonRequired
from services.scheduling.domain.activities import Activity, Tally
from services.scheduling.domain.policies import Policy, Rules
from services.scheduling.domain.sentences import (
    NO_VIEW,
    NOT_UPLOADED,
    REASONS,
    TOO_FEW,
    UNKNOWN_CODE,
)
from services.scheduling.domain.workplans import OutputProgress

View = Literal["scene", "process", "close"]
VIEWS: Final = frozenset(get_args(View))
Outcome = Literal["accept", "return"]


class ActivityNotHeld(Conflict):
    """Only an activity that was held, and has no report yet, can be reported; confirm it as held
    first."""

    zh = "只有已开展且尚未提交简报的活动才能提交简报，请先确认开展。"


class ReportSettled(Conflict):
    """The report has been accepted and cannot be corrected any more."""

    zh = "简报已通过审核，不能再更正。"


class NotTheAuthor(Conflict):
    """Only the author corrects a report; ask them to."""

    zh = "只有简报作者才能更正，请由其办理。"


class EvidenceIncomplete(Invalid):
    """A report needs photos of the whole scene, the process and a close view, and the sheet."""

    zh = "简报须附全景、过程、特写照片和签到表。"


class NothingToReview(Conflict):
    """Only a report that waits for its review, or was accepted provisionally, is reviewed; see its
    status."""

    zh = "只有待审核或暂予通过的简报才能审核，请核对其状态。"


class ReturnNeedsCodes(Invalid):
    """A return names its reasons by codes of the policy; an acceptance names none."""

    zh = "退回须注明政策所列的原因代码，通过则不填原因。"


@answer
class Photo:
    """A photo and what it shows."""

    sha256: Sha256
    view: View


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an author writes and attaches."""

    aim: str
    process: str
    effect: str
    participants_words: str
    problem: str
    follow_up: str
    volunteers: int
    photos: tuple[Photo, ...]
    sign_in_sheet: str

    @property
    def blobs(self) -> frozenset[str]:
        """Everything attached."""
        return frozenset({self.sign_in_sheet, *(photo.sha256 for photo in self.photos)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report as it stands, with its author."""

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

    @property
    def content(self) -> Content:
        """What the author wrote and attached."""
        return Content(**{name: getattr(self, name) for name in Content.__slots__})

    def correct(self, person: str, content: Content, day: date, policy: Policy) -> "Report":
        """The author's correction, before acceptance."""
        if person != self.author:
            raise NotTheAuthor
        fields = {name: getattr(content, name) for name in Content.__slots__}
        return changed(self, **fields, reported_day=day, policy_version=policy.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a reviewer decided, or silence did."""

    id: UUID
    activity_id: UUID
    reviewer: str | None
    outcome: Outcome
    codes: tuple[str, ...]
    provisional: bool
    at: datetime
    policy_version: int


def write(
    new_id: UUID, activity: Activity, author: str, content: Content, day: date, policy: Policy
) -> Report:
    """The first report of a held activity."""
    if activity.status != "held":
        raise ActivityNotHeld
    return Report(
        id=new_id,
        version=1,
        activity_id=activity.id,
        author=author,
        **{name: getattr(content, name) for name in Content.__slots__},
        reported_day=day,
        policy_version=policy.version,
    )


def check_evidence(
    content: Content, domain: str | None, uploaded: frozenset[str], rules: Rules
) -> None:
    """Every fault at once: too few photos, a view that lacks, what was never uploaded.

    Minors and rehabilitation clients are never required in photos.
    """
    faults: list[Fault] = []
    if domain not in rules.photo_free_domains:
        distinct = {photo.sha256 for photo in content.photos}
        if len(distinct) < rules.least_photos:
            least, given = rules.least_photos, len(distinct)
            faults.append(Fault("/photos", TOO_FEW, least=least, given=given))
        lacking = VIEWS - {photo.view for photo in content.photos}
        faults += [Fault("/photos", NO_VIEW[view]) for view in sorted(lacking)]
    faults += [
        Fault(f"/photos/{place}/sha256", NOT_UPLOADED)
        for place, photo in enumerate(content.photos)
        if photo.sha256 not in uploaded
    ]
    if content.sign_in_sheet not in uploaded:
        faults.append(Fault("/sign_in_sheet", NOT_UPLOADED))
    if faults:
        raise EvidenceIncomplete(*faults)


def submit(
    activity: Activity, tally: Tally, volunteers: int, day: date, review_due_at: datetime
) -> Activity:
    """Reported, for the first time or anew; the counts are taken as they are now."""
    if activity.status not in ("held", "reported", "returned"):
        raise ReportSettled
    return changed(
        activity.counted(tally),
        status="reported",
        volunteers=volunteers,
        first_reported_day=activity.first_reported_day or activity.reported_day or day,
        reported_day=day,
        review_due_at=review_due_at,
        return_codes=(),
    )


def check_review(
    activity: Activity,
    report: Report,
    reviewer: str,
    outcome: Outcome,
    codes: tuple[str, ...],
    rules: Rules,
) -> None:
    """Somebody else than the author, with reasons of the policy if it is returned."""
    if reviewer == report.author:
        raise SecondPersonRequired
    if activity.status != "reported" and not activity.provisional:
        raise NothingToReview
    faults = [
        Fault(f"/codes/{place}", UNKNOWN_CODE, codes=rules.return_codes)
        for place, code in enumerate(codes)
        if code not in rules.return_codes
    ]
    if (outcome == "return") != bool(codes):
        faults.append(Fault("/codes", REASONS))
    if faults:
        raise ReturnNeedsCodes(*faults)


def accept(activity: Activity, output: OutputProgress | None, *, provisional: bool) -> Activity:
    """It counts as one towards its output, if as many were there as the agreement asks."""
    if activity.status != "reported" and not activity.provisional:
        raise NothingToReview
    return changed(
        activity,
        status="accepted",
        provisional=provisional,
        review_due_at=None,
        return_codes=(),
        output_units=units_of(activity, output),
    )


def send_back(activity: Activity, codes: tuple[str, ...], due: date) -> Activity:
    """Returned to its author, to be corrected by `due`; what it had counted for is taken back."""
    return changed(
        activity,
        status="returned",
        correction_due_day=due,
        provisional=False,
        review_due_at=None,
        return_codes=tuple(sorted(set(codes))),
        output_units=0,
    )


def units_of(activity: Activity, output: OutputProgress | None) -> int:
    """How much an accepted activity counts towards its output."""
    return int(output is not None and activity.person_times >= output.minimum_persons)

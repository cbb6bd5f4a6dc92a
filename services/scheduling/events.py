"""What scheduling tells others."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from libs.common.contract import answer, event
from services.scheduling.domain.activities import Basis, Kind, ObservationState, Status
from services.scheduling.domain.assignments import Reason
from services.scheduling.domain.observations import Side
from services.scheduling.domain.observations import Status as ObservationStatus


@answer
class ActivityState:
    """The full public state of an activity, in every event of it.

    `correction_due_day` is of the last return, and stays when the report has been corrected.
    """

    id: UUID
    agreement_id: UUID | None
    output_id: UUID | None
    series_id: UUID | None
    basis: Basis
    kind: Kind
    title: str
    organisation_id: UUID | None
    division: str
    starts_at: datetime
    ends_at: datetime
    status: Status
    observation: ObservationState
    persons: int
    headcount: int | None
    observed_count: int | None
    person_times: int
    volunteers: int
    recorded_afterwards: bool
    first_reported_day: date | None
    reported_day: date | None
    report_due_day: date | None
    correction_due_day: date | None
    provisional: bool
    return_codes: tuple[str, ...]
    policy_version: int


@event("scheduling.activity.published.v1")
class ActivityPublished(ActivityState):
    """An activity was announced."""


@event("scheduling.activity.rescheduled.v1")
class ActivityRescheduled(ActivityState):
    """A published activity has another time or place."""


@event("scheduling.activity.cancelled.v1")
class ActivityCancelled(ActivityState):
    """An activity will not be held."""


@event("scheduling.activity.held.v1")
class ActivityHeld(ActivityState):
    """An activity took place."""


@event("scheduling.activity.reported.v1")
class ActivityReported(ActivityState):
    """Its report was handed in, for the first time or corrected."""


@event("scheduling.activity.accepted.v1")
class ActivityAccepted(ActivityState):
    """Its report was accepted, by a reviewer or provisionally by silence."""


@answer
class ReturnReason:
    """How a return code reads, by the policy of that day."""

    code: str
    zh: str
    en: str


@event("scheduling.activity.returned.v1")
class ActivityReturned(ActivityState):
    """Its report was returned, with the reasons as codes, and those that have a text in words."""

    reasons: tuple[ReturnReason, ...]


@answer
class ObservationFacts:
    """The full public state of an observation, in every event of it; `title` is the activity's,
    which is not told by an event of its own before it is published."""

    id: UUID
    activity_id: UUID
    agreement_id: UUID
    title: str
    observer: str | None
    side: Side | None
    starts_at: datetime
    ends_at: datetime
    counted: int | None
    reason: str | None
    status: ObservationStatus


@event("scheduling.observation.assigned.v1")
class ObservationAssigned(ObservationFacts):
    """Somebody will observe an activity, or will at another time."""


@event("scheduling.observation.waived.v1")
class ObservationWaived(ObservationFacts):
    """An activity goes without an observer, within the quota."""


@event("scheduling.observation.missed.v1")
class ObservationMissed(ObservationFacts):
    """No record of the observer came."""


@event("scheduling.observation.made.v1")
class ObservationMade(ObservationFacts):
    """The observer recorded what was there to see."""


@event("scheduling.attendance.recorded.v1")
class AttendanceRecorded:
    """A check-in, or its correction; it counts for `person_times` (0 or 1)."""

    id: UUID
    activity_id: UUID
    agreement_id: UUID | None
    organisation_id: UUID | None
    recipient_ref: str | None
    at: datetime
    person_times: int
    withdrawn: bool


@event("scheduling.assignment.freed.v1")
class AssignmentFreed:
    """A worker's later work is offered back to the same provider."""

    id: UUID
    activity_id: UUID
    worker_id: str
    organisation_id: UUID | None
    reason: Reason


@event("scheduling.output.counted.v1")
class OutputCounted:
    """How far an output of an agreement has come."""

    id: UUID
    agreement_id: UUID
    kind: str
    counted: int
    quantity: int
    person_times: int


@event("scheduling.workplan.behind.v1")
class WorkplanBehind:
    """An output is behind its linear progress at the end of a month."""

    id: UUID
    agreement_id: UUID
    output_id: UUID
    counted: int
    expected: int
    quantity: int
    as_of: date


TELLS: Final = (
    ActivityPublished,
    ActivityRescheduled,
    ActivityCancelled,
    ActivityHeld,
    ActivityReported,
    ActivityAccepted,
    ActivityReturned,
    ObservationAssigned,
    ObservationWaived,
    ObservationMissed,
    ObservationMade,
    AttendanceRecorded,
    AssignmentFreed,
    OutputCounted,
    WorkplanBehind,
)

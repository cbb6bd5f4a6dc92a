"""Activities: draft → published → held → reported → accepted | returned; cancelled before."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from libs.common.clock import legal_day, next_minute
from libs.common.contract import changed
from libs.common.errors import Conflict, Fault, Invalid
from libs.common.sentences import IN_THE_PAST
from services.scheduling.domain.policies import Rules
from services.scheduling.domain.sentences import LASTS_TOO_LONG, NOT_AFTER_START

Basis = Literal["agreement", "grant", "own", "community", "joint"]
Kind = Literal["case", "group-session", "community-activity", "home-visit", "training", "volunteer"]
Status = Literal["draft", "published", "held", "reported", "accepted", "returned", "cancelled"]
ObservationState = Literal["not-required", "unnamed", "assigned", "waived", "made", "missed"]
AGREEMENT_TERMINATED: Final = "agreement-terminated"
"""Why an activity is cancelled that nobody buys any more."""


class ActivityTimesInvalid(Invalid):
    """An activity ends after it starts and lasts no longer than the policy allows."""

    zh = "活动结束时间须晚于开始时间，且时长不得超过规定。"


class ActivityInThePast(Invalid):
    """Plan an activity before it starts, or record it afterwards and say so."""

    zh = "请在活动开始前安排，或注明为事后补录。"


class ActivityNotDraft(Conflict):
    """Only a draft can be published; see the activity's status."""

    zh = "只有草稿状态的活动才能发布，请核对其状态。"


class ActivityNotOpen(Conflict):
    """Only a draft or a published activity can be changed or cancelled; see its status."""

    zh = "只有草稿或已发布的活动才能变更或取消，请核对其状态。"


class ActivityNotPublished(Conflict):
    """Only a published activity can be held; publish it first."""

    zh = "只有已发布的活动才能确认开展，请先发布。"


class ActivityNotStarted(Conflict):
    """The activity has not started yet; try again when it has."""

    zh = "活动尚未开始，请在开始后再办理。"


class ObserverMissing(Conflict):
    """An observer is required and not named: have one named, or have it waived."""

    zh = "尚未指定现场监督员，请先指定，或由购买方免除。"


class ObservationNotRequired(Conflict):
    """This activity is not observed: its kind is confidential, or its agreement does not ask; go on
    without."""

    zh = "该活动无需现场监督，可直接继续办理。"


class LeadMissing(Conflict):
    """An activity under an agreement needs a certified lead of the provider; assign one."""

    zh = "协议内的活动须有承接主体的持证负责人，请先指派。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Who was there, each way of counting apart."""

    persons: int
    headcount: int | None
    observed_count: int | None

    @property
    def person_times(self) -> int:
        """A headcount counts everybody present, the named ones too."""
        return max(self.persons, self.headcount or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One activity with its state, its counts and the policy it was planned under."""

    id: UUID
    version: int
    agreement_id: UUID | None
    output_id: UUID | None
    series_id: UUID | None
    basis: Basis
    kind: Kind
    title: str
    domain: str | None
    organisation_id: UUID | None
    division: str
    place: str
    station_id: UUID | None
    room_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    expected_persons: int
    recorded_afterwards: bool
    status: Status
    observation: ObservationState
    persons: int
    headcount: int | None
    observed_count: int | None
    person_times: int
    volunteers: int
    held_day: date | None
    first_reported_day: date | None
    reported_day: date | None
    report_due_day: date | None
    correction_due_day: date | None
    """Until when a report that came back is to be sent again."""
    review_due_at: datetime | None
    provisional: bool
    return_codes: tuple[str, ...]
    output_units: int
    cancel_reason: str | None
    policy_version: int

    def publish(self, now: datetime, *, has_lead: bool) -> "Activity":
        """Announced: from here on others know of it."""
        if self.status != "draft":
            raise ActivityNotDraft
        if self.ends_at <= now and not self.recorded_afterwards:
            raise ActivityInThePast(Fault("/ends_at", IN_THE_PAST, earliest=next_minute(now)))
        if self.basis == "agreement" and not has_lead:
            raise LeadMissing
        if self.observation == "unnamed":
            raise ObserverMissing
        return changed(self, status="published")

    def reschedule(
        self, starts_at: datetime, ends_at: datetime, place: str, now: datetime, rules: Rules
    ) -> "Activity":
        """Another time or place; who is assigned comes along, if free then."""
        if self.status not in ("draft", "published"):
            raise ActivityNotOpen
        check_times(starts_at, ends_at, rules)
        if starts_at <= now:
            raise ActivityInThePast(Fault("/starts_at", IN_THE_PAST, earliest=next_minute(now)))
        return changed(
            self,
            starts_at=starts_at.astimezone(UTC),
            ends_at=ends_at.astimezone(UTC),
            place=place,
        )

    def cancel(self, reason: str) -> "Activity":
        """Not held, for a reason given as a code; its workers and its room are free again."""
        if self.status not in ("draft", "published"):
            raise ActivityNotOpen
        return changed(self, status="cancelled", cancel_reason=reason)

    def hold(
        self, now: datetime, tally: Tally, volunteers: int, due: date, *, has_lead: bool
    ) -> "Activity":
        """It took place; only work under an agreement owes a report, by `due`."""
        if self.status != "published":
            raise ActivityNotPublished
        if now < self.starts_at:
            raise ActivityNotStarted
        if self.basis == "agreement" and not has_lead:
            raise LeadMissing
        return changed(
            self.counted(tally),
            status="held",
            volunteers=volunteers,
            held_day=legal_day(now),
            report_due_day=due if self.basis == "agreement" else None,
        )

    def counted(self, tally: Tally) -> "Activity":
        """With the counts as they are now."""
        return changed(
            self,
            persons=tally.persons,
            headcount=tally.headcount,
            observed_count=tally.observed_count,
            person_times=tally.person_times,
        )

    def observed_under(self) -> UUID:
        """The agreement that asks for an observer here."""
        if self.agreement_id is None:
            raise ObservationNotRequired
        return self.agreement_id

    def observed(self, state: ObservationState) -> "Activity":
        """Its observation has got that far."""
        return changed(self, observation=state)


def check_times(starts_at: datetime, ends_at: datetime, rules: Rules) -> None:
    """It ends after it starts, and no longer than the policy's hours after."""
    if ends_at <= starts_at:
        raise ActivityTimesInvalid(Fault("/ends_at", NOT_AFTER_START, starts_at=starts_at))
    if ends_at - starts_at > timedelta(hours=rules.longest_hours):
        hours = rules.longest_hours
        raise ActivityTimesInvalid(Fault("/ends_at", LASTS_TOO_LONG, hours=hours))

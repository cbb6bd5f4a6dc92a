"""Observations: assigned → made | missed, or waived within a quota."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from libs.common.contract import changed
from libs.common.errors import Conflict, Fault, Invalid
from services.scheduling.domain.activities import (
    Activity,
    ActivityNotStarted,
    ObservationNotRequired,
)
from services.scheduling.domain.plans import Counts, within_quota
from services.scheduling.domain.policies import Policy, Rules
from services.scheduling.domain.sentences import UNKNOWN_CODE

Side = Literal["purchaser", "town", "community", "association", "resident"]
Status = Literal["assigned", "waived", "made", "missed"]


class ObserverOfAgency(Conflict):
    """An observer never comes from the agency that holds the activity; name somebody else."""

    zh = "现场监督员不得来自承办机构，请另行指定。"


class ObserverTied(Conflict):
    """This person is tied to the agency that holds the activity; name somebody else."""

    zh = "该人员与承办机构存在利害关系，请另行指定监督员。"


class ObservationClosed(Conflict):
    """The observation is settled already: made, missed, waived, or its activity is over."""

    zh = "该监督事项已办结，不能再变更。"


class NotTheObserver(Conflict):
    """Only the observer who was assigned can record this; have them do it, or name another
    first."""

    zh = "只有被指定的现场监督员才能记录，请由其办理，或先另行指定。"


class WaiverReasonUnknown(Invalid):
    """The reason of a waiver is one of the policy's codes; choose one."""

    zh = "免除理由须为政策所列代码，请从中选择。"


class WaiverQuotaUsed(Conflict):
    """The share of activities without an observer is used up; name an observer."""

    zh = "免除现场监督的比例已用完，请指定监督员。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Who looks on at an activity, and what came of it."""

    id: UUID
    version: int
    activity_id: UUID
    agreement_id: UUID
    division: str
    observer: str | None
    side: Side | None
    starts_at: datetime
    ends_at: datetime
    counted: int | None
    reason: str | None
    status: Status
    call_backs: tuple[str, ...]
    policy_version: int

    def reassign(self, observer: str, side: Side) -> "Observation":
        """Another observer, or one after all."""
        if self.status not in ("assigned", "waived"):
            raise ObservationClosed
        return changed(self, observer=observer, side=side, reason=None, status="assigned")

    def move(self, starts_at: datetime, ends_at: datetime) -> "Observation":
        """At the activity's new time."""
        return changed(self, starts_at=starts_at, ends_at=ends_at)

    def make(
        self, person: str, counted: int, remark: str | None, now: datetime, rules: Rules
    ) -> "Observation":
        """What the assigned observer saw, within the policy's hours."""
        if self.observer != person:
            raise NotTheObserver
        if self.status != "assigned" or now > self.closes_at(rules):
            raise ObservationClosed
        if now < self.starts_at:
            raise ActivityNotStarted
        return changed(self, counted=counted, reason=remark, status="made")

    def miss(self, call_backs: tuple[str, ...]) -> "Observation":
        """No record came: a service goes on, and some who were there are called back."""
        return changed(self, status="missed", reason="no-record", call_backs=call_backs)

    def closes_at(self, rules: Rules) -> datetime:
        """Until when a record is taken."""
        return self.ends_at + timedelta(hours=rules.observation_hours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bonds:
    """What binds a person to the agency of an activity."""

    works_there: bool
    tied: bool


def name_observer(
    new_id: UUID,
    activity: Activity,
    observer: str,
    side: Side,
    bonds: Bonds,
    policy: Policy,
    now: datetime,
) -> Observation:
    """The first observer of an activity that asks for one."""
    check_observer(activity, bonds, now)
    return _first(
        new_id, activity, policy, observer=observer, side=side, reason=None, status="assigned"
    )


def check_observer(activity: Activity, bonds: Bonds, now: datetime) -> None:
    """Nobody of the agency, nobody tied to it, and not when it is over."""
    if activity.observation == "not-required":
        raise ObservationNotRequired
    if activity.status not in ("draft", "published") or activity.ends_at <= now:
        raise ObservationClosed
    if bonds.works_there:
        raise ObserverOfAgency
    if bonds.tied:
        raise ObserverTied


def waive(
    new_id: UUID, activity: Activity, reason: str, counts: Counts, policy: Policy
) -> Observation:
    """No observer for once, with a coded reason, within the share that the policy allows."""
    if activity.observation == "not-required":
        raise ObservationNotRequired
    if activity.observation != "unnamed" or activity.status != "draft":
        raise ObservationClosed
    if reason not in policy.rules.waiver_reasons:
        codes = policy.rules.waiver_reasons
        raise WaiverReasonUnknown(Fault("/reason", UNKNOWN_CODE, codes=codes))
    if not within_quota(counts.waived, counts.activities, policy.rules.waiver_share_bp):
        raise WaiverQuotaUsed
    return _first(
        new_id, activity, policy, observer=None, side=None, reason=reason, status="waived"
    )


def _first(
    new_id: UUID,
    activity: Activity,
    policy: Policy,
    *,
    observer: str | None,
    side: Side | None,
    reason: str | None,
    status: Status,
) -> Observation:
    assert activity.agreement_id is not None, "only an agreement asks for an observer"
    return Observation(
        id=new_id,
        version=1,
        activity_id=activity.id,
        agreement_id=activity.agreement_id,
        division=activity.division,
        observer=observer,
        side=side,
        starts_at=activity.starts_at,
        ends_at=activity.ends_at,
        counted=None,
        reason=reason,
        status=status,
        call_backs=(),
        policy_version=policy.version,
    )

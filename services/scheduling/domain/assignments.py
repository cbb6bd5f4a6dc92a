"""Assignments: who leads, supports or is on duty; freed when the worker may not go on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.common.clock import legal_day
from libs.common.contract import changed
from libs.common.errors import Conflict, NotYet
from services.scheduling.domain.activities import Activity, ActivityNotOpen
from services.scheduling.domain.known import Worker
from services.scheduling.domain.policies import Rules

Role = Literal["lead", "support", "duty"]
Status = Literal["standing", "freed", "cancelled"]
Reason = Literal["left", "certificate-revoked", "registration-lapsed", "replaced", "ill"]


class WorkerBusy(Conflict):
    """The worker has other exclusive work at that time; choose another worker or time."""

    zh = "该人员在此时段已有其他工作，请另选人员或时间。"


class LeadAssigned(Conflict):
    """The activity has a lead already; release that one first."""

    zh = "该活动已有负责人，请先解除。"


class WorkerAssigned(Conflict):
    """This worker is assigned to the activity already; choose another, or go on."""

    zh = "该人员已被指派到此活动，无需重复指派。"


class LeadNotCertified(Conflict):
    """The lead needs a valid certificate and a registration that has not lapsed; choose another."""

    zh = "负责人须持有效证书且登记未失效，请另选人员，或先续登。"


class MinorsCheckMissing(Conflict):
    """Work with minors needs a check (犯罪记录查询) that holds on the day; have it made, or
    choose another worker."""

    zh = "从事未成年人服务须在有效期内通过查询（未成年人保护法第六十二条），请先查询或另选人员。"


class WorkerTied(Conflict):
    """The lead is tied to the purchaser of this agreement; choose another one."""

    zh = "负责人与购买主体存在利害关系，请另选人员。"


class AssignmentNotStanding(Conflict):
    """The assignment has ended already; assign the worker anew if need be."""

    zh = "该指派已结束；如需，请重新指派。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A worker's part in an activity, with the activity's times."""

    id: UUID
    version: int
    activity_id: UUID
    organisation_id: UUID | None
    division: str
    worker_id: str
    role: Role
    certified: bool
    starts_at: datetime
    ends_at: datetime
    status: Status
    reason: str | None

    def free(self, reason: Reason) -> "Assignment":
        """The work is offered back to the same provider."""
        if self.status != "standing":
            raise AssignmentNotStanding
        return changed(self, status="freed", reason=reason)

    def move(self, starts_at: datetime, ends_at: datetime) -> "Assignment":
        """At the activity's new time."""
        return changed(self, starts_at=starts_at, ends_at=ends_at)

    def cancel(self) -> "Assignment":
        """The activity is not held."""
        return changed(self, status="cancelled")


def assign(
    new_id: UUID, activity: Activity, worker: Worker, role: Role, rules: Rules, *, tied: bool
) -> Assignment:
    """A worker of the organisation takes part; under an agreement the lead is certified.

    `tied`: the worker has a direct tie to the purchaser of the agreement.
    """
    if activity.status not in ("draft", "published"):
        raise ActivityNotOpen
    if not worker.works_for(activity.organisation_id):
        raise NotYet("worker")
    if activity.basis == "agreement":
        _check_fitness(activity, worker, role, rules, tied=tied)
    return Assignment(
        id=new_id,
        version=1,
        activity_id=activity.id,
        organisation_id=activity.organisation_id,
        division=activity.division,
        worker_id=worker.id,
        role=role,
        certified=worker.is_certified,
        starts_at=activity.starts_at,
        ends_at=activity.ends_at,
        status="standing",
        reason=None,
    )


def why_freed(assignment: Assignment, worker: Worker, *, under_agreement: bool) -> Reason | None:
    """Why a worker, as known now, cannot go on with later work; None if they can.

    Certificates are asked for under an agreement only, and of whoever had one when assigned.
    """
    if not worker.works_for(assignment.organisation_id):
        return "left"
    if not under_agreement or not assignment.certified:
        return None
    if not worker.certificate_valid:
        return "certificate-revoked"
    return "registration-lapsed" if worker.registration_status == "lapsed" else None


def _check_fitness(
    activity: Activity, worker: Worker, role: Role, rules: Rules, *, tied: bool
) -> None:
    if activity.domain in rules.minors_domains and (
        worker.minors_check_until is None
        or worker.minors_check_until < legal_day(activity.starts_at)
    ):
        raise MinorsCheckMissing
    if role != "lead":
        return
    if not worker.is_certified:
        raise LeadNotCertified
    if tied:
        raise WorkerTied

"""Consents: standing → withdrawn, one for each purpose at a time."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from libs.common.contract import changed
from libs.common.errors import Conflict, Fault, Invalid
from services.casework.domain.persons import age_on
from services.casework.domain.recipients import Policy, Recipient
from services.casework.domain.sentences import GUARDIAN_NEEDED

Purpose = Literal["service", "photo", "visit", "entrustment"]
"""To be served, photographed, visited by an evaluator, and entrusted to another handler."""
Giver = Literal["self", "guardian"]
Form = Literal["written", "electronic", "oral"]
Status = Literal["standing", "withdrawn"]


class ConsentStandsAlready(Conflict):
    """This purpose is consented to already; withdraw that consent first to replace it."""

    zh = "该用途已有有效的同意；如需更换，请先撤回原同意。"


class ConsentNotStanding(Conflict):
    """This consent was withdrawn before; there is nothing left to withdraw."""

    zh = "该同意此前已撤回，无需再次撤回。"


class GuardianNotRecorded(Conflict):
    """No guardian is recorded for this recipient; only they themselves can consent."""

    zh = "该服务对象未登记监护人，只能由本人作出同意。"


class GuardianMustConsent(Invalid):
    """For a child under the policy's age the guardian consents (PIPL art. 31); ask them."""

    zh = "未达规定年龄的未成年人，须由监护人作出同意（个人信息保护法第三十一条），请由其办理。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a recipient, or the guardian, allowed; `division` is the recipient's."""

    id: UUID
    version: int
    recipient_ref: UUID
    organisation_id: UUID
    division: str
    purpose: Purpose
    given_by: Giver
    form: Form
    status: Status
    given_on: date
    withdrawn_on: date | None

    def withdraw(self, day: date) -> "Consent":
        """Taken back, at any time and without a reason (PIPL art. 15)."""
        if self.status != "standing":
            raise ConsentNotStanding
        return changed(self, status="withdrawn", withdrawn_on=day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What decides who may consent: the birth date, and whether a guardian is recorded."""

    birth_date: date
    has_guardian: bool


def give(
    new_id: UUID,
    recipient: Recipient,
    capacity: Capacity,
    purpose: Purpose,
    given_by: Giver,
    form: Form,
    policy: Policy,
    day: date,
) -> Consent:
    """A consent for one purpose, by whoever may give it on that day."""
    recipient.require_open()
    if given_by == "guardian" and not capacity.has_guardian:
        raise GuardianNotRecorded
    if given_by == "self" and age_on(capacity.birth_date, day) < policy.guardian_under:
        age = policy.guardian_under
        raise GuardianMustConsent(Fault("/given_by", GUARDIAN_NEEDED, age=age))
    return Consent(
        id=new_id,
        version=1,
        recipient_ref=recipient.id,
        organisation_id=recipient.organisation_id,
        division=recipient.division,
        purpose=purpose,
        given_by=given_by,
        form=form,
        status="standing",
        given_on=day,
        withdrawn_on=None,
    )

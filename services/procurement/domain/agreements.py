"""Agreements 三方协议: drafted → signing → in_force → completed | terminated."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.common.contract import changed, told
from libs.common.errors import Conflict, Fault, Invalid, SecondPersonRequired
from services.procurement.domain.agreement_policies import AgreementPolicy
from services.procurement.domain.sentences import BELOW_TENDER
from services.procurement.domain.terms import (
    Band,
    Clauses,
    Content,
    Deduction,
    Observation,
    Output,
    OutputTerm,
    PaymentTerm,
    PriceLine,
    Terms,
    hash_of,
)

Status = Literal["drafted", "signing", "in_force", "completed", "terminated"]


class AwardAgreedAlready(Conflict):
    """This award has led to an agreement already; go on with that one."""

    zh = "该中标（成交）结果已签订或正在签订协议，请在该协议上继续办理。"


class ProviderNotActive(Conflict):
    """The awarded provider is suspended or no longer registered; have that settled, or award to
    another."""

    zh = "承接主体已被暂停或不再处于登记状态，请先恢复，或另行定标。"


class OutputsBelowTender(Invalid):
    """The agreement buys less of a kind than the tender asked for (政府采购法第四十六条)."""

    zh = "协议约定的服务产出少于采购文件的要求（政府采购法第四十六条）。"


class LeadNotCertified(Conflict):
    """The named lead has no valid certificate; name somebody who has."""

    zh = "项目负责人没有有效的职业资格证书，请更换为持证人员。"


class LeadNotEmployed(Conflict):
    """The named lead does not work for the provider; name somebody who does."""

    zh = "项目负责人不是承接主体的工作人员，请更换，或先登记聘用。"


class AgreementNotOpenForSigning(Conflict):
    """Only a drafted agreement is signed; this one is in force or has ended."""

    zh = "该协议已生效或已结束，不能再签署。"


class AgreementNotInForce(Conflict):
    """Only an agreement in force can do this; have it signed first, or see its status."""

    zh = "只有生效中的协议才能进行此操作，请先完成签署，或核对其状态。"


class AgreementEnded(Conflict):
    """The agreement has been completed or terminated already; nothing about it changes."""

    zh = "该协议已完成或已终止，不再变更。"


class TerminationNotProposed(Conflict):
    """Nobody has proposed to end this agreement; a first person proposes, a second confirms."""

    zh = "尚无人提出终止该协议；须由一人提出、另一人确认。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """A tender's binding award: the only ground on which money can be agreed."""

    id: UUID
    title: str
    domain: str
    fiscal_year: int
    budget_id: UUID
    purchaser_id: UUID
    provider_id: UUID
    legal_profile: str
    price: int
    outputs: tuple[OutputTerm, ...]
    """What the tender asked for."""
    conditional: bool
    """Nothing is agreed before its budget has been approved."""

    def check_outputs(self, outputs: Sequence[Output]) -> None:
        """Refuse less of any kind than what was tendered for, naming each kind."""
        asked, agreed = Counter[str](), Counter[str]()
        for term in self.outputs:
            asked[term.kind] += term.quantity
        for output in outputs:
            agreed[output.kind] += output.quantity
        faults = [
            Fault("/outputs", BELOW_TENDER, kind=kind, least=least, agreed=agreed[kind])
            for kind, least in asked.items()
            if agreed[kind] < least
        ]
        if faults:
            raise OutputsBelowTender(*faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementSummary:
    """An agreement as lists show it."""

    id: UUID
    version: int
    tender_id: UUID
    fiscal_year: int
    title: str
    domain: str
    division: str
    host_division: str
    purchaser_id: UUID
    provider_id: UUID
    from_day: date
    to_day: date
    amount: int
    status: Status
    lead_worker_id: UUID
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """An agreement of purchaser, provider, host and site. `division` is the site's."""

    id: UUID
    version: int
    tender_id: UUID
    budget_id: UUID
    fiscal_year: int
    title: str
    domain: str
    division: str
    host_division: str
    purchaser_id: UUID
    provider_id: UUID
    from_day: date
    to_day: date
    amount: int
    status: Status
    profile: str
    policy_version: int
    observation: Observation
    lead_worker_id: UUID
    certified_share_bp: int
    replacement_days: int
    outputs: tuple[Output, ...]
    price_lines: tuple[PriceLine, ...]
    payment_terms: tuple[PaymentTerm, ...]
    bands: tuple[Band, ...]
    deductions: tuple[Deduction, ...]
    clauses: Clauses
    content_hash: str
    drafted_by: str
    in_force_at: datetime | None
    ended_day: date | None
    end_reason: str | None
    end_proposed_by: str | None
    end_confirmed_by: str | None

    @property
    def content(self) -> Content:
        """What the parties sign; nothing in it changes but by an amendment that all sign."""
        return told(Content, self, agreement_id=self.id, site_division=self.division)

    def check_open(self) -> None:
        """Refuse to take signatures after the last one."""
        if self.status not in ("drafted", "signing"):
            raise AgreementNotOpenForSigning

    def check_in_force(self) -> None:
        """Refuse what only an agreement in force allows."""
        if self.status != "in_force":
            raise AgreementNotInForce

    def take_signature(self, *, complete: bool, now: datetime) -> "Agreement":
        """In force with the last signature that the policy asks for; until then, signing."""
        self.check_open()
        if complete:
            return changed(self, status="in_force", in_force_at=now)
        return changed(self, status="signing")

    def amend(
        self, to_day: date, outputs: tuple[Output, ...], lead_worker_id: UUID, content_hash: str
    ) -> "Agreement":
        """On other terms, which every party has signed; the amount stays."""
        self.check_in_force()
        return changed(
            self,
            to_day=to_day,
            outputs=outputs,
            lead_worker_id=lead_worker_id,
            content_hash=content_hash,
        )

    def complete(self, day: date) -> "Agreement":
        """Everything has been delivered, accepted and paid."""
        self.check_in_force()
        return changed(self, status="completed", ended_day=day)

    def give_up(self, reason: str, day: date) -> "Agreement":
        """Given up before it was in force."""
        self.check_open()
        return changed(self, status="terminated", end_reason=reason, ended_day=day)

    def propose_end(self, reason: str, person: str) -> "Agreement":
        """One person proposes to end it early; a later proposal takes the place of this one."""
        self.check_not_ended()
        return changed(self, end_reason=reason, end_proposed_by=person)

    def withdraw_end(self) -> "Agreement":
        """It goes on."""
        self._check_end_proposed()
        return changed(self, end_reason=None, end_proposed_by=None)

    def terminate(self, person: str, day: date) -> "Agreement":
        """Another person confirms: ended early."""
        self._check_end_proposed()
        if person == self.end_proposed_by:
            raise SecondPersonRequired
        return changed(self, status="terminated", end_confirmed_by=person, ended_day=day)

    def check_not_ended(self) -> None:
        """Refuse to end twice."""
        if self.status in ("completed", "terminated"):
            raise AgreementEnded

    def _check_end_proposed(self) -> None:
        self.check_not_ended()
        if self.end_proposed_by is None:
            raise TerminationNotProposed


def check_lead(
    provider_id: UUID,
    employer_id: UUID | None,
    part_time_ids: tuple[UUID, ...],
    *,
    certified: bool,
) -> None:
    """Refuse a lead without a certificate, or of another agency."""
    if not certified:
        raise LeadNotCertified
    if provider_id != employer_id and provider_id not in part_time_ids:
        raise LeadNotEmployed


def draft(
    new_id: UUID, award: Award, policy: AgreementPolicy, drafted: Terms, person: str
) -> Agreement:
    """An agreement on an award: over the awarded price, to the fen, under the policy of its day."""
    drafted.check(award.price, policy.longest_years)
    award.check_outputs(drafted.outputs)
    agreement = told(
        Agreement,
        drafted,
        id=new_id,
        version=1,
        tender_id=award.id,
        budget_id=award.budget_id,
        fiscal_year=award.fiscal_year,
        title=award.title,
        domain=award.domain,
        division=drafted.site_division,
        purchaser_id=award.purchaser_id,
        provider_id=award.provider_id,
        amount=award.price,
        status="drafted",
        profile=policy.profile,
        policy_version=policy.version,
        content_hash="",
        drafted_by=person,
        in_force_at=None,
        ended_day=None,
        end_reason=None,
        end_proposed_by=None,
        end_confirmed_by=None,
    )
    return replace(agreement, content_hash=hash_of(agreement.content))

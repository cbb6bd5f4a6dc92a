"""Amendments 变更协议: drafted → signing → in_force; withdrawn, or lapsed with the agreement."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.common.contract import answer, changed, told
from libs.common.errors import Conflict, Fault, Invalid
from services.procurement.domain.agreements import Agreement, Award
from services.procurement.domain.sentences import (
    BEFORE_TODAY,
    KIND_CHANGED,
    LEFT_OUT,
    NAMED_TWICE,
    NOTHING_CHANGED,
)
from services.procurement.domain.terms import Content, Output, check_outputs, check_term, hash_of

Status = Literal["drafted", "signing", "in_force", "withdrawn", "lapsed"]


class AmendmentOpenAlready(Conflict):
    """Another amendment of this agreement waits for signatures; finish or withdraw it first."""

    zh = "该协议已有待签署的变更，请先完成签署或撤回。"


class AmendmentEmpty(Invalid):
    """An amendment changes the last day, the outputs or the lead; this one changes nothing."""

    zh = "变更须涉及截止日、服务产出或项目负责人；本次未作任何变更。"


class TermEndsBeforeToday(Invalid):
    """The amended term ends before today; choose a last day that is still to come."""

    zh = "变更后的截止日早于今天，请选择今天或之后的日期。"


class OutputsNotKept(Invalid):
    """Each output agreed upon stays, once, under its id and of its kind: work is done on it."""

    zh = "原有各项服务产出须保留原编号和类型且只出现一次：已有服务据此开展。"


class AmendmentNotOpen(Conflict):
    """This amendment is in force, was withdrawn, or has lapsed with its agreement; draft another if
    one is needed."""

    zh = "该变更已生效、已撤回或已随协议终止；如需变更，请另行起草。"


class AmendmentOutrun(Conflict):
    """Its last day passed before everybody had signed; withdraw it and draft another."""

    zh = "各方签署完成前变更后的截止日已过，请撤回后重新起草。"


@answer
class Changeable:
    """What an amendment may change. The amount is no part of it, and so no payment moves."""

    to_day: date
    outputs: tuple[Output, ...]
    lead_worker_id: UUID


@answer
class Amendment(Changeable):
    """An agreement's terms as its parties want them; `former` is what they were at the draft."""

    id: UUID
    version: int
    agreement_id: UUID
    status: Status
    reason: str
    former: Changeable
    content_hash: str
    drafted_by: str
    in_force_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for signatures."""
        return self.status in ("drafted", "signing")

    def check_open(self) -> None:
        """Refuse signatures and withdrawal when it is over."""
        if not self.is_open:
            raise AmendmentNotOpen

    def check_timely(self, today: date) -> None:
        """Refuse signatures under a term that has ended since the draft."""
        if self.to_day < today:
            raise AmendmentOutrun(to_day=str(self.to_day))

    def take_signature(self, *, complete: bool, now: datetime) -> "Amendment":
        """In force with the last signature that the policy asks for; until then, signing."""
        self.check_open()
        if complete:
            return changed(self, status="in_force", in_force_at=now)
        return changed(self, status="signing")

    def withdraw(self) -> "Amendment":
        """The purchaser takes it back; what was signed before stays as it is."""
        self.check_open()
        return changed(self, status="withdrawn")

    def lapse(self) -> "Amendment":
        """The agreement has ended first."""
        return changed(self, status="lapsed")


@answer
class AmendedContent(Content):
    """The whole agreement as amended. It names its amendment: no older seal fits under it."""

    amendment_id: UUID
    reason: str


def content_of(agreement: Agreement, amendment: Amendment) -> AmendedContent:
    """What the parties sign, and what holds when all of them have."""
    return told(
        AmendedContent,
        _with(agreement, amendment),
        agreement_id=agreement.id,
        site_division=agreement.division,
        amendment_id=amendment.id,
        reason=amendment.reason,
    )


def contents_of(agreement: Agreement, amendments: Sequence[Amendment]) -> list[Content]:
    """All that was ever in force, oldest first: as first signed, then as each amendment left it."""
    standing = [one for one in amendments if one.status == "in_force"]
    first = _with(agreement, standing[0].former) if standing else agreement
    return [first.content, *(content_of(agreement, one) for one in standing)]


def draft(
    new_id: UUID, agreement: Agreement, wanted: Changeable, reason: str, person: str
) -> Amendment:
    """An amendment of an agreement as it stands, with the hash of all that it will say."""
    former = told(Changeable, agreement)
    if wanted == former:
        raise AmendmentEmpty(Fault("", NOTHING_CHANGED))
    amendment = told(
        Amendment,
        wanted,
        id=new_id,
        version=1,
        agreement_id=agreement.id,
        status="drafted",
        reason=reason,
        former=former,
        content_hash="",
        drafted_by=person,
        in_force_at=None,
    )
    return replace(amendment, content_hash=hash_of(content_of(agreement, amendment)))


def check_changes(
    agreement: Agreement, wanted: Changeable, award: Award, longest_years: int, today: date
) -> None:
    """Refuse a term beyond the policy or behind us, and less than what was tendered for."""
    check_term(agreement.from_day, wanted.to_day, longest_years)
    if wanted.to_day < today:
        raise TermEndsBeforeToday(Fault("/to_day", BEFORE_TODAY, today=today))
    check_outputs(wanted.outputs)
    check_kept(agreement.outputs, wanted.outputs)
    award.check_outputs(wanted.outputs)


def check_kept(agreed: Sequence[Output], wanted: Sequence[Output]) -> None:
    """Refuse outputs left out, named twice or made another kind: activities refer to them."""
    kinds = {output.id: output.kind for output in agreed}
    named = Counter(output.id for output in wanted)
    faults = [
        Fault(f"/outputs/{n}/kind", KIND_CHANGED, kind=kinds[output.id])
        for n, output in enumerate(wanted)
        if output.kind != kinds.get(output.id, output.kind)
    ]
    faults += [Fault("/outputs", LEFT_OUT, output=str(one)) for one in kinds if not named[one]]
    faults += [Fault("/outputs", NAMED_TWICE, output=str(one)) for one, n in named.items() if n > 1]
    if faults:
        raise OutputsNotKept(*faults)


def _with(agreement: Agreement, terms: Changeable) -> Agreement:
    return replace(
        agreement,
        to_day=terms.to_day,
        outputs=terms.outputs,
        lead_worker_id=terms.lead_worker_id,
    )

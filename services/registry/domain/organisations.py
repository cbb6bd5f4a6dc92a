"""Organisations: applied → registered | filed → suspended → deregistered."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from stdnum.cn import uscc

from libs.common.contract import changed
from libs.common.errors import Conflict, Fault, Invalid
from libs.common.sentences import CHECK_DIGIT
from services.registry.domain.sentences import NOT_FOR_FILED_GROUPS

LegalForm = Literal[
    "social-service", "association", "foundation", "company", "committee", "organ", "filed-group"
]
"""社会服务机构, 社会团体, 基金会, 企业, 居/村委会, 机关, 备案 group."""
OrganisationRole = Literal[
    "provider", "purchaser", "evaluator", "association", "donor", "community-organisation"
]
Status = Literal["applied", "registered", "filed", "suspended", "deregistered"]


class OrganisationNotApplied(Conflict):
    """Only an organisation that has applied can be registered or filed; see its status."""

    zh = "只有处于申请状态的组织才能登记或备案，请核对其状态。"


class OrganisationNotActive(Conflict):
    """Only a registered or filed organisation can be suspended; see its status."""

    zh = "只有已登记或已备案的组织才能暂停，请核对其状态。"


class OrganisationNotSuspended(Conflict):
    """Only a suspended organisation can be reinstated; see its status."""

    zh = "只有已暂停的组织才能恢复，请核对其状态。"


class OrganisationDeregistered(Conflict):
    """The organisation has been deregistered; nothing about it changes any more."""

    zh = "该组织已注销，不能再作变更。"


class FiledGroupNeedsNoUscc(Invalid):
    """A filed group (备案) has a filing number instead of a social credit code."""

    zh = "备案团体使用备案号，不使用统一社会信用代码。"


class UsccInvalid(Invalid):
    """The social credit code is not valid (GB 32100-2015: 18 characters with a check
    digit); compare it with the certificate."""

    zh = "统一社会信用代码不正确（GB 32100-2015），请对照证书核对。"


class UsccTaken(Conflict):
    """Another organisation has this social credit code already; correct the code, or use
    that entry."""

    zh = "该统一社会信用代码已被其他组织使用，请核对代码，或使用已有记录。"


class FilingNumberTaken(Conflict):
    """Another group of this division has this filing number already; correct it."""

    zh = "该备案号在本区划内已被使用，请核对后重新填写。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation with its legal form, its roles and where it is based."""

    id: UUID
    version: int
    name: str
    legal_form: LegalForm
    roles: tuple[OrganisationRole, ...]
    division: str
    status: Status
    uscc: str | None
    filing_number: str | None
    since: date | None

    def register(self, code: str, day: date) -> "Organisation":
        """Registered with the authority under its unified social credit code (USCC)."""
        if self.legal_form == "filed-group":
            raise FiledGroupNeedsNoUscc(Fault("/uscc", NOT_FOR_FILED_GROUPS))
        if self.status != "applied":
            raise OrganisationNotApplied
        if not uscc.is_valid(code):
            raise UsccInvalid(Fault("/uscc", CHECK_DIGIT))
        return changed(self, status="registered", uscc=uscc.compact(code), since=day)

    def file(self, number: str, day: date) -> "Organisation":
        """Filed (备案) with a street or township under a local number."""
        if self.status != "applied":
            raise OrganisationNotApplied
        return changed(self, status="filed", filing_number=number, since=day)

    def suspend(self) -> "Organisation":
        """Stopped for a time; what it has agreed to is for the purchaser to settle."""
        if self.status not in ("registered", "filed"):
            raise OrganisationNotActive
        return changed(self, status="suspended")

    def reinstate(self) -> "Organisation":
        """Back to what it was before the suspension."""
        if self.status != "suspended":
            raise OrganisationNotSuspended
        return changed(self, status="registered" if self.uscc else "filed")

    def update(
        self, name: str | None, roles: tuple[OrganisationRole, ...] | None, division: str | None
    ) -> "Organisation":
        """Renamed, in other roles, or moved; what is not given stays as it is."""
        if self.status == "deregistered":
            raise OrganisationDeregistered
        return changed(
            self,
            name=name or self.name,
            roles=tuple(sorted(set(roles or self.roles))),
            division=division or self.division,
        )

    def deregister(self) -> "Organisation":
        """Gone for good: struck off, dissolved, or an application withdrawn."""
        if self.status == "deregistered":
            raise OrganisationDeregistered
        return changed(self, status="deregistered")

    @property
    def active(self) -> bool:
        """Whether it may employ, post and operate: registered or filed, and not stopped."""
        return self.status in ("registered", "filed")


def apply(
    new_id: UUID,
    name: str,
    legal_form: LegalForm,
    roles: tuple[OrganisationRole, ...],
    division: str,
) -> Organisation:
    """An organisation that asks to be registered or filed."""
    return Organisation(
        id=new_id,
        version=1,
        name=name,
        legal_form=legal_form,
        roles=tuple(sorted(set(roles))),
        division=division,
        status="applied",
        uscc=None,
        filing_number=None,
        since=None,
    )

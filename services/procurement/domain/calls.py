"""Calls (征集): planned → open → closed; proposals: submitted → selected | declined."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from libs.common.contract import changed
from libs.common.errors import Conflict, Fault, Invalid
from services.procurement.domain.sentences import NOT_CALLED_FOR, PERIOD_EMPTY

CallStatus = Literal["planned", "open", "closed"]
ProposalStatus = Literal["submitted", "selected", "declined"]


class CallPeriodEmpty(Invalid):
    """A call closes after it opens, and not in the past."""

    zh = "征集的截止时间须晚于开始时间，且不得早于当前时间。"


class CallNotOpen(Conflict):
    """The call is not open; hand the proposal in while it is."""

    zh = "该征集未开放，请在征集期内提交。"


class CallDomainClosed(Invalid):
    """The call does not ask for this domain; choose one that it names."""

    zh = "该征集不包含此服务领域，请选择其所列领域。"


class ProposalDecided(Conflict):
    """The proposal has been selected or declined already; read what was decided."""

    zh = "该项目建议已作出决定，请查看结果。"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallForProposals:
    """A call to departments, streets and communities for next year's service projects."""

    id: UUID
    version: int
    title: str
    fiscal_year: int
    opens_at: datetime
    closes_at: datetime
    domains: tuple[str, ...]
    status: CallStatus

    def open(self) -> "CallForProposals":
        """Its time has come."""
        return changed(self, status="open")

    def close(self) -> "CallForProposals":
        """Its time is over."""
        return changed(self, status="closed")

    def accept(self, domain: str, now: datetime) -> None:
        """Whether a proposal in that domain can be handed in now."""
        if self.status != "open" or now >= self.closes_at:
            raise CallNotOpen
        if domain not in self.domains:
            raise CallDomainClosed(Fault("/domain", NOT_CALLED_FOR, domains=self.domains))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A project that somebody proposes for the year, on the needs it rests on."""

    id: UUID
    version: int
    call_id: UUID
    title: str
    domain: str
    division: str
    amount: int
    department: str
    need_ids: tuple[UUID, ...]
    outline: str
    status: ProposalStatus
    submitted_by: str
    decline_reason: str | None

    def select(self) -> "Proposal":
        """Taken into the year's plan."""
        self._undecided()
        return changed(self, status="selected")

    def decline(self, reason: str) -> "Proposal":
        """Not taken, for a coded reason."""
        self._undecided()
        return changed(self, status="declined", decline_reason=reason)

    def _undecided(self) -> None:
        if self.status != "submitted":
            raise ProposalDecided


def announce(
    new_id: UUID,
    title: str,
    fiscal_year: int,
    opens_at: datetime,
    closes_at: datetime,
    domains: tuple[str, ...],
    now: datetime,
) -> CallForProposals:
    """A call, open at once if its time has come."""
    latest = max(opens_at, now)
    if closes_at <= latest:
        raise CallPeriodEmpty(Fault("/closes_at", PERIOD_EMPTY, latest=latest))
    return CallForProposals(
        id=new_id,
        version=1,
        title=title,
        fiscal_year=fiscal_year,
        opens_at=opens_at,
        closes_at=closes_at,
        domains=domains,
        status="open" if opens_at <= now else "planned",
    )

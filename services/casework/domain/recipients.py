"""Recipients: open → closed, known to all others by an opaque reference alone."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from libs.common.contract import changed
from libs.common.errors import Conflict
from services.casework.domain.persons import Person, age_on

VisitRule = Literal["ordinary", "special"]
"""How an evaluator may visit; nobody outside learns why a rule is special."""
Status = Literal["open", "closed"]
ClosureReason = Literal["ended", "moved-away", "died", "declined", "transferred"]


class RecipientClosed(Conflict):
    """This recipient's file is closed; enrol the person anew if service begins again."""

    zh = "该服务对象的档案已关闭；如重新开始服务，请重新建档。"


class RecipientThereAlready(Conflict):
    """The recipient is kept in this division already; name the division moved to."""

    zh = "该服务对象已在此区划，请填写迁入的区划。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The ages a city goes by, in full years."""

    version: int
    guardian_under: int
    special_visit_under: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One person as one organisation serves them: the public part, without anything personal."""

    id: UUID
    version: int
    organisation_id: UUID
    division: str
    domains: tuple[str, ...]
    status: Status
    visit_rule: VisitRule
    policy_version: int

    def move(self, division: str) -> "Recipient":
        """Lives in another division from now on."""
        self.require_open()
        if division == self.division:
            raise RecipientThereAlready
        return changed(self, division=division)

    def close(self) -> "Recipient":
        """Service has ended; the reference stays, for what was reported of it."""
        self.require_open()
        return changed(self, status="closed")

    def require_open(self) -> None:
        """Refuse what may only be done while the organisation serves the person."""
        if self.status != "open":
            raise RecipientClosed


def enrol(
    new_id: UUID,
    organisation_id: UUID,
    person: Person,
    division: str,
    domains: tuple[str, ...],
    visit_rule: VisitRule,
    policy: Policy,
    today: date,
) -> Recipient:
    """A person whom an organisation begins to serve. Under the policy's age a visit is always
    special, whatever was asked for: the stricter rule holds."""
    person.check(policy.guardian_under, today)
    minor = age_on(person.birth_date, today) < policy.special_visit_under
    return Recipient(
        id=new_id,
        version=1,
        organisation_id=organisation_id,
        division=division,
        domains=tuple(sorted(set(domains))),
        status="open",
        visit_rule="special" if minor else visit_rule,
        policy_version=policy.version,
    )

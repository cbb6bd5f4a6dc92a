"""What procurement tells of challenges and complaints: what was written stays with us."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from libs.common.contract import answer, event
from services.procurement.domain.challenges import About
from services.procurement.domain.challenges import Status as ChallengeStatus
from services.procurement.domain.complaints import Status as ComplaintStatus
from services.procurement.domain.remedies import Remedy, Verdict


@answer
class ChallengeState:
    """The full public state of a challenge; `title` is the tender's, `organisation_id` the
    challenger's."""

    id: UUID
    tender_id: UUID
    title: str
    division: str
    purchaser_id: UUID
    organisation_id: UUID
    about: About
    status: ChallengeStatus
    answer_due_day: date
    complain_until: date
    verdict: Verdict | None
    remedy: Remedy | None


@event("procurement.challenge.raised.v1")
class ChallengeRaised(ChallengeState):
    """A provider challenges a step of a tender (质疑)."""


@event("procurement.challenge.answered.v1")
class ChallengeAnswered(ChallengeState):
    """The purchaser or its agent has answered."""


@event("procurement.challenge.withdrawn.v1")
class ChallengeWithdrawn(ChallengeState):
    """The provider has taken it back."""


@event("procurement.challenge.overdue.v1")
class ChallengeOverdue(ChallengeState):
    """Nobody has answered in time."""


@answer
class ComplaintState:
    """The full public state of a complaint; `title` is the tender's, `organisation_id` the
    complainant's."""

    id: UUID
    challenge_id: UUID
    tender_id: UUID
    title: str
    division: str
    purchaser_id: UUID
    organisation_id: UUID
    status: ComplaintStatus
    decide_due_day: date
    suspended_until: datetime | None
    verdict: Verdict | None
    remedy: Remedy | None


@event("procurement.complaint.lodged.v1")
class ComplaintLodged(ComplaintState):
    """A challenge was taken to the finance department (投诉)."""


@event("procurement.complaint.suspended.v1")
class ComplaintSuspended(ComplaintState):
    """The finance department has suspended the tender while it looks into the complaint."""


@event("procurement.complaint.decided.v1")
class ComplaintDecided(ComplaintState):
    """The finance department has decided."""


@event("procurement.complaint.withdrawn.v1")
class ComplaintWithdrawn(ComplaintState):
    """The complainant has taken it back."""


@event("procurement.complaint.overdue.v1")
class ComplaintOverdue(ComplaintState):
    """The finance department has not decided in time."""


TELLS: Final = (
    ChallengeRaised,
    ChallengeAnswered,
    ChallengeWithdrawn,
    ChallengeOverdue,
    ComplaintLodged,
    ComplaintSuspended,
    ComplaintDecided,
    ComplaintWithdrawn,
    ComplaintOverdue,
)

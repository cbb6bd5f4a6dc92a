"""What casework tells others: references, codes and statuses, and nothing that names a person."""

from typing import Final
from uuid import UUID

from libs.common.contract import answer, event
from services.casework.domain import consents, recipients


@answer
class RecipientState:
    """The public state of a recipient, in every event of them; `id` is the recipient_ref."""

    id: UUID
    organisation_id: UUID
    division: str
    domains: tuple[str, ...]
    status: recipients.Status
    visit_rule: recipients.VisitRule


@event("casework.recipient.enrolled.v1")
class RecipientEnrolled(RecipientState):
    """An organisation began to serve a person."""


@event("casework.recipient.moved.v1")
class RecipientMoved(RecipientState):
    """A recipient lives in another division."""


@event("casework.recipient.closed.v1")
class RecipientClosed(RecipientState):
    """An organisation serves a person no longer."""


@answer
class ConsentState:
    """The public state of a consent, in every event of it."""

    id: UUID
    recipient_ref: UUID
    organisation_id: UUID
    purpose: consents.Purpose
    status: consents.Status


@event("casework.consent.given.v1")
class ConsentGiven(ConsentState):
    """A recipient, or the guardian, consented to a purpose."""


@event("casework.consent.withdrawn.v1")
class ConsentWithdrawn(ConsentState):
    """A consent was taken back."""


TELLS: Final = (
    RecipientEnrolled,
    RecipientMoved,
    RecipientClosed,
    ConsentGiven,
    ConsentWithdrawn,
)

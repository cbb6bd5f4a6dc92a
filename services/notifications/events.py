"""What notifications tells others of agreements with other systems."""

from datetime import date
from typing import Final
from uuid import UUID

from libs.common.contract import answer, event
from services.notifications.domain.subscriptions import Status


@answer
class SubscriptionState:
    """The public state of an agreement; those who proposed and approved are opaque ids."""

    id: UUID
    organisation: str
    types: tuple[str, ...]
    divisions: tuple[str, ...]
    status: Status
    until_day: date | None
    proposed_until: date | None
    proposed_by: str
    approved_by: tuple[str, ...]


@event("notifications.subscription.proposed.v1")
class SubscriptionProposed(SubscriptionState):
    """A subscription, or a later end of one, waits for the approval of two others."""


@event("notifications.subscription.approved.v1")
class SubscriptionApproved(SubscriptionState):
    """A second person has approved what was proposed: it holds."""


@event("notifications.subscription.suspended.v1")
class SubscriptionSuspended(SubscriptionState):
    """A subscription gives nothing until it is resumed."""


@event("notifications.subscription.resumed.v1")
class SubscriptionResumed(SubscriptionState):
    """A suspended subscription goes on."""


@event("notifications.subscription.expiring.v1")
class SubscriptionExpiring(SubscriptionState):
    """The last day of a subscription is near."""


@event("notifications.subscription.expired.v1")
class SubscriptionExpired(SubscriptionState):
    """The last day of a subscription is over."""


@event("notifications.subscription.ended.v1")
class SubscriptionEnded(SubscriptionState):
    """A subscription was ended before its last day, or has never come into force."""


TELLS: Final = (
    SubscriptionProposed,
    SubscriptionApproved,
    SubscriptionSuspended,
    SubscriptionResumed,
    SubscriptionExpiring,
    SubscriptionExpired,
    SubscriptionEnded,
)

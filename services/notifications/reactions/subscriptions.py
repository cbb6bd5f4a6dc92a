"""Reminders of agreements with other systems: to who may approve, and to who answers for them."""

from datetime import date

from libs.common.contract import event
from libs.common.db import Tx
from services.notifications.domain.messages import on_day, same
from services.notifications.domain.templates import Facts
from services.notifications.reactions.event_log import reactions
from services.notifications.reactions.reminders import tell


@event(
    "notifications.subscription.proposed.v1",
    "notifications.subscription.approved.v1",
    "notifications.subscription.suspended.v1",
    "notifications.subscription.resumed.v1",
    "notifications.subscription.expiring.v1",
    "notifications.subscription.expired.v1",
    "notifications.subscription.ended.v1",
)
class SubscriptionHeard:
    """An agreement with another system is proposed, holds, is stopped, or is over."""

    organisation: str
    proposed_by: str
    until_day: date | None
    proposed_until: date | None


@reactions.effect(SubscriptionHeard)
async def remind_of_subscriptions(tx: Tx, heard: SubscriptionHeard) -> None:
    """Tell officials to approve, and the one who has proposed it what has become of it."""
    is_asked = tx.cause.type == "notifications.subscription.proposed.v1"
    until = heard.proposed_until if is_asked else heard.until_day
    words = [same("organisation", heard.organisation)]
    if until is not None:
        words.append(on_day("until", until))
    facts = Facts(division=tx.cause.division, person=heard.proposed_by, words=tuple(words))
    await tell(tx, facts)

"""Reminders of reviews of a score (复核): to those who decide, and to both parties."""

from datetime import date
from typing import Literal
from uuid import UUID

from libs.common.contract import event
from libs.common.db import Tx
from services.notifications.domain.messages import named, on_day, same
from services.notifications.domain.reviews import outcome, what_next
from services.notifications.reactions.event_log import reactions
from services.notifications.reactions.reminders import of_agreement, tell


@event("evaluation.review.asked.v1", "evaluation.review.decided.v1")
class ReviewHeard:
    """A provider doubts one indicator, called `title`; the value is kept or changed."""

    id: UUID
    agreement_id: UUID
    division: str
    title: str
    decide_due_day: date
    review_until: date | None
    outcome: Literal["kept", "changed"] | None
    former_score_bp: int
    score_bp: int
    former_balance_share_bp: int
    balance_share_bp: int


@reactions.effect(ReviewHeard)
async def remind_of_reviews(tx: Tx, heard: ReviewHeard) -> None:
    """Tell officials to decide, and both parties that it is asked and what it came to."""
    words = [same("indicator", heard.title), on_day("until", heard.decide_due_day)]
    if heard.outcome is not None:
        moved = outcome(
            heard.former_score_bp,
            heard.score_bp,
            heard.former_balance_share_bp,
            heard.balance_share_bp,
        )
        words += [named("reason", heard.outcome), moved, what_next(heard.review_until)]
    await tell(tx, await of_agreement(tx, heard.agreement_id, heard.division, *words))

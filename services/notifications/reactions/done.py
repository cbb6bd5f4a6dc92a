"""What was done meanwhile: nobody is reminded of it any more."""

from uuid import UUID

from libs.common.contract import event
from libs.common.db import Tx
from services.notifications.domain.reminders import ended_by
from services.notifications.reactions.event_log import reactions
from services.notifications.store import receipts


@event(
    "evaluation.inspection.completed.v1",
    "evaluation.rectification.resolved.v1",
    "evaluation.rectification.withdrawn.v1",
    "notifications.subscription.approved.v1",
    "notifications.subscription.ended.v1",
    "notifications.subscription.expired.v1",
    "procurement.challenge.answered.v1",
    "procurement.challenge.withdrawn.v1",
    "procurement.complaint.decided.v1",
    "procurement.complaint.withdrawn.v1",
    "procurement.payment.invoiced.v1",
    "procurement.payment.withheld.v1",
    "registry.registration.renewed.v1",
    "registry.registration.lapsed.v1",
)
class DutyEnded:
    """What there was to do is done, or need not be done any more."""

    id: UUID


@event("evaluation.result.sealed.v1")
class ResultSealed:
    """The evaluation that its commission asked for has its result."""

    commission_id: UUID


@reactions.effect(DutyEnded)
async def end_reminders(tx: Tx, heard: DutyEnded) -> None:
    """Reminders of the same subject are done, also those that arrive later than this."""
    await receipts.add_done(tx, str(heard.id), ended_by(tx.cause.type))


@reactions.effect(ResultSealed)
async def end_reminders_of_commissions(tx: Tx, heard: ResultSealed) -> None:
    """The commission is not overdue any more."""
    await receipts.add_done(tx, str(heard.commission_id), ended_by(tx.cause.type))

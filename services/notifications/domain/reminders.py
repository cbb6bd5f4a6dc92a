"""Which events remind somebody of a duty, and which tell that it is done."""

from collections.abc import Mapping
from typing import Final

DONE_BY: Final[Mapping[str, frozenset[str]]] = {
    "evaluation.inspection.due.v1": frozenset({"evaluation.inspection.completed.v1"}),
    "evaluation.inspection.overdue.v1": frozenset({"evaluation.inspection.completed.v1"}),
    "evaluation.rectification.overdue.v1": frozenset(
        {"evaluation.rectification.resolved.v1", "evaluation.rectification.withdrawn.v1"}
    ),
    "evaluation.commission.overdue.v1": frozenset({"evaluation.result.sealed.v1"}),
    "notifications.subscription.expiring.v1": frozenset(
        {
            "notifications.subscription.approved.v1",
            "notifications.subscription.ended.v1",
            "notifications.subscription.expired.v1",
        }
    ),
    "procurement.challenge.overdue.v1": frozenset(
        {"procurement.challenge.answered.v1", "procurement.challenge.withdrawn.v1"}
    ),
    "procurement.complaint.overdue.v1": frozenset(
        {"procurement.complaint.decided.v1", "procurement.complaint.withdrawn.v1"}
    ),
    "procurement.payment.due.v1": frozenset(
        {"procurement.payment.invoiced.v1", "procurement.payment.withheld.v1"}
    ),
    "registry.registration.expiring.v1": frozenset(
        {"registry.registration.renewed.v1", "registry.registration.lapsed.v1"}
    ),
}
"""Of each reminder what ends it; a lapsed registration is told of by a message of its own."""

OVERDUE: Final = tuple(sorted(name for name in DONE_BY if name.split(".")[2] == "overdue"))
"""What somebody has let pass; the official answerable sees who has not acknowledged it."""


def ended_by(event_type: str) -> list[str]:
    """The reminders that an event of this type ends."""
    return sorted(name for name, ends in DONE_BY.items() if event_type in ends)

"""What casework hears: who may keep recipients, and which visits open contact data."""

from datetime import date
from typing import Final, Literal
from uuid import UUID

from libs.common.bus import Reactions
from libs.common.contract import event, told
from libs.common.db import Tx
from services.casework.domain.visits import Visit
from services.casework.store import views

reactions: Final = Reactions()


@event(
    "registry.organisation.registered.v1",
    "registry.organisation.filed.v1",
    "registry.organisation.updated.v1",
    "registry.organisation.suspended.v1",
    "registry.organisation.reinstated.v1",
    "registry.organisation.deregistered.v1",
)
class OrganisationHeard:
    """Where an organisation is based, and whether it is a filed group (备案)."""

    id: UUID
    division: str
    status: str
    filing_number: str | None


@event("evaluation.visit.assigned.v1", "evaluation.visit.ended.v1")
class VisitHeard:
    """Who visits which recipient, within which days."""

    id: UUID
    visitor: str
    recipient_ref: str
    purpose: str
    from_day: date
    to_day: date
    status: Literal["assigned", "ended"]


@reactions.view(OrganisationHeard)
async def organisations(tx: Tx, heard: OrganisationHeard) -> None:
    """Keep who has been filed where."""
    await views.save_organisation(
        tx,
        heard.id,
        heard.division,
        heard.status,
        is_filed_group=heard.filing_number is not None,
    )


@reactions.view(VisitHeard)
async def visits(tx: Tx, heard: VisitHeard) -> None:
    """Keep who may visit whom."""
    await views.save_visit(tx, told(Visit, heard))

"""Views: the public names that texts use."""

from uuid import UUID

from libs.common.contract import event, told
from libs.common.db import Tx
from services.notifications.reactions.event_log import reactions
from services.notifications.store import views as store


@event(
    "registry.organisation.registered.v1",
    "registry.organisation.filed.v1",
    "registry.organisation.updated.v1",
    "registry.organisation.suspended.v1",
    "registry.organisation.reinstated.v1",
    "registry.organisation.deregistered.v1",
)
class OrganisationHeard:
    """An organisation's name, and where it is."""

    id: UUID
    name: str
    division: str


@event("registry.division.changed.v1")
class DivisionHeard:
    """A division's name."""

    id: str
    name: str


@event(
    "procurement.agreement.in_force.v1",
    "procurement.agreement.amended.v1",
    "procurement.agreement.completed.v1",
    "procurement.agreement.terminated.v1",
)
class AgreementHeard:
    """An agreement's title and parties."""

    id: UUID
    title: str
    provider_id: UUID
    purchaser_id: UUID


@reactions.view(OrganisationHeard)
async def organisations(tx: Tx, heard: OrganisationHeard) -> None:
    """Keep what organisations are called, and where they are."""
    await store.save_organisation(tx, heard.id, heard.name, heard.division)


@reactions.view(DivisionHeard)
async def divisions(tx: Tx, heard: DivisionHeard) -> None:
    """Keep what divisions are called."""
    await store.save_division(tx, heard.id, heard.name)


@reactions.view(AgreementHeard)
async def agreements(tx: Tx, heard: AgreementHeard) -> None:
    """Keep whose agreement is called what."""
    await store.save_agreement(tx, told(store.Agreement, heard))

"""What the registry tells others."""

from datetime import date
from typing import Final
from uuid import UUID

from libs.common.contract import answer, event
from services.registry.domain.organisations import LegalForm, OrganisationRole, Status


@answer
class OrganisationState:
    """The full public state of an organisation, in every event of it."""

    id: UUID
    name: str
    legal_form: LegalForm
    roles: tuple[OrganisationRole, ...]
    division: str
    status: Status
    uscc: str | None
    filing_number: str | None
    since: date | None


@event("registry.organisation.registered.v1")
class OrganisationRegistered(OrganisationState):
    """An organisation was registered under its social credit code."""


@event("registry.organisation.filed.v1")
class OrganisationFiled(OrganisationState):
    """A group was filed (备案) under a local number."""


@event("registry.organisation.suspended.v1")
class OrganisationSuspended(OrganisationState):
    """An organisation was stopped for a time."""


@event("registry.organisation.reinstated.v1")
class OrganisationReinstated(OrganisationState):
    """A suspended organisation is back."""


TELLS: Final = (
    OrganisationRegistered,
    OrganisationFiled,
    OrganisationSuspended,
    OrganisationReinstated,
)

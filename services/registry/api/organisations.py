"""Organisations: apply, register, file, update, suspend, reinstate, deregister."""

from typing import Annotated, Final
from uuid import UUID

from libs.common.changes import followed
from libs.common.contract import DivisionCode, Name, Some, Token, body, told
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.outbox import emit
from libs.common.pages import DeltaRequest, Page, page
from services.registry import actions, events
from services.registry.api.areas import is_own
from services.registry.domain.organisations import (
    LegalForm,
    Organisation,
    OrganisationRole,
    apply,
)
from services.registry.store import organisations as store

routes: Final = Routes()


@body
class Application:
    """Who asks to be registered or filed."""

    name: Name
    legal_form: LegalForm
    roles: Annotated[tuple[OrganisationRole, ...], Some(1, 6)]
    division: DivisionCode


@body
class Registration:
    """The code under which the authority has registered it."""

    uscc: Token


@body
class Filing:
    """The number under which a street or township keeps it."""

    filing_number: Token


@body
class Amendment:
    """What changes of an organisation; what is left out stays."""

    name: Name | None = None
    roles: Annotated[tuple[OrganisationRole, ...], Some(1, 6)] | None = None
    division: DivisionCode | None = None


@routes.post("/organisations", scope="registry:apply", status=201)
async def apply_organisation(tx: Tx, call: Call, body: Application) -> Organisation:
    """Record that an organisation asks to be registered or filed."""
    if not is_own(call, body.division):
        raise NotYet("division")
    organisation = apply(new_id(), body.name, body.legal_form, body.roles, body.division)
    await store.add_organisation(tx, organisation)
    return organisation


@routes.post("/organisations/{organisation_id}/registration", scope="registry:register")
async def register_organisation(
    tx: Tx, call: Call, organisation_id: UUID, body: Registration
) -> Organisation:
    """Register an organisation under its unified social credit code (GB 32100-2015)."""
    organisation = await store.lock_organisation(tx, organisation_id, call.rows)
    call.expect(organisation)
    registered = organisation.register(body.uscc, tx.today)
    await store.save_organisation(tx, registered)
    await emit(tx, registered, told(events.OrganisationRegistered, registered))
    return registered


@routes.post("/organisations/{organisation_id}/filing", scope="registry:file")
async def file_organisation(
    tx: Tx, call: Call, organisation_id: UUID, body: Filing
) -> Organisation:
    """File (备案) a group under a local number."""
    organisation = await store.lock_organisation(tx, organisation_id, call.rows)
    call.expect(organisation)
    filed = organisation.file(body.filing_number, tx.today)
    await store.save_organisation(tx, filed)
    await emit(tx, filed, told(events.OrganisationFiled, filed))
    return filed


@routes.post("/organisations/{organisation_id}/suspension", scope="registry:register")
async def suspend_organisation(tx: Tx, call: Call, organisation_id: UUID) -> Organisation:
    """Stop an organisation for a time."""
    organisation = await store.lock_organisation(tx, organisation_id, call.rows)
    call.expect(organisation)
    suspended = organisation.suspend()
    await store.save_organisation(tx, suspended)
    await emit(tx, suspended, told(events.OrganisationSuspended, suspended))
    return suspended


@routes.post("/organisations/{organisation_id}/reinstatement", scope="registry:register")
async def reinstate_organisation(tx: Tx, call: Call, organisation_id: UUID) -> Organisation:
    """End a suspension."""
    organisation = await store.lock_organisation(tx, organisation_id, call.rows)
    call.expect(organisation)
    reinstated = organisation.reinstate()
    await store.save_organisation(tx, reinstated)
    await emit(tx, reinstated, told(events.OrganisationReinstated, reinstated))
    return reinstated


@routes.patch("/organisations/{organisation_id}", scope="registry:amend")
async def update_organisation(
    tx: Tx, call: Call, organisation_id: UUID, body: Amendment
) -> Organisation:
    """Rename an organisation, give it other roles, or move it."""
    organisation = await store.lock_organisation(tx, organisation_id, call.rows)
    call.expect(organisation)
    if body.division is not None and not is_own(call, body.division):
        raise NotYet("division")
    updated = organisation.update(body.name, body.roles, body.division)
    await store.save_organisation(tx, updated)
    if updated.status != "applied":
        await emit(tx, updated, told(events.OrganisationUpdated, updated))
    return updated


@routes.post("/organisations/{organisation_id}/deregistration", scope="registry:register")
async def deregister_organisation(tx: Tx, call: Call, organisation_id: UUID) -> Organisation:
    """Strike an organisation off; its workers leave it and its stations lose their operator."""
    organisation = await store.lock_organisation(tx, organisation_id, call.rows)
    call.expect(organisation)
    gone = organisation.deregister()
    await store.save_organisation(tx, gone)
    await emit(tx, gone, told(events.OrganisationDeregistered, gone))
    await actions.dissolve(tx, gone.id)
    return gone


@routes.get("/organisations/{organisation_id}", scope="registry:read")
async def read_organisation(tx: Tx, call: Call, organisation_id: UUID) -> Organisation:
    """One organisation."""
    return await store.get_organisation(tx, organisation_id, call.rows)


@routes.get("/organisations", scope="registry:read")
async def list_organisations(tx: Tx, call: Call, page_request: DeltaRequest) -> Page[Organisation]:
    """Organisations in the caller's divisions."""
    asked = await followed(tx, page_request, "organisations", places=call.rows.divisions)
    found = await store.list_organisations(tx, call.rows, asked)
    return await page(tx, asked, found)

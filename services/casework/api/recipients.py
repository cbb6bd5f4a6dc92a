"""Recipients: enrol, move, close, and what everybody may know of them."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from libs.common.changes import followed
from libs.common.contract import DivisionCode, Name, Some, Text, Token, answer, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.outbox import emit
from libs.common.pages import DeltaRequest, Page, page
from services.casework import events
from services.casework.api.keepers import keeper
from services.casework.domain.persons import Guardian, Person, Sex
from services.casework.domain.recipients import ClosureReason, Recipient, VisitRule, enrol
from services.casework.store import identities, views
from services.casework.store import recipients as store
from services.casework.store.sealing import Vault

routes: Final = Routes()


@body
class GuardianNamed:
    """Who answers for the person."""

    name: Name
    phone: Name | None = None


@body
class Enrolment:
    """Whom an organisation begins to serve; an agency leaves `organisation_id` out."""

    organisation_id: UUID | None = None
    name: Name
    identity_number: Name | None = None
    """Resident identity number (GB 11643), if there is one."""
    birth_date: date
    sex: Sex
    """GB/T 2261.1."""
    division: DivisionCode
    household: Name | None = None
    phone: Name | None = None
    address: Text | None = None
    guardian: GuardianNamed | None = None
    domains: Annotated[tuple[Token, ...], Some(1, 10)]
    visit_rule: VisitRule = "ordinary"


@answer
class Enrolled:
    """The reference that everybody else knows the person by, and who may be the same person."""

    id: UUID
    version: int
    visit_rule: VisitRule
    possible_duplicates: tuple[UUID, ...]
    """References of the same organisation with that number, or that name and birth date."""


@body
class Move:
    """Where the person lives from now on."""

    division: DivisionCode
    address: Text | None = None


@body
class Closure:
    """Why service ended."""

    reason: ClosureReason


@routes.post("/recipients", scope="casework:keep", status=201)
async def enrol_recipient(tx: Tx, call: Call, body: Enrolment) -> Enrolled:
    """Enrol a person; the answer has no personal data, and warns of possible duplicates."""
    vault = Vault(call.keys)
    organisation_id = await keeper(tx, call, body.organisation_id)
    person, policy = _person(body), await store.get_policy(tx)
    recipient = enrol(
        new_id(),
        organisation_id,
        person,
        body.division,
        body.domains,
        body.visit_rule,
        policy,
        tx.today,
    )
    duplicates = await identities.list_duplicates(tx, vault, organisation_id, person)
    await store.add_recipient(tx, recipient)
    await identities.add_identity(tx, vault, recipient, person)
    await emit(tx, recipient, told(events.RecipientEnrolled, recipient))
    return told(Enrolled, recipient, possible_duplicates=duplicates)


@routes.post("/recipients/{recipient_ref}/move", scope="casework:keep")
async def move_recipient(tx: Tx, call: Call, recipient_ref: UUID, body: Move) -> Recipient:
    """Record that a recipient lives in another division; an address not given is forgotten."""
    recipient = await store.lock_recipient(tx, recipient_ref, call.rows)
    call.expect(recipient)
    moved = recipient.move(body.division)
    await store.save_recipient(tx, moved)
    await identities.save_address(tx, Vault(call.keys), moved, body.address)
    await emit(tx, moved, told(events.RecipientMoved, moved))
    return moved


@routes.post("/recipients/{recipient_ref}/closure", scope="casework:keep")
async def close_recipient(tx: Tx, call: Call, recipient_ref: UUID, body: Closure) -> Recipient:
    """Close a recipient's file; the reason stays here."""
    recipient = await store.lock_recipient(tx, recipient_ref, call.rows)
    call.expect(recipient)
    closed = recipient.close()
    await store.save_recipient(tx, closed, body.reason)
    await emit(tx, closed, told(events.RecipientClosed, closed))
    return closed


@routes.get("/recipients/{recipient_ref}", scope="casework:keep")
async def read_recipient(tx: Tx, call: Call, recipient_ref: UUID) -> Recipient:
    """One recipient without anything personal; for that, see the readings."""
    return await store.get_recipient(tx, recipient_ref, call.rows)


@routes.get("/recipients", scope="casework:keep")
async def list_recipients(tx: Tx, call: Call, page_request: DeltaRequest) -> Page[Recipient]:
    """Recipients of the caller's own organisation, without anything personal."""
    owners = call.rows.owners or await views.list_filed_groups(tx, call.rows)
    asked = await followed(tx, page_request, "recipients", owners=owners)
    found = await store.list_recipients(tx, call.rows, asked)
    return await page(tx, asked, found)


def _person(body: Enrolment) -> Person:
    guardian = body.guardian and told(Guardian, body.guardian)
    return told(Person, body, guardian=guardian)

"""Readings: personal data is given out only together with a line in the read log."""

from datetime import date
from typing import Final, Literal
from uuid import UUID

from libs.common.contract import Token, answer, body, told
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.pages import Page, PageRequest, page
from services.casework.domain.persons import Guardian, Sex
from services.casework.domain.recipients import Recipient
from services.casework.store import consents, identities, recipients, views
from services.casework.store import readings as store
from services.casework.store.readings import DomainTotal, Reading
from services.casework.store.sealing import Vault

routes: Final = Routes()


@body
class ReadingRequest:
    """What the data is needed for, as a code: it is shown to auditors."""

    purpose: Token


@body
class RevealRequest:
    """The visit that contact data is needed for."""

    visit_id: UUID
    purpose: Token


@answer
class PersonalRecord:
    """All that is recorded of a person; `id` is the reading in the log."""

    id: UUID
    recipient_ref: UUID
    name: str
    identity_number: str | None
    birth_date: date
    sex: Sex
    household: str | None
    phone: str | None
    address: str | None
    guardian: Guardian | None


@answer
class Revealed:
    """How a visitor reaches a recipient; `id` is the reading in the log.

    Where visits are special the guardian is named, instead of the recipient's own number.
    """

    id: UUID
    recipient_ref: UUID
    name: str
    phone: str | None
    address: str | None
    guardian: Guardian | None


@answer
class Totals:
    """How many are served, in organisation-persons: somebody whom two organisations serve
    counts twice, since only the organisation knows who a reference is."""

    counted_as: Literal["organisation-persons"]
    open: int
    closed: int
    open_by_domain: list[DomainTotal]


async def repeat_reading(tx: Tx, call: Call, reading_id: UUID) -> PersonalRecord:
    """The same question again: rights, data and log anew."""
    first = await store.get_reading(tx, reading_id, call.person)
    return await _read(tx, call, first.recipient_ref, first.purpose, first.id)


async def repeat_reveal(tx: Tx, call: Call, reading_id: UUID) -> Revealed:
    """The same question again: rights, data and log anew."""
    first = await store.get_reading(tx, reading_id, call.person)
    if first.visit_id is None:
        raise NotYet("visit")
    return await _reveal(tx, call, first.visit_id, first.purpose, first.id)


@routes.post(
    "/recipients/{recipient_ref}/readings", scope="casework:read-personal", replay=repeat_reading
)
async def read_person(
    tx: Tx, call: Call, recipient_ref: UUID, body: ReadingRequest
) -> PersonalRecord:
    """Read a person of one's own organisation. This is a command because it leaves a trace."""
    return await _read(tx, call, recipient_ref, body.purpose)


@routes.post("/reveals", scope="casework:reveal", replay=repeat_reveal)
async def reveal_contact(tx: Tx, call: Call, body: RevealRequest) -> Revealed:
    """Contact data for the visitor of an assigned visit, within its days and while the
    recipient's consent to visits stands."""
    return await _reveal(tx, call, body.visit_id, body.purpose)


@routes.get("/read-log", scope="casework:audit")
async def list_readings(tx: Tx, call: Call, page_request: PageRequest) -> Page[Reading]:
    """Who read whose data, when and what for; without the data."""
    found = await store.list_readings(tx, call.rows, page_request)
    return await page(tx, page_request, found)


@routes.get("/totals", scope="casework:count")
async def count_recipients(tx: Tx, call: Call) -> Totals:
    """How many are served in the caller's divisions, counted as organisation-persons."""
    counted = await store.count_recipients(tx, call.rows)
    return Totals(
        counted_as="organisation-persons",
        open=counted.open,
        closed=counted.closed,
        open_by_domain=await store.count_domains(tx, call.rows),
    )


async def _read(
    tx: Tx, call: Call, recipient_ref: UUID, purpose: str, asked_as: UUID | None = None
) -> PersonalRecord:
    recipient = await recipients.get_recipient(tx, recipient_ref, call.rows)
    reading = _reading(tx, call, recipient, purpose, asked_as)
    await store.add_reading(tx, reading)
    person = await identities.get_person(tx, Vault(call.keys), recipient)
    return told(PersonalRecord, person, id=reading.asked_as, recipient_ref=recipient.id)


async def _reveal(
    tx: Tx, call: Call, visit_id: UUID, purpose: str, asked_as: UUID | None = None
) -> Revealed:
    visit = await views.find_visit(tx, visit_id, call.person)
    if visit is None:
        raise NotYet("visit")
    recipient = await recipients.find_visited(tx, visit.recipient_ref)
    if recipient is None:
        raise NotYet("recipient")
    consented = await consents.consents_to_visits(tx, recipient.id)
    visit.require_reveal(tx.today, consented=consented)
    reading = _reading(tx, call, recipient, purpose, asked_as, visit.id)
    await store.add_reading(tx, reading)
    contact = await identities.get_contact(tx, Vault(call.keys), recipient)
    return told(Revealed, contact, id=reading.asked_as, recipient_ref=recipient.id)


def _reading(
    tx: Tx,
    call: Call,
    recipient: Recipient,
    purpose: str,
    asked_as: UUID | None,
    visit_id: UUID | None = None,
) -> Reading:
    """A line of the log: the first reading of a request, or a repeat that points back at it."""
    reading_id = new_id()
    return Reading(
        id=reading_id,
        asked_as=asked_as or reading_id,
        at=tx.now,
        person=call.person,
        recipient_ref=recipient.id,
        kind="reading" if visit_id is None else "reveal",
        purpose=purpose,
        visit_id=visit_id,
    )

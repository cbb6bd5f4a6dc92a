"""Comparisons with the bank's statement: recorded by one person, confirmed by another."""

from typing import Annotated, Final
from uuid import UUID

from libs.common.contract import Day, Fen, Some, Text, Token, answer, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.outbox import emit
from libs.common.pages import Page, PageRequest, page
from services.procurement.actions import settle_line
from services.procurement.api.areas import in_area
from services.procurement.domain.comparisons import Comparison, Line, check_statement
from services.procurement.events.comparisons import ComparisonConfirmed, ComparisonRecorded
from services.procurement.store import comparisons as store

routes: Final = Routes()


@body
class Transferred:
    """A transfer of the statement, as the bank shows it; fen."""

    provider_id: UUID
    reference: Token
    amount: Fen
    day: Day


@body
class Statement:
    """The bank's statement from the day that the backup reaches, with every transfer in it."""

    statement: Token
    """The statement's own number."""
    from_day: Day
    until_day: Day
    lines: Annotated[tuple[Transferred, ...], Some(0, 1_000)]


@body
class Dismissal:
    """Why a transfer of the statement is nothing that has to be recorded."""

    reason: Text


@answer
class ComparisonFile(Comparison):
    """A comparison with the transfers of its statement."""

    lines: tuple[Line, ...]


@routes.post("/comparisons", scope="procurement:compare", status=201)
async def record_comparison(tx: Tx, call: Call, body: Statement) -> ComparisonFile:
    """Record what the bank's statement shows. What is not in the books is an open line: its
    provider is paid nothing else until it is recorded, or dismissed by another person."""
    in_area(call, tx.city.division)
    days = [one.day for one in body.lines]
    check_statement(body.from_day, body.until_day, days, await store.find_last_paid(tx))
    comparison_id = new_id()
    lines = [await _line(tx, call.person, comparison_id, one) for one in body.lines]
    left = [line.amount for line in lines if line.open]
    comparison = Comparison(
        id=comparison_id,
        version=1,
        epoch=tx.city.epoch,
        division=tx.city.division,
        statement=body.statement,
        from_day=body.from_day,
        until_day=body.until_day,
        status="recorded",
        open_lines=len(left),
        open_amount=sum(left),
        compared_by=call.person,
        compared_at=tx.now,
    )
    await store.add_comparison(tx, comparison, lines)
    await emit(tx, comparison, told(ComparisonRecorded, comparison))
    return told(ComparisonFile, comparison, lines=tuple(lines))


@routes.post("/comparisons/{comparison_id}/confirmation", scope="procurement:compare")
async def confirm_comparison(tx: Tx, call: Call, comparison_id: UUID) -> Comparison:
    """Confirm, as a second person, that the statement was compared: payments go on."""
    comparison = await store.lock_comparison(tx, comparison_id, call.rows)
    call.expect(comparison)
    confirmed = comparison.confirm(call.person, tx.now)
    await store.save_comparison(tx, confirmed)
    await emit(tx, confirmed, told(ComparisonConfirmed, confirmed))
    return confirmed


@routes.post("/statement-lines/{line_id}/dismissal", scope="procurement:compare")
async def dismiss_line(tx: Tx, call: Call, line_id: UUID, body: Dismissal) -> Line:
    """Dismiss, as another person than the one who named it, a transfer that is nothing to be
    recorded: it came back, or is no payment of the platform."""
    line = await store.lock_line(tx, line_id, call.rows)
    dismissed = line.dismiss(call.person, body.reason)
    await settle_line(tx, dismissed)
    return dismissed


@routes.get("/comparisons/{comparison_id}", scope="procurement:read-budgets")
async def read_comparison(tx: Tx, call: Call, comparison_id: UUID) -> ComparisonFile:
    """One comparison with the transfers of its statement."""
    found = await store.get_comparison(tx, comparison_id, call.rows)
    return told(ComparisonFile, found, lines=tuple(await store.list_lines(tx, found.id)))


@routes.get("/comparisons", scope="procurement:read-budgets")
async def list_comparisons(tx: Tx, call: Call, page_request: PageRequest) -> Page[Comparison]:
    """Comparisons with the bank's statement."""
    return await page(tx, page_request, await store.list_comparisons(tx, call.rows, page_request))


async def _line(tx: Tx, person: str, comparison_id: UUID, shown: Transferred) -> Line:
    """Open, unless the books have it."""
    booked = await store.find_paid(tx, shown.provider_id, shown.reference, shown.amount)
    return Line(
        id=new_id(),
        comparison_id=comparison_id,
        provider_id=shown.provider_id,
        reference=shown.reference,
        amount=shown.amount,
        day=shown.day,
        named_by=person,
        payment_id=booked,
    )

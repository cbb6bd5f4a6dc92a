"""The calendar: holidays and make-up workdays (调休), published or entered by hand."""

from datetime import date
from typing import Final

from libs.common.changes import followed
from libs.common.contract import Name, answer, body, told
from libs.common.db import Tx
from libs.common.errors import MatchRequired
from libs.common.http import Call, Routes
from libs.common.outbox import emit
from libs.common.pages import DeltaRequest, Page, page
from services.registry import events
from services.registry.domain.calendar import CalendarDay, calendar_day, published
from services.registry.store import calendar as store

routes: Final = Routes()


@body
class DayEntry:
    """Whether a day is worked, and why."""

    working: bool
    name: Name


@answer
class CalendarImported:
    """How many days of the year differ from their weekday, and how many of them are new."""

    year: int
    days: int
    entered: int


@routes.post("/calendars/{year}", scope="registry:calendar")
async def import_calendar(tx: Tx, call: Call, year: int) -> CalendarImported:
    """Enter a year as the State Council announced it; days entered by hand stay as they are."""
    days = published(year)
    known = {day.id for day in await store.lock_days(tx, [day.id for day in days])}
    fresh = [day for day in days if day.id not in known]
    for day in fresh:
        await store.add_day(tx, day)
        await emit(tx, day, told(events.CalendarChanged, day))
    return CalendarImported(year=year, days=len(days), entered=len(fresh))


@routes.put("/calendar-days/{day}", scope="registry:calendar", creates=True)
async def enter_calendar_day(tx: Tx, call: Call, day: date, body: DayEntry) -> CalendarDay:
    """Enter a day by hand; to change one that is there, name its ETag in If-Match."""
    known = next(iter(await store.lock_days(tx, [day.isoformat()])), None)
    call.created = known is None
    if known is None:
        entered = calendar_day(day, body.working, body.name)
        await store.add_day(tx, entered)
    elif known.says_the_same(body.working, body.name):
        return known
    else:
        if call.match is None:
            raise MatchRequired
        call.expect(known)
        entered = known.change(body.working, body.name)
        await store.save_day(tx, entered)
    await emit(tx, entered, told(events.CalendarChanged, entered))
    return entered


@routes.get("/calendar-days", scope="registry:read")
async def list_calendar_days(
    tx: Tx, call: Call, page_request: DeltaRequest, year: int | None = None
) -> Page[CalendarDay]:
    """Days that differ from their weekday, of a year or of all."""
    prefix = "" if year is None else f"{year:04d}-"
    asked = await followed(tx, page_request, "calendar_days")
    return await page(tx, asked, await store.list_days(tx, prefix, asked))

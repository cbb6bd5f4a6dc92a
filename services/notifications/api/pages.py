"""The pages: what a city's people look at. In a rehearsal they open to everybody."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final
from uuid import UUID

from libs.common.auth import Rows
from libs.common.contract import Count, Name
from libs.common.db import Tx
from libs.common.envelope import decode
from libs.common.errors import NotFound
from libs.common.http import Call, Download, Html, Routes
from services.notifications.catalogue import CATALOGUE
from services.notifications.domain import duties as duty_rules
from services.notifications.domain import years
from services.notifications.domain.journeys import steps_of
from services.notifications.pages import BASE, FOLDER, render
from services.notifications.store import journeys, views
from services.notifications.store import pages as store

routes: Final = Routes()
SCOPE: Final = "notifications:look"
LATEST: Final = 30
page = partial(routes.page, scope=SCOPE, visitor="auditor")


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """What every page says at its head."""

    name: str
    today: date
    rehearsal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event in the list of the latest: when, what, and what it is called."""

    position: int
    type: str
    time: datetime
    title: str | None


@page("/")
async def show_overview(tx: Tx, call: Call) -> Html:
    """The first page: what is late, the year, the agreements, the communities, what runs."""
    found, following = await journeys.list_journeys(tx, call.rows)
    duties = duty_rules.sort(await store.list_duties(tx, call.rows), tx.today)
    months = await store.list_months(tx, call.rows, years.first_of(tx.today))
    coverage = await store.list_coverage(tx, call.rows)
    told = Counter[str]()
    for heard in await store.list_heard(tx):
        told[heard.type.partition(".")[0]] += heard.count
    return Html(
        text=render(
            "overview.html",
            here="overview",
            city=await _city(tx),
            in_force=await store.count_in_force(tx, call.rows),
            journeys=found,
            following=following,
            steps={way.id: steps_of(way, tx.today) for way in found},
            duties=duties,
            late=sum(duty.count for duty in duties if duty.late_by(tx.today)),
            year=years.draw(months, tx.today),
            coverage=coverage,
            short=sum(place.short_since is not None for place in coverage),
            told=told,
            latest=await _latest(tx, call.rows, 0),
        )
    )


@page(f"{BASE}/latest")
async def show_latest(tx: Tx, call: Call, after: Count = 0) -> Html:
    """The events after a position, as a piece of the first page."""
    return Html(text=render("latest.html", latest=await _latest(tx, call.rows, after)))


@page(f"{BASE}/agreements")
async def list_agreements(tx: Tx, call: Call, after: UUID | None = None) -> Html:
    """All agreements, a page at a time, the youngest first; `after` is the last one seen."""
    found, following = await journeys.list_journeys(tx, call.rows, after)
    return Html(
        text=render(
            "agreements.html",
            here="agreements",
            city=await _city(tx),
            journeys=found,
            following=following,
            steps={way.id: steps_of(way, tx.today) for way in found},
            first=after is None,
        )
    )


@page(f"{BASE}/agreements/{{agreement_id}}")
async def show_agreement(tx: Tx, call: Call, agreement_id: UUID) -> Html:
    """An agreement from need to balance, with the whole explanation of its score."""
    way = await journeys.get_journey(tx, call.rows, agreement_id)
    return Html(
        text=render(
            "agreement.html",
            here="agreement",
            city=await _city(tx),
            way=way,
            steps=steps_of(way, tx.today),
            results=await journeys.list_results(tx, agreement_id),
            payments=await journeys.list_payments(tx, agreement_id),
            inspections=await journeys.list_inspections(tx, agreement_id),
        )
    )


@page(f"{BASE}/events")
async def show_catalogue(tx: Tx, call: Call) -> Html:
    """Every type of event: who says it, who hears it, how many there were."""
    counts = {heard.type: heard.count for heard in await store.list_heard(tx)}
    catalogue = list(CATALOGUE.values())
    city = await _city(tx)
    return Html(
        text=render("events.html", here="events", city=city, catalogue=catalogue, counts=counts)
    )


@page(f"{BASE}/events/{{event_type}}")
async def show_event(tx: Tx, call: Call, event_type: Name) -> Html:
    """One type of event, with the schema and an example of its data."""
    if event_type not in CATALOGUE:
        raise NotFound("event-type")
    entry = CATALOGUE[event_type]
    return Html(text=render("event.html", here="event", city=await _city(tx), entry=entry))


@page(f"{BASE}/page.css")
async def read_style(tx: Tx, call: Call) -> Download:
    """How the pages look."""
    return Download(content=STYLE, media_type="text/css")


@page(f"{BASE}/page.js")
async def read_script(tx: Tx, call: Call) -> Download:
    """What the pages do by themselves."""
    return Download(content=SCRIPT, media_type="text/javascript")


STYLE: Final = (FOLDER / "page.css").read_bytes()
SCRIPT: Final = (FOLDER / "page.js").read_bytes()


async def _city(tx: Tx) -> City:
    name = await views.name_of_division(tx, tx.city.division)
    return City(name=name, today=tx.today, rehearsal=tx.city.rehearsal)


async def _latest(tx: Tx, rows: Rows, after: int) -> list[Happened]:
    """The newest events by their own title or name, else by that of their agreement."""
    found = await store.list_latest(tx, rows, after, LATEST)
    events = [(row.position, decode(row.body)) for row in found]
    of = [event.data.get("agreement_id") for _, event in events]
    agreements = [UUID(one) if one else None for one in of]
    titles = await views.titles_of_agreements(tx, [one for one in agreements if one])
    return [
        Happened(
            position=position,
            type=event.type,
            time=event.time,
            title=event.data.get("title")
            or event.data.get("name")
            or (titles.get(agreement) if agreement else None),
        )
        for (position, event), agreement in zip(events, agreements, strict=True)
    ]

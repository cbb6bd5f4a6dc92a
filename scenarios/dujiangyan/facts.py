"""What the platform answers at the end of the year, read page by page as an auditor would."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from scenarios.dujiangyan import aftermath, data
from scenarios.dujiangyan.accounts import Books, Sums, books, differences, of_the_domain, unequal
from scenarios.dujiangyan.aftermath import Aftermath
from scenarios.dujiangyan.client import Client, Json, together
from scenarios.dujiangyan.ears import Ears
from scenarios.dujiangyan.journal import Told
from scenarios.dujiangyan.people import ASSOCIATION, AUDITOR, NOTIFIER, OPERATOR
from scenarios.dujiangyan.quiet import SERVICES
from scenarios.dujiangyan.steps import next_year
from scenarios.dujiangyan.world import World

PATIENCE: Final = 60.0
LOOK_AGAIN: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that the summary is made from."""

    organisations: list[Json]
    workers: list[Json]
    coverage: list[Json]
    needs: list[Json]
    proposals: list[Json]
    tenders: list[Json]
    bids: dict[str, list[Json]]
    """The bids of each tender by the project's key."""
    agreements: dict[str, Json]
    """Each agreement with signatures, payments and acceptance, by the project's key."""
    ranking: list[Json]
    """The lines of the next year's ranking."""
    activities: list[Json]
    inspections: list[Json]
    rectifications: list[Json]
    samples: dict[str, Json]
    visits: list[Json]
    results: dict[str, Json]
    """Each result with its editions, by the project's key."""
    standings: list[Json]
    reviews: list[Json]
    aftermath: Aftermath
    """How the trial project was left, in which most goes wrong."""
    told: Mapping[str, Told]
    """What people were told when something went wrong."""
    totals: Json
    read_log: list[Json]
    books: Books
    heard: Sums
    """What the scenario's own consumer has heard."""
    duplicates: int
    waiting: int
    parked: int


async def gather(world: World, ears: Ears) -> Facts:
    """All facts; the events last, when the scenario's own ears have caught up."""
    client, keys = world.client, [project.key for project in data.projects()]
    (
        organisations,
        coverage,
        needs,
        proposals,
        tenders,
        activities,
        inspections,
        rectifications,
        visits,
        standings,
        reviews,
        read_log,
    ) = await together(
        client.ask_all(AUDITOR, path)
        for path in (
            "/registry/v1/organisations",
            "/registry/v1/coverage",
            "/procurement/v1/needs",
            "/procurement/v1/proposals",
            "/procurement/v1/tenders",
            "/scheduling/v1/activities",
            "/evaluation/v1/inspections",
            "/evaluation/v1/rectifications",
            "/evaluation/v1/visits",
            "/evaluation/v1/standings",
            "/evaluation/v1/reviews",
            "/casework/v1/read-log",
        )
    )
    agreements = await together(
        client.ask(AUDITOR, f"/procurement/v1/agreements/{world.engagements[key].agreement}")
        for key in keys
    )
    ranking = await client.ask(
        AUDITOR, f"/procurement/v1/tenders/{world.engagements[next_year.key()].tender}/ranking"
    )
    kept, waiting, parked = await _accounts(client, ears)
    workers = await client.ask_all(ASSOCIATION, "/registry/v1/workers")
    return Facts(
        organisations=organisations,
        workers=workers,
        coverage=coverage,
        needs=needs,
        proposals=proposals,
        tenders=tenders,
        bids=await _bids(world, [*keys, next_year.key()]),
        agreements=dict(zip(keys, agreements, strict=True)),
        ranking=list(ranking["lines"]),
        activities=activities,
        inspections=inspections,
        rectifications=rectifications,
        samples=await _of_commissions(world, keys, "/evaluation/v1/commissions/{}/sample"),
        visits=visits,
        results=await _of_commissions(world, keys, "/evaluation/v1/results/{}"),
        standings=standings,
        reviews=reviews,
        aftermath=await aftermath.gather(world, workers),
        told=world.journal.told,
        totals=await client.ask(AUDITOR, "/casework/v1/totals"),
        read_log=read_log,
        books=kept,
        heard=of_the_domain(ears.book.sums),
        duplicates=ears.book.duplicates,
        waiting=waiting,
        parked=parked,
    )


async def _bids(world: World, keys: list[str]) -> dict[str, list[Json]]:
    found = await together(
        world.client.ask_all(
            AUDITOR, f"/procurement/v1/tenders/{world.engagements[key].tender}/bids"
        )
        for key in keys
    )
    return dict(zip(keys, found, strict=True))


async def _of_commissions(world: World, keys: list[str], path: str) -> dict[str, Json]:
    found = await together(
        world.client.ask(NOTIFIER, path.format(world.engagements[key].commission)) for key in keys
    )
    return dict(zip(keys, found, strict=True))


async def _accounts(client: Client, ears: Ears) -> tuple[Books, int, int]:
    """The services' totals once everybody has heard everything, the scenario too."""
    latest = time.monotonic() + PATIENCE
    while True:
        totals = await together(
            client.ask(OPERATOR, f"/{name}/v1/operations/events") for name in SERVICES
        )
        kept = books(dict(zip(SERVICES, totals, strict=True)))
        apart = differences(kept) or unequal(kept.emitted, of_the_domain(ears.book.sums))
        if not apart or time.monotonic() > latest:
            break
        await asyncio.sleep(LOOK_AGAIN)
    settled = await together(
        client.ask(OPERATOR, f"/{name}/rehearsal/v1/settled") for name in SERVICES
    )
    waiting = sum(int(one["waiting"]) for one in settled)
    return kept, waiting, sum(int(one["parked"]) for one in settled)

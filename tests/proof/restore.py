"""The year with its servers lost and restored: the same summary, and nothing paid twice."""

import asyncio
import json
import signal
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from libs.embedded.home import Home
from libs.embedded.platform import service_names
from scenarios.dujiangyan.accounts import Books
from tests.proof.drill import LESS, Drill, unheard
from tests.proof.office import all_sent, office, restorations, transfer_refused
from tests.proof.restore_one import Alone, restore_one
from tests.proof.year import clean, play

ALONE: Final = "procurement"
HELD_UP: Final = "evaluation"
"""Whose worker stands still while a copy is made, or is lost with the broker."""
BY_THE_TREASURY: Final = "procurement.comparison."
"""What only a restored city tells."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What is lost when the clock of the play has come there, with a copy of an earlier day."""

    what: str
    at: datetime
    copied_at: datetime | None = None


LOSSES: Final = (
    Loss("databases", datetime(2025, 11, 20, tzinfo=UTC), datetime(2025, 10, 1, tzinfo=UTC)),
    Loss("broker", datetime(2025, 6, 15, tzinfo=UTC)),
    Loss("both", datetime(2025, 6, 25, tzinfo=UTC), datetime(2025, 6, 1, tzinfo=UTC)),
)


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What a restore found and did."""

    forgotten: Counter[str] = field(default_factory=Counter)
    """Told before the loss and in no database after it, by type."""
    unheard: Counter[str] = field(default_factory=Counter)
    """Told, by the copies, and still to be heard by somebody; each hearing counts."""
    unpublished: int = 0
    """Events, also of the services' own running, that the broker had never confirmed."""
    resent: int = 0
    paid_before: int = 0
    lines_open: int = 0
    """Payments that had left the bank and that procurement had forgotten."""
    refused: str | None = None
    """What a transfer was told before the statement was compared."""
    restorations: int = 0
    seconds: float = 0.0
    ran: list[str] = field(default_factory=list)
    """The document's commands, with the seconds they took."""
    alone: Alone | None = None
    """How one database fared that was restored by itself after the year."""

    @property
    def was_sent_again(self) -> bool:
        """Whether somebody lacked something, and what was told was sent again."""
        return self.unheard.total() > 0 and self.resent > 0

    def written(self) -> str:
        """For people to read."""
        lines = [
            f"forgotten: {sum(self.forgotten.values())} events",
            *(f"  {count:5} {kind}" for kind, count in sorted(self.forgotten.items())),
            f"told and not heard: {sum(self.unheard.values())}; events of any kind that were told"
            f" and not published: {self.unpublished}",
            *(f"  {count:5} {kind}" for kind, count in sorted(self.unheard.items())),
            f"sent again: {self.resent} events; restorations closed by two: {self.restorations}",
            f"paid before the loss: {self.paid_before}, forgotten of these: {self.lines_open};"
            f" a transfer before the comparison: {self.refused}",
            f"from the loss until the services can start: {self.seconds:.0f} s",
            f"by the document: {', '.join(self.ran)}",
        ]
        return "\n".join([*lines, self.alone.written()] if self.alone else lines)


def prove() -> bool:
    """Each loss in a year of its own; each ends with the summary of the year without a loss."""
    with tempfile.TemporaryDirectory(prefix="sanshe-restore-") as folder:
        quiet = Path(folder, "quiet")
        summary, seconds = play(quiet, processes=False)
        clean(quiet)
        print(f"undisturbed: {seconds:.0f} s", flush=True)
        held = [("the year was played", summary is not None)]
        for loss in LOSSES:
            home = Home(Path(folder, loss.what))
            began = time.monotonic()
            outcome, payments = asyncio.run(rehearse(home, loss))
            print(f"\n— {loss.what} lost on {loss.at:%F}, copied on {loss.copied_at or 'no day'}")
            print(outcome.written())
            print(f"the whole year: {time.monotonic() - began:.0f} s", flush=True)
            ended = (home.folder / "summary.json").read_bytes()
            clean(home.folder)
            held += [
                (f"{loss.what}: the same summary", same(summary, ended)),
                (f"{loss.what}: nothing was paid twice", max(payments.values()) == 1),
                (f"{loss.what}: what was not heard was sent again", outcome.was_sent_again),
            ]
            if loss.what == "databases":
                held += [("databases: a payment had been forgotten", outcome.lines_open > 0)]
            if outcome.alone:
                held += [(f"{ALONE} alone: {name}", holds) for name, holds in outcome.alone.held]
            if loss.copied_at:
                stood = outcome.refused == "payments-stand-still"
                held += [(f"{loss.what}: nothing was paid before the comparison", stood)]
    print()
    for name, holds in held:
        print(f"{'✓' if holds else '✗'} {name}")
    return all(holds for _, holds in held)


def same(undisturbed: bytes | None, restored: bytes) -> bool:
    """Equal, but for the events that the treasury's comparison told: two for each, and one for
    every payment that was recorded from the statement."""
    return undisturbed is not None and _comparable(undisturbed) == _comparable(restored)


def _comparable(summary: bytes) -> Any:
    whole = json.loads(summary)
    whole["events"] = {
        kind: n for kind, n in whole["events"].items() if not kind.startswith(BY_THE_TREASURY)
    }
    return whole


async def rehearse(home: Home, loss: Loss) -> tuple[Outcome, Counter[str]]:
    """Play the year through that loss; how often the bank's references were paid in the end."""
    drill, outcome = Drill(home, processes=True), Outcome()
    async with drill.servers():
        async with drill.services() as supervisor:
            client = await drill.start_client()
            if loss.copied_at:
                await drill.reached(loss.copied_at, client)
                async with drill.held_up(supervisor, HELD_UP):
                    await drill.back_up()
            await drill.reached(loss.at, client)
            if loss.what == "broker":
                async with drill.held_up(supervisor, HELD_UP, then=signal.SIGKILL):
                    await drill.lose_broker()
                await restore_broker(drill, outcome)
                await drill.run("see what is missing")
                await drill.finish(client)
            else:
                await drill.crash(supervisor, client)
        if loss.what != "broker":
            statement = await restore_databases(drill, outcome, broker=loss.what == "both")
            async with drill.services():
                await go_on(drill, outcome, statement)
                await drill.run("see what is missing")
                await drill.finish(await drill.start_client())
        if loss.what == "both":
            outcome.alone = await restore_one(drill, ALONE)
        outcome.ran = drill.ran
        return outcome, await payments_by_reference(drill)


async def restore_broker(drill: Drill, outcome: Outcome) -> None:
    """While the services and the client go on."""
    began = time.monotonic()
    drill.since = datetime.now(UTC) - LESS
    outcome.unheard, outcome.unpublished = await still_to_be_heard(drill)
    await drill.make_broker_anew()
    outcome.seconds = time.monotonic() - began
    outcome.resent = await all_sent(drill, "send again")


async def restore_databases(
    drill: Drill, outcome: Outcome, *, broker: bool
) -> list[dict[str, Any]]:
    """Up to the start of the services; gives the bank's statement of before the loss."""
    began = time.monotonic()
    told, statement = await drill.books(), await statement_of(drill)
    await drill.lose_databases()
    if broker:
        await drill.lose_broker()
    await drill.put_back()
    if broker:
        await drill.make_broker_anew()
    else:
        await drill.run("empty the queues")
    outcome.forgotten = counts(told) - counts(await drill.books())
    outcome.unheard, outcome.unpublished = await still_to_be_heard(drill)
    await drill.run("begin an epoch")
    outcome.seconds = time.monotonic() - began
    return statement


async def go_on(drill: Drill, outcome: Outcome, statement: list[dict[str, Any]]) -> None:
    """With the services up: what was not heard is sent again, the statement is compared, and each
    restoration closed; each by two persons."""
    async with office(drill) as do:
        outcome.refused = await transfer_refused(do)
        outcome.resent = await all_sent(drill, "send again")
        days = [line["day"] for line in statement]
        body = {
            "statement": "drill",
            "from_day": min(days),
            "until_day": max(days),
            "lines": statement,
        }
        found = await do("treasury", "t-1", "POST", "/procurement/v1/comparisons", body)
        outcome.paid_before, outcome.lines_open = len(statement), found["open_lines"]
        path = f"/procurement/v1/comparisons/{found['id']}/confirmation"
        await do("treasury", "t-2", "POST", path)
        for restoration in await restorations(do, len(service_names())):
            path = f"/notifications/v1/restorations/{restoration['id']}/closure"
            for person in ("o-1", "o-2"):
                closed = await do("operator", person, "POST", path, {"conclusion": "repeated"})
            outcome.restorations += closed["confirmed_at"] is not None


async def still_to_be_heard(drill: Drill) -> tuple[Counter[str], int]:
    """By type how many hearings are still to come, and how many events were never published."""
    kept = await drill.books()
    missing = sum((unheard(kept, name) for name in service_names()), Counter[str]())
    rows = [await drill.ask(name, _UNPUBLISHED) for name in service_names()]
    return +missing, sum(row["left"] for [row] in rows)


async def statement_of(drill: Drill) -> list[dict[str, Any]]:
    """What has left the bank, as the bank knows it whatever becomes of the databases."""
    return [
        {
            "provider_id": str(row["provider_id"]),
            "reference": row["reference"],
            "amount": row["amount"],
            "day": row["paid_day"].isoformat(),
        }
        for row in await drill.ask("procurement", _PAID)
    ]


async def payments_by_reference(drill: Drill) -> Counter[str]:
    """How many payments stand under each reference of the bank."""
    return Counter(row["reference"] for row in await drill.ask("procurement", _PAID))


def counts(kept: Books) -> Counter[str]:
    """How many events of each type were told."""
    return Counter({kind: one.count for kind, one in kept.emitted.items()})


_UNPUBLISHED: Final = "SELECT count(*) AS left FROM outbox WHERE published_at IS NULL"
_PAID: Final = """
  SELECT provider_id, reference, amount, paid_day
    FROM payments
   WHERE paid_day IS NOT NULL
ORDER BY paid_day, id
"""

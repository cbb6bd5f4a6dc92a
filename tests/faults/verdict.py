"""What all checkers say of a laboratory after a fault, once it has come to rest."""

import asyncio
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from libs.common.envelope import decode
from tests.faults import checkers
from tests.faults.checkers import SetVerdict, Total
from tests.faults.ground import service_of
from tests.faults.history import History
from tests.faults.lab import Lab, until
from tests.faults.load import Load, applied, logged

COMMANDS = ("enrol", "rename", "announce")
UNREST = """
SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL)
     + (SELECT count(*) FROM waiting WHERE state = 'waiting')
"""
TOTALS = """
  SELECT reaction, type, sum(count)::bigint AS count, bit_xor(xor) AS xor
    FROM totals
   WHERE direction = 'heard'
GROUP BY reaction, type
"""


@dataclass(slots=True)
class Verdict:
    """Confirmed, lost and doubled, and what each checker found."""

    commands: SetVerdict
    events: SetVerdict
    again: int
    """Reactions that ran a second time for an event: more in the totals than in the inboxes."""
    found: dict[str, list[str]] = field(default_factory=dict)

    @property
    def confirmed(self) -> int:
        return self.commands.confirmed

    @property
    def lost(self) -> int:
        return len(self.commands.lost) + len(self.events.lost)

    @property
    def doubled(self) -> int:
        return len(self.commands.doubled) + self.again

    @property
    def caught_by(self) -> list[str]:
        """The checkers that found something wrong."""
        return [name for name, problems in self.found.items() if problems]


async def settle(lab: Lab, still: float = 10.0) -> float:
    """Wait until all that was told is published and heard, or nothing has moved for so long;
    the seconds that it took."""
    began = moved = time.monotonic()
    before: object = None
    while time.monotonic() - moved < still:
        now = await progress(lab)
        if now.rests:
            break
        if now != before:
            before, moved = now, time.monotonic()
        await asyncio.sleep(0.1)
    return time.monotonic() - began


@dataclass(frozen=True, slots=True)
class Progress:
    """How much lies unpublished or waits, and how much has been heard of how much."""

    unrest: int
    heard: int
    due: int

    @property
    def rests(self) -> bool:
        return self.unrest == 0 and self.heard >= self.due


async def progress(lab: Lab) -> Progress:
    """How far everything is."""
    unrest = sum([await lab.value(name, UNREST) for name in lab.services])
    heard = sum([await lab.value(name, "SELECT count(*) FROM inbox") for name in _subscribers(lab)])
    due = _due(lab, await _emitted(lab))
    return Progress(unrest, heard, sum(map(len, due.values())))


async def recover(lab: Lab, load: Load) -> None:
    """Return when a new command is carried out and every subscriber has heard of it."""
    op = f"probe-{len(load.history.records)}"
    worker = (await load.enrol(op)).body["id"]
    event_id = await lab.value("registry", "SELECT event_id FROM outbox WHERE subject = $1", worker)

    async def heard(name: str) -> bool:
        return bool(await lab.sql(name, "SELECT FROM inbox WHERE event_id = $1", event_id))

    for name in _subscribers(lab):
        if "registry.worker.enrolled.v1" in service_of(name).reactions.by_type:
            await until(partial(heard, name), f"{name} hears of {op}")


async def judge(lab: Lab, history: History) -> Verdict:
    """Ask every checker."""
    commands = checkers.check_set(
        history.ops("ok", *COMMANDS),
        history.unknown(*COMMANDS),
        await applied(lab),
    )
    emitted = await _emitted(lab)
    heard, totals = await _heard(lab, emitted)
    told = {f"{reaction} {one}" for reaction, ids in _due(lab, emitted).items() for one in ids}
    events = checkers.check_set(told, (), heard)
    sums = {kind: checkers.total(ids) for kind, ids in emitted.items()}
    order = await logged(lab) if "notifications" in _subscribers(lab) else []
    return Verdict(
        commands=commands,
        events=events,
        again=sum(t.count for by_reaction in totals.values() for t in by_reaction.values())
        - heard.total(),
        found={
            "K2 commands": _told_by(commands),
            "K2 events": _told_by(events),
            "K3 order": checkers.check_order(order),
            "K3 views": await _views(lab),
            "K3 versions": checkers.check_versions(history.records),
            "K4 ledger": await _ledger(lab),
            "K10 totals": checkers.check_totals(sums, totals),
            "I7 nothing set aside": await _set_aside(lab),
            "I8 strangers": checkers.check_strangers(history.records),
        },
    )


async def _emitted(lab: Lab) -> dict[str, list[UUID]]:
    """The ids of all events told, by type."""
    found: dict[str, list[UUID]] = defaultdict(list)
    for name in lab.services:
        for row in await lab.sql(name, "SELECT type, event_id FROM outbox"):
            found[row["type"]].append(row["event_id"])
    return found


def _subscribers(lab: Lab) -> list[str]:
    """The services of which a worker has been started."""
    return sorted({c.service for c in lab.children.values() if c.role == "worker"})


def _reactions(service: str, *, view: bool = False) -> dict[str, set[str]]:
    """The reactions of a service, or its views alone, each with the types that it hears."""
    found: dict[str, set[str]] = defaultdict(set)
    for kind, reactions in service_of(service).reactions.by_type.items():
        for reaction in reactions:
            if not view or reaction.view:
                found[reaction.name].add(kind)
    return found


def _due(lab: Lab, emitted: dict[str, list[UUID]]) -> dict[str, list[UUID]]:
    """What each reaction ought to have heard."""
    return {
        f"{name}.{reaction}": [one for kind in types for one in emitted[kind]]
        for name in _subscribers(lab)
        for reaction, types in _reactions(name).items()
    }


async def _heard(
    lab: Lab, emitted: dict[str, list[UUID]]
) -> tuple[Counter[str], dict[str, dict[str, Total]]]:
    """Which reaction has which event in its inbox, and the totals by type and reaction."""
    heard: Counter[str] = Counter()
    totals: dict[str, dict[str, Total]] = defaultdict(dict)
    for name in _subscribers(lab):
        for reaction, types in _reactions(name).items():
            for kind in types & emitted.keys():
                totals[kind][f"{name}.{reaction}"] = Total(0, 0)
        for row in await lab.sql(name, "SELECT reaction, event_id FROM inbox"):
            heard[f"{name}.{row['reaction']} {row['event_id']}"] += 1
        for row in await lab.sql(name, TOTALS):
            bits = int.from_bytes(row["xor"].bytes, "big")
            totals[row["type"]][f"{name}.{row['reaction']}"] = Total(row["count"], bits)
    return heard, totals


async def _views(lab: Lab) -> list[str]:
    """Of each view the last sequence of each subject of whose events it hears."""
    wrong: list[str] = []
    told: dict[str, dict[str, int]] = defaultdict(dict)
    for name in lab.services:
        for row in await lab.sql(name, "SELECT type, body FROM outbox ORDER BY place"):
            heard = decode(row["body"])
            told[row["type"]][heard.subject] = heard.sequence
    for name in _subscribers(lab):
        rows = await lab.sql(name, "SELECT reaction, subject, sequence FROM known")
        found = {(row["reaction"], row["subject"]): row["sequence"] for row in rows}
        for reaction, types in _reactions(name, view=True).items():
            last = _latest(told, types)
            known = {reaction: {one: found.get((reaction, one), 0) for one in last}}
            wrong += checkers.check_views(last, known)
    return wrong


def _latest(told: dict[str, dict[str, int]], types: set[str]) -> dict[str, int]:
    latest: dict[str, int] = {}
    for kind in types:
        for subject, sequence in told[kind].items():
            latest[subject] = max(sequence, latest.get(subject, 0))
    return latest


async def _ledger(lab: Lab) -> list[str]:
    if "procurement" not in lab.services:
        return []
    budgets = await lab.sql("procurement", "SELECT id, amount, committed, paid FROM budgets")
    entries = await lab.sql("procurement", "SELECT budget_id, act, amount FROM ledger_entries")
    return checkers.check_ledger(
        [checkers.Budget(**dict(row)) for row in budgets],
        [(row["budget_id"], row["act"], row["amount"]) for row in entries],
    )


async def _set_aside(lab: Lab) -> list[str]:
    return [
        f"{name}: {row['reaction']} {row['state']} ({row['reason']})"
        for name in _subscribers(lab)
        for row in await lab.sql(name, "SELECT reaction, state, reason FROM waiting")
    ]


def _told_by(verdict: SetVerdict) -> list[str]:
    parts = {"lost": verdict.lost, "doubled": verdict.doubled, "phantom": verdict.phantom}
    return [f"{word} {name}" for word, names in parts.items() for name in sorted(names)]

"""An operator's day: an alarm sounds, its runbook entry is followed, and it falls silent.

A constraint that somebody has added by hand refuses certain names, so the view of organisations
cannot follow what the registry tells. What is told goes on arriving; what cannot be followed is
parked after five attempts. The commands are those that stand in the runbook.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from aio_pika import Message

from libs.common.testing import token
from tests.faults.history import History
from tests.faults.lab import Child, Lab, until
from tests.faults.load import Load
from tests.faults.scene import administration
from tests.monitoring.runbook import Entry
from tests.monitoring.scraping import Prometheus, gone, scraping, sounding

SERVICES: Final = ("registry", "notifications")
ALERT: Final = "SansheParked"
SPOILT: Final = "spoilt"
MISTAKE: Final = f"""
ALTER TABLE organisations
  ADD CONSTRAINT somebody_was_here CHECK (name NOT LIKE '{SPOILT}%') NOT VALID
"""
MENDING: Final = "ALTER TABLE organisations DROP CONSTRAINT somebody_was_here"


@dataclass(slots=True, kw_only=True)
class Day:
    """Who works, who scrapes, and whom the operator asks."""

    lab: Lab
    api: Child
    """Of notifications."""
    hearer: Child
    load: Load
    prometheus: Prometheus

    async def ask(self, entry: Entry, beginning: str, person: str = "p-1", **blanks: str) -> Any:
        """Follow a command of the entry as that operator; the answer."""
        bearer = token("operator", person=person)
        return json.loads(await entry.follow(beginning, self.api.api_port, bearer, **blanks))

    async def known(self, name: str) -> bool:
        """Whether notifications knows an organisation of that name."""
        return bool(
            await self.lab.value(
                "notifications", "SELECT count(*) FROM organisations WHERE name = $1", name
            )
        )

    async def parked(self, count: int) -> None:
        """Wait until so many messages need a person."""
        question = "SELECT count(*) = $1 FROM waiting WHERE state = 'parked'"

        async def there() -> bool:
            return bool(await self.lab.value("notifications", question, count))

        await until(there, f"{count} messages are parked")


@asynccontextmanager
async def at_work(lab: Lab) -> AsyncIterator[Day]:
    """The four processes, scraped by a Prometheus, with a client of the registry."""
    registry, teller, api, hearer = await asyncio.gather(
        lab.start("registry", "api"),
        lab.start("registry", "worker"),
        lab.start("notifications", "api"),
        lab.start("notifications", "worker"),
    )
    history = History(lab.folder / "history.jsonl")
    async with (
        Load(lab, registry.api, history) as load,
        scraping(lab.folder / "prometheus", [registry, teller, api, hearer]) as prometheus,
    ):
        yield Day(lab=lab, api=api, hearer=hearer, load=load, prometheus=prometheus)


async def spoil(day: Day, names: list[str]) -> Entry:
    """The mistake, so many events that meet it, and the entry of the alarm that sounds."""
    assert await day.prometheus.firing(ALERT) == []
    await day.lab.sql("notifications", MISTAKE)
    await asyncio.gather(*(day.load.organisation(name) for name in names))
    await day.load.organisation(sound := f"sound-{len(names)}")
    await until(lambda: day.known(sound), "everything else goes on")
    await day.parked(len(names))
    alert = await sounding(day.prometheus, ALERT)
    assert alert["labels"]["service"] == "notifications"
    assert alert["labels"]["severity"] == "page"
    return Entry(alert)


async def look(day: Day, entry: Entry) -> list[dict[str, Any]]:
    """What is parked, and of one of it what it is: the reason leads to the mistake."""
    listed = (await day.ask(entry, "ask $S parked list"))["items"]
    shown = await day.ask(entry, "ask $S parked show", ID=listed[0]["id"])
    assert shown["message"]["reaction"] == "organisations"
    assert "CheckViolation" in shown["message"]["reason"]
    assert "name" in shown["fields"]
    assert SPOILT not in json.dumps([listed, shown])
    assert "reaction-parked" in day.lab.log_of(day.hearer)
    return list(listed)


async def mend_one(day: Day) -> float:
    """One message, replayed by its id; the seconds until the alarm is silent again."""
    entry = await spoil(day, [name := f"{SPOILT}-one"])
    [parked] = await look(day, entry)
    await day.lab.sql("notifications", MENDING)
    replayed = await day.ask(entry, "ask $S parked replay ID", ID=parked["id"])
    assert replayed == {"replayed": 1, "kept": []}
    seconds = await gone(day.prometheus, ALERT)
    await until(lambda: day.known(name), "what was parked is followed")
    return seconds


async def mend_many(day: Day, messages: int) -> float:
    """Many at once, by their reaction, and one that no reaction can ever have, discarded by two."""
    names = [f"{SPOILT}-{n}" for n in range(messages)]
    entry = await spoil(day, names)
    await look(day, entry)
    await day.lab.sql("notifications", MENDING)
    replayed = await day.ask(entry, "ask $S parked replay --reaction", NAME="organisations")
    assert replayed == {"replayed": messages, "kept": []}
    await gone(day.prometheus, ALERT)
    for name in names:
        await until(partial(day.known, name), "all that was parked is followed")
    return await _discard(day)


async def _discard(day: Day) -> float:
    """A message that is no event at all: proposed by one operator, confirmed by another."""
    async with administration(day.lab) as channel:
        await channel.default_exchange.publish(Message(b"{"), routing_key="sanshe.notifications")
    entry = Entry(await sounding(day.prometheus, ALERT))
    [parked] = (await day.ask(entry, "ask $S parked list"))["items"]
    await day.ask(entry, "ask $S parked discard", "p-1", ID=parked["id"])
    confirmed = await day.ask(entry, "ask $S parked confirm", "p-2", ID=parked["id"])
    assert confirmed["state"] == "discarded"
    return await gone(day.prometheus, ALERT)

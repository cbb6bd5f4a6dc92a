"""A1–A6: a process is killed between two steps that only look like one."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final

from tests.faults.history import History
from tests.faults.lab import BORN, PATIENCE, Child, Lab
from tests.faults.load import Load
from tests.faults.matrix import Outcome, outcome, row
from tests.faults.verdict import Verdict, judge, recover, settle

TAKING_PART: Final = ("registry", "notifications")
AGE: Final = "sanshe_outbox_oldest_age_seconds"
REPLAYED: Final = "sanshe_commands_replayed_total"
PUBLISHED: Final = "sanshe_outbox_publish_seconds_count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crashed:
    """A laboratory after a crash: the load that ran, what checkers say, seconds to recover."""

    load: Load
    verdict: Verdict
    seconds: float
    age: float
    """The highest age of the outbox that a relay showed, in seconds."""
    duplicates: float
    """Events that consumers were given again, and knew."""
    published: float
    """Events that the relays which are alive at the end have published."""
    heard: float
    """Reactions that ran in the processes which are alive at the end."""
    replayed: float
    """Commands that the API, started again, has answered as the first time."""
    born_again: int
    """Processes whose metrics show that they were started again."""

    def outcome(self, moved: str, proof: float) -> Outcome:
        """The outcome; the fault must have shown itself in what moved."""
        problems = [] if proof else [f"the fault did not show: {moved}"]
        return outcome(self.verdict, self.seconds, moved, *problems)


async def crash(lab: Lab, service: str, role: str, point: str, *mistake: str) -> Crashed:
    """Kill that process at that point under load, start it again, and wait for rest.

    A worker has a standby, as in a city. A mistake is in the victim from its birth on.
    """
    cast = [("registry", "api"), ("registry", "worker"), ("notifications", "worker")]
    if role == "worker":
        cast.append((service, role))
    # A relay that has time for nothing else publishes much at once, so it comes there seldom.
    times = "6" if role == "api" else "2"
    deadly = (*mistake, "--crash", point, "--times", times)
    children = await asyncio.gather(
        *(lab.start(*part, *(deadly if part == (service, role) else ())) for part in cast)
    )
    history = History(lab.folder / "history.jsonl")
    relays = [child for child in children if child.name.startswith("registry-worker")]
    births = await lab.births(*children)
    async with Load(lab, children[0].api, history) as load, lab.watching(AGE, *relays) as ages:
        running = asyncio.create_task(load.run(4, lab.size(10, 100)))
        victims = [child for child in children if child.arguments == deadly]
        died = await _first_death(victims)
        await asyncio.gather(*(lab.restart(v, *mistake) for v in victims if not v.alive))
        if not mistake:
            await recover(lab, load)
        seconds = time.monotonic() - died
        await running
        await settle(lab, still=4 if mistake else 10)
    verdict = await judge(lab, history)
    consumers = [c for c in children if c.service == "notifications" and c.alive]
    duplicates = [await lab.metric(c, "sanshe_inbox_duplicates_total") for c in consumers]
    heard = [await lab.metric(c, "sanshe_events_heard_total") for c in consumers]
    published = [await lab.metric(r, PUBLISHED) for r in relays if r.alive]
    return Crashed(
        load=load,
        verdict=verdict,
        seconds=seconds,
        age=max(ages, default=0.0),
        duplicates=sum(duplicates),
        published=sum(published),
        heard=sum(heard),
        replayed=await lab.metric(children[0], REPLAYED),
        born_again=await lab.born_again({c.name: births[c.name] for c in children if c.alive}),
    )


async def _first_death(victims: list[Child]) -> float:
    """When one of them has died; the standby may die of the same point, and later."""
    endings = [asyncio.create_task(child.process.wait()) for child in victims if child.process]
    done, _ = await asyncio.wait(endings, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    assert done, "the load never came to that point"
    for ending in endings:
        ending.cancel()
    return time.monotonic()


@row("A1", "kill -9 of an API before the commit", *TAKING_PART)
async def killed_before_commit(lab: Lab) -> Outcome:
    """The client repeats the command under its key, and there is one effect."""
    crashed = await crash(lab, "registry", "api", "before_commit")
    cut = sum(crashed.load.disturbed.values())
    moved = f"{BORN} moved in {crashed.born_again}, requests cut off {cut}"
    return crashed.outcome(moved, cut and crashed.born_again)


@row("A2", "kill -9 of an API after the commit, before the reply", *TAKING_PART)
async def killed_before_reply(lab: Lab) -> Outcome:
    """The repeated command is given the stored answer."""
    crashed = await crash(lab, "registry", "api", "before_reply")
    return crashed.outcome(f"{REPLAYED} {crashed.replayed:.0f}", crashed.replayed)


@row("A3", "kill -9 of a relay after the commit, before publishing", *TAKING_PART)
async def killed_before_publishing(lab: Lab) -> Outcome:
    """The standby takes the lead and publishes."""
    crashed = await crash(lab, "registry", "worker", "before_publish")
    moved = f"{AGE} up to {crashed.age:.1f}, {PUBLISHED} {crashed.published:.0f}"
    return crashed.outcome(moved, crashed.published)


@row("A4", "kill -9 of a relay after publishing, before marking", *TAKING_PART)
async def killed_before_marking(lab: Lab) -> Outcome:
    """What was published is published again under its id, and known."""
    crashed = await crash(lab, "registry", "worker", "before_mark")
    return crashed.outcome(
        f"sanshe_inbox_duplicates_total {crashed.duplicates:.0f}", crashed.duplicates
    )


@row("A5", "kill -9 of a consumer after the commit, before acknowledging", *TAKING_PART)
async def killed_before_acknowledging(lab: Lab) -> Outcome:
    """The broker delivers again, and the event is known."""
    crashed = await crash(lab, "notifications", "worker", "before_ack")
    return crashed.outcome(
        f"sanshe_inbox_duplicates_total {crashed.duplicates:.0f}", crashed.duplicates
    )


@row("A6", "kill -9 of a consumer before the commit", *TAKING_PART)
async def killed_in_a_reaction(lab: Lab) -> Outcome:
    """Nothing is acknowledged that is not committed: the broker delivers again."""
    crashed = await crash(lab, "notifications", "worker", "in_reaction")
    return crashed.outcome(f"sanshe_events_heard_total after it {crashed.heard:.0f}", crashed.heard)

"""G1–G6: messages that come again, in the wrong order, too large, or as nobody should send them."""

import asyncio
import json
import time
from functools import partial
from typing import Any, Final

import aio_pika
from aio_pika.abc import AbstractChannel

from libs.common.envelope import MAX_BYTES, Envelope, decode
from libs.common.ids import new_id
from libs.common.testing import token
from libs.common.topology import EXCHANGE
from tests.faults.history import History
from tests.faults.lab import Child, Lab, until
from tests.faults.load import DIVISION, Load
from tests.faults.matrix import Outcome, outcome, row
from tests.faults.scene import TAKING_PART, administration, at_work
from tests.faults.verdict import judge, settle

DUPLICATES: Final = "sanshe_inbox_duplicates_total"
HELD_BACK: Final = "sanshe_event_log_held_back"
ASIDE: Final = "sanshe_events_set_aside_total"
QUEUE: Final = "sanshe.notifications"


async def _publish(channel: AbstractChannel, body: bytes, kind: str = "") -> None:
    """To everybody who hears that type, or straight into the queue of notifications."""
    exchange = channel.default_exchange
    if kind:
        exchange = await channel.get_exchange(EXCHANGE, ensure=False)
    await exchange.publish(aio_pika.Message(body), kind or QUEUE, mandatory=False)


async def _told(lab: Lab) -> list[tuple[str, bytes]]:
    """What the registry has told so far: type and bytes, in order."""
    rows = await lab.sql("registry", "SELECT type, body FROM outbox ORDER BY place")
    return [(row["type"], row["body"]) for row in rows]


@row("G1", "messages come again, up to a hundred times", *TAKING_PART)
async def duplicates(lab: Lab) -> Outcome:
    """The inbox knows them: nothing happens again."""
    async with at_work(lab) as scene:
        told = await _told(lab)
        before = await scene.metric(scene.hearer, DUPLICATES)
        sent = 0
        async with administration(lab) as channel:
            for times in (
                1,
                2,
                10,
                100,
                *[lab.random.randint(1, 100) for _ in range(lab.size(0, 50))],
            ):
                kind, body = lab.random.choice(told)
                await asyncio.gather(*(_publish(channel, body, kind) for _ in range(times)))
                sent += times

        async def known() -> bool:
            return await scene.metric(scene.hearer, DUPLICATES) >= before + sent

        await until(known, "all of them are known already")
        await scene.recovered()
        again = await scene.metric(scene.hearer, DUPLICATES)
    return await scene.outcome(f"{sent} sent again, {DUPLICATES} {again:.0f}")


@row("G2", "messages come in any order, with gaps", *TAKING_PART, "casework")
async def out_of_order(lab: Lab) -> Outcome:
    """A view keeps the highest; the feed shows a subject's events in order and skips none."""
    history = History(lab.folder / "history.jsonl")
    api, hearer, _ = await asyncio.gather(
        lab.start("registry", "api"),
        lab.start("notifications", "worker"),
        lab.start("casework", "worker"),
    )
    async with Load(lab, api.api, history) as load:
        await load.run(4, lab.size(12, 100))
    told = [(kind, body, decode(body)) for kind, body in await _told(lab)]
    late = [one for one in told if one[2].sequence == 2]
    now = [one for one in told if one[2].sequence != 2]
    lab.random.shuffle(now)
    await _arrive(lab, now)
    held = await lab.value("notifications", _HELD_BACK)
    after_gaps = sum(one[2].sequence > 2 for one in now)
    problems = [] if held == after_gaps > 0 else [f"{held} of {after_gaps} were held back"]
    if lab.full:
        # Levels of a service are read twice a minute: too long for the short form.
        await until(partial(_shown, lab, hearer, held), "the metric shows what is held back")
    filled = time.monotonic()
    await _arrive(lab, late)
    # The relay now sends everything a second time, in order.
    await lab.start("registry", "worker")
    await settle(lab)
    seconds = time.monotonic() - filled
    if left := await lab.value("notifications", _HELD_BACK):
        problems.append(f"{left} are held back for ever")
    moved = f"{HELD_BACK} {held} → {left}"
    return outcome(await judge(lab, history), seconds, moved, *problems)


async def _shown(lab: Lab, hearer: Child, held: int) -> bool:
    return await lab.metric(hearer, HELD_BACK) == held


async def _arrive(lab: Lab, events: list[tuple[str, bytes, Envelope]]) -> None:
    """Publish these and wait until they are in the log."""
    async with administration(lab) as channel:
        for kind, body, _ in events:
            await _publish(channel, body, kind)
    ids = [envelope.id for *_, envelope in events]

    async def logged() -> bool:
        return bool(len(ids) == await lab.value("notifications", _LOGGED, ids))

    await until(logged, "all that was sent is in the log")


@row("G3", "a reaction to one event always fails", *TAKING_PART)
async def poison(lab: Lab) -> Outcome:
    """It is parked for a person after five failures; everything else flows meanwhile."""
    async with at_work(lab) as scene:
        forbid = f"ALTER TABLE event_log ADD CONSTRAINT poison CHECK (type <> '{_FILED}') NOT VALID"
        await lab.sql("notifications", forbid)
        await scene.load.organisation("poisonous")
        await until(partial(_hurried, lab), "it is parked")
        await scene.progress(lab.size(20, 200))
        others = await lab.value("notifications", "SELECT count(*) FROM waiting")
        scene.expect(others == 1, f"{others} messages were set aside, not one")
        parked = await scene.metric(scene.hearer, ASIDE, reaction="event_log", state="parked")
        scene.expect(parked == 1, f"{ASIDE} parked {parked:.0f}")
        await lab.sql("notifications", "ALTER TABLE event_log DROP CONSTRAINT poison")
        replayed = await _replay(lab)
        scene.expect(replayed == 1, f"{replayed} were replayed")
        await scene.recovered()
    return await scene.outcome(f"{ASIDE} parked {parked:.0f}, then heard")


async def _replay(lab: Lab) -> int:
    """The cause has been put right: an operator has what is parked tried again."""
    api = await lab.start("notifications", "api")
    async with Load(lab, api.api, History(lab.folder / "operator.jsonl")) as operator:
        answer = await operator.send(
            "POST",
            "/operations/parked/replays",
            {},
            "replay",
            bearer=token("operator"),
            service="notifications",
        )
    return int(answer.body["replayed"])


async def _hurried(lab: Lab) -> bool:
    """Whether it is parked; what waits is due at once, so that nobody waits for a test."""
    await lab.sql("notifications", "UPDATE waiting SET due_at = since WHERE state = 'waiting'")
    rows = await lab.sql("notifications", "SELECT FROM waiting WHERE state = 'parked'")
    return bool(rows)


@row("G4", "bytes that nobody should send", *TAKING_PART)
async def malformed(lab: Lab) -> Outcome:
    """Parked at once, byte for byte; the lanes go on and no process grows or dies."""
    async with at_work(lab) as scene:
        one = (await _told(lab))[0][1]
        bad = [
            *_spoiled(one),
            *(one[: lab.random.randrange(1, len(one))] for _ in range(lab.size(5, 200))),
        ]
        async with administration(lab) as channel:
            for body in bad:
                await _publish(channel, body)

        async def parked() -> bool:
            return bool(len(bad) == await lab.value("notifications", _PARKED, "unreadable"))

        await until(parked, "all of them are parked")
        kept = await lab.sql("notifications", "SELECT body FROM waiting")
        scene.expect(sorted(bad) == sorted(row["body"] for row in kept), "some were changed")
        aside = await scene.metric(scene.hearer, ASIDE, state="parked")
        await lab.sql("notifications", "DELETE FROM waiting")
        await scene.recovered()
        scene.expect(scene.hearer.alive, "the worker died")
    return await scene.outcome(f"{ASIDE} parked {aside:.0f}")


def _spoiled(good: bytes) -> list[bytes]:
    """An event made unreadable in one way each."""
    event = json.loads(good)
    without = {name: value for name, value in event.items() if name != "subject"}
    return [
        b"",
        b"\xff\xfe\x00",
        b"{",
        b"[]",
        b"null",
        b"[" * 10_000 + b"]" * 10_000,
        good[:-1] + b',"id":"again"}',
        good.replace(b'"data":{', b'"data":{"odd":NaN,', 1),
        json.dumps(without).encode(),
        json.dumps(event | {"data": []}).encode(),
        json.dumps(event | {"time": "2025-01-01T00:00:00"}).encode(),
        json.dumps(event | {"sequence": "one"}).encode(),
        json.dumps(event | {"specversion": "0.3"}).encode(),
        json.dumps(event | {"data": {"long": "x" * MAX_BYTES}}).encode(),
        b"x" * 20_000_000,
    ]


@row("G5", "a command whose event would be too large", *TAKING_PART)
async def oversized(lab: Lab) -> Outcome:
    """Refused before the outbox, whole: it neither stops the relay nor half happens."""
    async with at_work(lab) as scene:
        send = scene.load.send
        await send("POST", "/divisions/imports", {"divisions": [_CITY, _TOWN]}, "divisions")
        rooms = [{"name": "活" * 200, "capacity": 40}] * 50
        opened = await send("POST", "/stations", _STATION | {"rooms": rooms}, "station")
        path = f"/stations/{opened.body['id']}"
        change = {"name": "大站", "new_rooms": rooms}
        told = len(await lab.sql("registry", _OF_STATIONS))
        refused = await send("PATCH", path, change, "too-large", match='"1"')
        scene.expect(
            (refused.status, refused.body["code"]) == (413, "event-too-large"),
            f"answered {refused.status} {refused.body}",
        )
        found = await send("GET", path, None, "look")
        scene.expect(found.body == opened.body, "half of the change was made")
        scene.expect(told == len(await lab.sql("registry", _OF_STATIONS)) == 1, "it was told")
        await scene.recovered()
        held = await scene.metric(scene.api, "sanshe_http_refusals_total", code="event-too-large")
    return await scene.outcome(f"sanshe_http_refusals_total event-too-large {held:.0f}")


@row("G6", "types, versions and fields that nobody knows", *TAKING_PART)
async def unknown(lab: Lab) -> Outcome:
    """A new field is ignored; an unknown type and a newer version are kept for a person."""
    history = History(lab.folder / "history.jsonl")
    api, hearer = await asyncio.gather(
        lab.start("registry", "api"), lab.start("notifications", "worker")
    )
    async with Load(lab, api.api, history) as load:
        await load.run(4, lab.size(6, 50))
    told = await _told(lab)
    strange = [_with(body, id=str(new_id()), type=kind) for kind, body in _renamed(told)]
    began = time.monotonic()
    async with administration(lab) as channel:
        for kind, body in told:
            data = json.loads(body)["data"] | {"colour": "red"}
            await _publish(channel, _with(body, data=data, newattribute="1"), kind)
        for body in strange:
            await _publish(channel, body)

    async def parked() -> bool:
        return bool(len(strange) == await lab.value("notifications", _PARKED, _NOBODY))

    await until(parked, "what nobody knows is parked")
    aside = await lab.metric(hearer, ASIDE, state="parked")
    await lab.sql("notifications", "DELETE FROM waiting")
    await lab.start("registry", "worker")
    await settle(lab)

    async def heard_before() -> bool:
        return await lab.metric(hearer, DUPLICATES) >= len(told)

    # What the relay sends has been heard already, with a field more.
    await until(heard_before, "what has a new field was heard")
    seconds = time.monotonic() - began
    again = await lab.metric(hearer, DUPLICATES)
    moved = f"{ASIDE} parked {aside:.0f}, new fields ignored {again:.0f}"
    return outcome(await judge(lab, history), seconds, moved)


def _renamed(told: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """One event of each type, as a later version of it, and as of a type nobody has heard of."""
    by_type = dict(told)
    newer = [(f"{kind.rpartition('.')[0]}.v9", body) for kind, body in by_type.items()]
    return [*newer, ("registry.unicorn.seen.v1", told[0][1])]


def _with(body: bytes, **attributes: Any) -> bytes:
    return json.dumps(json.loads(body) | attributes, separators=(",", ":")).encode()


_FILED: Final = "registry.organisation.filed.v1"
_NOBODY: Final = "nobody-reacts"
_CITY: Final = {
    "code": "510181000000",
    "name": "都江堰市",
    "level": "city",
    "parent": None,
    "urban": True,
    "valid_from": "2024-01-01",
}
_TOWN: Final = _CITY | {"code": DIVISION, "name": "灌口", "level": "town", "parent": _CITY["code"]}
_STATION: Final = {"name": "社工站", "tier": "社工服务站", "division": DIVISION}
_HELD_BACK: Final = "SELECT count(*) FROM event_log WHERE position IS NULL"
_LOGGED: Final = "SELECT count(*) FROM event_log WHERE event_id = ANY ($1::uuid[])"
_PARKED: Final = "SELECT count(*) FROM waiting WHERE state = 'parked' AND reason = $1"
_OF_STATIONS: Final = "SELECT FROM outbox WHERE type LIKE 'registry.station.%'"

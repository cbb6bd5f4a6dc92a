"""The feed shows each event once, each subject in its order, and loses none."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.common import clock
from libs.common.envelope import rfc3339
from libs.common.ids import new_id
from libs.common.testing import Answer, Client, Stage
from services.notifications.app import service
from services.notifications.catalogue import TYPES
from services.notifications.store import event_log
from tests.levels import level
from tests.sentences import told_in
from tests.services.notifications.conftest import COMMUNITY

NEED: Final = "procurement.need.recorded.v1"
COVERAGE: Final = "registry.coverage.restored.v1"
NOW: Final = datetime(2024, 11, 1, tzinfo=UTC)


async def needs(notifications: Stage, count: int) -> list[str]:
    """That many subjects each tell one event; returns the ids of the events."""
    return [str(await notifications.hear(NEED, new_id(), {"title": "t"})) for _ in range(count)]


async def follow(client: Client, **query: str) -> tuple[list[dict[str, Any]], str]:
    """One answer of the feed."""
    answer: Answer = await client.get("/events", **query)
    assert answer.status == 200, answer.body
    return answer.body["events"], answer.body["next"]


async def test_an_event_comes_as_it_was_published(notifications: Stage, system: Client) -> None:
    """A feed item is the CloudEvent with its position beside it."""
    subject = new_id()
    event_id = await notifications.hear(NEED, subject, {"title": "需求", "division": COMMUNITY})

    [event], following = await follow(system)

    assert event["position"] == 1
    assert following == "1"
    assert event["specversion"] == "1.0"
    assert (str(event_id), NEED, str(subject)) == (event["id"], event["type"], event["subject"])
    assert event["data"] == {"title": "需求", "division": COMMUNITY}


async def test_following_goes_on_where_it_stopped(notifications: Stage, system: Client) -> None:
    """The `next` of an answer leads to exactly what came after it, and stays when nothing did."""
    first = await needs(notifications, 3)
    seen, after = await follow(system)
    again, unmoved = await follow(system, after=after)
    second = await needs(notifications, 2)
    later, _ = await follow(system, after=after)

    assert first == [event["id"] for event in seen]
    assert ([], after) == (again, unmoved)
    assert second == [event["id"] for event in later]


async def test_what_has_a_gap_before_it_is_held_back(notifications: Stage, system: Client) -> None:
    """An event is shown after the one before it; then all that waited follow at once."""
    subject = new_id()
    third = await notifications.hear(NEED, subject, {"n": 3}, sequence=3)
    second = await notifications.hear(NEED, subject, {"n": 2}, sequence=2)
    [other] = await needs(notifications, 1)
    before, after = await follow(system)
    assert await level(notifications, "event_log_held_back") == 2
    assert (await level(notifications, "event_log_held_back_longest_seconds") or 0) > 0

    first = await notifications.hear(NEED, subject, {"n": 1}, sequence=1)

    later, _ = await follow(system, after=after)
    assert [other] == [event["id"] for event in before]
    assert [str(first), str(second), str(third)] == [event["id"] for event in later]
    assert [event["position"] for event in later] == [2, 3, 4]
    assert await level(notifications, "event_log_held_back") == 0


async def test_an_event_heard_twice_is_shown_once(notifications: Stage, system: Client) -> None:
    """The broker may deliver again; the feed does not."""
    subject, event_id = new_id(), new_id()
    for _ in range(3):
        await notifications.hear(NEED, subject, {}, sequence=1, event_id=event_id)

    events, _ = await follow(system)

    assert [str(event_id)] == [event["id"] for event in events]


async def test_a_subject_is_of_its_source(notifications: Stage, system: Client) -> None:
    """Two services may tell of the same id; each counts for itself."""
    subject = new_id()
    await notifications.hear(NEED, subject, {}, sequence=1)
    await notifications.hear(COVERAGE, subject, {}, sequence=1)

    events, _ = await follow(system)

    assert [event["type"] for event in events] == [NEED, COVERAGE]


async def test_types_and_divisions_choose(notifications: Stage, system: Client) -> None:
    """Only what was asked for is shown, and `next` skips the rest."""
    await needs(notifications, 2)
    await notifications.hear(COVERAGE, "510181001001", {})

    chosen, after = await follow(system, types=f"{COVERAGE}, registry.coverage.lost.v1")
    nothing, end = await follow(system, types="registry.coverage.lost.v1")
    elsewhere, _ = await follow(system, division="510182")
    here, _ = await follow(system, division="510181")

    assert [event["type"] for event in chosen] == [COVERAGE]
    assert (nothing, end, after) == ([], "3", "3")
    assert (elsewhere, len(here)) == ([], 3)


async def test_subject_and_time_choose(notifications: Stage, system: Client) -> None:
    """One subject's events, or what arrived before an instant; `next` skips the rest."""
    subject = new_id()
    await needs(notifications, 1)
    mine = [str(await notifications.hear(NEED, subject, {})) for _ in range(2)]
    await notifications.fetch("UPDATE event_log SET arrived_at = arrived_at - interval '1 hour'")
    between = rfc3339(clock.wall() - timedelta(minutes=30))
    [young] = await needs(notifications, 1)

    of_subject, after = await follow(system, subject=str(subject))
    before, _ = await follow(system, until=between)
    since, _ = await follow(system, after=between)

    assert mine == [event["id"] for event in of_subject]
    assert after == "4"
    assert [event["position"] for event in before] == [1, 2, 3]
    assert [young] == [event["id"] for event in since]


async def test_what_is_rare_is_looked_for_by_stretches(
    notifications: Stage, system: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer may be empty before the end; whoever follows `next` until it stays finds all."""
    monkeypatch.setattr(event_log, "STRETCH", 2)
    await needs(notifications, 5)
    rare = str(await notifications.hear(COVERAGE, "510181001001", {}))
    seen: list[str] = []
    passed: list[str] = ["0"]
    while len(passed) < 2 or passed[-1] != passed[-2]:
        events, following = await follow(system, after=passed[-1], types=COVERAGE)
        seen += [event["id"] for event in events]
        passed.append(following)

    assert [rare] == seen
    assert passed == ["0", "2", "4", "6", "6"]


async def test_nobody_follows_other_divisions(notifications: Stage, system: Client) -> None:
    """A caller's divisions limit the feed, whatever is asked for."""
    await needs(notifications, 1)
    town = notifications.as_("official", divisions=("510181001",))
    nobody = notifications.as_("system", person="p-system", divisions=())

    assert (await follow(town))[0] == []
    assert (await follow(nobody))[0] == []
    assert len((await follow(system))[0]) == 1


async def test_pages_are_as_long_as_asked_for(notifications: Stage, system: Client) -> None:
    """Short answers lead on, one after the other, to the end."""
    told = await needs(notifications, 5)
    seen: list[str] = []
    after = "0"
    for _ in range(3):
        events, after = await follow(system, after=after, limit="2")
        seen += [event["id"] for event in events]

    assert told == seen
    assert after == "5"


async def test_a_snapshot_is_followed_from_its_cursor(notifications: Stage, system: Client) -> None:
    """From an instant on comes all that arrived since, also what was held back until then."""
    subject = new_id()
    await needs(notifications, 2)
    held = await notifications.hear(NEED, subject, {}, sequence=2)
    # What went before the snapshot arrived well before it; the held row too.
    await notifications.fetch("UPDATE event_log SET arrived_at = arrived_at - interval '1 hour'")
    feed = rfc3339(clock.wall() - timedelta(seconds=60))
    nothing, after = await follow(system, after=feed)

    first = await notifications.hear(NEED, subject, {}, sequence=1)

    assert (nothing, after) == ([], "2")
    for start in (feed, after, feed.replace("Z", "+00:00")):
        events, _ = await follow(system, after=start)
        assert [str(first), str(held)] == [event["id"] for event in events]


async def test_a_wrong_question_is_named(system: Client) -> None:
    """Each parameter that cannot be used is named."""
    for query, pointer in (
        ({"after": "yesterday"}, "?after"),
        ({"after": "2025-01-01T00:00:00"}, "?after"),
        ({"after": "0001-01-01T00:00:00+14:00"}, "?after"),
        ({"after": "9999-12-31T23:59:59-12:00"}, "?after"),
        ({"types": "registry.club.founded.v1"}, "?types"),
        ({"division": "都江堰"}, "?division"),
        ({"until": "yesterday"}, "?until"),
        ({"limit": "0"}, "?limit"),
        ({"limit": "501"}, "?limit"),
        ({"limit": "many"}, "?limit"),
    ):
        answer = await system.get("/events", **query)

        by_type = "invalid" if {"limit", "until"} & set(query) else "feed-query-invalid"
        assert (answer.status, answer.code) == (422, by_type), query
        assert [error["pointer"] for error in answer.body["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "zh",
            [
                "平台没有 club.founded.v1 类事件，请对照事件目录改正。",
                "请填写区划代码或其开头若干位数字。",
            ],
        ),
        (
            "en",
            [
                "No event of the platform is of the type club.founded.v1; correct it by the"
                " catalogue of events.",
                "Give a division's code, or the digits with which it begins.",
            ],
        ),
    ],
)
async def test_every_fault_is_told_to_people(
    system: Client, language: str, told: list[str]
) -> None:
    """In the language they ask for, all parameters at once."""
    path = "/events?types=club.founded.v1&division=x"

    assert told == await told_in(system, language, "GET", path, None)


async def test_the_document_says_how_many_events_one_may_ask_for(system: Client) -> None:
    """The limit of the OpenAPI document is the one that is kept."""
    document = (await system.get("/~/notifications/openapi.json")).body
    parameters = document["paths"]["/notifications/v1/events"]["get"]["parameters"]
    [schema] = [one["schema"] for one in parameters if one.get("name") == "limit"]

    assert (schema["minimum"], schema["maximum"]) == (1, 500)
    assert (await system.get("/events", limit=str(schema["maximum"]))).status == 200


async def test_the_feed_is_for_systems_and_offices(notifications: Stage) -> None:
    """Who serves or evaluates reads an inbox, not the feed."""
    for role in ("agency-manager", "worker", "community", "evaluator"):
        client = notifications.as_(role, org=new_id())

        assert (await client.get("/events")).status == 403
        assert (await client.get("/event-log")).status == 403


async def test_the_log_says_what_is_missing(notifications: Stage) -> None:
    """An event held back for more than five minutes names the one that has to be sent again."""
    subject = new_id()
    operator = notifications.as_("operator")
    await notifications.hear(NEED, subject, {}, sequence=1)
    for sequence in (4, 3):
        await notifications.hear(NEED, subject, {}, sequence=sequence)
    fresh = await operator.get("/event-log")

    await notifications.fetch("UPDATE event_log SET arrived_at = arrived_at - interval '6 minutes'")

    late = await operator.get("/event-log")
    assert (
        fresh.body["position"],
        fresh.body["held_back"],
        fresh.body["held_back_long"],
    ) == (1, 2, [])
    [gap] = late.body["held_back_long"]
    assert (str(subject), 2, 2) == (gap["subject"], gap["missing"], gap["held_back"])


def test_every_type_of_the_platform_reaches_the_log() -> None:
    """Each type of the contracts is logged, so that none is returned to its author."""
    logged = {
        event_type
        for event_type, several in service.reactions.by_type.items()
        if "event_log" in {reaction.name for reaction in several}
    }

    assert logged == TYPES


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_any_arrival_is_shown_once_and_in_order(
    notifications: Stage, system: Client, data: st.DataObject
) -> None:
    """Whatever order events arrive in, doubled and in parallel transactions, a follower who
    polls meanwhile gets each once, each subject in sequence, and positions without a gap."""
    lengths = data.draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    subjects = [(new_id(), length) for length in lengths]
    events = {
        (subject, sequence): new_id()
        for subject, length in subjects
        for sequence in range(1, length + 1)
    }
    doubled = data.draw(st.lists(st.sampled_from(sorted(events)), max_size=5))
    arrivals = data.draw(st.permutations([*sorted(events), *doubled]))
    state = await notifications.as_("operator").get("/event-log")
    start: int = state.body["position"]
    after, seen = str(start), []
    finished = asyncio.Event()

    async def lane(mine: list[tuple[UUID, int]]) -> None:
        for key in mine:
            await notifications.hear(
                NEED, key[0], {}, sequence=key[1], event_id=events[key], time=NOW
            )

    async def poll() -> None:
        nonlocal after
        while not finished.is_set():
            found, after = await follow(system, after=after, limit="3")
            seen.extend(found)

    poller = asyncio.create_task(poll())
    await asyncio.gather(*(lane(arrivals[number::3]) for number in range(3)))
    finished.set()
    await poller
    while found := (await follow(system, after=after))[0]:
        seen.extend(found)
        after = str(found[-1]["position"])

    assert sorted(map(str, events.values())) == sorted(event["id"] for event in seen)
    first = start + 1
    assert list(range(first, first + len(events))) == [event["position"] for event in seen]
    for subject, length in subjects:
        shown = [int(e["sequence"]) for e in seen if e["subject"] == str(subject)]
        assert list(range(1, length + 1)) == shown

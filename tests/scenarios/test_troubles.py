"""What went wrong is told once, in both languages, and kept; the registry names all of it."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from scenarios.dujiangyan import data, generator, troubles, voices
from scenarios.dujiangyan.client import Attempt, Client, NotRefused
from scenarios.dujiangyan.clock import Clock
from scenarios.dujiangyan.endings import ENDINGS
from scenarios.dujiangyan.journal import Journal, Told
from scenarios.dujiangyan.people import OPERATOR
from scenarios.dujiangyan.steps.sessions import DAYS, session
from scenarios.dujiangyan.world import World
from tests.scenarios.test_client import talking_to

STEPS = Path(troubles.__file__).parent / "steps"
NOW = datetime(2025, 1, 2, tzinfo=UTC)
TOLD = Told(who="town", status=409, code="observer-missing", zh="缺监督员", en="No observer")


def test_every_trouble_is_played_and_has_an_end() -> None:
    """Each voice of the registry is asked for in a step, and each trouble has its ending."""
    played = "\n".join(path.read_text(encoding="utf-8") for path in STEPS.glob("*.py"))
    unheard = [
        voice
        for voice in troubles.voices()
        if f'"{voice}"' not in played and f'f"{{name}}/{voice.rpartition("/")[2]}"' not in played
    ]

    assert unheard == []
    assert [one.key for one in troubles.TROUBLES] == list(ENDINGS)


def test_what_people_read_is_in_two_languages() -> None:
    """Each trouble has a Chinese and an English name, and none twice."""
    assert all(re.search("[一-鿿]", one.zh) for one in troubles.TROUBLES)
    assert all(one.en.isascii() for one in troubles.TROUBLES)
    assert len({one.key for one in troubles.TROUBLES}) == len(troubles.TROUBLES)


def test_a_trial_upsets_no_figure() -> None:
    """The trial projects are none of the year's, and their providers bid for no next tender."""
    year, bidders = data.projects(), {one.organisation for one in data.next_bidders()}

    assert {one.key for one in data.trials()}.isdisjoint(one.key for one in year)
    assert bidders.isdisjoint(one.provider for one in data.trials())


def test_trials_keep_to_their_terms() -> None:
    """What is held under a trial's agreement is held within it, and counts towards its outputs."""
    planned = [*generator.quiet_trial(), *map(session, DAYS)]

    assert {"t01", "t02"} == {one.project.key for one in planned}
    assert len(planned) == len({one.number for one in planned})
    for one in planned:
        first, last = one.project.term
        assert first <= one.starts_at.date() <= last
        assert one.headcount >= one.kind.minimum_persons


def test_the_journal_is_known_again(tmp_path: Path) -> None:
    """What was noted is there in the next run, and the file is whole after each note."""
    path = tmp_path / "journal.json"
    Journal(path).note("late-bid", TOLD)
    again = Journal(path)
    again.note("lapsed", replace(TOLD, status=None))

    assert {"late-bid": TOLD, "lapsed": replace(TOLD, status=None)} == Journal(path).told
    assert [path] == list(tmp_path.iterdir())


async def test_a_refusal_is_heard_in_both_languages_once(tmp_path: Path) -> None:
    """The same attempt is made in each language; when it is noted, it is not made again."""
    languages: list[str] = []

    async def refuse(request: web.Request) -> web.Response:
        languages.append(request.headers["Accept-Language"])
        title = {"zh": "太迟", "en": "Too late"}[languages[-1]]
        return web.json_response({"code": "late", "title": title}, status=409)

    app = web.Application()
    app.router.add_post("/bids", refuse)
    async with talking_to(app) as client:
        world = playing(client, tmp_path)
        for _ in range(2):
            await voices.refused(world, "late-bid", OPERATOR, Attempt(path="/bids"))

    heard = Told(who="operator", status=409, code="late", zh="太迟", en="Too late")
    assert {"late-bid": heard} == world.journal.told
    assert languages == ["zh", "en"]


async def test_what_is_past_is_not_attempted(tmp_path: Path) -> None:
    """What was refused then may be allowed now, so a later run leaves it alone."""
    async with talking_to(web.Application()) as client:
        world = playing(client, tmp_path)
        world.moment = datetime(2025, 1, 1, tzinfo=UTC)
        await voices.refused(world, "late-bid", OPERATOR, Attempt(path="/bids"))

    assert world.journal.told == {}


async def test_what_should_be_refused_and_is_not_is_an_error(tmp_path: Path) -> None:
    """The play stops when the platform takes what it should have refused."""

    async def take(request: web.Request) -> web.Response:
        return web.json_response({"id": "x"}, status=201)

    app = web.Application()
    app.router.add_post("/bids", take)
    async with talking_to(app) as client:
        with pytest.raises(NotRefused, match="/bids"):
            attempt = Attempt(path="/bids")
            await voices.refused(playing(client, tmp_path), "late-bid", OPERATOR, attempt)


async def test_a_message_is_found_by_its_template(tmp_path: Path) -> None:
    """The newest of that template about that subject counts; none is an error."""

    async def inbox(request: web.Request) -> web.Response:
        language = request.headers["Accept-Language"]
        texts = [("due", f"{language} one"), ("due", f"{language} two"), ("paid", "two")]
        messages = [{"template": template, "text": text} for template, text in texts]
        return web.json_response({"messages": messages})

    app = web.Application()
    app.router.add_get("/notifications/v1/inbox", inbox)
    async with talking_to(app) as client:
        world = playing(client, tmp_path)
        await voices.messaged(world, "missed-order", OPERATOR, "due", "two")
        with pytest.raises(voices.Silent, match="withheld"):
            await voices.messaged(world, "lapsed", OPERATOR, "withheld")

    heard = Told(who="operator", status=None, code="due", zh="zh two", en="en two")
    assert {"missed-order": heard} == world.journal.told


def playing(client: Client, home: Path) -> World:
    """A world whose clock stands at the moment that is played."""
    clock = Clock(client)
    clock.now = NOW
    journal = Journal(home / "journal.json")
    return World(client=client, clock=clock, journal=journal, moment=NOW)

"""The client's own parts: keys, books of events, tables, files; and its patience."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from scenarios.dujiangyan import photos
from scenarios.dujiangyan.accounts import (
    Books,
    Sum,
    books,
    differences,
    of_the_domain,
    summed,
    unequal,
)
from scenarios.dujiangyan.client import Client, Refused, connected, key_of, together
from scenarios.dujiangyan.ears import Book
from scenarios.dujiangyan.people import OPERATOR, Who
from scenarios.dujiangyan.tables import table, width


class FixedTokens:
    """A token a person, without an identity provider."""

    async def of(self, who: Who) -> str:
        return f"token-of-{who.person}"


@asynccontextmanager
async def talking_to(handler: web.Application) -> AsyncIterator[Client]:
    async with (
        TestServer(handler) as server,
        connected(str(server.make_url("/")), FixedTokens()) as client,
    ):
        yield client


def test_keys_are_the_same_in_every_run() -> None:
    """Place, step and number decide a key, and nothing else does."""
    assert UUID("f2f05b57-32e6-5cd6-8f5b-11ba6d15c3d4").version == key_of("a", 1).version
    assert key_of("activity", 7) == key_of("activity", 7)
    assert key_of("activity", 7) != key_of("activity", 8)
    assert key_of("activity", 7) != key_of("holding", 7)


def test_sums_tell_sets_apart() -> None:
    """Count and exclusive-or are equal for equal sets, in any order, and for no others."""
    ids = [(uuid4(), "a.b.v1") for _ in range(20)]

    assert summed(ids) == summed(reversed(ids))
    assert summed(ids) != summed(ids[1:])
    assert summed([*ids[1:], (uuid4(), "a.b.v1")]) != summed(ids)


def test_what_services_tell_of_their_own_running_is_not_in_the_books() -> None:
    """It depends on the hours of the day that a run crosses; the summary does not."""
    one = uuid4()
    kept = books(
        {
            "registry": {
                "emitted": [row("registry.hour.counted.v1", "", one), row("r.a.v1", "", one)],
                "heard": [],
            },
            "casework": {
                "emitted": [row("casework.view.emptied.v1", "", one)],
                "heard": [
                    row("registry.hour.counted.v1", "note_hour"),
                    row("r.a.v1", "view", one),
                ],
            },
        }
    )

    assert differences(kept) == []
    assert set(kept.emitted) == {"r.a.v1"}
    assert of_the_domain({"x.difference.found.v1": Sum(1, 1), "r.a.v1": Sum(1, 1)}) == {
        "r.a.v1": Sum(1, 1)
    }


def test_books_find_what_was_not_heard() -> None:
    """A reaction that has heard less, or a type that nobody has heard, is named."""
    one, two = uuid4(), uuid4()
    kept = books(
        {
            "registry": {
                "emitted": [row("r.a.v1", "", one, two), row("r.b.v1", "", one)],
                "heard": [],
            },
            "casework": {"emitted": [], "heard": [row("r.a.v1", "view", one)]},
        }
    )

    assert differences(kept) == [
        "casework.view: r.a.v1 heard 1 of 2",
        "r.b.v1: heard by nobody",
    ]
    assert unequal({"r.b.v1": Sum(1, 5)}, {}) == ["r.b.v1"]
    assert differences(Books({}, {})) == []


def row(kind: str, reaction: str, *ids: UUID) -> dict[str, object]:
    total = summed((one, kind) for one in ids).get(kind, Sum())
    return {"type": kind, "reaction": reaction, "count": total.count, "xor": f"{total.xor:032x}"}


def test_the_book_survives_a_kill(tmp_path: Path) -> None:
    """Whole lines are known again, a half-written one is taken off, repeats are counted apart."""
    path = tmp_path / "events.csv"
    one, two = uuid4(), uuid4()
    book = Book(path)
    book.add(one, "a.b.v1")
    book.close()
    with path.open("ab") as file:
        file.write(str(two).encode()[:20])

    again = Book(path)
    again.add(one, "a.b.v1")
    again.add(two, "a.b.v1")
    again.close()

    assert again.duplicates == 1
    assert {"a.b.v1": Sum(2, one.int ^ two.int)} == again.sums
    assert len(path.read_text().splitlines()) == 2


def test_what_a_restored_service_has_forgotten_is_crossed_out(tmp_path: Path) -> None:
    """Told after the backup, before the notice, and not named in it: gone, also after a kill; what
    other services told, and what was told since, stays."""
    path = tmp_path / "events.csv"
    since = datetime(2025, 6, 1, tzinfo=UTC)
    ids = [UUID(int=int((since.timestamp() + n) * 1000) << 80) for n in range(-1, 5)]
    before, named, forgotten, other, notice, later = ids
    book = Book(path)
    for identifier in (before, named, forgotten, later):
        book.add(identifier, "a.b.v1")
    book.add(other, "c.b.v1")

    book.cross_out("a", notice, since, {named})
    book.close()

    again = Book(path)
    again.close()
    for one in (book, again):
        assert {before, named, other, later} == set(one.known)
        assert one.sums["a.b.v1"] == Sum(3, before.int ^ named.int ^ later.int)


def test_photos_are_real_and_each_different() -> None:
    """Every picture has its own digest, and the same one in every run."""
    made = [photos.photo(str(n)) for n in range(200)] + [photos.sheet(str(n)) for n in range(200)]

    assert len({one.sha256 for one in made}) == 400
    assert made[0] == photos.photo("0")
    assert hashlib.sha256(made[0].raw).hexdigest() == made[0].sha256


def test_columns_stand_straight_under_chinese() -> None:
    """A wide sign takes two columns."""
    text = table("表", ("名", ">数"), [("都江堰", 1), ("ab", 23)])

    assert width("都江堰") == 6
    assert "都江堰   1" in text
    assert "ab      23" in text


async def test_what_passes_is_repeated() -> None:
    """A busy platform and a fact under way are asked again, under the same key."""
    seen: list[tuple[int, str]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((len(seen), request.headers["Idempotency-Key"]))
        if len(seen) == 1:
            return web.json_response({"code": "busy"}, status=503, headers={"Retry-After": "0"})
        if len(seen) == 2:
            body = {"code": "agreement-not-yet-known"}
            return web.json_response(body, status=409, headers={"Retry-After": "0"})
        return web.json_response({"id": "x"})

    app = web.Application()
    app.router.add_post("/things", answer)
    async with talking_to(app) as client:
        found = await client.do(OPERATOR, "/things", {"a": 1}, "step", 1)

    assert found == {"id": "x"}
    assert len(seen) == 3
    assert {str(key_of("step", 1))} == {key for _, key in seen}
    assert client.created == 1


async def test_what_does_not_pass_is_raised_whole() -> None:
    """A refusal is raised with its problem, and a stored answer is not counted as created."""

    async def refuse(request: web.Request) -> web.Response:
        return web.json_response({"code": "second-person-required"}, status=409)

    async def repeat(request: web.Request) -> web.Response:
        return web.json_response({}, headers={"Idempotent-Replayed": "true"})

    app = web.Application()
    app.router.add_post("/no", refuse)
    app.router.add_post("/again", repeat)
    async with talking_to(app) as client:
        await client.do(OPERATOR, "/again", None, "step", 1)
        with pytest.raises(Refused, match="second-person-required"):
            await client.do(OPERATOR, "/no", {}, "step", 2)

    assert client.created == 0


async def test_the_first_failure_ends_the_others() -> None:
    """Commands that run together fail together, and nothing goes on behind the scenes."""

    async def fail() -> None:
        raise ValueError("first")

    async def never() -> None:
        await asyncio.Event().wait()

    with pytest.raises(ValueError, match="first"):
        await together([never(), fail()])

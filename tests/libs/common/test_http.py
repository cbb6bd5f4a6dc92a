"""The order of answers, the keys, the ETags: what every command of every service keeps."""

import asyncio
import base64
import gzip
import hashlib
import json
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from libs.common import envelope, server
from libs.common.ids import new_id
from libs.common.testing import Stage, token


async def make(echo: Stage, name: str = "first") -> str:
    answer = await echo.as_("official").post("/things", {"name": name})
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


async def test_no_token_is_401(echo: Stage) -> None:
    """Without a token everything else does not matter."""
    answer = await echo.as_("official").send(
        "POST", "/things", {"nonsense": 1}, {"Authorization": "Bearer nonsense"}
    )

    assert (answer.status, answer.code) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "claims",
    [
        {"lives": -3600},
        {"aud": "somebody-else"},
        {"iss": "urn:another"},
        {"divisions": ("not-a-code",)},
    ],
)
async def test_a_bad_token_is_401(echo: Stage, claims: dict[str, object]) -> None:
    """Expired, for another audience, of another issuer, or with unreadable claims."""
    answer = await echo.as_("official", **claims).get("/things")

    assert answer.status == 401


async def test_a_role_without_the_scope_is_403(echo: Stage) -> None:
    """403 comes before the body is read."""
    answer = await echo.as_("auditor").post("/things", {"nonsense": 1})

    assert (answer.status, answer.code) == (403, "forbidden")


async def test_one_organisations_role_needs_an_organisation(echo: Stage) -> None:
    """A token of an agency's manager without the agency opens nothing, and says why."""
    answer = await echo.as_("agency-manager").get("/things")

    assert (answer.status, answer.code) == (403, "organisation-not-named")


async def test_a_genuine_token_is_told_what_it_lacks(echo: Stage) -> None:
    """No role of ours, or a claim that cannot be read: not the caller can mend it, but the
    issuer."""
    strange = await echo.as_("ofical").get("/things")
    unreadable = await echo.as_("official", divisions=("5101x",)).get("/things")

    assert (strange.status, strange.code) == (403, "no-role-here")
    assert (unreadable.status, unreadable.code) == (401, "claims-unreadable")


async def test_wrong_media_type_is_415(echo: Stage) -> None:
    """Only JSON is a body."""
    answer = await echo.as_("official").send(
        "POST",
        "/things",
        headers={"Content-Type": "text/plain", "Idempotency-Key": "k"},
        data=b"{}",
    )

    assert answer.status == 415


async def test_what_is_too_much_to_tell_is_refused_whole(
    echo: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event over the limit never reaches the outbox, nor does the change it would tell of."""
    await make(echo, "short")
    [row] = await echo.fetch("SELECT body FROM outbox")
    monkeypatch.setattr(envelope, "MAX_BYTES", len(row["body"]) + 100)
    answer = await echo.as_("official").post("/things", {"name": "long " * 30})

    assert (answer.status, answer.code) == (413, "event-too-large")
    assert [row["name"] for row in await echo.fetch("SELECT name FROM things")] == ["short"]
    assert len(await echo.said()) == 1


async def test_a_packed_body_is_415(echo: Stage) -> None:
    """What would be unpacked while it is read is refused, whether it can be unpacked or not."""
    for raw in (b"not packed", gzip.compress(b'{"name": "first"}')):
        answer = await echo.as_("official").send(
            "POST",
            "/things",
            headers={
                "Content-Type": "application/json",
                "Content-Encoding": "gzip",
                "Idempotency-Key": "k",
            },
            data=raw,
        )

        assert (answer.status, answer.code) == (415, "wrong-media")


@pytest.mark.parametrize("path", ["/things", "/things/{}/timer"])
async def test_a_body_that_never_comes_is_given_up(
    echo: Stage, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody holds a connection by announcing a body, also where none is taken."""
    monkeypatch.setattr(server, "BODY_SECONDS", 0.05)

    async with asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", echo.port)
        writer.write(
            f"POST /echo/v1{path.format(uuid4())} HTTP/1.1\r\nHost: echo\r\n"
            f"Authorization: Bearer {token('official')}\r\nIdempotency-Key: k\r\n"
            "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        )
        answer = await reader.readuntil(b"}")
        writer.close()

    assert b"body-too-slow" in answer


async def test_a_large_body_is_413(echo: Stage) -> None:
    """A body of more than a mebibyte is refused before it is parsed."""
    answer = await echo.as_("official").post("/things", {"name": "x" * (1024 * 1024)})

    assert answer.status == 413


async def test_a_large_body_of_untold_size_is_413(echo: Stage) -> None:
    """A body in pieces is refused at the byte that is too many, however long it would go on."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b" " * (128 * 1024)

    headers = {
        "Authorization": f"Bearer {token('official')}",
        "Content-Type": "application/json",
        "Idempotency-Key": "k",
    }
    url = f"http://127.0.0.1:{echo.port}/echo/v1/things"
    async with (
        ClientSession() as session,
        session.post(url, data=pieces(), headers=headers) as answer,
    ):
        assert answer.status == 413


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b'{"name": "a", "name": "b"}',
        b'{"name": NaN}',
        b'{"name": "\\u0000"}',
        b'{"name": "\\ud800"}',
        b'{"name": ' + b"[" * 40 + b"]" * 40 + b"}",
        b"[" * 100_000,
        b"\xff\xfe",
        b"",
    ],
)
async def test_what_cannot_be_read_in_one_way_is_400(echo: Stage, raw: bytes) -> None:
    """Malformed, duplicate keys, NaN, null characters, lone surrogates, deep nesting."""
    answer = await echo.as_("official").send(
        "POST",
        "/things",
        headers={"Content-Type": "application/json", "Idempotency-Key": "k"},
        data=raw,
    )

    assert (answer.status, answer.code) == (400, "malformed")


async def test_all_faults_of_a_body_at_once(echo: Stage) -> None:
    """422 names each fault with its pointer, and no value of the body."""
    answer = await echo.as_("official").post("/things", {"name": 5, "extra/field": "secret"})

    assert answer.status == 422
    assert {"/name", "/extra~1field"} == {f["pointer"] for f in answer.body["errors"]}
    assert "secret" not in str(answer.body)


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("zh-CN", {"此处应为文本。", "没有这个字段，请去掉，或核对字段名。"}),
        ("en", {"Send text here.", "There is no such field; leave it out, or correct its name."}),
    ],
)
async def test_faults_speak_the_language_of_the_answer(
    echo: Stage, language: str, sentences: set[str]
) -> None:
    """Each says what to do, in Chinese or English as the refusal itself."""
    answer = await echo.as_("official").send(
        "POST",
        "/things",
        {"name": 5, "field": 1},
        {"Accept-Language": language, "Idempotency-Key": "k"},
    )

    assert sentences == {fault["detail"] for fault in answer.body["errors"]}


async def test_the_key_is_required(echo: Stage) -> None:
    """A command without a key is refused with what to do."""
    answer = await echo.as_("official").send("POST", "/things", {"name": "a"})

    assert (answer.status, answer.code) == (400, "idempotency-key-missing")


@pytest.mark.parametrize("key", ["", " ", "x" * 256, '""', "schlüssel"])
async def test_a_malformed_key_is_refused(echo: Stage, key: str) -> None:
    """A key is 1 to 255 visible ASCII characters."""
    answer = await echo.as_("official").post("/things", {"name": "a"}, key=key)

    assert (answer.status, answer.code) == (400, "idempotency-key-malformed")


async def test_quoted_and_bare_keys_are_the_same(echo: Stage) -> None:
    """A structured-field string and its bare text name one key."""
    client = echo.as_("official")
    first = await client.post("/things", {"name": "a"}, key='"k-1"')
    second = await client.post("/things", {"name": "a"}, key="k-1")

    assert first.body == second.body
    assert second.headers["Idempotent-Replayed"] == "true"
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.headers["Location"] == second.headers["Location"]


async def test_a_reused_key_is_422(echo: Stage) -> None:
    """The same key with another body is another intention."""
    client = echo.as_("official")
    await client.post("/things", {"name": "a"}, key="k")

    answer = await client.post("/things", {"name": "b"}, key="k")

    assert (answer.status, answer.code) == (422, "idempotency-key-reused")


async def test_keys_belong_to_their_account(echo: Stage) -> None:
    """Two accounts may use the same key."""
    one = await echo.as_("official", person="p-1").post("/things", {"name": "a"}, key="k")
    two = await echo.as_("official", person="p-2").post("/things", {"name": "b"}, key="k")

    assert one.body["id"] != two.body["id"]


async def test_refusals_are_not_stored_and_leave_nothing(echo: Stage) -> None:
    """A refused command may be tried again with the same key, and told nothing."""
    client = echo.as_("official")
    refused = await client.post("/things", {"name": "bad"}, key="k")
    again = await client.post("/things", {"name": "bad"}, key="k")

    assert (refused.status, refused.code) == (409, "thing-bad")
    assert again.status == 409
    assert await echo.said() == []
    assert list(await echo.fetch("SELECT * FROM commands")) == []


async def test_fifty_at_once_with_one_key_make_one(echo: Stage) -> None:
    """Concurrent repeats get the stored answer or 409, and one thing is made."""
    client = echo.as_("official")
    answers = await asyncio.gather(
        *(client.post("/things", {"name": "once"}, key="k") for _ in range(50))
    )

    assert {201, 409} >= {answer.status for answer in answers}
    assert {"command-under-way"} >= {a.code for a in answers if a.status == 409}
    assert len(await echo.said()) == 1


async def test_a_broken_constraint_has_its_refusal(echo: Stage) -> None:
    """A rule that the database keeps answers by the name it was given."""
    await make(echo, "taken")

    answer = await echo.as_("official").post("/things", {"name": "taken"})

    assert (answer.status, answer.code) == (409, "name-taken")


async def test_patch_needs_if_match(echo: Stage) -> None:
    """428 without, 412 when stale, 200 with the present ETag."""
    client, thing = echo.as_("official"), await make(echo)
    path = f"/things/{thing}"
    missing = await client.send("PATCH", path, {"name": "b"}, {"Idempotency-Key": "k1"})
    stale = await client.patch(path, {"name": "b"}, match='"7"')
    good = await client.patch(path, {"name": "b"}, match='"1"')

    assert [missing.status, stale.status, good.status] == [428, 412, 200]
    assert good.headers["ETag"] == '"2"'


async def test_404_comes_before_428(echo: Stage) -> None:
    """What does not exist is not found, whatever else is missing."""
    answer = await echo.as_("official").send(
        "PATCH", f"/things/{uuid4()}", {"name": "b"}, {"Idempotency-Key": "k"}
    )

    assert (answer.status, answer.code) == (404, "thing-not-found")


async def test_put_creates_once(echo: Stage) -> None:
    """The same content under the same id is 200 the second time."""
    client, path = echo.as_("official"), f"/things/{new_id()}"
    first, second = [await client.put(path, {"name": "a"}) for _ in range(2)]

    assert [first.status, second.status] == [201, 200]
    assert len(await echo.said()) == 1


async def test_if_match_where_it_means_nothing_is_refused(echo: Stage) -> None:
    """A precondition that nobody checks must not look checked."""
    answer = await echo.as_("official").post("/things", {"name": "a"}, **{"If-Match": '"1"'})

    assert (answer.status, answer.code) == (400, "if-match-not-used")
    assert await echo.said() == []


async def test_personal_answers_are_not_stored(echo: Stage) -> None:
    """A repeat reads and logs again; the stored row names the resource alone."""
    client, thing = echo.as_("official"), await make(echo, "personal")
    answers = [await client.post(f"/things/{thing}/secret", key="s") for _ in range(2)]

    assert [answer.body["name"] for answer in answers] == ["personal", "personal"]
    assert len(await echo.fetch("SELECT * FROM reads")) == 2
    [row] = await echo.fetch("SELECT body, resource FROM commands WHERE key = 's'")
    assert (None, thing) == (row["body"], row["resource"])


async def test_pages_go_through_everything_once(echo: Stage) -> None:
    """Following `next` shows each item once, with its sequence and one feed cursor."""
    made = [await make(echo, f"thing {n}") for n in range(5)]
    client, seen, feeds, cursor = echo.as_("official"), [], set(), None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        answer = await client.get("/things", **query)
        seen += [(item["id"], item["sequence"]) for item in answer.body["items"]]
        feeds.add(answer.body["feed"])
        cursor = answer.body["next"]
        if cursor is None:
            break
        assert 'rel="next"' in answer.headers["Link"]

    assert [(thing, 1) for thing in made] == seen
    assert len(feeds) == 1


def cursor(*parts: object) -> str:
    """A cursor as somebody could make it who knows how ours are made."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "x"},
        {"limit": "9" * 5_000},
        {"cursor": "x"},
        {"cursor": cursor(str(uuid4()), "0001-01-01T00:00:00+14:00")},
        {"cursor": cursor(str(uuid4()), "9999-12-31T23:59:59-12:00")},
        {"cursor": cursor("\ud800", "2025-01-01T00:00:00+00:00")},
        {"cursor": cursor("a\x00b", "2025-01-01T00:00:00+00:00")},
        {"modified_after": "x"},
        {"modified_after": "2025-01-01T00:00:00"},
        {"modified_after": "0001-01-01T00:00:00+14:00"},
        {"modified_after": "9999-12-31T23:59:59-12:00"},
    ],
)
async def test_bad_paging_is_422(echo: Stage, query: dict[str, str]) -> None:
    """Each paging fault is named."""
    answer = await echo.as_("official").get("/things", **query)

    assert answer.status == 422
    assert answer.body["errors"][0]["pointer"].startswith("?")


async def test_blobs_come_back_as_they_were(echo: Stage) -> None:
    """A blob is kept under its hash, and one that differs is refused."""
    content = b"\x00\x01photo" * 1000
    digest = hashlib.sha256(content).hexdigest()
    client = echo.as_("official")
    kept = await client.upload(f"/blobs/{digest}", content, "image/png")
    other = await client.upload(f"/blobs/{digest}", content + b"x", "image/png")
    back = await client.get(f"/blobs/{digest}")

    assert (kept.status, other.status, other.code) == (204, 422, "blob-differs")
    assert content == back.body


async def test_a_bad_path_value_is_422_and_a_wrong_method_405(echo: Stage) -> None:
    """The id that is no UUID is named; the methods that exist are listed."""
    bad = await echo.as_("official").get("/things/nonsense")
    wrong = await echo.as_("official").send("DELETE", "/things")
    nowhere = await echo.as_("official").get("/nothing")

    assert (bad.status, bad.body["errors"][0]["pointer"]) == (422, "/thing_id")
    assert (wrong.status, wrong.code) == (405, "method-not-allowed")
    assert "GET" in wrong.headers["Allow"]
    assert nowhere.status == 404


async def test_problems_speak_the_callers_language(echo: Stage) -> None:
    """Chinese unless English is asked for; the code is the same."""
    zh = await echo.as_("auditor").send("POST", "/things", headers={"Accept-Language": "zh-CN"})
    en = await echo.as_("auditor").send("POST", "/things", headers={"Accept-Language": "en"})

    assert zh.code == en.code
    assert "角色" in zh.body["title"]
    assert "role" in en.body["title"]
    assert en.headers["Content-Type"].partition(";")[0] == "application/problem+json"


async def test_a_request_id_is_carried_into_the_event(echo: Stage) -> None:
    """A chain of systems can be followed by one correlation id."""
    mine = str(new_id())
    answer = await echo.as_("official").post("/things", {"name": "a"}, **{"X-Request-Id": mine})

    assert mine == answer.headers["X-Request-Id"]
    assert mine == str((await echo.said())[0].correlation)


UNREADABLE = {
    b"ZZZ /echo/v1/things HTTP/1.1": 400,
    b"GET /echo/v1/things HTTP/9.9": 400,
    b"PROPFIND /echo/v1/things HTTP/1.1": 405,
    b"GET /echo/v1/things HTTP/1.1\r\nExpect: zzz": 417,
    b"GET /nowhere HTTP/1.1\r\nExpect: zzz": 417,
}


@pytest.mark.parametrize("head", UNREADABLE, ids=str)
async def test_what_no_route_answers_is_a_problem_too(echo: Stage, head: bytes) -> None:
    """Not even what the framework refuses by itself is answered in plain text, or quoted."""
    reader, writer = await asyncio.open_connection("127.0.0.1", echo.port)
    writer.write(head + b"\r\nHost: x\r\nAccept-Language: en\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    first, _, rest = answer.partition(b"\r\n")
    headers, _, body = rest.partition(b"\r\n\r\n")

    assert UNREADABLE[head] == int(first.split()[1])
    assert b"application/problem+json" in headers
    assert UNREADABLE[head] == json.loads(body)["status"]
    assert b"zzz" not in answer.lower()

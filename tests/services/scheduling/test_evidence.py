"""Evidence is really a picture, of a size we can take."""

import hashlib
import io
import struct
import zlib
from pathlib import Path
from typing import Final

import asyncpg
import pytest
from PIL import Image

from libs.common.testing import Answer, Stage
from tests.levels import level
from tests.services.scheduling import pictures, play

PURPOSE: Final = {"purpose": "annual-audit"}


async def upload(stage: Stage, content: bytes, media_type: str = "image/jpeg") -> Answer:
    sha256 = hashlib.sha256(content).hexdigest()
    return await play.manager(stage).upload(f"/blobs/{sha256}", content, media_type)


def huge() -> bytes:
    """A few bytes that say they are a picture of 10 000 × 10 000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        length, check = struct.pack(">I", len(data)), struct.pack(">I", zlib.crc32(kind + data))
        return length + kind + data + check

    header = struct.pack(">IIBBBBB", 10_000, 10_000, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", b""), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def grainy(kind: str) -> bytes:
    """A picture of some kilobytes."""
    out = io.BytesIO()
    Image.effect_noise((64, 64), 80).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")],
)
async def test_a_picture_is_kept_once(scheduling: Stage, kind: str, media_type: str) -> None:
    """201 at first with its size, 200 for the same again."""
    content = play.picture(90, kind)
    first = await upload(scheduling, content, media_type)
    again = await upload(scheduling, content, media_type)

    assert (first.status, again.status) == (201, 200)
    assert (8, 8, len(content)) == tuple(first.body[n] for n in ("width", "height", "size"))


async def test_what_is_no_picture_is_refused(scheduling: Stage, tmp_path: Path) -> None:
    """Text, another format than it says, a PNG with a broken checksum, a bomb, one that breaks
    off, a picture behind a script, another type: refused, and not kept."""
    broken = bytearray(play.picture(90, "PNG"))
    broken[-20] ^= 0xFF
    cases = [
        (b"hello", "image/jpeg", 422, "not-an-image"),
        (play.picture(90, "PNG"), "image/jpeg", 422, "not-an-image"),
        (bytes(broken), "image/png", 422, "not-an-image"),
        (huge(), "image/png", 422, "too-many-pixels"),
        (grainy("JPEG")[:-300], "image/jpeg", 422, "not-an-image"),
        (grainy("PNG")[:-300], "image/png", 422, "not-an-image"),
        (grainy("WEBP")[:-300], "image/webp", 422, "not-an-image"),
        (b"<svg onload=alert(1)>" + play.picture(90), "image/jpeg", 422, "not-an-image"),
        (play.picture(90), "application/pdf", 415, "wrong-media"),
    ]
    for content, media_type, status, code in cases:
        answer = await upload(scheduling, content, media_type)
        assert (status, code) == (answer.status, answer.code)
    assert not list((tmp_path / "blobs").rglob("*"))


async def test_a_telephone_s_picture_is_a_picture(scheduling: Stage) -> None:
    """A JPEG with previews beside it (MPO), and one with more behind its end."""
    out = io.BytesIO()
    noise = Image.effect_noise((64, 64), 80)
    noise.save(out, "MPO", save_all=True, append_images=[noise.rotate(90)])
    for content in (out.getvalue(), grainy("JPEG") + b"a film of two seconds"):
        answer = await upload(scheduling, content)

        assert (answer.status, answer.body["width"]) == (201, 64)


async def test_the_address_is_the_content_s(scheduling: Stage) -> None:
    """Another hash than the content's is refused, and so is an official's upload."""
    path = f"/blobs/{'0' * 64}"
    answer = await play.manager(scheduling).upload(path, play.picture(), "image/jpeg")
    refused = await play.official(scheduling).upload(path, play.picture(), "image/jpeg")

    assert (answer.status, answer.code) == (422, "blob-differs")
    assert refused.status == 403


async def test_evidence_is_shown_with_its_report(scheduling: Stage) -> None:
    """The reviewer sees what is attached; not what is not, and nobody of elsewhere."""
    activity = await play.reported(scheduling)
    sheet = hashlib.sha256(play.picture(200)).hexdigest()
    unused = await play.uploaded(play.manager(scheduling), 240)
    path = f"/activities/{activity}/evidence"
    elsewhere = scheduling.as_("official", divisions=("510181102",))

    shown = await play.official(scheduling).get(f"{path}/{sheet}")
    assert (200, play.picture(200)) == (shown.status, shown.body)
    assert (await play.official(scheduling).get(f"{path}/{unused}")).status == 404
    assert (await elsewhere.get(f"{path}/{sheet}")).status == 404


async def attached(stage: Stage, content: bytes, media_type: str) -> str:
    """The path of this picture, attached to a report that waits for its review."""
    answer = await upload(stage, content, media_type)
    assert answer.status == 201, answer.body
    activity = await play.held(stage)
    client = play.manager(stage)
    body = await play.report(client, sign_in_sheet=answer.body["sha256"])
    assert (await client.post(f"/activities/{activity}/reports", body)).status == 201
    return f"/activities/{activity}/evidence/{answer.body['sha256']}"


@pytest.mark.parametrize("kind", pictures.KINDS)
async def test_what_a_picture_says_is_not_shown(scheduling: Stage, kind: str) -> None:
    """Everybody sees the pixels and which side is up; auditors get the file itself."""
    content, media_type = pictures.telling(kind), f"image/{kind.lower()}"
    path = await attached(scheduling, content, media_type)
    assert pictures.words_in(content) != []

    for viewer in (play.official(scheduling), play.manager(scheduling)):
        shown = await viewer.get(path)
        assert (200, media_type) == (shown.status, shown.headers["Content-Type"])
        assert pictures.words_in(shown.body) == []
        assert pictures.seen(content) == pictures.seen(shown.body)
    original = await scheduling.as_("auditor").post(f"{path}/readings", PURPOSE)
    assert (200, content) == (original.status, original.body)


async def test_an_original_is_read_with_a_trace(scheduling: Stage) -> None:
    """Each time, a repetition too, with who and what for; the metric counts it."""
    path = await attached(scheduling, play.picture(99), "image/jpeg")
    auditor = scheduling.as_("auditor", person="p-auditor")

    first = await auditor.post(f"{path}/readings", PURPOSE, key="k-1")
    again = await auditor.post(f"{path}/readings", PURPOSE, key="k-1")
    another = await auditor.post(f"{path}/readings", {"purpose": "complaint"}, key="k-1")

    assert (first.status, again.status, another.status) == (200, 200, 422)
    assert first.body == again.body
    assert another.code == "idempotency-key-reused"
    lines = (await scheduling.as_("secretariat").get("/read-log")).body["items"]
    said = [(line["person"], line["sha256"], line["purpose"]) for line in lines]
    assert [("p-auditor", path[-64:], "annual-audit")] * 2 == said
    assert await level(scheduling, "originals_read_last_hour") == 2


async def test_an_original_is_for_auditors_of_the_place(scheduling: Stage) -> None:
    """Others have no access, whoever is elsewhere finds nothing, and no line is left of it."""
    path = await attached(scheduling, play.picture(99), "image/jpeg")
    elsewhere = scheduling.as_("auditor", divisions=("510182",))

    for client in (play.manager(scheduling), play.official(scheduling)):
        assert (await client.post(f"{path}/readings", PURPOSE)).status == 403
    assert (await play.official(scheduling).get("/read-log")).status == 403
    assert (await elsewhere.post(f"{path}/readings", PURPOSE)).status == 404
    log = await scheduling.as_("auditor").get("/read-log")
    assert (log.status, log.body["items"]) == (200, [])
    await scheduling.as_("auditor").post(f"{path}/readings", PURPOSE)
    assert (await elsewhere.get("/read-log")).body["items"] == []


@pytest.mark.parametrize("sql", ["DELETE FROM read_log", "UPDATE read_log SET purpose = 'nothing'"])
async def test_the_read_log_only_grows(scheduling: Stage, sql: str) -> None:
    """The database refuses to change or remove a line."""
    path = await attached(scheduling, play.picture(99), "image/jpeg")
    await scheduling.as_("auditor").post(f"{path}/readings", PURPOSE)

    with pytest.raises(asyncpg.PostgresError, match="only grows"):
        await scheduling.fetch(sql)

"""Evidence 佐证材料: photos and scans, kept as they were uploaded, and shown as copies that say
nothing beside the picture."""

import asyncio
from typing import Final
from uuid import UUID

from libs.common.contract import Sha256, Token, body
from libs.common.db import Tx
from libs.common.errors import WrongMedia
from libs.common.http import Call, Download, Routes, Upload
from libs.common.ids import new_id
from libs.common.pages import Page, PageRequest, page
from services.scheduling.domain.copies import copy_of
from services.scheduling.domain.images import MEDIA_TYPES, Picture, inspect
from services.scheduling.store import readings
from services.scheduling.store import reports as store
from services.scheduling.store.readings import Reading

routes: Final = Routes()


@body
class ReadingRequest:
    """What the original is needed for, as a code: it is shown to those who audit."""

    purpose: Token


def owner_of(call: Call) -> str:
    """Whose an upload is: the caller's organisation, or the person who acts for none."""
    return str(call.caller.org or call.person)


@routes.put("/blobs/{sha256}", scope="scheduling:report", creates=True)
async def upload_picture(tx: Tx, call: Call, sha256: Sha256, upload: Upload) -> Picture:
    """Upload a photo or scan (JPEG, PNG, WebP; ≤ 20 MB, ≤ 50 million pixels)."""
    if upload.media_type not in MEDIA_TYPES.values():
        raise WrongMedia
    picture = await asyncio.to_thread(inspect, sha256, upload.content, upload.media_type)
    await call.blobs.put(sha256, upload.content)
    call.created = await store.add_picture(tx, picture, owner_of(call))
    return picture


@routes.get("/activities/{activity_id}/evidence/{sha256}", scope="scheduling:evidence")
async def read_picture(tx: Tx, call: Call, activity_id: UUID, sha256: Sha256) -> Download:
    """A photo or the sheet of an activity's report: a copy that shows the same, without what the
    uploaded file says beside the picture, as where and when it was taken and by which device."""
    picture = await store.get_attached_picture(tx, activity_id, sha256, call.rows)
    original = await call.blobs.get(sha256)
    content = await asyncio.to_thread(copy_of, original, picture.media_type)
    return Download(content=content, media_type=picture.media_type)


@routes.post(
    "/activities/{activity_id}/evidence/{sha256}/readings", scope="scheduling:read-original"
)
async def read_original(
    tx: Tx, call: Call, activity_id: UUID, sha256: Sha256, body: ReadingRequest
) -> Download:
    """A photo or the sheet of an activity's report, byte for byte as it was uploaded and as its
    SHA-256 says. This is a command because each time it leaves a trace, a repetition too."""
    picture = await store.get_attached_picture(tx, activity_id, sha256, call.rows)
    reading = Reading(
        id=new_id(),
        at=tx.now,
        person=call.person,
        activity_id=activity_id,
        sha256=sha256,
        purpose=body.purpose,
    )
    await readings.add_reading(tx, reading)
    return Download(content=await call.blobs.get(sha256), media_type=picture.media_type)


@routes.get("/read-log", scope="scheduling:audit")
async def list_readings(tx: Tx, call: Call, page_request: PageRequest) -> Page[Reading]:
    """Who read which picture as it was uploaded, when and what for."""
    found = await readings.list_readings(tx, call.rows, page_request)
    return await page(tx, page_request, found)

"""Evidence 佐证材料: photos and scans, uploaded once, shown with the report they belong to."""

import asyncio
from typing import Final
from uuid import UUID

from libs.common.contract import Sha256
from libs.common.db import Tx
from libs.common.errors import WrongMedia
from libs.common.http import Call, Download, Routes, Upload
from services.scheduling.domain.images import MEDIA_TYPES, Picture, inspect
from services.scheduling.store import reports as store

routes: Final = Routes()


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
    """A photo or the sheet of an activity's report."""
    picture = await store.get_attached_picture(tx, activity_id, sha256, call.rows)
    return Download(content=await call.blobs.get(sha256), media_type=picture.media_type)

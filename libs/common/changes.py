"""Lists that tell what was changed, and lose nothing of a transaction that ends late."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from libs.common.db import Tx
from libs.common.errors import Conflict
from libs.common.pages import SKEW, DeltaRequest, read_since

EVERYWHERE: Final = ("%",)


class ListRestored(Conflict):
    """The list was restored from a backup, and marks of before mean other changes now: read it
    anew without modified_after, and follow from the mark of that answer."""

    zh = "列表已从备份恢复，原有标记失效：请不带 modified_after 重新读取，再按新的 changes 继续。"


async def followed(
    tx: Tx,
    request: DeltaRequest,
    table: str,
    *,
    places: Sequence[str] = EVERYWHERE,
    owners: Sequence[UUID] | None = None,
) -> DeltaRequest:
    """The request with its mark and, of a delta, the ids that changed in the sight of these places
    (LIKE patterns) and owners (None: any). Called before the list itself is read: the mark is the
    oldest transaction that has not ended, so that whatever this answer lacks comes with the next.
    """
    mark = request.mark or f"{tx.city.epoch}.{await _oldest_open(tx, request)}"
    if request.modified_after is None:
        return replace(request, mark=mark)
    since = read_since(request.modified_after)
    if since.epoch not in (None, tx.city.epoch):
        raise ListRestored
    changed = await tx.all(
        str,
        _CHANGED,
        table,
        since.transaction,
        since.instant,
        SKEW,
        list(places),
        None if owners is None else [str(owner) for owner in owners],
        request.after,
        request.limit,
    )
    most = request.limit - 1
    return replace(request, mark=mark, changed=changed[:most], more=len(changed) > most)


async def _oldest_open(tx: Tx, request: DeltaRequest) -> str:
    # A cursor without a mark is of the release before, which had none: follow from the beginning.
    if request.after is not None:
        return "0"
    return str(await tx.value("SELECT pg_snapshot_xmin(pg_current_snapshot())::text"))


_CHANGED: Final = """
  SELECT DISTINCT id
    FROM changes
   WHERE list = $1
     AND ($2::text IS NULL OR changed_in >= $2::text::xid8)
     AND ($3::timestamptz IS NULL OR changed_at >= $3::timestamptz - $4::interval)
     AND place LIKE ANY ($5::text[])
     AND ($6::text[] IS NULL OR owner = ANY ($6::text[]))
     AND ($7::text IS NULL OR id > $7)
ORDER BY id
   LIMIT $8
"""

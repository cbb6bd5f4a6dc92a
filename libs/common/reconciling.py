"""Whether what was told in an hour has been heard: publishers count, hearers compare."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from prometheus_client import Counter

from libs.common import notices
from libs.common.bus import Reactions
from libs.common.contract import answer, event
from libs.common.db import Tx
from libs.common.ids import new_id
from libs.common.notices import HOUR_COUNTED, PROBE_SENT, HourTotal
from libs.common.outbox import emit

log = structlog.get_logger()

CLOSED_AFTER: Final = timedelta(minutes=5)
"""After an hour's end no transaction is open any more that made an id in it."""
GRACE: Final = timedelta(minutes=10)
"""For what is late: only then a difference is one."""
KEPT: Final = timedelta(days=400)
_hours = Counter("sanshe_hours_compared_total", "Hours of a type that agreed", ["service"])


@answer
class Difference:
    """An hour of a type of which a reaction has not just what the publisher told."""

    id: UUID
    type: str
    hour: datetime
    reaction: str
    told: int
    here: int
    """How many have been heard, or wait, or are parked: the same number may hide other ids."""
    found_at: datetime
    gone_at: datetime | None
    """When it had vanished: what was late has come, or was sent again."""


class _Hours:
    """All hours of a service are one subject, so that none of their events can be missed."""

    id = "hours"


async def tell_hours(tx: Tx) -> None:
    """Tell the totals of each hour that is over and wholly published, once."""
    before, probe = tx.wall - CLOSED_AFTER - timedelta(hours=1), f"{tx.service}.{PROBE_SENT}"
    for hour in await tx.all(datetime, _CLOSED, before, probe):
        totals = await tx.all(HourTotal, _OF_HOUR, hour, probe)
        await tx.do("INSERT INTO told_hours (hour, told_at) VALUES ($1, $2)", hour, tx.wall)
        counted = notices.hour_counted(tx.service)
        await emit(tx, _Hours(), counted(hour=hour, totals=tuple(totals)))


def comparing_hours(reactions: Reactions) -> Reactions:
    """These, and one that notes what others tell of their hours, of the types that are heard."""
    types, more = set(reactions.by_type), Reactions(reactions.by_name.values())
    publishers = sorted({name.partition(".")[0] for name in types})
    types |= {f"{publisher}.{HOUR_COUNTED}" for publisher in publishers}

    @event(*(f"{publisher}.{HOUR_COUNTED}" for publisher in publishers))
    class HourCounted:
        """What a publisher has told in an hour."""

        hour: datetime
        totals: tuple[HourTotal, ...]

    @more.effect(HourCounted)
    async def note_hour(tx: Tx, heard: Any) -> None:
        """Note what has to have come of an hour; the leader compares."""
        for total in heard.totals:
            if total.type in types:
                await tx.do(_NOTE, total.type, heard.hour, total.count, total.xor, tx.wall)

    return more


@answer
class _Compared:
    """One reaction's share of an hour of a type."""

    type: str
    hour: datetime
    reaction: str
    told: int
    here: int
    agrees: bool
    is_late: bool


async def compare(tx: Tx, reactions: Reactions) -> None:
    """Look at the hours that did not agree so far; after the grace that is a difference."""
    bound = [(kind, r.name) for kind, rs in reactions.by_type.items() for r in rs]
    types, names = [kind for kind, _ in bound], [name for _, name in bound]
    looked = await tx.all(_Compared, _COMPARE, types, names, tx.wall, tx.wall - GRACE)
    for one in looked:
        if one.agrees:
            await tx.do(_GONE, one.type, one.hour, one.reaction, tx.wall)
        elif one.is_late:
            await _note_difference(tx, one)
    differ = {(one.type, one.hour) for one in looked if not one.agrees}
    agreed = {(one.type, one.hour) for one in looked} - differ
    await tx.do(_AGREE, [kind for kind, _ in agreed], [hour for _, hour in agreed])
    _hours.labels(tx.service).inc(len(agreed))


async def _note_difference(tx: Tx, one: _Compared) -> None:
    found = await tx.find(
        Difference, _FOUND, new_id(), one.type, one.hour, one.reaction, one.told, one.here, tx.wall
    )
    if found is not None:
        log.error("hour-differs", type=one.type, hour=str(one.hour), reaction=one.reaction)
        told = notices.difference_found(tx.service)
        await emit(
            tx,
            found,
            told(
                event_type=one.type,
                hour=one.hour,
                reaction=one.reaction,
                told=one.told,
                here=one.here,
            ),
        )


async def list_differences(tx: Tx) -> list[Difference]:
    """Those that stand, then those that are gone, the latest first; at most two hundred."""
    return await tx.all(Difference, _LIST)


async def forget_old(tx: Tx) -> None:
    """What the inbox does not reach any more is not compared any more."""
    for statement in _FORGET:
        await tx.do(statement, tx.wall - KEPT)


_CLOSED: Final = """
  SELECT DISTINCT hour
    FROM totals
   WHERE direction = 'emitted'
     AND type <> $2
     AND hour <= $1
     AND hour > coalesce((SELECT max(hour) FROM told_hours), '-infinity') - interval '30 days'
     AND NOT EXISTS (SELECT FROM told_hours WHERE told_hours.hour = totals.hour)
     AND NOT EXISTS (SELECT
                       FROM outbox
                      WHERE published_at IS NULL
                        AND hour_of(event_id) = totals.hour)
ORDER BY hour
   LIMIT 24
"""

_OF_HOUR: Final = """
  SELECT type, sum(count)::bigint AS count, hex_of(bit_xor(xor)) AS xor
    FROM totals
   WHERE direction = 'emitted'
     AND hour = $1
     AND type <> $2
GROUP BY type
ORDER BY type
"""

_NOTE: Final = """
INSERT INTO counted_hours (type, hour, count, xor, heard_at, looked_at)
     VALUES ($1, $2, $3, bits_of($4::text), $5, $5)
ON CONFLICT (type, hour) DO NOTHING
"""

_COMPARE: Final = """
WITH looked AS (
       UPDATE counted_hours AS mine
          SET looked_at = $3
         FROM (SELECT type, hour
                 FROM counted_hours
                WHERE NOT agrees
             ORDER BY looked_at
                LIMIT 500) AS open
        WHERE mine.type = open.type
          AND mine.hour = open.hour
    RETURNING mine.*),
present AS (
       SELECT looked.*, bound.reaction, known.count AS heard, known.xor AS heard_xor,
              aside.count AS set_aside, aside.xor AS aside_xor
         FROM looked
         JOIN unnest($1::text[], $2::text[]) AS bound (type, reaction)
           ON bound.type = looked.type
    LEFT JOIN listeners
           ON listeners.type = bound.type
          AND listeners.reaction = bound.reaction
   CROSS JOIN LATERAL (SELECT coalesce(sum(count), 0)::bigint AS count,
                              coalesce(bit_xor(xor), 0::bit(128)) AS xor
                         FROM totals
                        WHERE direction = 'heard'
                          AND reaction = bound.reaction
                          AND type = looked.type
                          AND hour = looked.hour) AS known
   CROSS JOIN LATERAL (SELECT count(*) AS count,
                              coalesce(bit_xor(bits_of(event_id)), 0::bit(128)) AS xor
                         FROM (SELECT DISTINCT event_id
                                 FROM waiting
                                WHERE type = looked.type
                                  AND reaction IN (bound.reaction, '*')
                                  AND hour_of(event_id) = looked.hour
                                  AND NOT EXISTS (SELECT
                                                    FROM inbox
                                                   WHERE inbox.event_id = waiting.event_id
                                                     AND inbox.reaction = bound.reaction)
                              ) AS distinct_ids) AS aside
        WHERE NOT coalesce(late, false)
           OR looked.hour > (SELECT min(hour)
                               FROM totals
                              WHERE direction = 'heard'
                                AND reaction = bound.reaction
                                AND type = bound.type))
  SELECT type, hour, reaction, count AS told, heard + set_aside AS here,
         count = heard + set_aside AND xor = heard_xor # aside_xor AS agrees,
         heard_at < $4 AS is_late
    FROM present
ORDER BY hour, type, reaction
"""

_FOUND: Final = """
INSERT INTO differences (id, type, hour, reaction, told, here, found_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (type, hour, reaction) WHERE gone_at IS NULL DO NOTHING
  RETURNING *
"""

_GONE: Final = """
UPDATE differences
   SET gone_at = $4
 WHERE type = $1
   AND hour = $2
   AND reaction = $3
   AND gone_at IS NULL
"""

_AGREE: Final = """
UPDATE counted_hours AS mine
   SET agrees = true
  FROM unnest($1::text[], $2::timestamptz[]) AS agreed (type, hour)
 WHERE mine.type = agreed.type
   AND mine.hour = agreed.hour
"""

_LIST: Final = "SELECT * FROM differences ORDER BY gone_at DESC NULLS FIRST, hour DESC LIMIT 200"
_FORGET: Final = (
    "DELETE FROM told_hours WHERE hour < $1",
    "DELETE FROM counted_hours WHERE hour < $1",
    "DELETE FROM differences WHERE gone_at < $1",
    "DELETE FROM resendings WHERE done_at < $1",
)

"""Which reactions have heard a type from its first event on, and which came with a later release.

What was told before a reaction was there is none of its business: its account of a type does not
reach back, so it is not held against what the publisher has told in all.
"""

from dataclasses import dataclass
from typing import Final

from libs.common.bus import Reactions
from libs.common.contract import answer
from libs.common.db import Tx


@answer
class TypeTotal:
    """Count and exclusive-or of the ids of events of one type."""

    type: str
    reaction: str
    """The reaction that heard them; empty for what was emitted."""
    count: int
    xor: str
    """128 bits as 32 hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A reaction that hears a type, and whether others here did before it."""

    reaction: str
    type: str
    late: bool


async def begin(tx: Tx, reactions: Reactions) -> None:
    """Note of each reaction that hears from now on whether it comes late, once for good."""
    heard = await _all_heard(tx, reactions)
    late = _late(heard)
    await tx.do_each(_BEGIN, [(one.reaction, one.type, one in late) for one in heard])


async def count_heard(tx: Tx, reactions: Reactions) -> list[TypeTotal]:
    """Sums over all hours of what each reaction has heard, zero where it never did; but for those
    that have come late."""
    heard = await _all_heard(tx, reactions)
    begun = {
        (one.reaction, one.type): one.late
        for one in await tx.all(_Begun, "SELECT reaction, type, late FROM listeners")
    }
    late = _late(heard)
    return [one for one in heard if not begun.get((one.reaction, one.type), one in late)]


async def _all_heard(tx: Tx, reactions: Reactions) -> list[TypeTotal]:
    bound = [(kind, r.name) for kind, rs in reactions.by_type.items() for r in rs]
    return await tx.all(TypeTotal, _HEARD, [b[0] for b in bound], [b[1] for b in bound])


def _late(heard: list[TypeTotal]) -> list[TypeTotal]:
    """Those that have heard nothing of what others here have."""
    types = {one.type for one in heard if one.count}
    return [one for one in heard if not one.count and one.type in types]


_BEGIN: Final = """
INSERT INTO listeners (reaction, type, late)
     VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING
"""

_HEARD: Final = """
   SELECT bound.type, bound.reaction, coalesce(sum(count), 0)::bigint AS count,
          hex_of(coalesce(bit_xor(xor), 0::bit(128))) AS xor
     FROM unnest($1::text[], $2::text[]) AS bound (type, reaction)
LEFT JOIN totals AS known
       ON known.direction = 'heard'
      AND known.type = bound.type
      AND known.reaction = bound.reaction
 GROUP BY bound.type, bound.reaction
 ORDER BY bound.type, bound.reaction
"""

"""A restored database begins an epoch: what it tells is not mistaken for what it told before."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import pytest

from libs.common.db import background
from libs.common.ids import made_at, new_id
from libs.common.outbox import emit
from libs.common.restoring import NAMED, StillRunning, begin_epoch, reach
from libs.common.testing import Stage
from tests.libs.common.echo import ThingMade
from tests.restored import owned, restore

SUBJECT: Final = new_id()


@dataclass(frozen=True)
class Thing:
    """What is told of."""

    id: UUID = SUBJECT


async def tell(stage: Stage) -> None:
    async with stage.database.transaction(background("test")) as tx:
        await emit(tx, Thing(), ThingMade(id=SUBJECT, name="t"))


async def test_a_restored_database_counts_anew_in_a_later_epoch(echo: Stage) -> None:
    """Sequences begin at 1 in an epoch above all before; the notice names what is known."""
    for _ in range(3):
        await tell(echo)
    before = await echo.said("echo.thing.made.v1")

    epoch = await restore(echo)
    await tell(echo)
    again = await restore(echo)

    *_, after = await echo.said("echo.thing.made.v1")
    first, second = await echo.said("echo.database.restored.v1")
    assert [(e.epoch, e.sequence) for e in before] == [(1, 1), (1, 2), (1, 3)]
    assert (epoch, 1) == (after.epoch, after.sequence)
    assert 1 < epoch < again
    assert {str(e.id) for e in before} == set(first.data["known"])
    assert str(after.id) in second.data["known"]
    assert (epoch, 1) == (first.epoch, first.sequence)


def test_what_is_told_of_a_millisecond_is_all_of_it_or_nothing() -> None:
    """Where the named ids end within a millisecond, the one before is not taken for unknown."""
    ids = [UUID(int=(1_750_000_000_000 + place // 2) << 80 | place) for place in range(NAMED + 1)]

    since, named = reach(ids[:0:-1])
    all_since, all_named = reach(ids[:10][::-1])

    assert [one for one in ids if made_at(one) >= since and one not in named] == []
    assert set(ids[2:]) == set(named)
    assert (made_at(ids[0]), set(ids[:10])) == (all_since, set(all_named))


async def test_nothing_is_begun_while_the_service_runs(echo: Stage) -> None:
    """A process that is up would go on in the epoch that it knows."""
    owner = owned(echo)
    await owner.open()
    try:
        with pytest.raises(StillRunning):
            await begin_epoch(owner)
    finally:
        await owner.close()

    rows = await echo.fetch("SELECT epoch FROM city")
    assert [row["epoch"] for row in rows] == [1]

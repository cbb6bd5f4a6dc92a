"""A reaction that a later release adds is not asked for what was told before it was there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

from libs.common import listening, reconciling
from libs.common.db import background
from libs.common.ids import new_id
from libs.common.testing import Client, Stage
from tests.libs.common.echo import service

MADE = "echo.thing.made.v1"
TOLD = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=5)


@contextmanager
def former() -> Iterator[None]:
    """The release before this one, which counted no things."""
    known = service.reactions.by_type[MADE]
    service.reactions.by_type[MADE] = [one for one in known if one.name == "names"]
    try:
        yield
    finally:
        service.reactions.by_type[MADE] = known


async def begin(stage: Stage) -> None:
    """A worker starts."""
    async with stage.database.transaction(background("test")) as tx:
        await listening.begin(tx, service.reactions)


async def make(stage: Stage, at: datetime = TOLD) -> None:
    """A thing was made in that hour."""
    thing = new_id()
    milliseconds = int(at.timestamp() * 1000)
    event_id = UUID(int=(milliseconds << 80) | (thing.int & ((1 << 80) - 1)))
    await stage.hear(MADE, thing, {"id": thing, "name": "a"}, event_id=event_id)


async def accounts(operator: Client) -> dict[str, int]:
    """How many things each reaction says it has heard of."""
    heard = (await operator.get("/operations/events")).body["heard"]
    return {one["reaction"]: one["count"] for one in heard if one["type"] == MADE}


async def test_an_account_that_does_not_reach_back_is_not_given(echo: Stage) -> None:
    """Neither before the new worker starts nor after; the others' go on."""
    operator = echo.as_("operator")
    with former():
        await begin(echo)
        await make(echo)
    assert await accounts(operator) == {"names": 1}

    await begin(echo)
    await make(echo)
    await begin(echo)

    assert await accounts(operator) == {"names": 2}


async def test_an_account_that_begins_at_the_beginning_is_kept_for_good(echo: Stage) -> None:
    """A reaction that fails from the first event on is not taken for one that came late."""
    await begin(echo)
    thing = new_id()
    await echo.hear(MADE, thing, {"id": thing, "name": "poison"})
    await begin(echo)

    assert await accounts(echo.as_("operator")) == {"names": 1, "count_thing": 0}


async def test_hours_from_before_it_came_are_no_difference(echo: Stage) -> None:
    """Only those after the first in which it heard anything are compared for it."""
    with former():
        await begin(echo)
        await make(echo)
        await make(echo, TOLD + timedelta(hours=1))
    await begin(echo)
    await make(echo, TOLD + timedelta(hours=1))
    await make(echo, TOLD + timedelta(hours=2))
    lost = new_id()
    await tell(echo, 0, [echo.heard[0].id])
    await tell(echo, 1, [one.id for one in echo.heard[1:3]])
    await tell(echo, 2, [echo.heard[3].id, lost])

    async with echo.database.transaction(background("test")) as tx:
        await reconciling.compare(tx, service.reactions)

    found = await echo.fetch("SELECT hour, reaction FROM differences ORDER BY reaction")
    hour = TOLD + timedelta(hours=2)
    assert [(hour, "count_thing"), (hour, "names")] == [tuple(row) for row in found]


async def tell(stage: Stage, hours: int, ids: list[UUID]) -> None:
    """What the publisher says it told in an hour, long enough ago."""
    xor = 0
    for one in ids:
        xor ^= one.int
    await stage.fetch(
        """
        INSERT INTO counted_hours (type, hour, count, xor, heard_at, looked_at)
             VALUES ($1, $2, $3, bits_of($4::text), $5, $5)
        """,
        MADE,
        TOLD + timedelta(hours=hours),
        len(ids),
        f"{xor:032x}",
        TOLD,
    )

"""Every view of every service can be emptied and filled again, and is then what it was."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from libs.common.bus import Reaction
from libs.common.envelope import encode
from libs.common.ids import new_id
from libs.common.service import Service
from libs.common.testing import Stage
from tests.contracts.test_contracts import ALL, by_name, committed

Open = Callable[[Service], Awaitable[Stage]]
WITH_VIEWS = [service for service in ALL if service.reactions.views]
SUBJECTS = 3


@pytest.mark.parametrize("service", WITH_VIEWS, ids=by_name)
async def test_a_view_is_a_table_that_nothing_leans_on(service: Service, open_stage: Open) -> None:
    """It has the view's name, is none of the ground's, and no foreign key points to it."""
    stage = await open_stage(service)
    wrong = []
    for view in service.reactions.views:
        tables = await stage.fetch(
            "SELECT oid FROM pg_class WHERE relname = $1 AND relkind = 'r'", view.name
        )
        pointing = await stage.fetch(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND confrelid = to_regclass($1)",
            view.name,
        )
        if len(tables) != 1 or pointing or view.name in GROUND:
            wrong.append((view.name, len(tables), [row["conname"] for row in pointing]))

    assert wrong == []


GROUND = {"city", "bindings", "subjects", "known", "waiting", "totals", "commands", "timers"}


@pytest.mark.parametrize("service", WITH_VIEWS, ids=by_name)
async def test_a_rebuilt_view_has_the_same_rows(service: Service, open_stage: Open) -> None:
    """Several subjects, each told several times: filled again in any order, row for row the same,
    with the totals as they were and no effect run again."""
    stage = await open_stage(service)
    for view in service.reactions.views:
        await tell_all(stage, view)
        told = [event for event in stage.heard if event.type in view.heard]
        subjects = len({event.subject for event in told})
        before = await rows(stage, view), await totals(stage), await heard_rows(stage)
        assert len(before[0]) == subjects, view.name

        answer = await stage.as_("operator").post(f"/operations/views/{view.name}/rebuild")
        assert (answer.body["rows"], await rows(stage, view)) == (subjects, [])
        again = [encode(event) for event in told]
        random.Random(view.name).shuffle(again)
        for body in again:
            await stage.running.hearing.hear(body, only=view.name)

        assert (await rows(stage, view), await totals(stage), await heard_rows(stage)) == before
        [emptied] = [e for e in await stage.said() if e.data.get("view") == view.name]
        assert sorted(view.heard) == emptied.data["types"]


async def tell_all(stage: Stage, view: Reaction) -> None:
    """Each subject is told of by every type that the view hears, each time in other words."""
    for number in range(1, SUBJECTS + 1):
        subject = new_id()
        for event_type in sorted(view.heard):
            data = committed(event_type.partition(".")[0], event_type)["example"]
            await stage.hear(event_type, subject, varied(data, str(subject), number, event_type))


def varied(data: dict[str, Any], subject: str, number: int, said: str) -> dict[str, Any]:
    """The example of an event as another subject's, with the event's own words in its texts."""
    other = {"id": subject, "day": f"2025-03-0{number}", "name": said, "title": said}
    return {**data, **{name: value for name, value in other.items() if name in data}}


async def rows(stage: Stage, view: Reaction) -> list[str]:
    """The whole view as text."""
    found = await stage.fetch(f"SELECT v::text AS row FROM {view.name} AS v ORDER BY 1")  # noqa: S608
    return [row["row"] for row in found]


async def totals(stage: Stage) -> list[tuple[Any, ...]]:
    """Everything heard, by reaction and type."""
    sql = """
      SELECT reaction, type, sum(count), bit_xor(xor)::text
        FROM totals WHERE direction = 'heard'
    GROUP BY reaction, type ORDER BY reaction, type
    """
    return [tuple(row) for row in await stage.fetch(sql)]


async def heard_rows(stage: Stage) -> int:
    """How many inbox rows there are, of views and effects."""
    return int((await stage.fetch("SELECT count(*) FROM inbox"))[0][0])

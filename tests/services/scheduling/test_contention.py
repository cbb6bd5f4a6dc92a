"""Fifty clients want one worker, one room, or send one check-in, at the same instant."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial

from libs.common.ids import new_id
from libs.common.testing import Answer, Stage
from tests.services.scheduling import play

CLIENTS = 50


async def until_judged(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """Ask again while the service has no connection to spare, as a station's app would."""
    for _ in range(30):
        answer = await ask()
        if answer.status != 503:
            return answer
        assert int(answer.headers["Retry-After"]) >= 1
        await asyncio.sleep(0.2)
    raise TimeoutError("the service had no connection to spare for too long")


async def test_fifty_want_one_worker(scheduling: Stage) -> None:
    """One gets the worker, the others are told who is busy, and the database holds one."""
    visits = [
        await play.drafted(scheduling, play.visit(lead_worker_id=None)) for _ in range(CLIENTS)
    ]
    body = {"worker_id": play.SECOND, "role": "support"}

    async def assign(visit: str) -> Answer:
        return await play.manager(scheduling).post(f"/activities/{visit}/assignments", body)

    answers = await asyncio.gather(*(until_judged(partial(assign, visit)) for visit in visits))

    assert Counter((answer.status, answer.code) for answer in answers) == {
        (201, None): 1,
        (409, "worker-busy"): CLIENTS - 1,
    }
    standing = await scheduling.fetch(
        "SELECT activity_id FROM assignments WHERE worker_id = $1 AND status = 'standing'",
        str(play.SECOND),
    )
    assert len(standing) == 1


async def test_fifty_want_one_room(scheduling: Stage) -> None:
    """One activity has the room; nothing is left of the other forty-nine."""
    body = play.plan(lead_worker_id=None, station_id=play.STATION, room_id=play.ROOM)

    answers = await asyncio.gather(
        *(
            until_judged(lambda: play.manager(scheduling).post("/activities", body))
            for _ in range(CLIENTS)
        )
    )

    assert Counter((answer.status, answer.code) for answer in answers) == {
        (201, None): 1,
        (409, "room-taken"): CLIENTS - 1,
    }
    assert len((await play.manager(scheduling).get("/activities")).body["items"]) == 1


async def test_fifty_devices_send_one_check_in(scheduling: Stage) -> None:
    """One check-in counts once, however many devices upload it at the same instant."""
    activity = await play.published(scheduling)
    await scheduling.move_to(play.START)
    path = f"/activities/{activity}/check-ins/{new_id()}"
    body = play.arrival("r-1")

    answers = await asyncio.gather(
        *(until_judged(lambda: play.manager(scheduling).put(path, body)) for _ in range(CLIENTS))
    )

    assert Counter(answer.status for answer in answers) == {201: 1, 200: CLIENTS - 1}
    [told] = await scheduling.said("scheduling.attendance.recorded.v1")
    assert told.data["person_times"] == 1

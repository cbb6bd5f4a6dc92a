"""A registration lapses, a certificate is revoked: later work is freed and given on."""

from typing import Final

from scenarios.dujiangyan import people, voices
from scenarios.dujiangyan.client import Attempt
from scenarios.dujiangyan.people import ASSOCIATION
from scenarios.dujiangyan.steps import activities, workers
from scenarios.dujiangyan.steps.sessions import session
from scenarios.dujiangyan.world import World

PROVIDER: Final = "qingyan"
LAPSED: Final = 4
REVOKED: Final = 3
STAND_IN: Final = 2
REPLACEMENT: Final = 6
"""Employed after the revocation, so that seventy are certified again."""
REPLACED_ON: Final = "2025-06-17"
HOURS: Final = {"too-few": 20, "enough": 90}
ROOT: Final = "/registry/v1"


async def warn_of_lapse(world: World) -> None:
    """登记即将到期"""
    worker = people.worker(_worker(world, LAPSED), world.org(PROVIDER))
    await voices.messaged(world, "lapsed/before", worker, "registration-expiring")


async def lapse(world: World) -> None:
    """登记失效：后续工作退回原机构"""
    worker = people.worker(_worker(world, LAPSED), world.org(PROVIDER))
    await voices.messaged(world, "lapsed", worker, "registration-lapsed")
    await _pass_on(world, "lapsed", LAPSED)


async def register_again(world: World) -> None:
    """补足学时，重新登记"""
    path = f"{ROOT}/workers/{_worker(world, LAPSED)}/registrations"
    body = {"from_day": world.moment.date().isoformat(), "hours": HOURS["too-few"]}
    await voices.refused(world, "lapsed/again", ASSOCIATION, Attempt(path=path, body=body))
    body = body | {"hours": HOURS["enough"]}
    await world.client.do(ASSOCIATION, path, body, "registration-again", LAPSED)


async def revoke(world: World) -> None:
    """证书被撤销"""
    worker = _worker(world, REVOKED)
    held = await world.client.ask_all(ASSOCIATION, f"{ROOT}/workers/{worker}/certificates")
    await world.client.do(
        ASSOCIATION,
        f"{ROOT}/certificates/{held[0]['id']}/revocation",
        {"day": world.moment.date().isoformat(), "reason": "obtained-by-fraud"},
        "revocation",
        worker,
    )


async def pass_revoked_on(world: World) -> None:
    """撤销后工作退回，改派他人"""
    await _pass_on(world, "revoked", REVOKED)


async def replace(world: World) -> None:
    """补聘持证社工"""
    worker = await workers.enrol(world, PROVIDER, REPLACEMENT, REPLACED_ON)
    world.workers[PROVIDER].append(worker)


async def _pass_on(world: World, name: str, number: int) -> None:
    """The provider finds the work freed, may not give it to the same one, and gives it on."""
    one = session(name)
    manager, path = world.manager(PROVIDER), f"{activities.path_of(world, one)}/assignments"
    await voices.messaged(world, f"{name}/freed", manager, "assignment-freed")
    body = {"worker_id": _worker(world, number), "role": "lead"}
    await voices.refused(world, f"{name}/lead", manager, Attempt(path=path, body=body))
    body = {"worker_id": _worker(world, STAND_IN), "role": "lead"}
    await world.client.do(manager, path, body, "assignment-again", name)


def _worker(world: World, number: int) -> str:
    return world.workers[PROVIDER][number]

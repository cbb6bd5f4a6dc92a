"""Policies: the habits of the place, version by version."""

from typing import Final

from libs.common.contract import Day, answer, body, told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from services.scheduling.domain.policies import Policy, Rules, next_policy
from services.scheduling.store import policies as store

routes: Final = Routes()


@body
class RulesBody(Rules):
    """Every rule, also those that stay as they are."""


@body
class NewPolicy:
    """A new version and the day it holds from."""

    effective_from: Day
    rules: RulesBody


@answer
class Policies:
    """Every version there is, and the number of the one that holds today."""

    current: int
    versions: tuple[Policy, ...]


@routes.post("/policies", scope="scheduling:govern", status=201)
async def set_policy(tx: Tx, call: Call, body: NewPolicy) -> Policy:
    """Set new habits from a day on; what was decided under the old version stands."""
    latest = await store.lock_latest_version(tx)
    policy = next_policy(latest, body.effective_from, told(Rules, body.rules), tx.today)
    await store.add_policy(tx, policy)
    return policy


@routes.get("/policies", scope="scheduling:read")
async def list_policies(tx: Tx, call: Call) -> Policies:
    """The versions of the policy."""
    current = await store.get_policy(tx, tx.today)
    return Policies(current=current.version, versions=tuple(await store.list_policies(tx)))

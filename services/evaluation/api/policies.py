"""Policies: make a new version, read what is in force."""

from datetime import date
from typing import Final
from uuid import UUID

from libs.common.contract import told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.pages import Page, PageRequest, page
from services.evaluation import actions
from services.evaluation.domain.policies import Policy, PolicyTerms, check
from services.evaluation.store import policies as store

routes: Final = Routes()


@routes.post("/policies", scope="evaluation:policy", status=201)
async def make_policy(tx: Tx, call: Call, body: PolicyTerms) -> Policy:
    """Make a new version of the city's policy; what stands on an earlier one stays with it."""
    check(body)
    policy = told(Policy, body, id=new_id(), version=await store.next_version(tx))
    await store.add_policy(tx, policy)
    return policy


@routes.get("/policies/in-force", scope="evaluation:read")
async def read_policy_in_force(tx: Tx, call: Call, day: date | None = None) -> Policy:
    """The policy in force on a day, or today."""
    return await actions.policy_in_force(tx, day or tx.today)


@routes.get("/policies/{policy_id}", scope="evaluation:read")
async def read_policy(tx: Tx, call: Call, policy_id: UUID) -> Policy:
    """One version of the policy."""
    return await store.get_policy(tx, policy_id)


@routes.get("/policies", scope="evaluation:read")
async def list_policies(tx: Tx, call: Call, page_request: PageRequest) -> Page[Policy]:
    """Every version of the policy there has been."""
    return await page(tx, page_request, await store.list_policies(tx, page_request))

"""Policies: read the versions, set the next one."""

from typing import Annotated, Final

from libs.common.contract import BasisPoints, Day, Period, Some, Text, body
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.http import Call, Routes
from libs.common.pages import Page, PageRequest, page
from services.procurement.domain.policies import ChallengeRule, LegalProfile, MethodRule, Policy
from services.procurement.store import policies as store

routes: Final = Routes()


@body
class NewPolicy:
    """The rules of a legal profile from a day on, and the articles that they follow."""

    profile: LegalProfile
    effective_from: Day
    source: Text
    methods: Annotated[tuple[MethodRule, ...], Some(1, 4)]
    members_most_bp: BasisPoints
    past_most_bp: BasisPoints
    past_neutral_bp: BasisPoints
    key_hours: Period
    challenges: ChallengeRule | None = None


@routes.post("/policies", scope="procurement:set-policy", status=201)
async def set_policy(tx: Tx, call: Call, body: NewPolicy) -> Policy:
    """Set the next version of a policy; what was published under an earlier one keeps it."""
    latest = await store.find_latest_policy(tx, body.profile)
    if latest is None:
        raise NotYet("policy")
    policy = latest.succeed(
        body.effective_from,
        body.source,
        body.methods,
        body.members_most_bp,
        body.past_most_bp,
        body.past_neutral_bp,
        body.key_hours,
        body.challenges,
        call.person,
    )
    await store.add_policy(tx, policy)
    return policy


@routes.get("/policies", scope="procurement:read")
async def list_policies(tx: Tx, call: Call, page_request: PageRequest) -> Page[Policy]:
    """Every version of every policy."""
    return await page(tx, page_request, await store.list_policies(tx, page_request))

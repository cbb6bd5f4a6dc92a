"""Agreement policies: read the versions, set the next one."""

from typing import Annotated, Final

from libs.common.auth import Role
from libs.common.contract import BasisPoints, Day, Period, Some, Text, body, told
from libs.common.db import Tx
from libs.common.errors import NotYet
from libs.common.http import Call, Routes
from libs.common.pages import Page, PageRequest, page
from services.procurement.domain.agreement_policies import (
    AgreementPolicy,
    ApprovalStep,
    Party,
    Rules,
    Step,
)
from services.procurement.domain.policies import LegalProfile
from services.procurement.domain.terms import PaymentTerm
from services.procurement.store import agreement_policies as store

routes: Final = Routes()


@body
class StepRule:
    """A step of the approval chain, and the roles that may take it."""

    step: Step
    roles: Annotated[tuple[Role, ...], Some(1, 5)]


@body
class NewAgreementPolicy:
    """The rules for agreements of a legal profile from a day on, and what they follow."""

    profile: LegalProfile
    effective_from: Day
    source: Text
    parties: Annotated[tuple[Party, ...], Some(1, 3)]
    longest_years: Period
    payment_terms: Annotated[tuple[PaymentTerm, ...], Some(1, 2)]
    approval_steps: Annotated[tuple[StepRule, ...], Some(1, 3)]
    undisputed_bp: BasisPoints = 5_000
    objection_days: Period = 5
    deductions_most_bp: BasisPoints = 1_000


@routes.post("/agreement-policies", scope="procurement:set-policy", status=201)
async def set_agreement_policy(tx: Tx, call: Call, body: NewAgreementPolicy) -> AgreementPolicy:
    """Set the next version of a policy; what was drafted under an earlier one keeps it."""
    latest = await store.lock_latest_policy(tx, body.profile)
    if latest is None:
        raise NotYet("policy")
    steps = tuple(told(ApprovalStep, step) for step in body.approval_steps)
    policy = latest.succeed(told(Rules, body, approval_steps=steps), call.person)
    await store.add_policy(tx, policy)
    return policy


@routes.get("/agreement-policies", scope="procurement:read")
async def list_agreement_policies(
    tx: Tx, call: Call, page_request: PageRequest
) -> Page[AgreementPolicy]:
    """All versions of the policies of agreements."""
    return await page(tx, page_request, await store.list_policies(tx, page_request))

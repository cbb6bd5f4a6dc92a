"""Agreement policies: who signs, how it is paid and who approves, by legal profile and version."""

from datetime import date
from typing import Literal

from libs.common.contract import answer, told
from libs.common.errors import Fault, Invalid
from services.procurement.domain.policies import LegalProfile, PolicyNotLater
from services.procurement.domain.sentences import STEP_TWICE
from services.procurement.domain.terms import PaymentTerm, check_payment_terms

Party = Literal["provider", "host", "site"]
"""承接主体, 落地单位 (town or subdistrict), and the 居/村委会 of the site."""
Step = Literal["handler", "finance", "leader"]
"""经办, 财务审核, 负责人审批."""


class ApprovalStepTwice(Invalid):
    """An approval chain names each step once: three different persons take them."""

    zh = "审批流程中每个步骤只能出现一次。"


@answer
class ApprovalStep:
    """One step of the approval chain, and the roles that may take it."""

    step: Step
    roles: tuple[str, ...]


@answer
class Rules:
    """What a version of a policy sets."""

    effective_from: date
    source: str
    parties: tuple[Party, ...]
    longest_years: int
    payment_terms: tuple[PaymentTerm, ...]
    approval_steps: tuple[ApprovalStep, ...]
    undisputed_bp: int
    """Which share of the balance falls due while an evaluation is late."""
    objection_days: int
    """Working days in which a provider may object to a recorded breach."""
    deductions_most_bp: int
    """The most that all deductions take of an agreement's amount."""


@answer
class AgreementPolicy(Rules):
    """What a legal profile asks of an agreement, by version."""

    profile: LegalProfile
    version: int
    set_by: str

    @property
    def id(self) -> str:
        """Lists go by profile and version."""
        return f"{self.profile}:{self.version:04}"

    def succeed(self, rules: "Rules", person: str) -> "AgreementPolicy":
        """The next version; what was drafted under this one keeps it."""
        if rules.effective_from <= self.effective_from:
            raise PolicyNotLater(effective_from=self.effective_from.isoformat())
        check_payment_terms(rules.payment_terms)
        if len({step.step for step in rules.approval_steps}) < len(rules.approval_steps):
            raise ApprovalStepTwice(Fault("/approval_steps", STEP_TWICE))
        return told(
            AgreementPolicy,
            rules,
            profile=self.profile,
            version=self.version + 1,
            parties=tuple(dict.fromkeys(rules.parties)),
            set_by=person,
        )

"""Commissions: planned → assigned → sampled → visiting → scored → notified → sealed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from libs.common.clock import end_of
from libs.common.contract import answer, changed
from libs.common.errors import Conflict, Fault, Invalid
from services.evaluation.domain.agreements import Agreement
from services.evaluation.domain.policies import Policy
from services.evaluation.domain.samples import FrameOpen, SampleDrawn
from services.evaluation.domain.sentences import PERSON_REPEATED

CommissionStatus = Literal[
    "planned", "assigned", "sampled", "visiting", "scored", "notified", "sealed"
]
TieKind = Literal["employment", "kinship", "ownership", "leadership", "other"]
TieDegree = Literal["direct", "second-hand"]


class SampleAlreadyDrawn(Conflict):
    """The sample has been drawn; its evaluator stays, so go on with this one."""

    zh = "样本已经抽取，不得更换评估机构，请由现评估机构继续。"


class CommissionNotAssigned(Conflict):
    """The commission has no evaluator yet; assign one first."""

    zh = "尚未指定评估机构，请先指定。"


class CommissionNotSampled(Conflict):
    """This is possible between the drawing of the sample and the scoring; see its status."""

    zh = "此操作只能在抽样之后、评分之前进行，请核对评估状态。"


class CommissionNotScored(Conflict):
    """Only a scored commission can be notified; have it scored first."""

    zh = "只有已评分的评估才能告知结果，请先完成评分。"


class CommissionNotNotified(Conflict):
    """Only a commission that was notified, and not sealed yet, can be sealed; notify it first."""

    zh = "只有已告知且尚未定案的评估才能定案，请先告知结果。"


class EvaluatorIsParty(Conflict):
    """The evaluator cannot be the provider or the purchaser of what it evaluates; choose
    another."""

    zh = "评估机构不得为被评协议的承接主体或购买主体，请另选。"


class EvaluatorTied(Conflict):
    """A direct tie with the provider bars this evaluator or a person named; choose another."""

    zh = "与承接主体有直接利害关系的评估机构或人员须回避，请另选。"


class PersonsRepeated(Invalid):
    """Each visitor and each scorer is named once."""

    zh = "走访人员和评分人员均不得重复。"


class ScorerNotNamed(Conflict):
    """Only the scorers named in the assignment mark; have one of them do it."""

    zh = "只有指定的评分人员才能评分，请由其办理。"


@answer
class Tie:
    """A tie between the evaluator, or a person it sends, and the provider."""

    person: str
    kind: TieKind
    degree: TieDegree


@answer
class Commission:
    """A third-party evaluation of one agreement."""

    id: UUID
    version: int
    agreement_id: UUID
    provider_id: UUID
    purchaser_id: UUID
    division: str
    domain: str
    title: str
    policy_version: int
    seed_commitment: str
    frame_closes_at: datetime
    agreement_sequence: int
    evaluator_id: UUID | None
    visitors: tuple[str, ...]
    scorers: tuple[str, ...]
    ties: tuple[Tie, ...]
    status: CommissionStatus
    round: int
    """2: the agreement is evaluated again after a first result below the line."""

    def assign(
        self,
        evaluator_id: UUID,
        visitors: Sequence[str],
        scorers: Sequence[str],
        ties: Sequence[Tie],
    ) -> "Commission":
        """Given to an evaluator; ties at second hand stay on record for everybody."""
        if self.status not in ("planned", "assigned"):
            raise SampleAlreadyDrawn
        if evaluator_id in (self.provider_id, self.purchaser_id):
            raise EvaluatorIsParty
        for name, persons in (("visitors", visitors), ("scorers", scorers)):
            if len(set(persons)) != len(persons):
                raise PersonsRepeated(Fault(f"/{name}", PERSON_REPEATED))
        refuse_tied(ties)
        return changed(
            self,
            evaluator_id=evaluator_id,
            visitors=tuple(visitors),
            scorers=tuple(scorers),
            ties=tuple(ties),
            status="assigned",
        )

    def sampled(self, now: datetime) -> "Commission":
        """The frame is closed, so the sample can be drawn and visits begin."""
        if self.status == "planned":
            raise CommissionNotAssigned
        if self.status != "assigned":
            raise SampleDrawn
        if now < self.frame_closes_at:
            raise FrameOpen
        return changed(self, status="sampled")

    def visiting(self) -> "Commission":
        """The first visit has ended; later ones change nothing."""
        if self.status == "visiting":
            return self
        self.expect_sampled()
        return changed(self, status="visiting")

    def expect_sampled(self) -> None:
        """Refuse what belongs between sample and score."""
        if self.status not in ("sampled", "visiting"):
            raise CommissionNotSampled

    def expect_scorer(self, person: str) -> None:
        """Refuse marks of anybody but a named scorer."""
        if person not in self.scorers:
            raise ScorerNotNamed

    def scored(self) -> "Commission":
        """The score is computed and explained."""
        self.expect_sampled()
        return changed(self, status="scored")

    def notified(self) -> "Commission":
        """The provider has been told."""
        if self.status != "scored":
            raise CommissionNotScored
        return changed(self, status="notified")

    def sealed(self) -> "Commission":
        """Settled for good; whether the time for it has come is the result's to decide."""
        if self.status != "notified":
            raise CommissionNotNotified
        return changed(self, status="sealed")

    def late_at(self, policy: Policy) -> datetime:
        """When it is late, unless it is sealed by then."""
        return self.frame_closes_at + timedelta(days=policy.follow_up.evaluation_days)

    def follow(self, to_day: date, sequence: int) -> "Commission":
        """The agreement's last day is another one, as long as nobody has been drawn."""
        moved = self.status in ("planned", "assigned")
        closes = end_of(to_day) if moved else self.frame_closes_at
        return changed(self, frame_closes_at=closes, agreement_sequence=sequence)


def refuse_tied(ties: Sequence[Tie]) -> None:
    """A direct tie bars; a tie at second hand is only declared."""
    if any(tie.degree == "direct" for tie in ties):
        raise EvaluatorTied


def plan(
    new_id: UUID, agreement: Agreement, policy_version: int, commitment: str, sequence: int
) -> Commission:
    """The evaluation that an agreement will have: its rules are those known when it begins."""
    return Commission(
        id=new_id,
        version=1,
        agreement_id=agreement.id,
        provider_id=agreement.provider_id,
        purchaser_id=agreement.purchaser_id,
        division=agreement.division,
        domain=agreement.domain,
        title=agreement.title,
        policy_version=policy_version,
        seed_commitment=commitment,
        frame_closes_at=end_of(agreement.to_day),
        agreement_sequence=sequence,
        evaluator_id=None,
        visitors=(),
        scorers=(),
        ties=(),
        status="planned",
        round=1,
    )


def plan_again(
    new_id: UUID, former: Commission, commitment: str, frame_closes_at: datetime
) -> Commission:
    """The one re-evaluation: the same rules, another seed, and whoever is assigned to it."""
    return replace(
        former,
        id=new_id,
        version=1,
        seed_commitment=commitment,
        frame_closes_at=frame_closes_at,
        evaluator_id=None,
        visitors=(),
        scorers=(),
        ties=(),
        status="planned",
        round=former.round + 1,
    )

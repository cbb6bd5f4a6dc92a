"""Visits (走访) to recipients who were drawn: assigned → ended with an outcome."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from libs.common.contract import Token, answer, body, changed
from libs.common.errors import Conflict, Fault, Invalid
from libs.common.money import WHOLE
from services.evaluation.domain.commissions import Commission
from services.evaluation.domain.policies import Policy, Question
from services.evaluation.domain.sentences import (
    ANSWERS_MISSING,
    NOBODY_ANSWERED,
    QUESTION_NOT_ASKED,
    QUESTION_REPEATED,
)

Outcome = Literal[
    "visited", "by-telephone", "dead", "moved", "guardian-answered", "refused", "unreachable"
]
VisitStatus = Literal["assigned", "ended"]
ANSWERED: Final[frozenset[Outcome]] = frozenset({"visited", "by-telephone", "guardian-answered"})
PURPOSE: Final = "evaluation-visit"


class VisitEnded(Conflict):
    """This visit has ended; its outcome cannot be changed."""

    zh = "该走访已结束，结果不得更改。"


class AnswersDoNotFit(Invalid):
    """Answers are given to the policy's questions, once each, where somebody answered at all."""

    zh = "答案须对应政策所列问题，每题一次；无人作答时不得填写答案。"


class VisitsUnderWay(Conflict):
    """Wait until every visit has ended."""

    zh = "仍有走访未结束，请待全部结束后再办理。"


class EnoughAnswered(Conflict):
    """Enough of those drawn have answered; nobody further is drawn."""

    zh = "已有足够人数作答，无需补充抽样。"


@body
class Answer:
    """What a recipient thinks: 1 (worst) to 5 (best)."""

    question: Token
    points: Literal[1, 2, 3, 4, 5]


@answer
class Visit:
    """One visit; what was answered is kept apart and published only in sums."""

    id: UUID
    version: int
    commission_id: UUID
    agreement_id: UUID
    division: str
    visitor: str
    recipient_ref: str
    purpose: str
    from_day: date
    to_day: date
    status: VisitStatus
    outcome: Outcome | None
    ended_at: datetime | None

    def end(self, outcome: Outcome, now: datetime) -> "Visit":
        """How it went."""
        if self.status != "assigned":
            raise VisitEnded
        return changed(self, status="ended", outcome=outcome, ended_at=now)


@answer
class Progress:
    """How far the visits of a commission are."""

    visits: int
    ended: int
    answered: int

    def expect_all_ended(self) -> None:
        """Refuse while visits are under way."""
        if self.ended < self.visits:
            raise VisitsUnderWay

    def is_answered_enough(self, share_bp: int) -> bool:
        """Whether the policy's share of those drawn has answered."""
        return self.answered * WHOLE >= share_bp * self.visits

    def further(self, share_bp: int) -> int:
        """How many more to draw: one for each who did not answer."""
        self.expect_all_ended()
        if self.is_answered_enough(share_bp):
            raise EnoughAnswered
        return self.visits - self.answered


def check_answers(
    outcome: Outcome, answers: Sequence[Answer], questions: Sequence[Question]
) -> None:
    """A guardian answers only what may be asked for a minor; who did not answer has no answers."""
    asked = {q.code for q in questions if outcome != "guardian-answered" or q.minors_ok}
    given = [answer.question for answer in answers]
    if outcome not in ANSWERED:
        faults = [Fault("/answers", NOBODY_ANSWERED, outcome=outcome)] if given else []
    else:
        faults = [
            Fault(f"/answers/{place}/question", QUESTION_NOT_ASKED, questions=sorted(asked))
            for place, code in enumerate(given)
            if code not in asked
        ]
        if len(set(given)) != len(given):
            faults.append(Fault("/answers", QUESTION_REPEATED))
        if asked and not given:
            faults.append(Fault("/answers", ANSWERS_MISSING, outcome=outcome))
    if faults:
        raise AnswersDoNotFit(*faults)


def assign(
    new_ids: Sequence[UUID],
    commission: Commission,
    recipients: Sequence[str],
    already: int,
    today: date,
    policy: Policy,
) -> list[Visit]:
    """One visit for each who was drawn, the visitors taking turns; `already` were drawn before."""
    return [
        Visit(
            id=new_id,
            version=1,
            commission_id=commission.id,
            agreement_id=commission.agreement_id,
            division=commission.division,
            visitor=commission.visitors[(already + turn) % len(commission.visitors)],
            recipient_ref=recipient_ref,
            purpose=PURPOSE,
            from_day=today,
            to_day=today + timedelta(days=policy.visit_days),
            status="assigned",
            outcome=None,
            ended_at=None,
        )
        for turn, (new_id, recipient_ref) in enumerate(zip(new_ids, recipients, strict=True))
    ]

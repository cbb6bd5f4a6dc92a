"""Reviews of a score (复核) before sealing, and corrections after it: two persons each."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from libs.common.contract import answer, changed
from libs.common.errors import Conflict, Fault, Invalid, SecondPersonRequired
from services.evaluation.domain.results import Result
from services.evaluation.domain.sentences import POINTS_DO_NOT_FIT

ReviewOutcome = Literal["kept", "changed"]


class ReviewDecided(Conflict):
    """This review has been decided already; read what was decided."""

    zh = "该复核已作出决定，请查看结果。"


class ReviewAlreadyOpen(Conflict):
    """A review of this indicator is open already; wait for its decision."""

    zh = "该指标已有未决的复核，请等待决定。"


class PointsDoNotFit(Invalid):
    """A changed value needs points, and a kept one has none."""

    zh = "变更须给出新分值，维持则不得给出。"


class CorrectionConfirmed(Conflict):
    """This correction has been confirmed already; read the result's new version."""

    zh = "该更正已经确认，请查看结果的新版本。"


class CorrectionAlreadyOpen(Conflict):
    """A correction of this result waits for its second person; have it confirmed first."""

    zh = "该结果已有待确认的更正，请先由第二人确认。"


@answer
class Review:
    """A provider's doubt about one indicator."""

    id: UUID
    version: int
    result_id: UUID
    provider_id: UUID
    division: str
    indicator: str
    reason_code: str
    text: str
    asked_by: str
    asked_at: datetime
    decide_due_day: date
    outcome: ReviewOutcome | None
    points_bp: int | None
    decision_code: str | None
    decided_by: str | None
    decided_at: datetime | None

    def decide(
        self,
        outcome: ReviewOutcome,
        points_bp: int | None,
        decision_code: str,
        by: str,
        now: datetime,
    ) -> "Review":
        """An official keeps the value or changes it, with a reason."""
        if self.outcome is not None:
            raise ReviewDecided
        if (outcome == "changed") != (points_bp is not None):
            raise PointsDoNotFit(Fault("/points_bp", POINTS_DO_NOT_FIT, outcome=outcome))
        return changed(
            self,
            outcome=outcome,
            points_bp=points_bp,
            decision_code=decision_code,
            decided_by=by,
            decided_at=now,
        )


@answer
class Correction:
    """A change to a sealed result, proposed by one person and confirmed by another."""

    id: UUID
    version: int
    result_id: UUID
    division: str
    indicator: str
    points_bp: int
    reason_code: str
    proposed_by: str
    proposed_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None

    def confirm(self, by: str, now: datetime) -> "Correction":
        """The second person agrees."""
        if self.confirmed_by is not None:
            raise CorrectionConfirmed
        if by == self.proposed_by:
            raise SecondPersonRequired
        return changed(self, confirmed_by=by, confirmed_at=now)


def ask(
    new_id: UUID,
    result: Result,
    indicator: str,
    reason_code: str,
    text: str,
    by: str,
    now: datetime,
    decide_due_day: date,
) -> Review:
    """The provider asks, within the period, that one indicator be looked at again."""
    result.expect_reviewable(now)
    return Review(
        id=new_id,
        version=1,
        result_id=result.id,
        provider_id=result.provider_id,
        division=result.division,
        indicator=indicator,
        reason_code=reason_code,
        text=text,
        asked_by=by,
        asked_at=now,
        decide_due_day=decide_due_day,
        outcome=None,
        points_bp=None,
        decision_code=None,
        decided_by=None,
        decided_at=None,
    )


def propose(
    new_id: UUID,
    result: Result,
    indicator: str,
    points_bp: int,
    reason_code: str,
    by: str,
    now: datetime,
) -> Correction:
    """An official has found a sealed result wrong."""
    result.expect_sealed()
    return Correction(
        id=new_id,
        version=1,
        result_id=result.id,
        division=result.division,
        indicator=indicator,
        points_bp=points_bp,
        reason_code=reason_code,
        proposed_by=by,
        proposed_at=now,
        confirmed_by=None,
        confirmed_at=None,
    )

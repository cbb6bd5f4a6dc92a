"""Results (定案): scored → notified → sealed, in editions that are never changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from libs.common.clock import end_of
from libs.common.contract import answer, changed
from libs.common.errors import Conflict, Fault, Invalid, SecondPersonRequired
from services.evaluation.domain.agreements import Agreement
from services.evaluation.domain.commissions import Commission
from services.evaluation.domain.policies import Band, Policy
from services.evaluation.domain.scores import Line, weigh
from services.evaluation.domain.sentences import INDICATOR_UNKNOWN

ResultStatus = Literal["scored", "notified", "sealed"]


class ResultNotScored(Conflict):
    """Only a scored result that was not notified yet can be notified; see its status."""

    zh = "只有已评分且尚未告知的结果才能告知，请核对其状态。"


class ResultNotNotified(Conflict):
    """This is possible between the notification of a result and its sealing; see its status."""

    zh = "此操作只能在结果告知之后、定案之前进行，请核对其状态。"


class ResultNotSealed(Conflict):
    """Only a sealed result is corrected; before that, it is reviewed."""

    zh = "只有已定案的结果才能更正；定案之前请走复核程序。"


class ReviewPeriodOver(Conflict):
    """The period for a review is over; what is wrong in a sealed result is corrected by two."""

    zh = "申请复核的期限已过；定案结果有误的，请联系购买主体按更正程序办理。"


class ReviewPeriodRunning(Conflict):
    """The provider may still ask for a review; seal after the period, or when it has waived it."""

    zh = "复核期限未满，请期满后或承接主体放弃复核后再定案。"


class ReviewsOpen(Conflict):
    """A review is still open; decide it before sealing."""

    zh = "仍有复核未作出决定，请先决定后再定案。"


class IndicatorUnknown(Invalid):
    """The result has no such indicator."""

    zh = "该结果中没有此指标。"


@answer
class Edition:
    """One version of a result with its explanation, down to each indicator."""

    edition: int
    score_bp: int
    band: Band
    balance_share_bp: int
    policy_version: int
    lines: tuple[Line, ...]
    reason_code: str | None
    made_by: str
    confirmed_by: str | None
    made_at: datetime
    sealed_at: datetime | None


@answer
class Result:
    """The result of a commission as it stands, under the commission's own id.

    `version` counts changes for the ETag, `edition` the versions of the result itself.
    """

    id: UUID
    version: int
    commission_id: UUID
    agreement_id: UUID
    provider_id: UUID
    purchaser_id: UUID
    evaluator_id: UUID
    division: str
    domain: str
    round: int
    edition: int
    score_bp: int
    band: Band
    balance_share_bp: int
    policy_version: int
    status: ResultStatus
    scored_by: str
    notified_by: str | None
    review_until: date | None
    review_waived: bool
    sealed_by: str | None
    sealed_at: datetime | None
    """When it was first sealed: a correction does not make it younger."""
    correction: bool

    def notify(self, by: str, today: date, review_days: int) -> "Result":
        """An official, not the one who scored, tells the provider; the review period begins."""
        if self.status != "scored":
            raise ResultNotScored
        if by == self.scored_by:
            raise SecondPersonRequired
        until = today + timedelta(days=review_days)
        return changed(self, status="notified", notified_by=by, review_until=until)

    @property
    def is_failed(self) -> bool:
        """Whether it lies below the line (不合格)."""
        return self.band == "fail"

    @property
    def calls_for_rectification(self) -> bool:
        """Whether the provider has its one chance: after the first evaluation, not the second."""
        return self.is_failed and self.round == 1

    def expect_reviewable(self, now: datetime) -> None:
        """Refuse a review outside its period."""
        self.expect_notified()
        if self.is_review_over(now):
            raise ReviewPeriodOver

    def expect_notified(self) -> None:
        """Refuse what belongs between notification and sealing."""
        if self.status != "notified":
            raise ResultNotNotified

    def expect_other_than_notifier(self, person: str) -> None:
        """Whoever notified decides neither the review nor the sealing."""
        if person == self.notified_by:
            raise SecondPersonRequired

    def is_review_over(self, now: datetime) -> bool:
        """Whether nobody can ask for a review any more."""
        assert self.review_until is not None, "a notified result has its review period"
        return self.review_waived or now >= end_of(self.review_until)

    def expect_sealed(self) -> None:
        """Refuse what belongs after sealing."""
        if self.status != "sealed":
            raise ResultNotSealed

    def waive_review(self, now: datetime) -> "Result":
        """The provider accepts the result before the period ends."""
        self.expect_reviewable(now)
        return changed(self, review_waived=True)

    def seal(self, by: str, now: datetime, open_reviews: int) -> "Result":
        """Settled: by another person than the notifier, when nothing is open any more."""
        self.expect_notified()
        self.expect_other_than_notifier(by)
        if open_reviews:
            raise ReviewsOpen
        if not self.is_review_over(now):
            raise ReviewPeriodRunning
        return changed(self, status="sealed", sealed_by=by, sealed_at=now)

    def take(self, edition: Edition) -> "Result":
        """A new edition is the one that counts; the former ones stay."""
        return changed(
            self,
            edition=edition.edition,
            score_bp=edition.score_bp,
            band=edition.band,
            balance_share_bp=edition.balance_share_bp,
            correction=self.status == "sealed",
        )


@answer
class Explained(Result):
    """A result with all its editions, each explained down to its indicators."""

    editions: tuple[Edition, ...]


def make_edition(
    number: int, lines: Sequence[Line], policy: Policy, agreement: Agreement, by: str, now: datetime
) -> Edition:
    """Weigh the lines: the band is the policy's, the share of the balance the agreement's."""
    score, weighed = weigh(lines)
    return Edition(
        edition=number,
        score_bp=score,
        band=policy.band_of(score),
        balance_share_bp=agreement.balance_share_bp(score),
        policy_version=policy.version,
        lines=weighed,
        reason_code=None,
        made_by=by,
        confirmed_by=None,
        made_at=now,
        sealed_at=None,
    )


def change_line(
    lines: Sequence[Line], indicator: str, points_bp: int, reason_code: str
) -> tuple[Line, ...]:
    """The lines with one value changed by a person, and why."""
    expect_indicator(lines, indicator)
    return tuple(
        replace(line, value_bp=points_bp, reason_code=reason_code)
        if line.indicator == indicator
        else line
        for line in lines
    )


def expect_indicator(lines: Sequence[Line], indicator: str) -> None:
    """Refuse an indicator that the result does not have."""
    known = [line.indicator for line in lines]
    if indicator not in known:
        fault = Fault("/indicator", INDICATOR_UNKNOWN, indicator=indicator, indicators=known)
        raise IndicatorUnknown(fault)


def first(commission: Commission, edition: Edition) -> Result:
    """The result of a commission in its first edition."""
    assert commission.evaluator_id is not None, "a scored commission has its evaluator"
    return Result(
        id=commission.id,
        version=1,
        commission_id=commission.id,
        agreement_id=commission.agreement_id,
        provider_id=commission.provider_id,
        purchaser_id=commission.purchaser_id,
        evaluator_id=commission.evaluator_id,
        division=commission.division,
        domain=commission.domain,
        round=commission.round,
        edition=edition.edition,
        score_bp=edition.score_bp,
        band=edition.band,
        balance_share_bp=edition.balance_share_bp,
        policy_version=edition.policy_version,
        status="scored",
        scored_by=edition.made_by,
        notified_by=None,
        review_until=None,
        review_waived=False,
        sealed_by=None,
        sealed_at=None,
        correction=False,
    )

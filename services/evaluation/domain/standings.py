"""Standings (履约评价): what an organisation's sealed results of the last years amount to."""

import calendar
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from libs.common.contract import answer, changed
from services.evaluation.domain.policies import Band, Effect, Policy


@answer
class Standing:
    """An organisation's standing; without any result it is neutral, as a newcomer is."""

    id: UUID
    version: int
    organisation_id: UUID
    division: str
    sealed_results: int
    average_score_bp: int | None
    best_score_bp: int | None
    band: Band | None
    effect: Effect
    as_of: date

    def judge(self, scores: Sequence[int], policy: Policy, today: date) -> "Standing":
        """The mean, rounded down, of the results within the policy's look-back."""
        average = sum(scores) // len(scores) if scores else None
        band = policy.band_of(average) if average is not None else None
        return changed(
            self,
            sealed_results=len(scores),
            average_score_bp=average,
            best_score_bp=max(scores, default=None),
            band=band,
            effect=policy.effect_of(band) if band is not None else "neutral",
            as_of=today,
        )


def newcomer(organisation_id: UUID, division: str, today: date) -> Standing:
    """The standing before the first result."""
    return Standing(
        id=organisation_id,
        version=0,
        organisation_id=organisation_id,
        division=division,
        sealed_results=0,
        average_score_bp=None,
        best_score_bp=None,
        band=None,
        effect="neutral",
        as_of=today,
    )


def months_later(day: date, months: int) -> date:
    """The same day of another month, or that month's last day; months may be negative."""
    month = day.year * 12 + day.month - 1 + months
    year, month = divmod(month, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))

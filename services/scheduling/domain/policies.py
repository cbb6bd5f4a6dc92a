"""The habits of the place: versioned numbers and lists that every decision names."""

from datetime import date
from typing import Annotated, Final

from libs.common.contract import BasisPoints, Count, Name, Period, Some, Token, answer, body
from libs.common.errors import Fault, Invalid
from libs.common.sentences import IN_THE_PAST, OUT_OF_RANGE

Codes = Annotated[tuple[Token, ...], Some(0, 50)]
MOST_DAYS: Final = 400
"""No habit of a place reaches further: a year and a month."""


class PolicyFromThePast(Invalid):
    """A policy begins today or later: what was decided under the old one stands."""

    zh = "政策只能自今日或以后生效，此前的决定不受影响。"


class PolicyOutOfRange(Invalid):
    """A policy's hours and days reach no further than 400 days."""

    zh = "政策规定的时限不得超过四百天。"


@body
class ReturnText:
    """How a return code reads to who has to act on it."""

    code: Token
    zh: Name
    en: Name


@answer
class Rules:
    """What a place may set; hours and days are of the business clock."""

    longest_hours: Period
    behind_bp: BasisPoints
    afterwards_hours: Period
    afterwards_share_bp: BasisPoints
    unobserved_kinds: Codes
    observed_from_persons: Count
    observed_share_bp: BasisPoints
    observation_hours: Period
    call_backs: Count
    waiver_share_bp: BasisPoints
    waiver_reasons: Codes
    check_in_hours_before: Period
    check_in_hours_after: Period
    unheld_hours: Period
    report_days: Period
    review_days: Period
    least_photos: Count
    photo_free_domains: Codes
    minors_domains: Codes
    return_codes: Codes
    return_texts: Annotated[tuple[ReturnText, ...], Some(0, 50)] = ()
    series_days: Period

    def texts_of(self, codes: tuple[str, ...]) -> tuple[ReturnText, ...]:
        """How those of the codes read that have a text."""
        return tuple(text for text in self.return_texts if text.code in codes)


@answer
class Policy:
    """One version of the rules and the day it holds from."""

    version: int
    effective_from: date
    rules: Rules


def next_policy(latest: int, effective_from: date, rules: Rules, today: date) -> Policy:
    """The version after the latest; the past is never changed."""
    if effective_from < today:
        raise PolicyFromThePast(Fault("/effective_from", IN_THE_PAST, earliest=today))
    if far := [name for name in _DAYS if getattr(rules, name) > MOST_DAYS]:
        raise PolicyOutOfRange(
            *(Fault(f"/rules/{name}", OUT_OF_RANGE, least=0, most=MOST_DAYS) for name in far)
        )
    return Policy(version=latest + 1, effective_from=effective_from, rules=rules)


_DAYS: Final = ("report_days", "review_days", "series_days")
"""No hours: so many as a policy may reckon with (3 660) are fewer days than that."""

"""Series: activities that recur by a small part of RFC 5545, in Chinese local time."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from dateutil.rrule import rrulestr

from libs.common.clock import PLACE, legal_day
from libs.common.errors import Fault, Invalid
from services.scheduling.domain.activities import Basis, Kind
from services.scheduling.domain.plans import Plan
from services.scheduling.domain.policies import Rules
from services.scheduling.domain.sentences import BEYOND_HORIZON, NO_OCCURRENCE, RULE_NOT_OFFERED

_DAYS: Final = r"(?:MO|TU|WE|TH|FR|SA|SU)"
_MONTH_DAY: Final = r"(?:-?(?:[1-9]|[12][0-9]|3[01]))"
_RULE: Final = re.compile(
    rf"FREQ=(?:DAILY|WEEKLY;BYDAY={_DAYS}(?:,{_DAYS})*|MONTHLY;BYMONTHDAY={_MONTH_DAY})"
    r"(?:;INTERVAL=(?:[1-9]|[1-4][0-9]|5[0-2]))?"
)


class RecurrenceInvalid(Invalid):
    """Use FREQ=DAILY, WEEKLY with BYDAY or MONTHLY with BYMONTHDAY, within the policy's horizon."""

    zh = "重复规则只支持每日、每周（BYDAY）或每月（BYMONTHDAY），且不得超过规定期限。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What recurs, how, and until when."""

    id: UUID
    version: int
    basis: Basis
    kind: Kind
    title: str
    agreement_id: UUID | None
    output_id: UUID | None
    organisation_id: UUID | None
    division: str
    place: str
    rrule: str
    first_starts_at: datetime
    minutes: int
    until: date
    occurrences: int
    policy_version: int

    def plans(self, starts: list[datetime], persons: int) -> list[Plan]:
        """One plan for each occurrence."""
        return [
            Plan(
                basis=self.basis,
                kind=self.kind,
                title=self.title,
                agreement_id=self.agreement_id,
                output_id=self.output_id,
                organisation_id=self.organisation_id,
                division=self.division,
                place=self.place,
                station_id=None,
                room_id=None,
                starts_at=start,
                ends_at=start + timedelta(minutes=self.minutes),
                expected_persons=persons,
                recorded_afterwards=False,
            )
            for start in starts
        ]


def occurrences(rrule: str, first: datetime, until: date, rules: Rules) -> list[datetime]:
    """The instants at which a series starts, from the first day through the last, both included.

    Months without that day are left out, as RFC 5545 says; BYMONTHDAY=-1 is the last of each.
    """
    if not _RULE.fullmatch(rrule):
        raise RecurrenceInvalid(Fault("/rrule", RULE_NOT_OFFERED))
    last = legal_day(first) + timedelta(days=rules.series_days)
    if until > last:
        raise RecurrenceInvalid(Fault("/until", BEYOND_HORIZON, last=last))
    local = first.astimezone(PLACE).replace(tzinfo=None)
    rule = rrulestr(rrule, dtstart=local)
    found = rule.between(local, datetime.combine(until, time.max), inc=True)
    if not found:
        raise RecurrenceInvalid(Fault("/until", NO_OCCURRENCE, until=until))
    return [start.replace(tzinfo=PLACE).astimezone(UTC) for start in found]

"""Visits as casework hears of them: they alone open contact data to an outsider."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from libs.common.errors import Conflict


class VisitEnded(Conflict):
    """This visit has ended; contact data is given for a visit that is still to be made."""

    zh = "该走访已结束；联系方式仅提供给尚未完成的走访。"


class VisitNotToday(Conflict):
    """Today lies outside the days of this visit; ask again within them."""

    zh = "今天不在该走访的日期范围内，请在走访期间再查询。"


class VisitConsentMissing(Conflict):
    """The recipient has not consented to visits, or has withdrawn; no contact data is given, so end
    the visit as refused."""

    zh = "服务对象未同意走访或已撤回同意，不提供联系方式；请以“拒绝”结束该走访。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit of an evaluation: who may go to whom, and when."""

    id: UUID
    visitor: str
    recipient_ref: str
    purpose: str
    from_day: date
    to_day: date
    status: Literal["assigned", "ended"]

    def require_reveal(self, today: date, *, consented: bool) -> None:
        """Refuse unless the visit is of today, and the recipient agreed to visits."""
        if self.status != "assigned":
            raise VisitEnded
        if not self.from_day <= today <= self.to_day:
            raise VisitNotToday
        if not consented:
            raise VisitConsentMissing

"""After a restore: the bank's statement is compared with what is recorded, before more is paid."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from libs.common.contract import answer, changed
from libs.common.errors import Conflict, Fault, Invalid, SecondPersonRequired
from services.procurement.domain.sentences import (
    APART_FROM_THE_BOOKS,
    BEFORE_FROM_DAY,
    DAY_OUTSIDE_STATEMENT,
)

Status = Literal["recorded", "confirmed"]
FIRST_EPOCH: Final = 1
"""Of a database that never came from a backup."""


class PaymentsStandStill(Conflict):
    """The database came from a backup: nothing is paid until one person of the treasury has
    recorded a comparison with the bank's statement and another has confirmed it."""

    zh = "数据库已从备份恢复：须先由国库一人登记银行对账单核对结果、另一人确认，方可继续支付。"


class MoneyHasLeft(Conflict):
    """By the bank's statement this provider was paid what is not recorded here: record that
    transfer first, by its `reference` and `amount`, or have another person dismiss the line."""

    zh = (
        "银行对账单显示已向该机构付款而本系统尚无记录：请先按 reference 与 amount 补录该笔支付，"
        "或由另一人注销该对账行。"
    )


class ComparisonConfirmedAlready(Conflict):
    """Another person has confirmed this comparison already."""

    zh = "该核对结果已由他人确认。"


class LineSettledAlready(Conflict):
    """This line of the statement was recorded as a payment or dismissed already."""

    zh = "该对账行已补录或已注销。"


class LineNamedAlready(Conflict):
    """A transfer of the statement to this provider is named in a comparison already."""

    zh = "对账单中的该笔付款已登记，不得重复登记。"


class StatementIncoherent(Invalid):
    """A statement ends after it begins, holds transfers of its days alone, and goes on where the
    books end: the day of the last recorded transfer is among its days."""

    zh = "对账单的截止日不得早于起始日，所列付款须在其期间之内，期间须包含本系统最近一笔付款之日。"


@answer
class Line:
    """A transfer of the bank's statement that was not recorded here when it was compared; fen."""

    id: UUID
    comparison_id: UUID
    provider_id: UUID
    reference: str
    amount: int
    day: date
    named_by: str
    payment_id: UUID | None = None
    """The payment that it is recorded as."""
    dismissed_by: str | None = None
    reason: str | None = None

    @property
    def open(self) -> bool:
        """Whether money has left that the books do not show."""
        return self.payment_id is None and self.dismissed_by is None

    def record(self, payment_id: UUID) -> "Line":
        """The transfer is in the books now."""
        return replace(self, payment_id=payment_id)

    def dismiss(self, person: str, reason: str) -> "Line":
        """It is nothing to be recorded; another person than the one who named it says why."""
        if not self.open:
            raise LineSettledAlready
        if person == self.named_by:
            raise SecondPersonRequired
        return replace(self, dismissed_by=person, reason=reason)


@answer
class Comparison:
    """A comparison of the bank's statement with the recorded payments, by two persons."""

    id: UUID
    version: int
    epoch: int
    """Which restore it answers; 1: none."""
    division: str
    statement: str
    from_day: date
    until_day: date
    status: Status
    open_lines: int
    """Transfers of the statement that are still not recorded here …"""
    open_amount: int
    """… and what they come to, in fen."""
    compared_by: str
    compared_at: datetime
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None

    def confirm(self, person: str, at: datetime) -> "Comparison":
        """By a second person: from here on transfers are made again."""
        if self.status == "confirmed":
            raise ComparisonConfirmedAlready
        if person == self.compared_by:
            raise SecondPersonRequired
        return changed(self, status="confirmed", confirmed_by=person, confirmed_at=at)

    def settle(self, line: Line) -> "Comparison":
        """One of its lines is not open any more."""
        return changed(
            self, open_lines=self.open_lines - 1, open_amount=self.open_amount - line.amount
        )


def check_statement(
    from_day: date, until_day: date, days: Sequence[date], last_paid: date | None
) -> None:
    """Refuse a statement whose days do not fit together, or leave a gap after what is recorded."""
    faults = [
        Fault(f"/lines/{place}/day", DAY_OUTSIDE_STATEMENT, first=from_day, last=until_day)
        for place, day in enumerate(days)
        if not from_day <= day <= until_day
    ]
    if until_day < from_day:
        faults = [Fault("/until_day", BEFORE_FROM_DAY, from_day=from_day)]
    elif last_paid and not from_day <= last_paid <= until_day:
        pointer = "/from_day" if last_paid < from_day else "/until_day"
        faults.append(Fault(pointer, APART_FROM_THE_BOOKS, day=last_paid))
    if faults:
        raise StatementIncoherent(*faults)


def check_compared(epoch: int, compared: bool) -> None:
    """Refuse to pay from a database that came from a backup, until somebody has compared it: a
    payment that it has forgotten would leave the bank once more."""
    if epoch > FIRST_EPOCH and not compared:
        raise PaymentsStandStill


def line_of(open_lines: Sequence[Line], reference: str, amount: int) -> Line | None:
    """The line that a transfer records; to a provider with open lines nothing else is paid."""
    for line in open_lines:
        if (line.reference, line.amount) == (reference, amount):
            return line
    if open_lines:
        first = open_lines[0]
        raise MoneyHasLeft(reference=first.reference, amount=first.amount, line=str(first.id))
    return None

"""Subscriptions: agreements between the city and another system on which events it gets.

proposed → in_force ⇄ suspended → ended | expired; two others approve what one has proposed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final, Literal
from uuid import UUID

from libs.common.contract import Day, Name, Some, Text, Token, body, changed
from libs.common.errors import Conflict, Fault, Invalid, SecondPersonRequired
from libs.common.sentences import IN_THE_PAST
from services.notifications.domain.sentences import (
    DIVISION_NOT_YOURS,
    DIVISION_UNREADABLE,
    TYPE_UNKNOWN,
)

Status = Literal["proposed", "in_force", "suspended", "ended", "expired"]
OPEN: Final = frozenset({"in_force", "suspended"})
APPROVALS: Final = 2
CODE_DIGITS: Final = 12
WARNED_BEFORE: Final = timedelta(days=30)
"""So long before its last day whoever answers for an agreement is reminded of it."""


class SubscriptionInvalid(Invalid):
    """This subscription cannot be proposed so; each fault says what to correct."""

    zh = "订阅协议内容不正确，请按所列各项改正。"


class NothingToApprove(Conflict):
    """Nothing of this subscription waits for approval; read it again."""

    zh = "该订阅协议没有待批准的事项，请重新读取。"


class SubscriptionNotInForce(Conflict):
    """This subscription is not in force; read it again, and propose a new one if it is over."""

    zh = "该订阅协议不在有效状态，请重新读取；已终止或到期的，请另行提出新协议。"


class SubscriptionNotSuspended(Conflict):
    """This subscription is not suspended; there is nothing to resume."""

    zh = "该订阅协议未被暂停，无需恢复。"


class SubscriptionOver(Conflict):
    """This subscription has ended or expired already; propose a new one."""

    zh = "该订阅协议已终止或到期，如需继续请另行提出新协议。"


class NotSubscribed(Conflict):
    """No agreement names your account; ask an official of the city's department in charge to
    propose a subscription for it, which two others approve."""

    zh = "没有以贵方账号订立的订阅协议，请联系本市主管部门提出订阅协议，并由另外两人批准。"


class SubscriptionStopped(Conflict):
    """Your agreement is suspended; ask the official who answers for it at the city's department in
    charge when it goes on, and go on then from the position that you have."""

    zh = "贵方订阅协议已暂停，请联系本市主管部门的经办人了解何时恢复；恢复后可从现有位置继续读取。"


class SubscriptionRunOut(Conflict):
    """Your agreement has ended or expired; ask the city's department in charge for a new one, and
    go on then from the position that you have."""

    zh = "贵方订阅协议已终止或到期，请联系本市主管部门另订协议；生效后可从现有位置继续读取。"


@body
class Terms:
    """What is agreed: with whom, what for, on what ground, which events, of where, until when."""

    organisation: Name
    office: Name
    """Whom to ask there: an office with its telephone, never a private person."""
    account: Token
    """The `sub` of the tokens that the other system comes with."""
    purpose: Text
    legal_basis: Text
    types: Annotated[tuple[Name, ...], Some(1, 200)]
    """Exact types, or families such as `procurement.*` and `registry.organisation.*`."""
    divisions: Annotated[tuple[Name, ...], Some(1, 200)]
    """Codes of divisions, or the digits with which they begin."""
    until_day: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One agreement; what is proposed, at first or as an extension, waits in `proposed_until`."""

    id: UUID
    version: int
    status: Status
    organisation: str
    office: str
    account: str
    purpose: str
    legal_basis: str
    types: tuple[str, ...]
    divisions: tuple[str, ...]
    until_day: date | None
    """Its last day; none before it was approved."""
    proposed_until: date | None
    proposed_by: str
    """Who has proposed it, or its latest extension, and answers for it."""
    approved_by: tuple[str, ...]
    reason: str | None
    """Why it was suspended, or ended early."""

    def approve(self, by: str, today: date) -> "Subscription":
        """One approval more of what is proposed; the second one makes it hold."""
        if self.proposed_until is None:
            raise NothingToApprove
        if by == self.proposed_by or by in self.approved_by:
            raise SecondPersonRequired
        _check_day("/until_day", self.proposed_until, today)
        approved = (*self.approved_by, by)
        if len(approved) < APPROVALS:
            return changed(self, approved_by=approved)
        return changed(
            self,
            approved_by=approved,
            status="in_force" if self.status == "proposed" else self.status,
            until_day=self.proposed_until,
            proposed_until=None,
        )

    def extend(self, by: str, until: date, today: date) -> "Subscription":
        """A later last day, proposed anew; until two others approve it the former one holds."""
        if self.status != "in_force":
            raise SubscriptionNotInForce
        assert self.until_day is not None, "what is in force has a last day"
        _check_day("/until_day", until, self.until_day + timedelta(days=1))
        return changed(self, proposed_until=until, proposed_by=by, approved_by=())

    def suspend(self, reason: str) -> "Subscription":
        """Nothing is given until it is resumed."""
        if self.status != "in_force":
            raise SubscriptionNotInForce
        return changed(self, status="suspended", reason=reason)

    def resume(self) -> "Subscription":
        """It goes on as agreed."""
        if self.status != "suspended":
            raise SubscriptionNotSuspended
        return changed(self, status="in_force", reason=None)

    def end(self, reason: str) -> "Subscription":
        """Over before its last day, or never in force."""
        if self.status not in OPEN | {"proposed"}:
            raise SubscriptionOver
        return changed(self, status="ended", reason=reason, proposed_until=None)

    def expire(self, today: date) -> "Subscription | None":
        """Over, if its last day is; None if it goes on, or has ended before."""
        if self.status not in OPEN or self.until_day is None or self.until_day >= today:
            return None
        return changed(self, status="expired", proposed_until=None)

    def expires_soon(self, today: date) -> bool:
        """Whether its last day is near and still to come."""
        if self.status not in OPEN or self.until_day is None:
            return False
        return today <= self.until_day <= today + WARNED_BEFORE

    def is_in_force(self, today: date) -> bool:
        """Whether it gives anything on that day, be its timer late."""
        return self.status == "in_force" and self.until_day is not None and today <= self.until_day


def may_see(subscription: Subscription, event_type: str, division: str, today: date) -> bool:
    """Whether an agreement opens an event at the instant of its delivery; the law of all ways.

    The function `may_see` of the database says the same, and a test compares the two.
    """
    return (
        subscription.is_in_force(today)
        and any(is_of(event_type, wanted) for wanted in subscription.types)
        and any(division.startswith(prefix) for prefix in subscription.divisions)
    )


def is_of(event_type: str, wanted: str) -> bool:
    """Whether a type is the one that is named, or of the family."""
    family = wanted.endswith(".*")
    return event_type.startswith(wanted[:-1]) if family else event_type == wanted


def propose(
    new_id: UUID,
    terms: Terms,
    by: str,
    *,
    own: tuple[str, ...],
    known: frozenset[str],
    today: date,
) -> Subscription:
    """An agreement that waits for two others; `own` are the divisions of who proposes it."""
    faults = [
        Fault(f"/types/{n}", TYPE_UNKNOWN, type=wanted[:100])
        for n, wanted in enumerate(terms.types)
        if not any(is_of(one, wanted) for one in known)
    ]
    for n, prefix in enumerate(terms.divisions):
        if not (prefix.isascii() and prefix.isdigit() and len(prefix) <= CODE_DIGITS):
            faults.append(Fault(f"/divisions/{n}", DIVISION_UNREADABLE))
        elif not prefix.startswith(own):
            faults.append(Fault(f"/divisions/{n}", DIVISION_NOT_YOURS, division=prefix))
    if terms.until_day < today:
        faults.append(Fault("/until_day", IN_THE_PAST, earliest=today))
    if faults:
        raise SubscriptionInvalid(*faults)
    return Subscription(
        id=new_id,
        version=1,
        status="proposed",
        organisation=terms.organisation,
        office=terms.office,
        account=terms.account,
        purpose=terms.purpose,
        legal_basis=terms.legal_basis,
        types=tuple(dict.fromkeys(terms.types)),
        divisions=tuple(dict.fromkeys(terms.divisions)),
        until_day=None,
        proposed_until=terms.until_day,
        proposed_by=by,
        approved_by=(),
        reason=None,
    )


def why_nothing(found: Iterable[Subscription]) -> Conflict:
    """Why an account with these agreements, none of them in force, gets nothing now."""
    statuses = {one.status for one in found}
    if "suspended" in statuses:
        return SubscriptionStopped()
    if statuses & {"in_force", "ended", "expired"}:
        return SubscriptionRunOut()
    return NotSubscribed()


def _check_day(pointer: str, day: date, earliest: date) -> None:
    if day < earliest:
        raise SubscriptionInvalid(Fault(pointer, IN_THE_PAST, earliest=earliest))

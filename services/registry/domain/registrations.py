"""Registrations of certified workers: valid → expiring → lapsed, renewed in their window."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dateutil.relativedelta import relativedelta

from libs.common.contract import changed
from libs.common.errors import Conflict, Fault, Invalid
from services.registry.domain.sentences import DAY_NOT_POSSIBLE
from services.registry.domain.workers import (
    Certificate,
    CertificateLevel,
    RegistrationStatus,
    Worker,
)


class CertificateNeeded(Conflict):
    """Only a worker with a valid certificate can be registered; record the certificate first."""

    zh = "只有持有效证书的人员才能登记，请先登记证书。"


class RegistrationStanding(Conflict):
    """The worker is registered; renew the registration in its last months."""

    zh = "该人员的登记仍有效，请在期满前的续登期内办理续登。"


class RegistrationTooLate(Conflict):
    """The first registration is due within the period after the certificate was issued."""

    zh = "首次登记须在取得证书后的规定期限内办理，现已逾期。"


class RegistrationNotOpenForRenewal(Conflict):
    """A registration is renewed in its last months; see `opens_on`."""

    zh = "登记须在期满前的续登期内办理续登，尚未到期或已经失效。"


class HoursMissing(Conflict):
    """More hours of continuing education are needed; see `required`."""

    zh = "继续教育学时不足，请补足后再办理。"


class RegistrationDayInvalid(Invalid):
    """A registration begins today or before, and not before the certificate was issued."""

    zh = "登记开始日期不得晚于今日，也不得早于证书颁发日期。"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelHours:
    """Hours of continuing education over a whole registration, by level of certificate."""

    level: CertificateLevel
    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationPolicy:
    """How long a registration lasts, and what it takes to renew it."""

    version: int
    effective_from: date
    valid_years: int
    renewal_months: int
    first_months: int
    hours: tuple[LevelHours, ...]

    def required(self, level: CertificateLevel | None) -> int:
        """The hours that this level needs; the most of all levels for one not named."""
        named = [entry.hours for entry in self.hours if entry.level == level]
        return named[0] if named else max(entry.hours for entry in self.hours)

    def end(self, from_day: date) -> date:
        """The last day of a registration from that day."""
        return from_day + relativedelta(years=self.valid_years) - relativedelta(days=1)

    def window_opens(self, until: date) -> date:
        """The first day on which a registration until that day can be renewed."""
        return until - relativedelta(months=self.renewal_months) + relativedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One term of a worker's registration, with the policy that it was granted by."""

    id: UUID
    worker_id: UUID
    from_day: date
    until_day: date
    hours: int
    policy_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a registration is asked with: its first day, and hours of continuing education."""

    from_day: date
    hours: int


def register(
    new_id: UUID,
    worker: Worker,
    certificates: Iterable[Certificate],
    policy: RegistrationPolicy,
    asked: Asked,
    today: date,
) -> tuple[Worker, Registration]:
    """Registered for the first time, or again after a lapse (then with continuing education)."""
    issued = [c.issued_day for c in certificates if c.status == "valid"]
    if not issued:
        raise CertificateNeeded
    if worker.registration_status in ("valid", "expiring"):
        raise RegistrationStanding
    if not min(issued) <= asked.from_day <= today:
        raise RegistrationDayInvalid(
            Fault("/from_day", DAY_NOT_POSSIBLE, earliest=min(issued), latest=today)
        )
    if worker.registration_status == "lapsed":
        _demand_hours(worker, policy, asked.hours)
    elif asked.from_day > max(issued) + relativedelta(months=policy.first_months):
        raise RegistrationTooLate
    return _grant(new_id, worker, policy, asked, today)


def renew(
    new_id: UUID, worker: Worker, policy: RegistrationPolicy, hours: int, today: date
) -> tuple[Worker, Registration]:
    """Renewed from the day after its end, in its last months, with continuing education."""
    until = worker.registration_until
    if until is None or worker.registration_status == "lapsed":
        raise RegistrationNotOpenForRenewal
    opens = policy.window_opens(until)
    if not opens <= today <= until:
        raise RegistrationNotOpenForRenewal(opens_on=opens.isoformat())
    if not worker.certificate_valid:
        raise CertificateNeeded
    _demand_hours(worker, policy, hours)
    asked = Asked(from_day=until + relativedelta(days=1), hours=hours)
    return _grant(new_id, worker, policy, asked, today)


def warn(worker: Worker, policy: RegistrationPolicy, today: date) -> Worker | None:
    """Nearing its end, if its window is open; None when it has been renewed or has lapsed."""
    until = worker.registration_until
    if worker.registration_status != "valid" or until is None:
        return None
    if today < policy.window_opens(until):
        return None
    return changed(worker, registration_status="expiring")


def lapse(worker: Worker, today: date) -> Worker | None:
    """Lapsed, if its last day is over; None when it has been renewed."""
    until = worker.registration_until
    if worker.registration_status not in ("valid", "expiring") or until is None or today <= until:
        return None
    return changed(worker, registration_status="lapsed")


def _grant(
    new_id: UUID, worker: Worker, policy: RegistrationPolicy, asked: Asked, today: date
) -> tuple[Worker, Registration]:
    until = policy.end(asked.from_day)
    status: RegistrationStatus = "lapsed" if until < today else "valid"
    if status == "valid" and today >= policy.window_opens(until):
        status = "expiring"
    registration = Registration(
        id=new_id,
        worker_id=worker.id,
        from_day=asked.from_day,
        until_day=until,
        hours=asked.hours,
        policy_version=policy.version,
    )
    return changed(worker, registration_status=status, registration_until=until), registration


def _demand_hours(worker: Worker, policy: RegistrationPolicy, hours: int) -> None:
    required = policy.required(worker.certificate_level)
    if hours < required:
        raise HoursMissing(required=required)

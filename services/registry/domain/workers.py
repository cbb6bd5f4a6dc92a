"""Workers: what kind they are, who employs them, and what they may practise."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal
from uuid import UUID

from libs.common.contract import changed
from libs.common.errors import Conflict, Fault, Invalid
from libs.common.sentences import IN_THE_FUTURE
from services.registry.domain.periods import PeriodStatus, end_of_period, status_on
from services.registry.domain.sentences import DAY_NOT_POSSIBLE, VALID_UNTIL_NEEDED

WorkerKind = Literal["social-worker", "community-worker", "assistant", "carer"]
"""社会工作者, 社区工作者 (employed by a street or community), assistant, carer."""
CertificateLevel = Literal["assistant", "social-worker", "senior"]
"""助理社会工作师, 社会工作师, 高级社会工作师."""
RegistrationStatus = Literal["valid", "expiring", "lapsed"]
LEVELS: Final[tuple[CertificateLevel, ...]] = ("assistant", "social-worker", "senior")


class EmployerNotActive(Conflict):
    """Only a registered or filed organisation can employ or post a worker; settle that first."""

    zh = "只有已登记或已备案的组织才能聘用或派驻人员，请先办理登记、备案或恢复。"


class AlreadyEmployed(Conflict):
    """The worker has a full-time employer at that time; end that employment first."""

    zh = "该人员在此期间已有全职单位，请先办理离职。"


class AlreadyEmployedHere(Conflict):
    """The organisation employs this worker at that time already; choose other days."""

    zh = "该人员在此期间已受聘于本单位，请核对日期。"


class FileNumberTaken(Conflict):
    """Another worker has this file number already; correct it, or use that worker's entry."""

    zh = "该档案编号已用于其他人员，请核对编号，或使用已有记录。"


class CertificateNumberTaken(Conflict):
    """A certificate with this number is recorded already; compare the number with the document."""

    zh = "该证书编号已有记录，请对照证书核对编号。"


class CertificateNotValid(Conflict):
    """The certificate has been revoked already; there is nothing left to revoke."""

    zh = "该证书已被撤销，无需再次撤销。"


class CertificateDayInvalid(Invalid):
    """A certificate is neither issued nor revoked in the future, nor revoked before its issue."""

    zh = "证书的颁发或撤销日期不得晚于今日，撤销日期不得早于颁发日期。"


class CheckInvalid(Invalid):
    """A check is not made in the future, and a passed one says until when it is good."""

    zh = "核查日期不得晚于今日；核查通过的，须填写有效期至何日。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A qualification (a national examination): it does not lapse, but it can be revoked.

    Its number leads to a person, so it is not a part of what is answered and told.
    """

    id: UUID
    version: int
    worker_id: UUID
    level: CertificateLevel
    issued_day: date
    status: Literal["valid", "revoked"]
    revoked_day: date | None
    reason: str | None

    def revoke(self, day: date, reason: str, today: date) -> "Certificate":
        """Taken back, with a coded reason."""
        if self.status != "valid":
            raise CertificateNotValid
        if not self.issued_day <= day <= today:
            raise CertificateDayInvalid(
                Fault("/day", DAY_NOT_POSSIBLE, earliest=self.issued_day, latest=today)
            )
        return changed(self, status="revoked", revoked_day=day, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A look into the register of offences, as work with minors demands it."""

    id: UUID
    worker_id: UUID
    kind: Literal["minors"]
    passed: bool
    day: date
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Employment:
    """A worker with an organisation, full-time or beside it, from a day to a day."""

    id: UUID
    version: int
    worker_id: UUID
    organisation_id: UUID
    full_time: bool
    from_day: date
    to_day: date | None
    status: PeriodStatus

    def covers(self, from_day: date, to_day: date | None) -> bool:
        """Whether the employment lasts over the whole of those days."""
        if self.status not in ("planned", "standing") or from_day < self.from_day:
            return False
        return self.to_day is None or (to_day is not None and to_day <= self.to_day)

    def end(self, day: date, today: date) -> "Employment":
        """Its last day is known."""
        to_day, status = end_of_period(self, day, today)
        return changed(self, to_day=to_day, status=status)

    def move(self, status: PeriodStatus) -> "Employment":
        """Its first day has come, or its last day is over."""
        return changed(self, status=status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A person who works, without a name: what everybody may know of them."""

    id: UUID
    version: int
    kind: WorkerKind
    division: str
    enrolled_by: UUID | None
    employer_id: UUID | None
    part_time_ids: tuple[UUID, ...]
    certificate_level: CertificateLevel | None
    certificate_valid: bool
    registration_status: RegistrationStatus | None
    registration_until: date | None
    minors_check_until: date | None

    def employed_by(self, standing: Iterable[Employment]) -> "Worker":
        """With these employments standing; once employed, who enrolled them sees no more."""
        standing = list(standing)
        return changed(
            self,
            enrolled_by=None if standing else self.enrolled_by,
            employer_id=next((e.organisation_id for e in standing if e.full_time), None),
            part_time_ids=tuple(sorted(e.organisation_id for e in standing if not e.full_time)),
        )

    def certified_by(self, certificates: Iterable[Certificate]) -> "Worker":
        """With these certificates: the highest valid one counts, or the last one revoked shows.

        A worker without any valid certificate cannot stay registered.
        """
        certificates = list(certificates)
        valid = [c.level for c in certificates if c.status == "valid"]
        level = max(valid or [c.level for c in certificates], key=LEVELS.index, default=None)
        registration = self.registration_status if valid else self._without_certificate()
        return changed(
            self,
            certificate_level=level,
            certificate_valid=bool(valid),
            registration_status=registration,
        )

    def _without_certificate(self) -> RegistrationStatus | None:
        return None if self.registration_status is None else "lapsed"

    def check(self, check: Check, today: date) -> "Worker":
        """Checked for work with minors (未成年人保护法, article 62): a failed check blocks."""
        faults = []
        if check.day > today:
            faults.append(Fault("/day", IN_THE_FUTURE, latest=today))
        if check.passed and (check.valid_until or check.day) <= check.day:
            faults.append(Fault("/valid_until", VALID_UNTIL_NEEDED, day=check.day))
        if faults:
            raise CheckInvalid(*faults)
        return changed(self, minors_check_until=check.valid_until if check.passed else None)


def enrol(new_id: UUID, kind: WorkerKind, division: str, enrolled_by: UUID | None) -> Worker:
    """A person who begins to work in the city."""
    return Worker(
        id=new_id,
        version=1,
        kind=kind,
        division=division,
        enrolled_by=enrolled_by,
        employer_id=None,
        part_time_ids=(),
        certificate_level=None,
        certificate_valid=False,
        registration_status=None,
        registration_until=None,
        minors_check_until=None,
    )


def certify(
    new_id: UUID, worker_id: UUID, level: CertificateLevel, issued: date, today: date
) -> Certificate:
    """A certificate that the worker has shown."""
    if issued > today:
        raise CertificateDayInvalid(Fault("/issued_day", IN_THE_FUTURE, latest=today))
    return Certificate(
        id=new_id,
        version=1,
        worker_id=worker_id,
        level=level,
        issued_day=issued,
        status="valid",
        revoked_day=None,
        reason=None,
    )


def employ(
    new_id: UUID, worker: Worker, organisation_id: UUID, full_time: bool, day: date, today: date
) -> Employment:
    """The worker begins with an organisation on that day."""
    return Employment(
        id=new_id,
        version=1,
        worker_id=worker.id,
        organisation_id=organisation_id,
        full_time=full_time,
        from_day=day,
        to_day=None,
        status=status_on(day, None, today),
    )

"""What the registry tells others."""

from datetime import date
from typing import Final, Literal
from uuid import UUID

from libs.common.contract import answer, event
from services.registry.domain.divisions import Level
from services.registry.domain.organisations import LegalForm, OrganisationRole, Status
from services.registry.domain.stations import Room
from services.registry.domain.ties import TieDegree, TieKind
from services.registry.domain.workers import CertificateLevel, RegistrationStatus, WorkerKind


@answer
class OrganisationState:
    """The full public state of an organisation, in every event of it."""

    id: UUID
    name: str
    legal_form: LegalForm
    roles: tuple[OrganisationRole, ...]
    division: str
    status: Status
    uscc: str | None
    filing_number: str | None
    since: date | None


@event("registry.organisation.registered.v1")
class OrganisationRegistered(OrganisationState):
    """An organisation was registered under its social credit code."""


@event("registry.organisation.filed.v1")
class OrganisationFiled(OrganisationState):
    """A group was filed (备案) under a local number."""


@event("registry.organisation.updated.v1")
class OrganisationUpdated(OrganisationState):
    """An organisation has another name, other roles, or has moved."""


@event("registry.organisation.suspended.v1")
class OrganisationSuspended(OrganisationState):
    """An organisation was stopped for a time."""


@event("registry.organisation.reinstated.v1")
class OrganisationReinstated(OrganisationState):
    """A suspended organisation is back."""


@event("registry.organisation.deregistered.v1")
class OrganisationDeregistered(OrganisationState):
    """An organisation is gone for good."""


@event("registry.division.changed.v1")
class DivisionChanged:
    """A division was entered, or its end and its successors are known."""

    id: str
    name: str
    level: Level
    parent: str | None
    urban: bool
    valid_from: date
    valid_to: date | None
    successors: tuple[str, ...]


@answer
class WorkerState:
    """The full public state of a worker, in every event of theirs; never a name."""

    id: UUID
    kind: WorkerKind
    employer_id: UUID | None
    part_time_ids: tuple[UUID, ...]
    certificate_level: CertificateLevel | None
    certificate_valid: bool
    registration_status: RegistrationStatus | None
    registration_until: date | None
    minors_check_until: date | None


@event("registry.worker.enrolled.v1")
class WorkerEnrolled(WorkerState):
    """A person begins to work in the city."""


@event("registry.worker.employed.v1")
class WorkerEmployed(WorkerState):
    """A worker has begun with an organisation."""


@event("registry.worker.left.v1")
class WorkerLeft(WorkerState):
    """A worker has left an organisation."""


@event("registry.worker.checked.v1")
class WorkerChecked(WorkerState):
    """A worker was checked for work with minors; without a date the check has failed."""


@event("registry.certificate.recorded.v1")
class CertificateRecorded(WorkerState):
    """A worker's certificate was recorded."""


@event("registry.certificate.revoked.v1")
class CertificateRevoked(WorkerState):
    """A worker's certificate was revoked; without another valid one they may not lead work."""


@event("registry.registration.renewed.v1")
class RegistrationRenewed(WorkerState):
    """A worker was registered, or their registration was renewed."""


@event("registry.registration.expiring.v1")
class RegistrationExpiring(WorkerState):
    """A worker's registration can and should be renewed now."""


@event("registry.registration.lapsed.v1")
class RegistrationLapsed(WorkerState):
    """A worker's registration was not renewed in time."""


@answer
class PostingState:
    """The full public state of a posting."""

    id: UUID
    worker_id: UUID
    organisation_id: UUID
    station_id: UUID | None
    division: str
    from_day: date
    to_day: date | None


@event("registry.posting.started.v1")
class PostingStarted(PostingState):
    """A worker has begun to serve a community."""


@event("registry.posting.ended.v1")
class PostingEnded(PostingState):
    """A worker serves a community no more."""


@answer
class StationState:
    """The full public state of a station."""

    id: UUID
    name: str
    tier: str
    division: str
    operator_id: UUID | None
    status: Literal["open", "closed"]
    rooms: tuple[Room, ...]


@event("registry.station.opened.v1")
class StationOpened(StationState):
    """A station has opened."""


@event("registry.station.changed.v1")
class StationChanged(StationState):
    """A station has another name, operator or division, or more rooms."""


@event("registry.station.closed.v1")
class StationClosed(StationState):
    """A station has closed for good."""


@answer
class CoverageState:
    """A community's professional workers against the minimum."""

    id: str
    division: str
    workers: int
    certified: int
    minimum: int
    short_since: date | None


@event("registry.coverage.lost.v1")
class CoverageLost(CoverageState):
    """A community has fewer workers than the policy wants; said of a new community too."""


@event("registry.coverage.restored.v1")
class CoverageRestored(CoverageState):
    """A community has the workers again that the policy wants."""


@answer
class ExpertState:
    """The full public state of an expert; the id is the person."""

    id: str
    kinds: tuple[str, ...]
    status: Literal["admitted", "retired"]
    division: str


@event("registry.expert.admitted.v1")
class ExpertAdmitted(ExpertState):
    """An expert can be drawn."""


@event("registry.expert.retired.v1")
class ExpertRetired(ExpertState):
    """An expert can be drawn no more."""


@answer
class TieState:
    """The full public state of a tie."""

    id: UUID
    person: str
    organisation_id: UUID
    kind: TieKind
    degree: TieDegree
    status: Literal["standing", "ended"]


@event("registry.tie.declared.v1")
class TieDeclared(TieState):
    """A person is tied to an organisation."""


@event("registry.tie.ended.v1")
class TieEnded(TieState):
    """A person's tie to an organisation has ended."""


@event("registry.calendar.changed.v1")
class CalendarChanged:
    """A day is worked, or not, against its weekday."""

    id: str
    day: date
    working: bool
    name: str


TELLS: Final = (
    OrganisationRegistered,
    OrganisationFiled,
    OrganisationUpdated,
    OrganisationSuspended,
    OrganisationReinstated,
    OrganisationDeregistered,
    DivisionChanged,
    WorkerEnrolled,
    WorkerEmployed,
    WorkerLeft,
    WorkerChecked,
    CertificateRecorded,
    CertificateRevoked,
    RegistrationRenewed,
    RegistrationExpiring,
    RegistrationLapsed,
    PostingStarted,
    PostingEnded,
    StationOpened,
    StationChanged,
    StationClosed,
    CoverageLost,
    CoverageRestored,
    ExpertAdmitted,
    ExpertRetired,
    TieDeclared,
    TieEnded,
    CalendarChanged,
)

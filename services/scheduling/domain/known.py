"""What others have told us, in the shape that decisions here need."""

from datetime import date
from typing import Literal
from uuid import UUID

from libs.common.contract import answer

ObservationRule = Literal["every", "by-risk", "share"]


@answer
class Output:
    """One line of an agreement: so many of a kind, each with at least so many persons."""

    id: UUID
    kind: str
    title: str
    quantity: int
    minimum_persons: int


@answer
class Agreement:
    """An agreement as procurement tells it."""

    id: UUID
    title: str
    domain: str
    division: str
    host_division: str
    purchaser_id: UUID
    provider_id: UUID
    from_day: date
    to_day: date
    status: str
    observation: ObservationRule
    lead_worker_id: str | None
    certified_share_bp: int
    outputs: tuple[Output, ...]

    def output(self, output_id: UUID | None) -> Output | None:
        """The output of that id, if it is one of the agreement's."""
        return next((output for output in self.outputs if output.id == output_id), None)


@answer
class Worker:
    """A person who works, as the registry tells."""

    id: str
    employer_id: UUID | None
    part_time_ids: tuple[UUID, ...]
    certificate_level: str | None
    certificate_valid: bool
    registration_status: str | None
    minors_check_until: date | None

    def works_for(self, organisation_id: UUID | None) -> bool:
        """Full-time or part-time."""
        return organisation_id is not None and (
            organisation_id == self.employer_id or organisation_id in self.part_time_ids
        )

    @property
    def is_certified(self) -> bool:
        """A valid certificate, and a registration that has not lapsed."""
        return (
            self.certificate_level is not None
            and self.certificate_valid
            and self.registration_status != "lapsed"
        )


@answer
class Room:
    """A room of a station."""

    id: UUID
    name: str
    capacity: int


@answer
class Station:
    """A station with its rooms."""

    id: UUID
    name: str
    division: str
    status: str
    rooms: tuple[Room, ...]

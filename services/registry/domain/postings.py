"""Postings 派驻: which community a worker serves, on behalf of which employer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from libs.common.contract import changed
from libs.common.errors import Conflict, Fault, Invalid
from services.registry.domain.divisions import Division, DivisionEnded
from services.registry.domain.periods import PeriodStatus, end_of_period, status_on
from services.registry.domain.sentences import NOT_A_COMMUNITY
from services.registry.domain.workers import Employment


class WorkerNotEmployed(Conflict):
    """The posting organisation does not employ this worker over the whole of those days;
    correct the days, or record the employment first."""

    zh = "派驻单位在此期间并未全程聘用该人员，请核对日期，或先登记聘用。"


class AlreadyPosted(Conflict):
    """The worker is posted to this community at that time already; choose other days."""

    zh = "该人员在此期间已派驻该社区，请核对日期。"


class PostingNeedsCommunity(Invalid):
    """A worker is posted to a community; of several, make a posting for each."""

    zh = "派驻须以村（社区）为单位；服务多个社区的，请分别办理。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A worker serves a community for their employer, perhaps from a station."""

    id: UUID
    version: int
    worker_id: UUID
    organisation_id: UUID
    station_id: UUID | None
    division: str
    from_day: date
    to_day: date | None
    status: PeriodStatus

    def end(self, day: date, today: date) -> "Posting":
        """Its last day is known."""
        to_day, status = end_of_period(self, day, today)
        return changed(self, to_day=to_day, status=status)

    def move(self, status: PeriodStatus) -> "Posting":
        """Its first day has come, or its last day is over."""
        return changed(self, status=status)


def demand_community(community: Division, from_day: date) -> None:
    """A posting leads to a community that exists when it begins."""
    if community.level != "community":
        raise PostingNeedsCommunity(Fault("/division", NOT_A_COMMUNITY, level=community.level))
    if community.valid_to is not None and community.valid_to < from_day:
        raise DivisionEnded


def demand_employment(
    employments: Iterable[Employment], organisation_id: UUID, from_day: date, to_day: date | None
) -> None:
    """Employer and workplace may differ, but without an employer nobody is posted."""
    if not any(
        employment.organisation_id == organisation_id and employment.covers(from_day, to_day)
        for employment in employments
    ):
        raise WorkerNotEmployed


def post(
    new_id: UUID,
    worker_id: UUID,
    organisation_id: UUID,
    station_id: UUID | None,
    division: str,
    days: tuple[date, date | None],
    today: date,
) -> Posting:
    """A posting over those days, first and last."""
    from_day, to_day = days
    return Posting(
        id=new_id,
        version=1,
        worker_id=worker_id,
        organisation_id=organisation_id,
        station_id=station_id,
        division=division,
        from_day=from_day,
        to_day=to_day,
        status=status_on(from_day, to_day, today),
    )

"""Plans: what somebody wants to do, and whether agreement, policy and place allow it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, get_args
from uuid import UUID

from libs.common.clock import legal_day, next_minute
from libs.common.contract import told
from libs.common.errors import Conflict, Fault, Invalid, NotYet
from libs.common.money import share
from libs.common.sentences import IN_THE_PAST
from services.scheduling.domain.activities import (
    Activity,
    ActivityInThePast,
    Basis,
    Kind,
    check_times,
)
from services.scheduling.domain.known import Agreement, Station
from services.scheduling.domain.policies import Policy, Rules
from services.scheduling.domain.sentences import (
    AFTER_TERM,
    BASIS,
    BEFORE_TERM,
    NOT_RECORDABLE,
    NOT_THE_KIND_OF_THE_OUTPUT,
    OUTSIDE_AREA,
)

KINDS: Final = frozenset(get_args(Kind))
_UNTOUCHED: Final[dict[str, object]] = {
    "version": 1,
    "status": "draft",
    "persons": 0,
    "headcount": None,
    "observed_count": None,
    "person_times": 0,
    "volunteers": 0,
    "held_day": None,
    "first_reported_day": None,
    "reported_day": None,
    "report_due_day": None,
    "correction_due_day": None,
    "review_due_at": None,
    "provisional": False,
    "return_codes": (),
    "output_units": 0,
    "cancel_reason": None,
}
"""What a draft begins with."""
TOWN_DIGITS: Final = 9
"""The digits of a division code that name the town."""


class OutsideAgreement(Invalid):
    """An activity under an agreement lies within its term and its place, and fits its output."""

    zh = "协议内的活动须在协议期限和服务区域内，并与产出类型一致。"


class RecordedTooLate(Invalid):
    """Work can be recorded afterwards only once it is over and within the hours of the policy."""

    zh = "事后补录须在活动结束后、规定时限内办理。"


class RecordedAfterwardsTooOften(Conflict):
    """Too large a share of this agreement's activities was recorded afterwards; plan ahead."""

    zh = "本协议事后补录的比例已达上限，请提前安排活动。"


class AgreementNotInForce(Conflict):
    """The agreement is not in force; plan and hold work once it is signed, and not after
    its end."""

    zh = "协议未在履行期内，请在协议生效之后、终止之前安排和开展活动。"


class BasisInvalid(Invalid):
    """An agreement is named if, and only if, the activity is held on the basis of it."""

    zh = "只有依据协议开展的活动才填写协议，且必须填写。"


class RoomTooSmall(Conflict):
    """The room holds fewer persons than are expected; choose another one."""

    zh = "场地容量小于预计人数，请另选场地。"


class RoomTaken(Conflict):
    """The room is taken by another activity at that time; choose another room or time."""

    zh = "该场地在此时段已被占用，请另选场地或时间。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What somebody wants to do, when and where."""

    basis: Basis
    kind: Kind
    title: str
    agreement_id: UUID | None
    output_id: UUID | None
    organisation_id: UUID | None
    division: str
    place: str
    station_id: UUID | None
    room_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    expected_persons: int
    recorded_afterwards: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many activities of an agreement there are, and how many of them are exceptions."""

    activities: int
    afterwards: int
    observed: int
    waived: int


def draft(
    new_id: UUID,
    plan: Plan,
    agreement: Agreement | None,
    counts: Counts,
    policy: Policy,
    now: datetime,
    series_id: UUID | None = None,
) -> Activity:
    """An activity that keeps the rules of its basis; `counts` are without it."""
    rules = policy.rules
    check_times(plan.starts_at, plan.ends_at, rules)
    _check_moment(plan, rules, now)
    if (plan.basis == "agreement") != (plan.agreement_id is not None):
        raise BasisInvalid(Fault("/agreement_id", BASIS, basis=plan.basis))
    if agreement is None and plan.output_id is not None:
        raise BasisInvalid(Fault("/output_id", BASIS, basis=plan.basis))
    if agreement is not None:
        _check_agreement(plan, agreement)
        _check_quota(plan, counts, rules)
    observed = needs_observer(plan, agreement, counts, rules)
    return told(
        Activity,
        plan,
        **_UNTOUCHED,
        id=new_id,
        series_id=series_id,
        domain=agreement.domain if agreement else None,
        starts_at=plan.starts_at.astimezone(UTC),
        ends_at=plan.ends_at.astimezone(UTC),
        observation="unnamed" if observed else "not-required",
        policy_version=policy.version,
    )


def check_in_force(agreement: Agreement) -> None:
    """Work is planned and announced only while the agreement is in force."""
    if agreement.status != "in_force":
        raise AgreementNotInForce


def check_term(agreement: Agreement, starts_at: datetime, ends_at: datetime) -> None:
    """Every instant of it lies on a day of the agreement's term."""
    last = legal_day(ends_at - timedelta(microseconds=1))
    if legal_day(starts_at) < agreement.from_day:
        raise OutsideAgreement(Fault("/starts_at", BEFORE_TERM, from_day=agreement.from_day))
    if last > agreement.to_day:
        raise OutsideAgreement(Fault("/ends_at", AFTER_TERM, to_day=agreement.to_day))


def check_room(station: Station, room_id: UUID | None, persons: int) -> None:
    """An open station's room that holds the expected persons."""
    if station.status != "open":
        raise NotYet("station")
    if room_id is None:
        return
    room = next((room for room in station.rooms if room.id == room_id), None)
    if room is None:
        raise NotYet("room")
    if room.capacity < persons:
        raise RoomTooSmall(capacity=room.capacity)


def needs_observer(plan: Plan, agreement: Agreement | None, counts: Counts, rules: Rules) -> bool:
    """By the agreement's policy: every, by risk (many persons, minors), or a share of all.

    What is confidential or at home is never observed, whatever the agreement says.
    """
    if agreement is None or plan.kind in rules.unobserved_kinds:
        return False
    match agreement.observation:
        case "every":
            return True
        case "by-risk":
            return (
                plan.expected_persons >= rules.observed_from_persons
                or agreement.domain in rules.minors_domains
            )
        case "share":
            return counts.observed * 10_000 < rules.observed_share_bp * (counts.activities + 1)


def within_quota(used: int, activities: int, share_bp: int) -> bool:
    """Whether one more exception fits into that share of an agreement's activities; one does."""
    return used + 1 <= max(1, share(activities, share_bp))


def _check_moment(plan: Plan, rules: Rules, now: datetime) -> None:
    if not plan.recorded_afterwards:
        if plan.starts_at <= now:
            raise ActivityInThePast(Fault("/starts_at", IN_THE_PAST, earliest=next_minute(now)))
        return
    if not plan.ends_at <= now <= plan.ends_at + timedelta(hours=rules.afterwards_hours):
        hours = rules.afterwards_hours
        raise RecordedTooLate(Fault("/ends_at", NOT_RECORDABLE, hours=hours))


def _check_agreement(plan: Plan, agreement: Agreement) -> None:
    check_in_force(agreement)
    check_term(agreement, plan.starts_at, plan.ends_at)
    if not plan.division.startswith(agreement.division[:TOWN_DIGITS]):
        raise OutsideAgreement(Fault("/division", OUTSIDE_AREA, division=agreement.division))
    if plan.output_id is None:
        return
    output = agreement.output(plan.output_id)
    if output is None:
        raise NotYet("output")
    if output.kind in KINDS and output.kind != plan.kind:
        raise OutsideAgreement(Fault("/kind", NOT_THE_KIND_OF_THE_OUTPUT, kind=output.kind))


def _check_quota(plan: Plan, counts: Counts, rules: Rules) -> None:
    if plan.recorded_afterwards and not within_quota(
        counts.afterwards, counts.activities + 1, rules.afterwards_share_bp
    ):
        raise RecordedAfterwardsTooOften

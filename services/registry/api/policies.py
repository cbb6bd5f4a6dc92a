"""The city's habits as data: a version for each day from which another rule is in force."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Final, Literal

from libs.common import clock
from libs.common.contract import Count, Day, Name, Some, body
from libs.common.db import Tx
from libs.common.errors import MatchRequired
from libs.common.http import Call, Routes
from libs.common.jobs import set_timer
from services.registry import actions
from services.registry.domain.coverage import CoveragePolicy
from services.registry.domain.policies import Policy, demand_future
from services.registry.domain.registrations import LevelHours, RegistrationPolicy
from services.registry.domain.stations import StationPolicy
from services.registry.domain.workers import CertificateLevel, WorkerKind
from services.registry.store import coverage
from services.registry.store import policies as store

routes: Final = Routes()


@body
class CoverageRule:
    """How many workers a community needs at least, and which kinds count."""

    minimum: Count
    counts_kinds: Annotated[tuple[WorkerKind, ...], Some(1, 4)]
    effective_from: Day


@body
class HoursRule:
    """Hours of continuing education for a level, over a whole registration."""

    level: CertificateLevel
    hours: Count


@body
class RegistrationRule:
    """How long a registration lasts, when and how it is renewed."""

    valid_years: Literal[1, 2, 3, 4, 5, 6]
    renewal_months: Literal[1, 2, 3, 4, 5, 6]
    first_months: Literal[3, 6, 9, 12, 18, 24]
    hours: Annotated[tuple[HoursRule, ...], Some(1, 3)]
    effective_from: Day


@body
class StationRule:
    """The tiers of stations as the city calls them."""

    tiers: Annotated[tuple[Name, ...], Some(1, 20)]
    effective_from: Day


def next_version(call: Call, known: Policy, last: Policy, day: date, today: date) -> int:
    """The version to be written for that day: another one for the same day needs If-Match."""
    demand_future(day, today)
    call.created = known.effective_from != day
    if not call.created:
        if call.match is None:
            raise MatchRequired
        call.expect(known)
    return last.version + 1


@routes.put("/policies/coverage", scope="registry:rule", creates=True)
async def set_coverage_policy(tx: Tx, call: Call, body: CoverageRule) -> CoveragePolicy:
    """Set what a community needs from a day on; every community is counted again on that day."""
    known = await store.get_coverage_policy(tx, body.effective_from)
    asked = CoveragePolicy(
        version=known.version,
        effective_from=body.effective_from,
        minimum=body.minimum,
        counts_kinds=body.counts_kinds,
    )
    if known == asked:
        call.created = False
        return known
    last = await store.get_last_coverage_policy(tx)
    version = next_version(call, known, last, body.effective_from, tx.today)
    policy = replace(asked, version=version)
    await store.add_coverage_policy(tx, policy)
    if policy.effective_from <= tx.today:
        await actions.recount(tx, await coverage.list_communities(tx))
    else:
        begins = clock.start_of(policy.effective_from)
        await set_timer(tx, "apply-coverage-policy", str(policy.version), begins)
    return policy


@routes.put("/policies/registration", scope="registry:rule", creates=True)
async def set_registration_policy(tx: Tx, call: Call, body: RegistrationRule) -> RegistrationPolicy:
    """Set how workers are registered from a day on; what was granted before stays granted."""
    known = await store.get_registration_policy(tx, body.effective_from)
    asked = RegistrationPolicy(
        version=known.version,
        effective_from=body.effective_from,
        valid_years=body.valid_years,
        renewal_months=body.renewal_months,
        first_months=body.first_months,
        hours=tuple(LevelHours(level=rule.level, hours=rule.hours) for rule in body.hours),
    )
    if known == asked:
        call.created = False
        return known
    last = await store.get_last_registration_policy(tx)
    version = next_version(call, known, last, body.effective_from, tx.today)
    policy = replace(asked, version=version)
    await store.add_registration_policy(tx, policy)
    return policy


@routes.put("/policies/stations", scope="registry:rule", creates=True)
async def set_station_policy(tx: Tx, call: Call, body: StationRule) -> StationPolicy:
    """Set which tiers new stations may have from a day on."""
    known = await store.get_station_policy(tx, body.effective_from)
    asked = StationPolicy(
        version=known.version, effective_from=body.effective_from, tiers=body.tiers
    )
    if known == asked:
        call.created = False
        return known
    last = await store.get_last_station_policy(tx)
    version = next_version(call, known, last, body.effective_from, tx.today)
    policy = replace(asked, version=version)
    await store.add_station_policy(tx, policy)
    return policy


@routes.get("/policies/coverage", scope="registry:read")
async def read_coverage_policy(tx: Tx, call: Call, day: date | None = None) -> CoveragePolicy:
    """What a community needs today, or on a day."""
    return await store.get_coverage_policy(tx, day or tx.today)


@routes.get("/policies/registration", scope="registry:read")
async def read_registration_policy(
    tx: Tx, call: Call, day: date | None = None
) -> RegistrationPolicy:
    """How workers are registered today, or on a day."""
    return await store.get_registration_policy(tx, day or tx.today)


@routes.get("/policies/stations", scope="registry:read")
async def read_station_policy(tx: Tx, call: Call, day: date | None = None) -> StationPolicy:
    """Which tiers stations have today, or on a day."""
    return await store.get_station_policy(tx, day or tx.today)

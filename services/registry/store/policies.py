"""Policies in the database: each version is a row that stays."""

from datetime import date

from libs.common.db import Tx
from services.registry.domain.coverage import CoveragePolicy
from services.registry.domain.registrations import RegistrationPolicy
from services.registry.domain.stations import StationPolicy


async def get_coverage_policy(tx: Tx, day: date) -> CoveragePolicy:
    """The policy in force on that day; of two from the same day, the later written."""
    return await tx.get(
        CoveragePolicy,
        """
          SELECT version, effective_from, minimum, counts_kinds
            FROM coverage_policies
           WHERE effective_from <= $1
        ORDER BY effective_from DESC, version DESC
           LIMIT 1
        """,
        day,
    )


async def get_last_coverage_policy(tx: Tx) -> CoveragePolicy:
    """The version written last, in force or yet to come."""
    return await tx.get(
        CoveragePolicy,
        """
          SELECT version, effective_from, minimum, counts_kinds
            FROM coverage_policies
        ORDER BY version DESC
           LIMIT 1
        """,
    )


async def add_coverage_policy(tx: Tx, policy: CoveragePolicy) -> None:
    await tx.do(
        """
        INSERT INTO coverage_policies (version, effective_from, minimum, counts_kinds)
             VALUES ($1, $2, $3, $4)
        """,
        policy.version,
        policy.effective_from,
        policy.minimum,
        policy.counts_kinds,
    )


async def get_registration_policy(tx: Tx, day: date) -> RegistrationPolicy:
    """The policy in force on that day; of two from the same day, the later written."""
    return await tx.get(
        RegistrationPolicy,
        """
          SELECT version, effective_from, valid_years, renewal_months, first_months, hours
            FROM registration_policies
           WHERE effective_from <= $1
        ORDER BY effective_from DESC, version DESC
           LIMIT 1
        """,
        day,
    )


async def get_last_registration_policy(tx: Tx) -> RegistrationPolicy:
    """The version written last, in force or yet to come."""
    return await tx.get(
        RegistrationPolicy,
        """
          SELECT version, effective_from, valid_years, renewal_months, first_months, hours
            FROM registration_policies
        ORDER BY version DESC
           LIMIT 1
        """,
    )


async def add_registration_policy(tx: Tx, policy: RegistrationPolicy) -> None:
    await tx.do(
        """
        INSERT INTO registration_policies
                    (version, effective_from, valid_years, renewal_months, first_months, hours)
             VALUES ($1, $2, $3, $4, $5, $6)
        """,
        policy.version,
        policy.effective_from,
        policy.valid_years,
        policy.renewal_months,
        policy.first_months,
        policy.hours,
    )


async def get_station_policy(tx: Tx, day: date) -> StationPolicy:
    """The policy in force on that day; of two from the same day, the later written."""
    return await tx.get(
        StationPolicy,
        """
          SELECT version, effective_from, tiers
            FROM station_policies
           WHERE effective_from <= $1
        ORDER BY effective_from DESC, version DESC
           LIMIT 1
        """,
        day,
    )


async def get_last_station_policy(tx: Tx) -> StationPolicy:
    """The version written last, in force or yet to come."""
    return await tx.get(
        StationPolicy,
        """
          SELECT version, effective_from, tiers
            FROM station_policies
        ORDER BY version DESC
           LIMIT 1
        """,
    )


async def add_station_policy(tx: Tx, policy: StationPolicy) -> None:
    await tx.do(
        """
        INSERT INTO station_policies (version, effective_from, tiers)
             VALUES ($1, $2, $3)
        """,
        policy.version,
        policy.effective_from,
        policy.tiers,
    )

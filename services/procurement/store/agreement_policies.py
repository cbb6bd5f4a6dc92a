"""Agreement policies in the database: rows are added, never changed."""

from datetime import date

from libs.common.db import Tx
from libs.common.pages import PageRequest
from services.procurement.domain.agreement_policies import AgreementPolicy


async def find_policy(tx: Tx, profile: str, day: date) -> AgreementPolicy | None:
    """The version of a profile's policy that is in effect on that day."""
    return await tx.find(
        AgreementPolicy,
        """
          SELECT profile, version, effective_from, source, parties, longest_years,
                 payment_terms, approval_steps, undisputed_bp, objection_days,
                 deductions_most_bp, set_by
            FROM agreement_policies
           WHERE profile = $1
             AND effective_from <= $2
        ORDER BY effective_from DESC
           LIMIT 1
        """,
        profile,
        day,
    )


async def get_policy(tx: Tx, profile: str, version: int) -> AgreementPolicy:
    """The policy that an agreement was drafted under."""
    return await tx.get(
        AgreementPolicy,
        """
        SELECT profile, version, effective_from, source, parties, longest_years,
               payment_terms, approval_steps, undisputed_bp, objection_days,
               deductions_most_bp, set_by
          FROM agreement_policies
         WHERE profile = $1
           AND version = $2
        """,
        profile,
        version,
    )


async def list_policies(tx: Tx, page: PageRequest) -> list[AgreementPolicy]:
    return await tx.all(
        AgreementPolicy,
        """
          SELECT profile, version, effective_from, source, parties, longest_years,
                 payment_terms, approval_steps, undisputed_bp, objection_days,
                 deductions_most_bp, set_by
            FROM agreement_policies
           WHERE $1::text IS NULL
              OR profile || ':' || lpad(version::text, 4, '0') > $1
        ORDER BY profile || ':' || lpad(version::text, 4, '0')
           LIMIT $2
        """,
        page.after,
        page.limit,
    )


async def lock_latest_policy(tx: Tx, profile: str) -> AgreementPolicy | None:
    """The newest version of a profile's policy; whoever sets the next one waits."""
    return await tx.find(
        AgreementPolicy,
        """
          SELECT profile, version, effective_from, source, parties, longest_years,
                 payment_terms, approval_steps, undisputed_bp, objection_days,
                 deductions_most_bp, set_by
            FROM agreement_policies
           WHERE profile = $1
        ORDER BY version DESC
           LIMIT 1
             FOR UPDATE
        """,
        profile,
    )


async def add_policy(tx: Tx, policy: AgreementPolicy) -> None:
    await tx.do(
        """
        INSERT INTO agreement_policies (profile, version, effective_from, source, parties,
                                        longest_years, payment_terms, approval_steps,
                                        undisputed_bp, objection_days, deductions_most_bp,
                                        set_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        policy.profile,
        policy.version,
        policy.effective_from,
        policy.source,
        policy.parties,
        policy.longest_years,
        policy.payment_terms,
        policy.approval_steps,
        policy.undisputed_bp,
        policy.objection_days,
        policy.deductions_most_bp,
        policy.set_by,
    )

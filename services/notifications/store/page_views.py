"""The pages' views in the database: a row is what the latest event of its subject said."""

from typing import Any
from uuid import UUID

from libs.common.db import Tx

Row = dict[str, Any]
"""Columns by name, as the event told them."""


async def save_need(tx: Tx, need_id: UUID, row: Row) -> None:
    await tx.do("DELETE FROM page_needs WHERE id = $1", need_id)
    await tx.do(
        """
        INSERT INTO page_needs
             SELECT *
               FROM jsonb_populate_record(NULL::page_needs, $1)
        """,
        row,
    )


async def save_proposal(tx: Tx, proposal_id: UUID, row: Row) -> None:
    await tx.do("DELETE FROM page_proposals WHERE id = $1", proposal_id)
    await tx.do(
        """
        INSERT INTO page_proposals
             SELECT *
               FROM jsonb_populate_record(NULL::page_proposals, $1)
        """,
        row,
    )


async def save_tender(tx: Tx, tender_id: UUID, row: Row) -> None:
    await tx.do("DELETE FROM page_tenders WHERE id = $1", tender_id)
    await tx.do(
        """
        INSERT INTO page_tenders
             SELECT *
               FROM jsonb_populate_record(NULL::page_tenders, $1)
        """,
        row,
    )


async def save_agreement(tx: Tx, agreement_id: UUID, row: Row) -> None:
    await tx.do("DELETE FROM page_agreements WHERE id = $1", agreement_id)
    await tx.do(
        """
        INSERT INTO page_agreements
             SELECT *
               FROM jsonb_populate_record(NULL::page_agreements, $1)
        """,
        row,
    )


async def save_payment(tx: Tx, payment_id: UUID, row: Row) -> None:
    await tx.do("DELETE FROM page_payments WHERE id = $1", payment_id)
    await tx.do(
        """
        INSERT INTO page_payments
             SELECT *
               FROM jsonb_populate_record(NULL::page_payments, $1)
        """,
        row,
    )


async def save_acceptance(tx: Tx, acceptance_id: UUID, row: Row) -> None:
    await tx.do("DELETE FROM page_acceptances WHERE id = $1", acceptance_id)
    await tx.do(
        """
        INSERT INTO page_acceptances
             SELECT *
               FROM jsonb_populate_record(NULL::page_acceptances, $1)
        """,
        row,
    )


async def save_activity(tx: Tx, activity_id: UUID, row: Row) -> None:
    await tx.do("DELETE FROM page_activities WHERE id = $1", activity_id)
    await tx.do(
        """
        INSERT INTO page_activities
             SELECT *
               FROM jsonb_populate_record(NULL::page_activities, $1)
        """,
        row,
    )


async def save_inspection(tx: Tx, inspection_id: UUID, row: Row) -> None:
    await tx.do("DELETE FROM page_inspections WHERE id = $1", inspection_id)
    await tx.do(
        """
        INSERT INTO page_inspections
             SELECT *
               FROM jsonb_populate_record(NULL::page_inspections, $1)
        """,
        row,
    )


async def save_rectification(tx: Tx, rectification_id: UUID, row: Row) -> None:
    await tx.do("DELETE FROM page_rectifications WHERE id = $1", rectification_id)
    await tx.do(
        """
        INSERT INTO page_rectifications
             SELECT *
               FROM jsonb_populate_record(NULL::page_rectifications, $1)
        """,
        row,
    )


async def save_result(tx: Tx, result_id: UUID, row: Row) -> None:
    await tx.do("DELETE FROM page_results WHERE id = $1", result_id)
    await tx.do(
        """
        INSERT INTO page_results
             SELECT *
               FROM jsonb_populate_record(NULL::page_results, $1)
        """,
        row,
    )


async def save_coverage(tx: Tx, coverage_id: str, row: Row) -> None:
    await tx.do("DELETE FROM page_coverage WHERE id = $1", coverage_id)
    await tx.do(
        """
        INSERT INTO page_coverage
             SELECT *
               FROM jsonb_populate_record(NULL::page_coverage, $1)
        """,
        row,
    )

"""Workplans and the monthly report 月报: composed from what was recorded once."""

from typing import Final
from uuid import UUID

from libs.common.db import Tx
from libs.common.http import Call, Routes
from services.scheduling.domain.monthly import MonthlyReport, compose_month, days_of
from services.scheduling.domain.workplans import Workplan
from services.scheduling.store import activities, attendance
from services.scheduling.store import workplans as store

routes: Final = Routes()


@routes.get("/workplans/{agreement_id}", scope="scheduling:read")
async def read_workplan(tx: Tx, call: Call, agreement_id: UUID) -> Workplan:
    """What an agreement asks for, and what accepted activities have counted towards it."""
    return await store.get_workplan(tx, agreement_id, call.rows)


@routes.get("/agreements/{agreement_id}/monthly-report", scope="scheduling:read")
async def read_monthly_report(tx: Tx, call: Call, agreement_id: UUID, month: str) -> MonthlyReport:
    """The monthly report of an agreement (`month` as YYYY-MM), from the records alone."""
    plan = await store.get_workplan(tx, agreement_id, call.rows)
    start, end = days_of(month)
    held = await activities.list_held_between(tx, agreement_id, start, end)
    persons = await attendance.count_persons(tx, [activity.id for activity in held])
    return compose_month(plan, month, held, persons)

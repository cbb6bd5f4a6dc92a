"""What evaluation does when time passes: inspections fall due, and deadlines go by."""

from datetime import timedelta
from uuid import UUID

from libs.common.clock import end_of
from libs.common.contract import told
from libs.common.db import Tx
from libs.common.jobs import Jobs, set_timer
from libs.common.outbox import emit
from services.evaluation import actions, events
from services.evaluation.domain.inspections import Figures, Inspection
from services.evaluation.store import commissions as commission_store
from services.evaluation.store import facts, policies
from services.evaluation.store import inspections as store
from services.evaluation.store import rectifications as rectification_store

jobs = Jobs()


@jobs.due("open-inspection")
async def open_inspection(tx: Tx, subject: str) -> None:
    """An inspection falls due; a desk check that shows nothing wrong completes itself."""
    inspection = await store.lock_inspection_for_job(tx, UUID(subject))
    if inspection.status != "planned":
        return
    figures = None if inspection.on_site else await compile_figures(tx, inspection)
    due = inspection.fall_due(figures)
    await store.save_inspection(tx, due)
    await emit(tx, due, told(events.InspectionDue, due))
    if due.is_in_order_by_itself:
        completed = due.complete_by_itself(tx.now)
        await store.save_inspection(tx, completed)
        await emit(tx, completed, told(events.InspectionCompleted, completed))
    else:
        await set_timer(tx, "inspection-overdue", due.id, end_of(due.due_day))


async def compile_figures(tx: Tx, inspection: Inspection) -> Figures:
    """The desk check: activities within the period, outputs against the linear plan."""
    agreement = await actions.agreement_of(tx, inspection.agreement_id)
    policy = await policies.get_version(tx, inspection.policy_version)
    activities = await facts.get_activity_figures(
        tx, agreement.id, inspection.from_day, inspection.to_day, tx.today
    )
    counted = await facts.list_counted(tx, agreement.id)
    behind = agreement.behind(counted, inspection.to_day, policy.inspection.behind_tolerance_bp)
    return told(Figures, activities, outputs_behind=len(behind))


@jobs.due("inspection-overdue")
async def pass_due_day(tx: Tx, subject: str) -> None:
    """Tell, once, that nobody has completed an inspection in time."""
    inspection = await store.lock_inspection_for_job(tx, UUID(subject))
    if inspection.status != "due":
        return
    overdue = inspection.become_overdue()
    await store.save_inspection(tx, overdue)
    await emit(tx, overdue, told(events.InspectionOverdue, overdue))


@jobs.due("rectification-overdue")
async def pass_rectification_day(tx: Tx, subject: str) -> None:
    """Tell, once, that a provider has not answered in time."""
    rectification = await rectification_store.lock_rectification_for_job(tx, UUID(subject))
    if rectification.status != "ordered":
        return
    overdue = rectification.become_overdue()
    await rectification_store.save_rectification(tx, overdue)
    await emit(tx, overdue, told(events.RectificationOverdue, overdue))
    days = (await actions.policy_in_force(tx, tx.today)).follow_up.escalation_days
    above = end_of(overdue.due_day + timedelta(days=days))
    await set_timer(tx, "escalate-rectification", overdue.id, above)


@jobs.due("escalate-rectification")
async def escalate_rectification(tx: Tx, subject: str) -> None:
    """Tell those above, once, that a provider has still not answered."""
    rectification = await rectification_store.lock_rectification_for_job(tx, UUID(subject))
    if rectification.status == "overdue":
        await emit(tx, rectification, told(events.RectificationEscalated, rectification))


@jobs.due("evaluation-overdue")
async def pass_evaluation_day(tx: Tx, subject: str) -> None:
    """Tell, once, that a result is not sealed though the term is long over."""
    commission = await commission_store.lock_commission_for_job(tx, UUID(subject))
    if commission.status != "sealed":
        await emit(tx, commission, told(events.CommissionOverdue, commission))


@jobs.due("refresh-standing")
async def refresh_standing(tx: Tx, subject: str) -> None:
    """A result has left the look-back: judge the organisation by what is left."""
    await actions.refresh_standing(tx, UUID(subject))

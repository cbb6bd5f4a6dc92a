"""Results: notify, waive, seal, read."""

from typing import Final
from uuid import UUID

from libs.common.contract import told
from libs.common.db import Tx
from libs.common.http import Call, Routes
from libs.common.jobs import clear_timers
from libs.common.pages import Page, PageRequest, page
from services.evaluation import actions
from services.evaluation.domain.results import Explained, Result, ResultStatus
from services.evaluation.store import commissions, policies, reviews
from services.evaluation.store import results as store

routes: Final = Routes()


@routes.post("/commissions/{commission_id}/notification", scope="evaluation:notify")
async def notify_result(tx: Tx, call: Call, commission_id: UUID) -> Result:
    """Tell the provider its score; it may ask for a review within the policy's days."""
    commission = await commissions.lock_commission(tx, commission_id, call.rows)
    call.expect(commission)
    notified = commission.notified()
    policy = await policies.get_version(tx, commission.policy_version)
    result = await store.lock_result(tx, commission_id, call.rows)
    told_of = result.notify(call.person, tx.today, policy.review_days)
    await commissions.save_commission(tx, notified)
    await store.save_result(tx, told_of)
    await actions.tell_result(tx, told_of)
    return told_of


@routes.post("/results/{result_id}/waiver", scope="evaluation:review")
async def waive_review(tx: Tx, call: Call, result_id: UUID) -> Result:
    """Accept the result before the review period ends, so that it can be sealed earlier."""
    result = await store.lock_result(tx, result_id, call.rows)
    call.expect(result)
    waived = result.waive_review(tx.now)
    await store.save_result(tx, waived)
    return waived


@routes.post("/commissions/{commission_id}/sealing", scope="evaluation:seal")
async def seal_result(tx: Tx, call: Call, commission_id: UUID) -> Result:
    """Settle the result, by another official than who notified it; nothing changes it after.

    A first result below the line (不合格) orders its one rectification by itself.
    """
    commission = await commissions.lock_commission(tx, commission_id, call.rows)
    call.expect(commission)
    settled = commission.sealed()
    result = await store.lock_result(tx, commission_id, call.rows)
    sealed = result.seal(call.person, tx.now, await reviews.count_open_reviews(tx, result.id))
    await commissions.save_commission(tx, settled)
    await store.save_result(tx, sealed)
    await store.seal_edition(tx, sealed.id, sealed.edition, tx.now)
    await actions.tell_result(tx, sealed)
    await clear_timers(tx, "evaluation-overdue", settled.id)
    await actions.follow_result(tx, sealed, call.person)
    await actions.refresh_standing(tx, sealed.provider_id)
    await actions.remember_to_forget(tx, sealed)
    return sealed


@routes.get("/results/{result_id}", scope="evaluation:read")
async def read_result(tx: Tx, call: Call, result_id: UUID) -> Explained:
    """A result with every edition, each explained down to its indicators."""
    result = await store.get_result(tx, result_id, call.rows)
    return told(Explained, result, editions=tuple(await store.list_editions(tx, result_id)))


@routes.get("/results", scope="evaluation:read")
async def list_results(
    tx: Tx,
    call: Call,
    page_request: PageRequest,
    provider_id: UUID | None = None,
    status: ResultStatus | None = None,
) -> Page[Result]:
    """Results in the caller's divisions; a provider sees its own once it has been notified."""
    found = await store.list_results(tx, call.rows, provider_id, status, page_request)
    return await page(tx, page_request, found)

"""The steps from an award to the last yuan, each as an ordinary caller would take it."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from libs.common.clock import end_of, legal_day
from libs.common.ids import new_id
from libs.common.testing import Answer, Client, Stage
from tests.services.procurement.steps import (
    COMMUNITY,
    DOMAIN,
    PURCHASER,
    Bidder,
    budget,
    buyer,
    done,
    know_organisation,
    new_bidder,
)

HOST: Final = "510181001000"
PRICE: Final = 8_000_001
"""Not divisible by the shares, so that every rounding shows."""
BANDS: Final = [
    {"band": "excellent", "from_score_bp": 9_000, "balance_share_bp": 10_000},
    {"band": "good", "from_score_bp": 8_000, "balance_share_bp": 10_000},
    {"band": "pass", "from_score_bp": 6_000, "balance_share_bp": 7_000},
    {"band": "fail", "from_score_bp": 0, "balance_share_bp": 0},
]
CLAUSES: Final = {
    name: f"{name}：按采购文件执行。"
    for name in (
        "acceptance_standard",
        "premises_owed",
        "confidentiality",
        "photos_clause",
        "safety_insurance",
        "leftover_money",
        "handover",
        "change_clause",
        "termination_clause",
        "disputes",
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An award that can be agreed upon."""

    tender: UUID
    budget: str
    provider: Bidder


async def awarded(
    stage: Stage,
    price: int = PRICE,
    budget_id: str | None = None,
    profile: str = "government-purchase",
) -> Ready:
    """An award as a tender of this service leaves it; the tender's own steps are told elsewhere."""
    if budget_id is None:
        await know_organisation(stage, PURCHASER, "purchaser")
        budget_id = await budget(stage)
    provider = await new_bidder(stage)
    call, proposal, tender = new_id(), new_id(), new_id()
    now = await stage.now()
    await stage.fetch(
        """
        INSERT INTO calls (id, version, title, fiscal_year, opens_at, closes_at, domains, status)
             VALUES ($1, 1, '征集', 2025, $2, $3, '{}', 'closed')
        """,
        call,
        now - timedelta(days=60),
        now - timedelta(days=30),
    )
    await stage.fetch(
        """
        INSERT INTO proposals (id, version, call_id, title, domain, division, amount, department,
                               need_ids, outline, status, submitted_by)
             VALUES ($1, 1, $2, '夕阳红', $3, $4, $5, '民政局', '{}', '服务', 'selected', 'p-0')
        """,
        proposal,
        call,
        DOMAIN,
        COMMUNITY,
        price,
    )
    await stage.fetch(
        """
        INSERT INTO tenders (id, version, title, method, domain, division, fiscal_year, status,
                             proposal_id, budget_id, purchaser_id, agent_id, legal_profile,
                             policy_version, ceiling, criteria, purchaser_members_most_bp,
                             experts, look_back_months, similar_domains, outputs, bids_due_at,
                             awarded_to, awarded_price)
             VALUES ($1, 7, '居家养老服务项目', 'selection', $2, $3, 2025, 'awarded', $4, $5, $6,
                     $7, $8, 1, $9, '[]', 3333, 2, 36, '{}', '[]', $10, $11, $9)
        """,
        tender,
        DOMAIN,
        COMMUNITY,
        proposal,
        UUID(budget_id),
        PURCHASER,
        new_id(),
        profile,
        price,
        now,
        provider.org,
    )
    return Ready(tender=tender, budget=budget_id, provider=provider)


async def terms(
    stage: Stage, tender: UUID, lead: UUID, price: int = PRICE, **changes: Any
) -> dict[str, Any]:
    """What a purchaser sends to draft an agreement that begins today and lasts a year."""
    from_day = legal_day(await stage.now())
    return {
        "tender_id": str(tender),
        "host_division": HOST,
        "site_division": COMMUNITY,
        "from_day": str(from_day),
        "to_day": str(from_day + timedelta(days=364)),
        "lead_worker_id": str(lead),
        "certified_share_bp": 5_000,
        "replacement_days": 15,
        "outputs": [
            {"kind": "home-visit", "title": "入户探访", "quantity": 480, "minimum_persons": 1},
            {"kind": "training", "title": "护理培训", "quantity": 6, "minimum_persons": 20},
        ],
        "observation": "every",
        "price_lines": [
            {"line": "人员", "amount": price - 2_000_000},
            {"line": "活动", "amount": 2_000_000},
        ],
        "bands": BANDS,
        **CLAUSES,
        **changes,
    }


async def draft(stage: Stage, ready: Ready, price: int = PRICE, **changes: Any) -> Answer:
    body = await terms(stage, ready.tender, ready.provider.lead, price, **changes)
    return await buyer(stage).post("/agreements", body)


def host(stage: Stage, person: str = "town-1") -> Client:
    return stage.as_("town", person=person, divisions=("510181001",))


def site(stage: Stage, person: str = "community-1") -> Client:
    return stage.as_("community", person=person, divisions=(COMMUNITY,))


def seal(agreement: dict[str, Any]) -> dict[str, Any]:
    return {"content_hash": agreement["content_hash"], "form": "e-seal", "seal": "电子印章 01"}


async def sign_all(stage: Stage, ready: Ready, agreement: dict[str, Any]) -> None:
    for party in (ready.provider.client(stage), host(stage), site(stage)):
        await done(await party.post(f"/agreements/{agreement['id']}/signatures", seal(agreement)))


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """An agreement in force, with its payments by kind."""

    id: str
    ready: Ready
    agreement: dict[str, Any]
    payments: dict[str, str]


async def read(stage: Stage, agreement: str) -> dict[str, Any]:
    return await done(await stage.as_("auditor").get(f"/agreements/{agreement}"))


async def in_force(
    stage: Stage, price: int = PRICE, budget_id: str | None = None, **changes: Any
) -> InForce:
    ready = await awarded(stage, price, budget_id)
    agreement = await done(await draft(stage, ready, price, **changes))
    await sign_all(stage, ready, agreement)
    found = await read(stage, agreement["id"])
    return InForce(
        id=agreement["id"],
        ready=ready,
        agreement=found,
        payments={payment["kind"]: payment["id"] for payment in found["payments"]},
    )


async def payment_of(stage: Stage, running: InForce, kind: str) -> dict[str, Any]:
    return await done(await stage.as_("auditor").get(f"/payments/{running.payments[kind]}"))


async def invoice(stage: Stage, running: InForce, kind: str, number: str | None = None) -> Answer:
    amount = (await payment_of(stage, running, kind))["amount"]
    return await running.ready.provider.client(stage).post(
        f"/payments/{running.payments[kind]}/invoice",
        {"number": number or f"fp-{new_id()}", "amount": amount},
    )


def chain(stage: Stage) -> tuple[Client, Client, Client]:
    """Handler, finance and leader, in the order of the chain."""
    return (
        buyer(stage, "handler"),
        stage.as_("treasury", person="accountant"),
        buyer(stage, "leader"),
    )


async def approve_all(stage: Stage, payment: str) -> None:
    for person in chain(stage):
        await done(await person.post(f"/payments/{payment}/approvals"))


async def transfer(stage: Stage, payment: str, reference: str = "zf-1") -> Answer:
    cashier = stage.as_("treasury", person="cashier")
    return await cashier.post(f"/payments/{payment}/transfer", {"reference": reference})


async def pay(stage: Stage, running: InForce, kind: str) -> dict[str, Any]:
    await done(await invoice(stage, running, kind))
    await approve_all(stage, running.payments[kind])
    return await done(await transfer(stage, running.payments[kind]))


async def seal_result_of(
    stage: Stage,
    running: InForce,
    share_bp: int,
    *,
    version: int = 1,
    band: str = "good",
    result: UUID | None = None,
    round: int = 1,
) -> UUID:
    """Evaluation seals a version of the agreement's result."""
    result = result or new_id()
    await stage.hear(
        "evaluation.result.sealed.v1",
        result,
        {
            "id": result,
            "version": version,
            "commission_id": new_id(),
            "agreement_id": running.id,
            "provider_id": running.ready.provider.org,
            "purchaser_id": PURCHASER,
            "division": COMMUNITY,
            "domain": DOMAIN,
            "score_bp": 8_750,
            "band": band,
            "balance_share_bp": share_bp,
            "policy_version": 3,
            "sealed_at": (await stage.now()).isoformat(),
            "correction": version > 1,
            "round": round,
        },
    )
    return result


def findings(**changes: Any) -> dict[str, Any]:
    return {
        "outcome": "accepted",
        "expense_statement": [{"line": "人员", "amount": 5_000_000}],
        "leftover_amount": 0,
        "opinion_summary_code": "satisfied",
        "remarks": "按期完成。",
        **changes,
    }


async def accept(
    stage: Stage, running: InForce, person: str = "acceptor", **changes: Any
) -> Answer:
    official = stage.as_("official", person=person)
    return await official.post(f"/agreements/{running.id}/acceptance", findings(**changes))


async def term_over(stage: Stage, running: InForce) -> None:
    await stage.move_to(end_of(date.fromisoformat(running.agreement["to_day"])))


async def accepted(stage: Stage, running: InForce, share_bp: int, band: str = "good") -> UUID:
    """The term is over, the result sealed, and accepted where it lies above the line."""
    await term_over(stage, running)
    result = await seal_result_of(stage, running, share_bp, band=band)
    if share_bp:
        await done(await accept(stage, running))
    return result


async def propose_end(stage: Stage, running: InForce, reason: str = "provider-failed") -> Answer:
    path = f"/agreements/{running.id}/termination"
    return await buyer(stage, "first").post(path, {"reason": reason})


async def confirm_end(stage: Stage, running: InForce, person: str = "second") -> Answer:
    path = f"/agreements/{running.id}/termination/confirmation"
    return await buyer(stage, person).post(path)


async def terminate(
    stage: Stage, running: InForce, reason: str = "provider-failed"
) -> dict[str, Any]:
    """Two persons end an agreement; returns the settlement."""
    await done(await propose_end(stage, running, reason))
    return await done(await confirm_end(stage, running))


async def check_books(stage: Stage) -> None:
    """Every budget's sums are those of its entries, and its commitments those of its payments."""
    wrong = await stage.fetch(
        """
        SELECT budgets.id
          FROM budgets
          LEFT JOIN ledger_entries AS line ON line.budget_id = budgets.id
      GROUP BY budgets.id
        HAVING budgets.paid <> coalesce(sum(CASE act WHEN 'pay' THEN line.amount
                                                     WHEN 'recover' THEN -line.amount
                                                     ELSE 0 END), 0)
            OR budgets.committed <> coalesce(sum(CASE act WHEN 'commit' THEN line.amount
                                                          WHEN 'pay' THEN 0
                                                          ELSE -line.amount END), 0)
        """
    )
    assert wrong == []
    adrift = await stage.fetch(
        """
        SELECT budgets.id
          FROM budgets
         WHERE committed - paid <> (
               SELECT coalesce(sum(planned_amount), 0)
                 FROM payments
                WHERE budget_id = budgets.id
                  AND (status IN ('planned', 'due', 'invoiced', 'approved')
                       OR (status = 'withheld' AND NOT given_up)))
             + (SELECT coalesce(sum(amount), 0)
                  FROM agreements
                 WHERE budget_id = budgets.id
                   AND status IN ('drafted', 'signing'))
        """
    )
    assert adrift == []


async def at_once(stage: Stage, lock: str, held: object, *calls: Awaitable[Answer]) -> list[Answer]:
    """Let all calls run up to a row that somebody else has locked, then let go of it.

    Whoever reads before locking has then read the same state as the others.
    """
    connection = await stage.database.connect()
    try:
        async with connection.transaction():
            await connection.fetch(lock, held)
            waiting = asyncio.gather(*calls)
            await asyncio.sleep(0.5)
        return list(await waiting)
    finally:
        await connection.close()


async def amend(stage: Stage, running: InForce, **changes: Any) -> Answer:
    path = f"/agreements/{running.id}/amendments"
    return await buyer(stage).post(path, {"reason": "shortened", **changes})


async def sign_all_of(stage: Stage, running: InForce, amendment: dict[str, Any]) -> None:
    for party in (running.ready.provider.client(stage), host(stage), site(stage)):
        await done(await party.post(f"/amendments/{amendment['id']}/signatures", seal(amendment)))

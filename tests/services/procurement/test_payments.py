"""Payments: the start-up with the last signature, the balance by the evidence, to the fen."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.common.ids import new_id
from libs.common.testing import Stage
from tests.levels import level
from tests.services.procurement.agreement_steps import (
    PRICE,
    InForce,
    accept,
    accepted,
    approve_all,
    at_once,
    chain,
    check_books,
    in_force,
    invoice,
    pay,
    payment_of,
    read,
    seal_result_of,
    term_over,
    terminate,
    transfer,
)
from tests.services.procurement.steps import buyer, done

STARTUP = 5_600_000
BALANCE = PRICE - STARTUP


async def budget_of(stage: Stage, running: InForce) -> tuple[int, int]:
    """Committed and paid."""
    found = await done(await stage.as_("auditor").get(f"/budgets/{running.ready.budget}"))
    return found["committed"], found["paid"]


async def told(stage: Stage, running: InForce, kind: str) -> list[tuple[str, int]]:
    """The events of a payment: what happened, over how much."""
    return [
        (event.type.split(".")[2], event.data["amount"])
        for event in await stage.said()
        if event.subject == running.payments[kind]
    ]


async def test_an_agreement_is_paid_in_full(procurement: Stage) -> None:
    """Start-up and balance sum to the amount, and the agreement is completed with the last."""
    running = await in_force(procurement)
    startup = await pay(procurement, running, "startup")
    await accepted(procurement, running, 10_000)
    balance = await pay(procurement, running, "balance")

    assert (startup["amount"], balance["amount"]) == (STARTUP, BALANCE)
    assert await budget_of(procurement, running) == (PRICE, PRICE)
    assert (await read(procurement, running.id))["status"] == "completed"
    [completed] = await procurement.said("procurement.agreement.completed.v1")
    assert completed.data["status"] == "completed"
    expected = [(step, BALANCE) for step in ("due", "invoiced", "approved", "paid")]
    assert expected == await told(procurement, running, "balance")
    await check_books(procurement)


async def test_the_share_of_the_result_is_applied_as_it_is(procurement: Stage) -> None:
    """A smaller share is told as reduced and then due; what is not paid is released."""
    running = await in_force(procurement)
    await pay(procurement, running, "startup")

    await accepted(procurement, running, 7_000, band="excellent")

    part = BALANCE * 7_000 // 10_000
    due = await payment_of(procurement, running, "balance")
    assert ("due", part, BALANCE) == (due["status"], due["amount"], due["planned_amount"])
    assert (due["balance_share_bp"], due["policy_version"], due["score_bp"]) == (7_000, 3, 8_750)
    assert [("reduced", part), ("due", part)] == await told(procurement, running, "balance")
    await pay(procurement, running, "balance")
    assert (STARTUP + part, STARTUP + part) == await budget_of(procurement, running)
    await check_books(procurement)


@pytest.mark.parametrize(("share_bp", "band"), [(0, "pass"), (5_000, "fail")])
async def test_a_balance_that_was_not_earned_is_withheld(
    procurement: Stage, share_bp: int, band: str
) -> None:
    """No share or a fail withholds the balance, which stays committed, and completes nothing."""
    running = await in_force(procurement)
    await pay(procurement, running, "startup")

    await term_over(procurement, running)
    await seal_result_of(procurement, running, share_bp, band=band)

    assert await told(procurement, running, "balance") == [("withheld", 0)]
    assert await budget_of(procurement, running) == (PRICE, STARTUP)
    assert (await read(procurement, running.id))["status"] == "in_force"
    assert (await invoice(procurement, running, "balance")).code == "payment-not-due"
    await check_books(procurement)


async def test_a_correction_before_the_payment_starts_again(procurement: Stage) -> None:
    """A corrected result takes invoice and approvals back and applies to the plan anew."""
    running = await in_force(procurement)
    await pay(procurement, running, "startup")
    result = await accepted(procurement, running, 7_000)
    await done(await invoice(procurement, running, "balance", "fp-1"))
    await approve_all(procurement, running.payments["balance"])

    await seal_result_of(procurement, running, 10_000, version=2, result=result)

    again = await payment_of(procurement, running, "balance")
    assert (again["status"], again["amount"], again["invoice_number"]) == ("due", BALANCE, None)
    assert all(approval["withdrawn_at"] for approval in again["approvals"])
    assert (await transfer(procurement, running.payments["balance"])).code == "payment-not-approved"
    await done(await invoice(procurement, running, "balance", "fp-1"))
    await approve_all(procurement, running.payments["balance"])
    await done(await transfer(procurement, running.payments["balance"]))
    assert await budget_of(procurement, running) == (PRICE, PRICE)
    await check_books(procurement)


async def test_a_correction_brings_a_withheld_balance_back(procurement: Stage) -> None:
    """What a failed result withholds stays committed, and the correction pays it once accepted."""
    running = await in_force(procurement)
    result = await accepted(procurement, running, 0, "fail")
    withheld = await payment_of(procurement, running, "balance")
    assert (withheld["status"], withheld["given_up"]) == ("withheld", False)
    assert await budget_of(procurement, running) == (PRICE, 0)

    await seal_result_of(procurement, running, 7_000, version=2, result=result)
    await done(await accept(procurement, running))

    assert await budget_of(procurement, running) == (PRICE, 0)
    assert (await payment_of(procurement, running, "balance"))["status"] == "due"
    await check_books(procurement)


async def test_the_highest_version_stands(procurement: Stage) -> None:
    """An earlier version that arrives late changes nothing, nor does a repeat."""
    running = await in_force(procurement)
    await term_over(procurement, running)
    result = await seal_result_of(procurement, running, 7_000, version=2)
    await done(await accept(procurement, running))

    await seal_result_of(procurement, running, 10_000, version=1, result=result)

    assert (await read(procurement, running.id))["result"]["version"] == 2
    assert (await payment_of(procurement, running, "balance"))["balance_share_bp"] == 7_000


async def test_a_correction_after_the_payment_changes_nothing(procurement: Stage) -> None:
    """Money that has gone is not touched by a later version of the result."""
    running = await in_force(procurement)
    result = await accepted(procurement, running, 7_000)
    await pay(procurement, running, "balance")

    await seal_result_of(procurement, running, 0, version=2, band="fail", result=result)

    assert (await payment_of(procurement, running, "balance"))["status"] == "paid"
    assert (await read(procurement, running.id))["result"]["version"] == 2
    await check_books(procurement)


async def test_a_result_waits_for_its_agreement(procurement: Stage) -> None:
    """A sealed result of an agreement that is not known here waits, and is not lost."""
    running = await in_force(procurement)
    unknown = InForce(
        id=str(new_id()), ready=running.ready, agreement=running.agreement, payments={}
    )

    await seal_result_of(procurement, unknown, 10_000)

    assert (await procurement.waiting()) == [
        ("settle_result", "agreement-not-yet-known", "waiting")
    ]


async def test_the_invoice_is_over_what_is_due(procurement: Stage) -> None:
    """One fen too much is refused, naming what is due; so is a second invoice."""
    running = await in_force(procurement)
    manager = running.ready.provider.client(procurement)
    path = f"/payments/{running.payments['startup']}/invoice"

    wrong = await manager.post(path, {"number": "fp-1", "amount": STARTUP + 1})
    await done(await manager.post(path, {"number": "fp-1", "amount": STARTUP}))
    again = await manager.post(path, {"number": "fp-2", "amount": STARTUP})

    assert (wrong.status, wrong.code) == (422, "invoice-amount-differs")
    assert wrong.body["errors"][0]["pointer"] == "/amount"
    assert (again.status, again.code) == (409, "payment-not-due")


async def test_what_is_due_and_not_paid_is_shown(procurement: Stage) -> None:
    """By the step it waits at, until it is paid."""
    running = await in_force(procurement)
    assert await level(procurement, "payments_unpaid", status="due") == 1
    await done(await invoice(procurement, running, "startup"))

    assert await level(procurement, "payments_unpaid", status="due") is None
    assert await level(procurement, "payments_unpaid", status="invoiced") == 1
    await procurement.move_to(await procurement.now() + timedelta(days=9))
    assert await level(procurement, "payment_unpaid_longest_days", status="invoiced") == 9

    await approve_all(procurement, running.payments["startup"])
    await done(await transfer(procurement, running.payments["startup"]))
    for status in ("due", "invoiced", "approved"):
        assert await level(procurement, "payments_unpaid", status=status) is None


async def test_an_invoice_pays_once(procurement: Stage) -> None:
    """The same invoice number of a provider under a second payment is refused."""
    running = await in_force(procurement)
    await done(await invoice(procurement, running, "startup", "fp-1"))
    await accepted(procurement, running, 10_000)

    answer = await invoice(procurement, running, "balance", "fp-1")

    assert (answer.status, answer.code) == (409, "invoice-handed-in-already")


async def test_a_planned_balance_takes_no_invoice(procurement: Stage) -> None:
    """Without acceptance and sealed result the balance is not due."""
    running = await in_force(procurement)

    answer = await invoice(procurement, running, "balance")

    assert (answer.status, answer.code) == (409, "payment-not-due")


async def test_approvals_go_in_order_by_three_persons(procurement: Stage) -> None:
    """Finance cannot go first, and nobody approves twice."""
    running = await in_force(procurement)
    payment = running.payments["startup"]
    handler, finance, leader = chain(procurement)
    early = await handler.post(f"/payments/{payment}/approvals")
    await done(await invoice(procurement, running, "startup"))

    out_of_order = await finance.post(f"/payments/{payment}/approvals")
    await done(await handler.post(f"/payments/{payment}/approvals"))
    again = await handler.post(f"/payments/{payment}/approvals")
    await done(await finance.post(f"/payments/{payment}/approvals"))
    twice = await handler.post(f"/payments/{payment}/approvals")
    last = await done(await leader.post(f"/payments/{payment}/approvals"))

    assert (early.status, early.code) == (409, "payment-not-invoiced")
    assert (out_of_order.status, out_of_order.code) == (409, "approval-out-of-order")
    assert out_of_order.body["step"] == "handler"
    assert (again.status, again.code) == (409, "approval-out-of-order")
    assert (twice.status, twice.code) == (409, "second-person-required")
    assert [one["step"] for one in last["approvals"]] == ["handler", "finance", "leader"]
    assert last["status"] == "approved"


async def test_who_accepted_or_evaluated_approves_nothing(procurement: Stage) -> None:
    """Evaluation, acceptance and financial check are three acts by different persons."""
    running = await in_force(procurement)
    await procurement.hear(
        "evaluation.visit.assigned.v1",
        new_id(),
        {"agreement_id": running.id, "visitor": "visitor-1"},
    )
    await accepted(procurement, running, 10_000)
    await done(await invoice(procurement, running, "balance"))
    path = f"/payments/{running.payments['balance']}/approvals"

    answers = [
        await procurement.as_("official", person="acceptor").post(path),
        await procurement.as_("official", person="visitor-1").post(path),
        await procurement.as_("official", "evaluator", person="p-9").post(path),
    ]

    assert [answer.code for answer in answers] == ["second-person-required"] * 3


async def test_a_transfer_is_made_once(procurement: Stage) -> None:
    """Two transfers at the same instant pay once."""
    running = await in_force(procurement)
    payment = running.payments["startup"]
    early = await transfer(procurement, payment)
    await done(await invoice(procurement, running, "startup"))
    await approve_all(procurement, payment)

    answers = await at_once(
        procurement,
        "SELECT FROM budgets WHERE id = $1 FOR UPDATE",
        UUID(running.ready.budget),
        *(transfer(procurement, payment, f"zf-{n}") for n in range(4)),
    )

    assert (early.status, early.code) == (409, "payment-not-approved")
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]
    assert await budget_of(procurement, running) == (PRICE, STARTUP)
    assert len(await procurement.said("procurement.payment.paid.v1")) == 1
    await check_books(procurement)


async def test_the_same_key_pays_once(procurement: Stage) -> None:
    """A repeated transfer with its key gets the stored answer."""
    running = await in_force(procurement)
    payment = running.payments["startup"]
    await done(await invoice(procurement, running, "startup"))
    await approve_all(procurement, payment)
    cashier = procurement.as_("treasury", person="cashier")
    send: dict[str, Any] = {"reference": "zf-1"}

    first = await cashier.post(f"/payments/{payment}/transfer", send, key="k-1")
    second = await cashier.post(f"/payments/{payment}/transfer", send, key="k-1")

    assert first.body == second.body
    assert second.headers["Idempotent-Replayed"] == "true"


async def test_two_approvals_at_once_count_once(procurement: Stage) -> None:
    """The same step taken twice at the same instant is one approval."""
    running = await in_force(procurement)
    payment = running.payments["startup"]
    await done(await invoice(procurement, running, "startup"))

    answers = await asyncio.gather(
        *(buyer(procurement, f"h-{n}").post(f"/payments/{payment}/approvals") for n in range(4))
    )

    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409]
    found = await payment_of(procurement, running, "startup")
    assert [one["step"] for one in found["approvals"]] == ["handler"]


async def test_only_paid_money_is_recovered(procurement: Stage) -> None:
    """A withheld payment has nothing to recover."""
    running = await in_force(procurement)
    await terminate(procurement, running)

    answer = await procurement.as_("treasury").post(
        f"/payments/{running.payments['startup']}/recovery", {"amount": 1, "reference": "th-1"}
    )

    assert (answer.status, answer.code) == (409, "payment-not-paid")


async def test_others_see_and_touch_no_payment(procurement: Stage) -> None:
    """Another provider's manager and another district find nothing; wrong roles are refused."""
    running = await in_force(procurement)
    path = f"/payments/{running.payments['startup']}"
    stranger = procurement.as_("agency-manager", org=new_id())
    far = procurement.as_("treasury", divisions=("510182",))

    answers = [
        await stranger.get(path),
        await stranger.post(f"{path}/invoice", {"number": "fp-1", "amount": STARTUP}),
        await far.post(f"{path}/transfer", {"reference": "zf-1"}),
        await far.post(f"{path}/approvals"),
    ]
    wrong = [
        await procurement.as_("treasury").post(f"{path}/invoice", {"number": "x", "amount": 1}),
        await buyer(procurement).post(f"{path}/transfer", {"reference": "zf-1"}),
        await procurement.as_("town").post(f"{path}/approvals"),
    ]

    assert [(a.status, a.code) for a in answers] == [(404, "payment-not-found")] * 4
    assert [a.status for a in wrong] == [403] * 3
    assert (await stranger.get("/payments")).body["items"] == []


async def test_payments_are_listed_by_state_and_agreement(procurement: Stage) -> None:
    """A treasury finds what is due, and a provider what is theirs."""
    running = await in_force(procurement)

    due = await done(await procurement.as_("treasury").get("/payments", status="due"))
    mine = await done(
        await running.ready.provider.client(procurement).get("/payments", agreement_id=running.id)
    )

    assert [running.payments["startup"]] == [item["id"] for item in due["items"]]
    assert set(running.payments.values()) == {item["id"] for item in mine["items"]}


async def test_a_stale_etag_pays_nothing(procurement: Stage) -> None:
    """Whoever has read another version of a payment is told so."""
    running = await in_force(procurement)

    answer = await running.ready.provider.client(procurement).post(
        f"/payments/{running.payments['startup']}/invoice",
        {"number": "fp-1", "amount": STARTUP},
        **{"If-Match": '"1"'},
    )

    assert answer.status == 412

"""An early end: by two persons, settled by what was delivered, the unearned part recovered."""

import asyncio
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.ids import new_id
from libs.common.testing import Answer, Stage
from services.procurement.domain.breaches import deduct
from services.procurement.domain.payments import Payment, plan
from services.procurement.domain.settlements import end_payments, settle
from services.procurement.domain.terms import PriceLine
from tests.services.procurement.agreement_steps import (
    PRICE,
    InForce,
    accept,
    accepted,
    check_books,
    confirm_end,
    in_force,
    invoice,
    pay,
    payment_of,
    propose_end,
    read,
    seal_result_of,
    term_over,
    terminate,
    transfer,
)
from tests.services.procurement.agreement_steps import approve_all as approve
from tests.services.procurement.steps import buyer, done
from tests.services.procurement.test_breaches import breach_of
from tests.services.procurement.test_ledger import DAY, paid_up
from tests.services.procurement.test_ledger import agreement as to_plan

STARTUP = 5_600_000
BALANCE = PRICE - STARTUP
CHINESE = {"Accept-Language": "zh-CN"}
ENGLISH = {"Accept-Language": "en"}


async def count(stage: Stage, running: InForce, *counted: int) -> None:
    """Scheduling has accepted so much of each output."""
    for output, number in zip(running.agreement["outputs"], counted, strict=False):
        await stage.hear(
            "scheduling.output.counted.v1",
            output["id"],
            {"id": output["id"], "agreement_id": running.id, "counted": number},
        )


async def miss_rectification(stage: Stage, running: InForce, result: UUID) -> None:
    """The provider has let its one chance go by."""
    rectification = new_id()
    for status in ("ordered", "overdue"):
        await stage.hear(
            f"evaluation.rectification.{status}.v1",
            rectification,
            {
                "id": rectification,
                "agreement_id": running.id,
                "result_id": result,
                "status": status,
            },
        )


async def recover(stage: Stage, running: InForce, amount: int, kind: str = "startup") -> Answer:
    cashier = stage.as_("treasury", person="cashier")
    body = {"amount": amount, "reference": "th-1"}
    return await cashier.post(f"/payments/{running.payments[kind]}/recovery", body)


async def test_a_failed_result_withholds_at_once(procurement: Stage) -> None:
    """Below the line nobody need accept anything: the balance is withheld, and stays committed."""
    running = await in_force(procurement)
    await term_over(procurement, running)

    result = await seal_result_of(procurement, running, 0, band="fail")
    refused = await accept(procurement, running)

    balance = await payment_of(procurement, running, "balance")
    assert (balance["status"], balance["amount"], balance["result_id"]) == (
        "withheld",
        0,
        str(result),
    )
    [withheld] = await procurement.said("procurement.payment.withheld.v1")
    assert withheld.subject == running.payments["balance"]
    assert (refused.status, refused.code) == (409, "result-below-the-line")
    await check_books(procurement)


async def test_a_second_result_above_the_line_pays(procurement: Stage) -> None:
    """The re-evaluation is another result, and its share is paid by the agreement's table."""
    running = await in_force(procurement)
    await pay(procurement, running, "startup")
    await term_over(procurement, running)
    first = await seal_result_of(procurement, running, 0, band="fail")

    await seal_result_of(procurement, running, 7_000, band="pass", round=2)
    await done(await accept(procurement, running))
    paid = await pay(procurement, running, "balance")
    await seal_result_of(procurement, running, 10_000, version=2, result=first)

    assert paid["amount"] == BALANCE * 7_000 // 10_000
    ended = await read(procurement, running.id)
    assert (ended["status"], ended["result"]["round"]) == ("completed", 2)
    await check_books(procurement)


async def test_a_second_fail_ends_settles_and_recovers(procurement: Stage) -> None:
    """The whole unhappy way, told with every event, and the ledger to the fen."""
    running = await in_force(procurement)
    await pay(procurement, running, "startup")
    await count(procurement, running, 240, 1)
    await term_over(procurement, running)
    await seal_result_of(procurement, running, 0, band="fail")
    await seal_result_of(procurement, running, 0, band="fail", round=2)

    settlement = await terminate(procurement, running, "result-failed")

    # 240 of 480 is 5 000 and 1 of 6 is 1 666 basis points: 3 333 of each price line.
    assert [one["share_bp"] for one in settlement["delivered"]] == [5_000, 1_666]
    earned = 6_000_001 * 3_333 // 10_000 + 2_000_000 * 3_333 // 10_000
    claimed = STARTUP - earned
    assert [line["earned"] for line in settlement["lines"]] == [1_999_800, 666_600]
    assert (settlement["earned_amount"], settlement["claimed_amount"]) == (earned, claimed)
    assert (settlement["proposed_by"], settlement["confirmed_by"]) == ("first", "second")
    too_much = await recover(procurement, running, claimed + 1)
    for part in (claimed - 400_000, 400_000):
        await done(await recover(procurement, running, part))
    nothing_left = await recover(procurement, running, 1)
    assert (too_much.status, too_much.code) == (422, "recovery-exceeds-payment")
    assert (nothing_left.status, nothing_left.code) == (422, "recovery-exceeds-payment")
    told = [event.type.split(".", 1)[1] for event in await procurement.said()]
    assert told[told.index("agreement.terminated.v1") :] == [
        "agreement.terminated.v1",
        "settlement.recorded.v1",
        "payment.claimed.v1",
        "payment.withheld.v1",
        "payment.recovered.v1",
        "payment.recovered.v1",
    ]
    found = await done(await procurement.as_("auditor").get(f"/budgets/{running.ready.budget}"))
    assert (found["committed"], found["paid"]) == (earned, earned)
    assert (await read(procurement, running.id))["settlement"] == settlement
    await check_books(procurement)


async def test_a_first_fail_does_not_end_an_agreement(procurement: Stage) -> None:
    """The provider has its one rectification first; once that is missed, two persons may end it."""
    running = await in_force(procurement)
    none_yet = await propose_end(procurement, running, "result-failed")
    await term_over(procurement, running)
    result = await seal_result_of(procurement, running, 0, band="fail")

    path, body = f"/agreements/{running.id}/termination", {"reason": "result-failed"}
    zh = await buyer(procurement).post(path, body, **CHINESE)
    en = await buyer(procurement).post(path, body, **ENGLISH)
    await miss_rectification(procurement, running, result)
    settlement = await terminate(procurement, running, "result-failed")

    assert (none_yet.status, none_yet.code) == (409, "result-not-failed")
    assert (zh.status, zh.code) == (409, "rectification-pending")
    assert zh.body["title"].startswith("首次评估不合格的，须先整改并复评一次")
    assert en.body["title"].startswith("A first failed result is put right and evaluated once more")
    assert str(result) == settlement["result_id"]


async def test_an_end_takes_two_persons(procurement: Stage) -> None:
    """Nobody confirms their own proposal, nor what was not proposed or was taken back."""
    running = await in_force(procurement)
    too_early = await confirm_end(procurement, running)
    proposed = await done(await propose_end(procurement, running))
    alone = await confirm_end(procurement, running, "first")
    path = f"/agreements/{running.id}/termination"
    taken_back = await done(await buyer(procurement).post(f"{path}/withdrawal"))
    nothing = await confirm_end(procurement, running)

    assert (too_early.status, too_early.code) == (409, "termination-not-proposed")
    assert (proposed["status"], proposed["end_proposed_by"]) == ("in_force", "first")
    assert (alone.status, alone.code) == (409, "second-person-required")
    assert (taken_back["end_proposed_by"], taken_back["end_reason"]) == (None, None)
    assert (nothing.status, nothing.code) == (409, "termination-not-proposed")
    assert await procurement.said("procurement.agreement.terminated.v1") == []


async def test_two_confirmations_at_once_settle_once(procurement: Stage) -> None:
    """Both at the same instant: one settlement, one claim."""
    running = await in_force(procurement)
    await pay(procurement, running, "startup")
    await done(await propose_end(procurement, running))

    answers = await asyncio.gather(
        *(confirm_end(procurement, running, f"second-{n}") for n in range(3))
    )

    assert sorted(answer.status for answer in answers) == [200, 409, 409]
    assert len(await procurement.said("procurement.settlement.recorded.v1")) == 1
    await check_books(procurement)


async def test_what_was_earned_and_not_paid_falls_due(procurement: Stage) -> None:
    """An early end before the start-up was paid owes what was delivered, and no more."""
    running = await in_force(procurement)
    await done(await invoice(procurement, running, "startup"))
    await approve(procurement, running.payments["startup"])
    await count(procurement, running, 120, 0)

    settlement = await terminate(procurement, running)
    unapproved = await transfer(procurement, running.payments["startup"])
    paid = await pay(procurement, running, "startup")

    assert (settlement["claimed_amount"], settlement["owed_amount"]) == (0, 1_000_000)
    assert (unapproved.status, unapproved.code) == (409, "payment-not-approved")
    assert paid["amount"] == 1_000_000
    assert (await read(procurement, running.id))["status"] == "terminated"
    found = await done(await procurement.as_("auditor").get(f"/budgets/{running.ready.budget}"))
    assert (found["committed"], found["paid"]) == (1_000_000, 1_000_000)
    await check_books(procurement)


async def test_an_earned_start_up_is_nobodys_to_claim(procurement: Stage) -> None:
    """Who delivered more than was paid gives nothing back."""
    running = await in_force(procurement)
    await pay(procurement, running, "startup")
    await count(procurement, running, 480, 6)

    settlement = await terminate(procurement, running)
    answer = await recover(procurement, running, 1)

    assert (settlement["value_amount"], settlement["earned_amount"]) == (PRICE, STARTUP)
    assert (answer.status, answer.code) == (409, "nothing-claimed")


async def test_nothing_is_recovered_while_the_agreement_runs(procurement: Stage) -> None:
    """Without an end or a claim there is nothing to come back."""
    running = await in_force(procurement)
    await pay(procurement, running, "startup")

    answer = await recover(procurement, running, 1)

    assert (answer.status, answer.code) == (409, "nothing-claimed")


async def test_what_was_accepted_is_paid_and_not_ended(procurement: Stage) -> None:
    """A purchaser cannot end an agreement to save a balance that has been accepted."""
    running = await in_force(procurement)
    await accepted(procurement, running, 10_000)

    answer = await propose_end(procurement, running)

    assert (answer.status, answer.code) == (409, "delivery-accepted")


async def test_the_database_keeps_a_settlement(procurement: Stage) -> None:
    """A settlement is never changed, and a claim never more than what was paid."""
    running = await in_force(procurement)
    await pay(procurement, running, "startup")
    await terminate(procurement, running)

    for broken in (
        "UPDATE settlements SET claimed_amount = 0",
        "DELETE FROM settlements",
        "UPDATE payments SET claimed_amount = amount + 1 WHERE kind = 'startup'",
        "UPDATE agreements SET end_confirmed_by = end_proposed_by",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await procurement.fetch(broken)


@given(
    shares=st.lists(st.tuples(st.integers(1, 500), st.integers(0, 600)), min_size=1, max_size=6),
    prices=st.lists(st.integers(1, 4_000_000), min_size=1, max_size=6),
    breaches=st.lists(st.integers(0, 2_000_000), max_size=3),
    startup_bp=st.integers(1, 9_999),
    paid=st.booleans(),
)
def test_a_settlement_always_balances(
    shares: list[tuple[int, int]],
    prices: list[int],
    breaches: list[int],
    startup_bp: int,
    *,
    paid: bool,
) -> None:
    """What is kept after the end is what was earned, for any delivery, price, breach, payment."""
    outputs = [SimpleNamespace(id=new_id(), title="x", quantity=q) for q, _ in shares]
    agreement: Any = SimpleNamespace(
        id=new_id(),
        division="510181001001",
        outputs=outputs,
        price_lines=[PriceLine(line="x", amount=amount) for amount in prices],
        end_proposed_by="first",
        end_confirmed_by="second",
    )
    counted = {output.id: done for output, (_, done) in zip(outputs, shares, strict=True)}
    startup, balance = plan(to_plan(sum(prices), startup_bp), [new_id(), new_id()])
    startup = startup.fall_due(DAY)
    payments: list[Payment] = [paid_up(startup) if paid else startup, balance]

    deductions = deduct([breach_of(amount) for amount in breaches], sum(prices))
    settlement = settle(new_id(), agreement, counted, payments, None, deductions, DAY)
    after = [payment for _, payment in end_payments(payments, settlement.earned_amount, None)]

    kept = sum(p.kept - p.claim_open if p.paid_day else p.amount for p in after)
    assert kept == settlement.earned_amount <= settlement.value_amount <= sum(prices)
    assert sum(p.claim_open for p in after) == settlement.claimed_amount
    gross = min(settlement.value_amount, settlement.most_amount)
    assert settlement.earned_amount == max(gross - min(sum(breaches), sum(prices)), 0)
    assert sum(p.held for p in after if p.kind == "balance") == 0

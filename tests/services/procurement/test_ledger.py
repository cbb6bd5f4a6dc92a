"""The ledger balances to the fen, whatever happens to agreements and in whatever order."""

import asyncio
import random
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from libs.common.errors import Refusal
from libs.common.ids import new_id
from libs.common.testing import Stage
from services.procurement.domain.budgets import Budget
from services.procurement.domain.ledger import Act, Entry, balances, entry, move, moves
from services.procurement.domain.payments import Payment, Result, plan
from services.procurement.domain.terms import PaymentTerm
from tests.services.procurement.agreement_steps import (
    PRICE,
    InForce,
    accepted,
    approve_all,
    awarded,
    check_books,
    draft,
    in_force,
    invoice,
    pay,
    seal_result_of,
    terminate,
    transfer,
)
from tests.services.procurement.steps import done

DAY: Final = date(2025, 1, 16)
NOW: Final = datetime(2025, 1, 16, tzinfo=UTC)
BUDGET: Final = Budget(
    id=new_id(),
    version=1,
    fiscal_year=2025,
    name="2025",
    purchaser_id=new_id(),
    division="510181000000",
    status="approved",
    amount=10_000_000,
    committed=0,
    paid=0,
    sources=(),
    proposed_by="p-1",
    approved_by="p-2",
)
fen = st.integers(1, 4_000_000)
basis_points = st.integers(0, 10_000)


def agreement(amount: int, startup_bp: int) -> Any:
    """As much of an agreement as its payments need."""
    shares = [("startup", startup_bp), ("balance", 10_000 - startup_bp)]
    return SimpleNamespace(
        id=new_id(),
        budget_id=BUDGET.id,
        provider_id=new_id(),
        division="510181001001",
        amount=amount,
        fiscal_year=2025,
        payment_terms=[PaymentTerm(kind=k, share_bp=bp) for k, bp in shares],  # type: ignore[arg-type]
    )


def result(of: UUID, share_bp: int, version: int) -> Result:
    return Result(
        agreement_id=of,
        result_id=of,
        version=version,
        round=1,
        score_bp=share_bp,
        band="good",
        balance_share_bp=share_bp,
        policy_version=1,
        sealed_at=NOW,
        correction=version > 1,
    )


def paid_up(payment: Payment) -> Payment:
    """Invoiced, approved and paid."""
    return payment.invoice("fp", payment.amount).approve(last=True).pay("zf", DAY)


class Money(RuleBasedStateMachine):
    """One budget, many agreements: drafted, paid, corrected, withheld, recovered in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.budget = BUDGET
        self.entries: list[Entry] = []
        self.drafts: dict[UUID, Any] = {}
        self.payments: dict[UUID, Payment] = {}
        self.versions = 0

    def enter(self, act: Act, amount: int, payment: UUID | None = None) -> None:
        self.budget = move(self.budget, act, amount)
        of = new_id()
        self.entries.append(entry(new_id(), self.budget.id, of, payment, act, amount, NOW))

    def book(self, after: Payment) -> None:
        before = self.payments[after.id]
        for act, amount in moves(before, after):
            self.enter(act, amount, after.id)
        self.payments[after.id] = after

    def some(self, data: st.DataObject, *states: str, kind: str = "") -> Payment | None:
        found = [p for p in self.payments.values() if p.status in states and kind in ("", p.kind)]
        return data.draw(st.sampled_from(found)) if found else None

    @initialize()
    def begin(self) -> None:
        """Every run begins with an empty ledger."""

    @rule(amount=fen, startup_bp=st.integers(1, 9_999))
    def draft(self, amount: int, startup_bp: int) -> None:
        drafted = agreement(amount, startup_bp)
        free = self.budget.free
        try:
            self.enter("commit", amount)
        except Refusal as refusal:
            assert (refusal.code, amount > free) == ("budget-exceeded", True)
            return
        self.drafts[drafted.id] = drafted

    @precondition(lambda self: self.drafts)
    @rule(data=st.data(), signed=st.booleans())
    def sign_or_give_up(self, data: st.DataObject, signed: bool) -> None:
        drafted = self.drafts.pop(data.draw(st.sampled_from(sorted(self.drafts))))
        if not signed:
            self.enter("release", drafted.amount)
            return
        planned = plan(drafted, [new_id(), new_id()])
        assert sum(p.planned_amount for p in planned) == drafted.amount
        self.payments |= {p.id: p for p in planned}

    @rule(data=st.data())
    def pay_startup(self, data: st.DataObject) -> None:
        if payment := self.some(data, "planned", kind="startup"):
            self.book(paid_up(payment.fall_due(DAY)))

    @rule(data=st.data(), share_bp=basis_points)
    def seal(self, data: st.DataObject, share_bp: int) -> None:
        """A result, or its correction, applies to a balance that is not paid yet."""
        states = ("planned", "due", "invoiced", "approved", "withheld")
        if payment := self.some(data, *states, kind="balance"):
            self.versions += 1
            sealed = result(payment.agreement_id, share_bp, self.versions)
            assert payment.takes(sealed) is not payment.given_up
            if payment.given_up:
                return
            after = payment.apply(sealed, new_id())
            if after.status != "withheld":
                after = after.fall_due(DAY)
            if after.held - payment.held <= self.budget.free:
                self.book(after)

    @rule(data=st.data(), steps=st.integers(1, 3))
    def go_on(self, data: st.DataObject, steps: int) -> None:
        """Invoice, approve and pay a balance, or stop on the way."""
        if payment := self.some(data, "due"):
            payment = payment.invoice("fp", payment.amount)
            if steps > 1:
                payment = payment.approve(last=True)
            if steps > 2:
                payment = payment.pay("zf", DAY)
            self.book(payment)

    @rule(data=st.data(), earned=fen)
    def end(self, data: st.DataObject, earned: int) -> None:
        """The agreement of a payment ends, with something earned of it or nothing."""
        states = ("due", "invoiced", "approved", "withheld", "paid", "recovered")
        if payment := self.some(data, *states):
            self.book(payment.end(earned))

    @rule(data=st.data(), part_bp=st.integers(1, 10_000))
    def recover(self, data: st.DataObject, part_bp: int) -> None:
        if payment := self.some(data, "paid", "recovered"):
            leftover = payment.claimed_amount == 0
            left = payment.kept if leftover else payment.claim_open
            if part := left * part_bp // 10_000:
                self.book(payment.recover(part, leftover=leftover))

    @invariant()
    def every_fen_is_somewhere(self) -> None:
        found = balances(self.budget)
        assert sum(found.values()) == self.budget.amount
        assert min(found.values()) >= 0

    @invariant()
    def the_entries_sum_to_the_balances(self) -> None:
        sums: dict[str, int] = defaultdict(int, available=self.budget.amount)
        for line in self.entries:
            sums[line.source] -= line.amount
            sums[line.target] += line.amount
        assert {**balances(self.budget)} == {k: sums[k] for k in balances(self.budget)}

    @invariant()
    def the_balances_are_those_of_the_payments(self) -> None:
        held = sum(p.held for p in self.payments.values())
        held += sum(drafted.amount for drafted in self.drafts.values())
        paid = sum(p.amount - p.recovered_amount for p in self.payments.values() if p.paid_day)
        found = balances(self.budget)
        assert (found["committed"], found["paid"]) == (held, paid)


def test_the_ledger_balances_to_the_fen() -> None:
    """Two hundred steps in any order: entries, budget and payments always agree."""
    run_state_machine_as_test(Money, settings=settings(max_examples=12, stateful_step_count=200))


@given(amount=fen, startup_bp=st.integers(1, 9_999), share_bp=basis_points)
def test_no_fen_is_made_or_lost(amount: int, startup_bp: int, share_bp: int) -> None:
    """Start-up, balance and what is released sum to the amount for every split and share."""
    startup, balance = plan(agreement(amount, startup_bp), [new_id(), new_id()])
    after = balance.apply(result(balance.agreement_id, share_bp, 1), new_id())
    released = balance.planned_amount - after.amount

    assert startup.amount + after.amount + released == amount
    assert after.amount * 10_000 <= balance.planned_amount * share_bp
    assert (after.status == "withheld") == (after.amount == 0 and balance.planned_amount > 0)


def test_an_end_pays_no_more_than_was_planned() -> None:
    """However much was earned, what falls due of a withheld balance is within its plan."""
    _, balance = plan(agreement(10, 5_000), [new_id(), new_id()])
    withheld = balance.apply(result(balance.agreement_id, 0, 1), new_id())

    assert [withheld.end(earned).amount for earned in (0, 3, 5, 6)] == [0, 3, 5, 5]


@pytest.mark.parametrize("act", ["commit", "release", "pay", "recover"])
def test_no_account_goes_below_nothing(act: Act) -> None:
    """Each act is refused when its source holds one fen less."""
    budget = replace(BUDGET, committed=300, paid=100)
    source = {"commit": "available", "release": "committed", "pay": "committed", "recover": "paid"}
    held = {**balances(budget)}[source[act]]  # type: ignore[index]

    assert sum(balances(move(budget, act, held)).values()) == budget.amount
    with pytest.raises(Refusal, match="budget-exceeded"):
        move(budget, act, held + 1)


async def test_the_database_forbids_more_than_there_is(procurement: Stage) -> None:
    """Without any lock or rule of ours the database itself refuses to overdraw a budget."""
    await awarded(procurement)

    for broken in ("committed = amount + 1", "committed = 5, paid = 6", "committed = -1"):
        with pytest.raises(Exception, match="violates check constraint"):
            await procurement.fetch(f"UPDATE budgets SET {broken}")  # noqa: S608


async def test_payments_at_once_share_one_budget(procurement: Stage) -> None:
    """Payments of several agreements at the same instant all land in the budget's sums."""
    first = await in_force(procurement)
    others = [await in_force(procurement, PRICE, first.ready.budget) for _ in range(3)]
    running = [first, *others]
    for one in running:
        await done(await invoice(procurement, one, "startup"))
        await approve_all(procurement, one.payments["startup"])

    answers = await asyncio.gather(
        *(transfer(procurement, one.payments["startup"]) for one in running)
    )

    assert [answer.status for answer in answers] == [200] * 4
    found = await done(await procurement.as_("auditor").get(f"/budgets/{first.ready.budget}"))
    assert (found["committed"], found["paid"]) == (4 * PRICE, 4 * 5_600_000)
    await check_books(procurement)


async def test_a_transfer_and_a_correction_at_once(procurement: Stage) -> None:
    """Either the money goes first or the correction does; the books agree in both cases."""
    running = await in_force(procurement)
    sealed = await accepted(procurement, running, 7_000)
    await done(await invoice(procurement, running, "balance"))
    await approve_all(procurement, running.payments["balance"])

    answer, _ = await asyncio.gather(
        transfer(procurement, running.payments["balance"]),
        seal_result_of(procurement, running, 10_000, version=2, result=sealed),
    )

    assert answer.status in (200, 409)
    assert await procurement.waiting() == []
    await check_books(procurement)


async def test_many_agreements_in_any_order_keep_the_books(procurement: Stage) -> None:
    """Six agreements drafted, signed, paid, ended and recovered at random, through the API."""
    chance = random.Random(7)
    first = await in_force(procurement, PRICE)
    running: list[InForce] = [first]
    for n in range(1, 6):
        one = await in_force(procurement, PRICE + 7 * n, first.ready.budget)
        running.append(one)
    given_up = await awarded(procurement, PRICE, first.ready.budget)
    await done(await draft(procurement, given_up))
    for one in chance.sample(running, 4):
        await pay(procurement, one, "startup")
    for one in chance.sample(running, 2):
        await terminate(procurement, one)
        await check_books(procurement)
    for one in running:
        found = await procurement.fetch("SELECT status FROM agreements WHERE id = $1", UUID(one.id))
        if found[0]["status"] == "in_force":
            await accepted(procurement, one, chance.choice([0, 7_000, 9_999, 10_000]))
            await check_books(procurement)

"""An evaluation that is late through no fault of the provider: the undisputed part goes first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.ids import new_id
from libs.common.testing import Answer, Stage
from services.procurement.domain.payments import plan
from services.procurement.domain.undisputed import apply_to_undisputed, plan_again, split_off
from tests.services.procurement.agreement_steps import (
    PRICE,
    InForce,
    accept,
    check_books,
    in_force,
    pay,
    payment_of,
    read,
    seal_result_of,
    term_over,
    terminate,
)
from tests.services.procurement.steps import done
from tests.services.procurement.test_ledger import DAY, agreement, paid_up, result

STARTUP = 5_600_000
BALANCE = PRICE - STARTUP
HALF = BALANCE // 2
"""The policy's 5 000 basis points, rounded down."""


async def be_late(stage: Stage, running: InForce) -> InForce:
    """The term is over, evaluation tells that it is late; returns the agreement as it is now."""
    await term_over(stage, running)
    commission = new_id()
    data = {"id": commission, "agreement_id": running.id}
    await stage.hear("evaluation.commission.overdue.v1", commission, data)
    found = await read(stage, running.id)
    return InForce(
        id=running.id,
        ready=running.ready,
        agreement=running.agreement,
        payments={payment["kind"]: payment["id"] for payment in found["payments"]},
    )


async def recover(stage: Stage, running: InForce, amount: int) -> Answer:
    cashier = stage.as_("treasury", person="cashier")
    body = {"amount": amount, "reference": "th-1"}
    return await cashier.post(f"/payments/{running.payments['undisputed']}/recovery", body)


async def committed(stage: Stage, running: InForce) -> tuple[int, int]:
    """Committed and paid."""
    found = await done(await stage.as_("auditor").get(f"/budgets/{running.ready.budget}"))
    return found["committed"], found["paid"]


async def test_the_undisputed_part_is_paid_first_and_the_rest_by_the_result(
    procurement: Stage,
) -> None:
    """Half falls due at once; the sealed result pays the rest of its share, to the fen."""
    running = await in_force(procurement)
    await pay(procurement, running, "startup")

    late = await be_late(procurement, running)
    first = await pay(procurement, late, "undisputed")
    await seal_result_of(procurement, late, 7_000)
    await done(await accept(procurement, late))
    rest = await pay(procurement, late, "balance")

    assert (first["amount"], first["planned_amount"]) == (HALF, HALF)
    assert first["amount"] + rest["amount"] == BALANCE * 7_000 // 10_000
    assert (await read(procurement, late.id))["status"] == "completed"
    total = STARTUP + BALANCE * 7_000 // 10_000
    assert await committed(procurement, late) == (total, total)
    await check_books(procurement)


async def test_a_result_that_gives_less_claims_the_difference(procurement: Stage) -> None:
    """Nothing more is paid, the difference comes back, and the agreement is completed."""
    running = await in_force(procurement)
    await pay(procurement, running, "startup")
    late = await be_late(procurement, running)
    await pay(procurement, late, "undisputed")

    await seal_result_of(procurement, late, 3_000, band="pass")
    await done(await accept(procurement, late))

    claim = HALF - BALANCE * 3_000 // 10_000
    undisputed = await payment_of(procurement, late, "undisputed")
    assert undisputed["claimed_amount"] == claim
    [told] = await procurement.said("procurement.payment.claimed.v1")
    assert told.data["claimed_amount"] == claim
    await done(await recover(procurement, late, claim))
    assert (await read(procurement, late.id))["status"] == "completed"
    total = STARTUP + BALANCE * 3_000 // 10_000
    assert await committed(procurement, late) == (total, total)
    await check_books(procurement)


async def test_what_came_back_is_given_again_by_a_better_result(procurement: Stage) -> None:
    """A claim came back in part while the agreement ran; the corrected share is still whole."""
    running = await in_force(procurement)
    late = await be_late(procurement, running)
    await pay(procurement, late, "undisputed")
    sealed = await seal_result_of(procurement, late, 3_000, band="pass")
    await done(await accept(procurement, late))
    came_back = 250_001
    await done(await recover(procurement, late, came_back))
    afterwards = await committed(procurement, late)

    await seal_result_of(procurement, late, 9_000, version=2, result=sealed)
    rest = await pay(procurement, late, "balance")
    await pay(procurement, late, "startup")

    given = BALANCE * 9_000 // 10_000
    assert afterwards == (PRICE, HALF - came_back)
    assert HALF - came_back + rest["amount"] == given
    undisputed = await payment_of(procurement, late, "undisputed")
    assert undisputed["claimed_amount"] == undisputed["recovered_amount"] == came_back
    assert (await recover(procurement, late, HALF)).status == 422
    assert (await read(procurement, late.id))["status"] == "completed"
    assert await committed(procurement, late) == (STARTUP + given, STARTUP + given)
    await check_books(procurement)


async def test_what_was_not_paid_yet_is_reduced(procurement: Stage) -> None:
    """Before the transfer nothing need come back: less falls due, and with it all is paid."""
    running = await in_force(procurement)
    await pay(procurement, running, "startup")
    late = await be_late(procurement, running)

    await seal_result_of(procurement, late, 3_000, band="pass")
    await done(await accept(procurement, late))
    paid = await pay(procurement, late, "undisputed")

    assert paid["amount"] == BALANCE * 3_000 // 10_000
    assert (await read(procurement, late.id))["status"] == "completed"
    await check_books(procurement)


async def test_what_was_reduced_is_given_again_by_a_better_result(procurement: Stage) -> None:
    """The undisputed part was paid at less than planned; the corrected share is still whole."""
    running = await in_force(procurement)
    late = await be_late(procurement, running)
    sealed = await seal_result_of(procurement, late, 3_000, band="pass")
    await done(await accept(procurement, late))
    advanced = (await pay(procurement, late, "undisputed"))["amount"]
    afterwards = await committed(procurement, late)

    await seal_result_of(procurement, late, 9_000, version=2, result=sealed)
    rest = await pay(procurement, late, "balance")
    await pay(procurement, late, "startup")

    given = BALANCE * 9_000 // 10_000
    assert (advanced, afterwards) == (BALANCE * 3_000 // 10_000, (PRICE, advanced))
    assert advanced + rest["amount"] == given
    assert (await read(procurement, late.id))["status"] == "completed"
    assert await committed(procurement, late) == (STARTUP + given, STARTUP + given)
    await check_books(procurement)


async def test_a_fail_after_all_claims_it_with_the_settlement(procurement: Stage) -> None:
    """Below the line nothing of the balance is earned: the end claims what was paid of it."""
    running = await in_force(procurement)
    await pay(procurement, running, "startup")
    late = await be_late(procurement, running)
    await pay(procurement, late, "undisputed")
    for output in late.agreement["outputs"]:
        await procurement.hear(
            "scheduling.output.counted.v1",
            output["id"],
            {"id": output["id"], "agreement_id": late.id, "counted": output["quantity"]},
        )

    await seal_result_of(procurement, late, 0, band="fail")
    await seal_result_of(procurement, late, 0, band="fail", round=2)
    settlement = await terminate(procurement, late, "result-failed")

    assert (settlement["earned_amount"], settlement["claimed_amount"]) == (STARTUP, HALF)
    assert (await payment_of(procurement, late, "undisputed"))["claimed_amount"] == HALF
    assert (await payment_of(procurement, late, "startup"))["claimed_amount"] == 0
    await done(await recover(procurement, late, HALF))
    assert await committed(procurement, late) == (STARTUP, STARTUP)
    await check_books(procurement)


@pytest.mark.parametrize("share_bp", [0, 7_000])
async def test_a_result_that_is_there_leaves_nothing_to_advance(
    procurement: Stage, share_bp: int
) -> None:
    """What is told late, after the result, changes no payment; nor does a second telling."""
    running = await in_force(procurement)
    await term_over(procurement, running)
    await seal_result_of(procurement, running, share_bp)

    late = await be_late(procurement, running)

    assert set(late.payments) == {"startup", "balance"}
    await check_books(procurement)


async def test_it_is_advanced_once(procurement: Stage) -> None:
    """An evaluation of which it is told twice that it is late has one undisputed part."""
    running = await in_force(procurement)

    late = await be_late(procurement, running)
    again = await be_late(procurement, running)

    assert late.payments == again.payments
    assert await procurement.waiting() == []
    assert await committed(procurement, late) == (PRICE, 0)
    await check_books(procurement)


async def test_how_much_is_policy(procurement: Stage) -> None:
    """The next version of the policy says another share; what was drafted before keeps its own."""
    policy = {
        "profile": "government-purchase",
        "effective_from": "2024-12-01",
        "source": "都江堰市政府购买服务办法",
        "parties": ["provider", "host", "site"],
        "longest_years": 1,
        "payment_terms": [
            {"kind": "startup", "share_bp": 7_000},
            {"kind": "balance", "share_bp": 3_000},
        ],
        "approval_steps": [{"step": "handler", "roles": ["purchaser"]}],
        "undisputed_bp": 2_000,
    }

    answer = await procurement.as_("official").post("/agreement-policies", policy)

    assert (answer.status, answer.body["undisputed_bp"]) == (201, 2_000)


@given(
    amount=st.integers(1, 4_000_000),
    advanced_bp=st.integers(0, 10_000),
    share_bp=st.integers(0, 10_000),
    paid=st.booleans(),
)
def test_both_parts_are_never_more_than_the_result_gives(
    amount: int, advanced_bp: int, share_bp: int, *, paid: bool
) -> None:
    """What is kept of both is exactly the result's share of the whole balance, for any figures."""
    _, balance = plan(agreement(amount, 5_000), [new_id(), new_id()])
    parts = split_off(balance, advanced_bp, new_id())
    if parts is None:
        return
    rest, undisputed = parts
    assert rest.planned_amount + undisputed.planned_amount == balance.planned_amount
    due = undisputed.fall_due(DAY)
    sealed = result(balance.agreement_id, share_bp, 1)

    before = paid_up(due) if paid else due
    after = apply_to_undisputed(before, balance.planned_amount, sealed)
    applied = rest.apply(sealed, new_id(), after)

    given = sealed.share_of(balance.planned_amount)
    if paid and sealed.failed:
        assert (after, applied.amount) == (before, 0)
    else:
        assert after.amount - after.claimed_amount + applied.amount == given


@given(
    amount=st.integers(1, 4_000_000),
    advanced_bp=st.integers(0, 10_000),
    shares=st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 10_000)), min_size=1),
    paid_from=st.integers(0, 3),
)
def test_every_correction_gives_its_share_whatever_came_back(
    amount: int, advanced_bp: int, shares: list[tuple[int, int]], paid_from: int
) -> None:
    """However often a result is corrected, before or after the undisputed part is paid, and part
    of each claim recovered, it gives its share."""
    _, balance = plan(agreement(amount, 5_000), [new_id(), new_id()])
    parts = split_off(balance, advanced_bp, new_id())
    if parts is None:
        return
    whole = balance.planned_amount
    rest, undisputed = parts[0], parts[1].fall_due(DAY)
    for version, (share_bp, recovered_bp) in enumerate(shares, 1):
        if version > paid_from and undisputed.status == "due":
            undisputed = paid_up(undisputed)
            rest = plan_again(rest, undisputed.planned_amount - undisputed.amount)
        sealed = result(balance.agreement_id, share_bp, version)
        undisputed = apply_to_undisputed(undisputed, rest.part + undisputed.part, sealed)
        rest = rest.apply(sealed, new_id(), undisputed)
        if came_back := undisputed.claim_open * recovered_bp // 10_000:
            undisputed = undisputed.recover(came_back, leftover=False)
            rest = plan_again(rest, came_back)

        assert rest.part + undisputed.part == whole
        kept = undisputed.amount - undisputed.claimed_amount
        assert kept + rest.amount == sealed.share_of(whole)
        assert rest.amount <= rest.planned_amount

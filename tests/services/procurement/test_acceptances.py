"""Acceptance follows the term and the recipients' opinion, by a person of its own."""

import asyncio

from libs.common.ids import new_id
from libs.common.testing import Stage
from tests.services.procurement.agreement_steps import (
    PRICE,
    accept,
    awarded,
    check_books,
    draft,
    findings,
    in_force,
    pay,
    payment_of,
    read,
    seal_result_of,
    term_over,
)
from tests.services.procurement.steps import buyer, done


async def test_an_acceptance_is_told_and_the_balance_follows(procurement: Stage) -> None:
    """Acceptance, sealed result and expense statement together make the balance due."""
    running = await in_force(procurement)
    await term_over(procurement, running)
    result = await seal_result_of(procurement, running, 10_000)

    acceptance = await done(await accept(procurement, running, outcome="accepted-with-remarks"))

    [told] = await procurement.said("procurement.acceptance.recorded.v1")
    assert told.subject == acceptance["id"]
    assert {"id", "agreement_id", "day", "outcome"} == set(told.data)
    assert told.data["outcome"] == "accepted-with-remarks"
    balance = await payment_of(procurement, running, "balance")
    assert (balance["status"], balance["result_id"]) == ("due", str(result))
    assert balance["acceptance_id"] == acceptance["id"]
    assert (await read(procurement, running.id))["acceptance"]["remarks"] == "按期完成。"


async def test_a_result_alone_pays_nothing(procurement: Stage) -> None:
    """A sealed result without an acceptance is kept, and the balance stays planned."""
    running = await in_force(procurement)
    await term_over(procurement, running)

    await seal_result_of(procurement, running, 10_000)

    found = await read(procurement, running.id)
    assert (found["result"]["balance_share_bp"], found["acceptance"]) == (10_000, None)
    assert (await payment_of(procurement, running, "balance"))["status"] == "planned"


async def test_acceptance_waits_for_the_end_of_the_term(procurement: Stage) -> None:
    """Before the last day is over nothing is accepted."""
    running = await in_force(procurement)
    await seal_result_of(procurement, running, 10_000)

    answer = await accept(procurement, running)

    assert (answer.status, answer.code) == (409, "term-not-over")
    assert answer.body["to_day"] == running.agreement["to_day"]


async def test_acceptance_hears_the_recipients(procurement: Stage) -> None:
    """Without the sealed result there is no acceptance yet (实施条例第四十五条)."""
    running = await in_force(procurement)
    await term_over(procurement, running)

    answer = await accept(procurement, running)

    assert (answer.status, answer.code) == (409, "result-not-yet-known")
    assert answer.headers["Retry-After"] == "1"


async def test_an_agreement_is_accepted_once(procurement: Stage) -> None:
    """A second acceptance is refused, also at the same instant, and the balance is due once."""
    running = await in_force(procurement)
    await term_over(procurement, running)
    await seal_result_of(procurement, running, 7_000)

    answers = await asyncio.gather(
        *(accept(procurement, running, f"acceptor-{n}") for n in range(3))
    )

    assert sorted(answer.status for answer in answers) == [201, 409, 409]
    assert {answer.code for answer in answers} == {None, "agreement-accepted-already"}
    assert len(await procurement.said("procurement.payment.reduced.v1")) == 1
    await check_books(procurement)


async def test_a_refused_acceptance_pays_nothing(procurement: Stage) -> None:
    """What was refused is not paid, whatever the result says."""
    running = await in_force(procurement)
    await term_over(procurement, running)
    await seal_result_of(procurement, running, 10_000)

    await done(await accept(procurement, running, outcome="refused"))

    assert (await payment_of(procurement, running, "balance"))["status"] == "planned"


async def test_who_approved_or_evaluated_does_not_accept(procurement: Stage) -> None:
    """The start-up's approvers, a visitor and anybody who evaluates are refused."""
    running = await in_force(procurement)
    await pay(procurement, running, "startup")
    visit = {"agreement_id": running.id, "visitor": "visitor-1"}
    await procurement.hear("evaluation.visit.assigned.v1", new_id(), visit)
    await term_over(procurement, running)
    await seal_result_of(procurement, running, 10_000)
    path = f"/agreements/{running.id}/acceptance"

    answers = [
        await accept(procurement, running, "visitor-1"),
        await buyer(procurement, "leader").post(path, findings()),
        await procurement.as_("official", "evaluator", person="p-9").post(path, findings()),
    ]

    assert [(a.status, a.code) for a in answers] == [(409, "second-person-required")] * 3


async def test_leftover_money_is_within_the_amount(procurement: Stage) -> None:
    """No more is left over than the agreement is about."""
    running = await in_force(procurement)
    await term_over(procurement, running)
    await seal_result_of(procurement, running, 10_000)

    answer = await accept(procurement, running, leftover_amount=PRICE + 1)

    assert (answer.status, answer.code) == (422, "leftover-exceeds-amount")


async def test_only_what_is_in_force_is_accepted(procurement: Stage) -> None:
    """A draft cannot be accepted; other roles and districts cannot accept at all."""
    agreement = await done(await draft(procurement, await awarded(procurement)))
    path = f"/agreements/{agreement['id']}/acceptance"

    drafted = await procurement.as_("official").post(path, findings())
    role = await procurement.as_("treasury").post(path, findings())
    far = await procurement.as_("official", divisions=("510182",)).post(path, findings())

    assert (drafted.status, drafted.code) == (409, "agreement-not-in-force")
    assert role.status == 403
    assert (far.status, far.code) == (404, "agreement-not-found")

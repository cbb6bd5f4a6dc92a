"""Money and signatures wanted by two at the same instant."""

import asyncio
from collections import Counter
from datetime import date, timedelta
from uuid import UUID

from libs.common.testing import Stage
from tests.services.procurement.agreement_steps import (
    PRICE,
    amend,
    approve_all,
    at_once,
    awarded,
    check_books,
    draft,
    host,
    in_force,
    invoice,
    payment_of,
    read,
    seal,
    site,
)
from tests.services.procurement.steps import PURCHASER, buyer, done

LOCK_AGREEMENT = "SELECT FROM agreements WHERE id = $1 FOR UPDATE"


async def test_two_agreements_want_the_last_of_a_budget(procurement: Stage) -> None:
    """Of two drafts that the budget cannot both hold, one is made and one is told so."""
    first = await awarded(procurement, 50_000_000)
    second = await awarded(procurement, 50_000_000, first.budget)

    answers = await at_once(
        procurement,
        "SELECT FROM budgets WHERE id = $1 FOR UPDATE",
        UUID(first.budget),
        *(draft(procurement, one, 50_000_000) for one in (first, second)),
    )

    assert sorted((answer.status, answer.code) for answer in answers) == [
        (201, None),
        (409, "budget-exceeded"),
    ]
    await check_books(procurement)


async def test_twelve_drafts_at_once_never_commit_too_much(procurement: Stage) -> None:
    """A budget that holds ten of them leads to ten agreements, and two are told why not."""
    first = await awarded(procurement, 8_000_000)
    awards = [first, *[await awarded(procurement, 8_000_000, first.budget) for _ in range(11)]]

    answers = await asyncio.gather(*(draft(procurement, one, 8_000_000) for one in awards))

    codes = Counter(answer.code for answer in answers)
    assert codes == {None: 10, "budget-exceeded": 2}
    [budget] = await procurement.fetch("SELECT amount, committed FROM budgets")
    assert budget["amount"] == budget["committed"]
    await check_books(procurement)


async def test_a_row_that_names_a_budget_does_not_wait_for_its_money(procurement: Stage) -> None:
    """Whoever moves money locks the budget without its key, and a new award on it is made."""
    first = await awarded(procurement, 8_000_000)
    connection = await procurement.database.connect()
    try:
        async with connection.transaction():
            await connection.fetch(
                "SELECT FROM budgets WHERE id = $1 FOR NO KEY UPDATE", UUID(first.budget)
            )
            second = await awarded(procurement, 8_000_000, first.budget)
    finally:
        await connection.close()

    assert (await draft(procurement, second, 8_000_000)).status == 201


async def test_a_person_with_two_accounts_approves_once(procurement: Stage) -> None:
    """Two-person rules compare persons: a second account is not a second person."""
    running = await in_force(procurement)
    await done(await invoice(procurement, running, "startup"))
    path = f"/payments/{running.payments['startup']}/approvals"
    one = buyer(procurement, "p-9")
    other = procurement.as_("treasury", person="p-9", org=PURCHASER, sub="a-second-account")

    handled = await one.post(path)
    answers = await at_once(
        procurement,
        "SELECT FROM agreements WHERE id = $1 FOR UPDATE",
        UUID(running.id),
        *(other.post(path) for _ in range(2)),
    )

    assert handled.status == 200
    assert [(a.status, a.code) for a in answers] == [(409, "second-person-required")] * 2
    found = await payment_of(procurement, running, "startup")
    assert [approval["step"] for approval in found["approvals"]] == ["handler"]


async def test_a_last_signature_and_a_withdrawal_at_the_same_instant(procurement: Stage) -> None:
    """An agreement comes into force or is given up, never both, and the books agree."""
    ready = await awarded(procurement)
    agreement = await done(await draft(procurement, ready))
    path = f"/agreements/{agreement['id']}"
    for party in (ready.provider.client(procurement), host(procurement)):
        await done(await party.post(f"{path}/signatures", seal(agreement)))

    signed, given_up = await at_once(
        procurement,
        LOCK_AGREEMENT,
        UUID(agreement["id"]),
        site(procurement).post(f"{path}/signatures", seal(agreement)),
        buyer(procurement).post(f"{path}/termination", {"reason": "plan-changed"}),
    )

    found = await read(procurement, agreement["id"])
    came_into_force = await procurement.said("procurement.agreement.in_force.v1")
    assert bool(came_into_force) == (signed.status == 201)
    # What was signed first is in force, and its end only proposed to a second person.
    assert given_up.status == 200
    assert found["status"] == given_up.body["status"]
    assert (found["status"] == "terminated") == (signed.status == 409)
    assert bool(found["payments"]) == (signed.status == 201)
    await check_books(procurement)


async def test_a_last_signature_and_a_withdrawn_amendment(procurement: Stage) -> None:
    """An amendment is withdrawn or in force; whoever comes second is told that it is not open."""
    running = await in_force(procurement)
    sooner = date.fromisoformat(running.agreement["to_day"]) - timedelta(days=30)
    amendment = await done(await amend(procurement, running, to_day=str(sooner)))
    path = f"/amendments/{amendment['id']}"
    for party in (running.ready.provider.client(procurement), host(procurement)):
        await done(await party.post(f"{path}/signatures", seal(amendment)))

    signed, withdrawn = await at_once(
        procurement,
        LOCK_AGREEMENT,
        UUID(running.id),
        site(procurement).post(f"{path}/signatures", seal(amendment)),
        buyer(procurement).post(f"{path}/withdrawal"),
    )

    assert sorted(200 if a.status == 201 else a.status for a in (signed, withdrawn)) == [200, 409]
    assert {None, "amendment-not-open"} == {signed.code, withdrawn.code}
    amended = await procurement.said("procurement.agreement.amended.v1")
    assert bool(amended) == (signed.status == 201)


async def test_a_payment_is_transferred_once(procurement: Stage) -> None:
    """Two cashiers at the same instant: the money goes once, and the other is told why not."""
    running = await in_force(procurement, PRICE)
    payment = running.payments["startup"]
    await done(await invoice(procurement, running, "startup"))
    await approve_all(procurement, payment)

    answers = await at_once(
        procurement,
        LOCK_AGREEMENT,
        UUID(running.id),
        *(
            procurement.as_("treasury", person=cashier).post(
                f"/payments/{payment}/transfer", {"reference": cashier}
            )
            for cashier in ("cashier-1", "cashier-2")
        ),
    )

    assert sorted((answer.status, answer.code) for answer in answers) == [
        (200, None),
        (409, "payment-not-approved"),
    ]
    assert len(await procurement.said("procurement.payment.paid.v1")) == 1
    await check_books(procurement)

"""After a restore nothing is paid twice: the bank's statement is compared first, by two persons."""

from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from libs.common.ids import new_id
from libs.common.testing import Answer, Client, Stage
from tests.levels import level
from tests.restored import restore
from tests.services.procurement.agreement_steps import (
    PRICE,
    InForce,
    accepted,
    approve_all,
    check_books,
    in_force,
    invoice,
    pay,
    payment_of,
    read,
    transfer,
)
from tests.services.procurement.steps import done

STARTUP = 5_600_000


def cashier(stage: Stage) -> Client:
    return stage.as_("treasury", person="cashier")


def accountant(stage: Stage) -> Client:
    return stage.as_("treasury", person="accountant")


async def statement(stage: Stage, *lines: dict[str, Any]) -> dict[str, Any]:
    """The bank's statement of today, with these transfers."""
    today = (await stage.now()).date()
    return {
        "statement": "DZD-2025-01",
        "from_day": (today - timedelta(days=7)).isoformat(),
        "until_day": today.isoformat(),
        "lines": list(lines),
    }


async def left(
    stage: Stage, running: InForce, reference: str = "zf-1", amount: int = STARTUP
) -> dict[str, Any]:
    """A transfer to the provider as the statement shows it, of the day before."""
    return {
        "provider_id": str(running.ready.provider.org),
        "reference": reference,
        "amount": amount,
        "day": ((await stage.now()).date() - timedelta(days=1)).isoformat(),
    }


async def compared(stage: Stage, *lines: dict[str, Any]) -> dict[str, Any]:
    """Recorded by one, confirmed by another."""
    found = await done(await cashier(stage).post("/comparisons", await statement(stage, *lines)))
    await done(await accountant(stage).post(f"/comparisons/{found['id']}/confirmation"))
    return found


async def approved(stage: Stage) -> InForce:
    """An agreement whose start-up share is approved, in a database that came from a backup."""
    running = await in_force(stage)
    await done(await invoice(stage, running, "startup"))
    await approve_all(stage, running.payments["startup"])
    await restore(stage)
    return running


async def test_nothing_is_paid_until_two_persons_have_compared(procurement: Stage) -> None:
    """From the first instant after the restore, and again after the next one; one person's
    comparison is not enough."""
    running = await approved(procurement)
    payment = running.payments["startup"]
    assert await level(procurement, "payments_stand_still") == 1

    at_first = await transfer(procurement, payment)
    found = await done(
        await cashier(procurement).post("/comparisons", await statement(procurement))
    )
    by_one = await transfer(procurement, payment)
    alone = await cashier(procurement).post(f"/comparisons/{found['id']}/confirmation")
    await done(await accountant(procurement).post(f"/comparisons/{found['id']}/confirmation"))
    again = await accountant(procurement).post(f"/comparisons/{found['id']}/confirmation")

    assert (at_first.status, at_first.code) == (409, "payments-stand-still")
    assert (by_one.status, by_one.code) == (409, "payments-stand-still")
    assert (alone.status, alone.code) == (409, "second-person-required")
    assert (again.status, again.code) == (409, "comparison-confirmed-already")
    assert await level(procurement, "payments_stand_still") == 0
    await restore(procurement)
    assert (await transfer(procurement, payment)).code == "payments-stand-still"
    await compared(procurement)
    assert (await done(await transfer(procurement, payment)))["status"] == "paid"
    await check_books(procurement)


async def test_what_has_left_the_bank_is_recorded_and_not_paid_again(procurement: Stage) -> None:
    """Nothing else goes to that provider before; it is recorded on the day that the bank shows,
    and then the balance is paid as ever, and the books are true."""
    running = await approved(procurement)
    line = await left(procurement, running)
    found = await compared(procurement, line)

    other = await transfer(procurement, running.payments["startup"], "zf-2")
    assert await level(procurement, "statement_lines_open") == 1
    paid = await done(await transfer(procurement, running.payments["startup"], "zf-1"))

    assert (other.status, other.code) == (409, "money-has-left")
    assert (other.body["reference"], other.body["amount"]) == ("zf-1", STARTUP)
    assert (paid["reference"], paid["paid_day"]) == ("zf-1", line["day"])
    file = await done(await cashier(procurement).get(f"/comparisons/{found['id']}"))
    assert [one["payment_id"] for one in file["lines"]] == [paid["id"]]
    assert (file["open_lines"], file["open_amount"]) == (0, 0)
    assert await level(procurement, "statement_lines_open") == 0
    told = [event.type for event in await procurement.said() if event.subject == found["id"]]
    assert told == [
        f"procurement.comparison.{past}.v1" for past in ("recorded", "confirmed", "settled")
    ]
    await accepted(procurement, running, 10_000)
    await pay(procurement, running, "balance")
    assert (await read(procurement, running.id))["status"] == "completed"
    books = await procurement.fetch(
        "SELECT sum(amount) AS paid FROM ledger_entries WHERE act = 'pay'"
    )
    assert [int(row["paid"]) for row in books] == [PRICE]
    await check_books(procurement)


async def test_another_amount_is_not_the_payment_that_left(procurement: Stage) -> None:
    """The same reference over another amount is refused; the line is dismissed by another person
    with a reason, once, and the payment is made."""
    running = await approved(procurement)
    found = await compared(procurement, await left(procurement, running, amount=STARTUP - 1))
    payment = running.payments["startup"]
    file = await done(await cashier(procurement).get(f"/comparisons/{found['id']}"))
    path = f"/statement-lines/{file['lines'][0]['id']}/dismissal"
    why = {"reason": "账户有误，银行已退回"}

    refused = await transfer(procurement, payment)
    alone = await cashier(procurement).post(path, why)
    dismissed = await done(await accountant(procurement).post(path, why))
    again = await accountant(procurement).post(path, why)

    assert (refused.code, refused.body["amount"]) == ("money-has-left", STARTUP - 1)
    assert (alone.status, alone.code) == (409, "second-person-required")
    assert ("accountant", why["reason"]) == (dismissed["dismissed_by"], dismissed["reason"])
    assert (again.status, again.code) == (409, "line-settled-already")
    assert (await done(await transfer(procurement, payment)))["status"] == "paid"


async def test_the_whole_statement_may_be_named(procurement: Stage) -> None:
    """What the books have is no open line; the same transfer is named in one comparison alone."""
    running = await in_force(procurement)
    paid = await pay(procurement, running, "startup")
    await restore(procurement)
    line = await left(procurement, running)

    found = await compared(procurement, line)
    again = await cashier(procurement).post("/comparisons", await statement(procurement, line))

    file = await done(await accountant(procurement).get(f"/comparisons/{found['id']}"))
    assert (file["lines"][0]["payment_id"], file["open_lines"]) == (paid["id"], 0)
    assert (again.status, again.code) == (409, "line-named-already")
    listed = await done(await accountant(procurement).get("/comparisons"))
    assert [found["id"]] == [one["id"] for one in listed["items"]]


async def test_a_statement_holds_transfers_of_its_days(procurement: Stage) -> None:
    """Each that is of another day is named; so is a statement that ends before it begins."""
    running = await in_force(procurement)
    good = await left(procurement, running)
    bad = {**good, "reference": "zf-9", "day": "2020-01-01"}
    body = await statement(procurement, good, bad)

    outside = await cashier(procurement).post("/comparisons", body)
    backwards = await cashier(procurement).post("/comparisons", {**body, "until_day": "2020-01-01"})

    def faults(answer: Answer) -> list[str]:
        return [fault["pointer"] for fault in answer.body["errors"]]

    assert (outside.status, outside.code) == (422, "statement-incoherent")
    assert faults(outside) == ["/lines/1/day"]
    assert faults(backwards) == ["/until_day"]


async def test_a_statement_goes_on_where_the_books_end(procurement: Stage) -> None:
    """One of other days would end the standstill and show nothing of what was forgotten."""
    running = await in_force(procurement)
    paid_day = date.fromisoformat((await pay(procurement, running, "startup"))["paid_day"])
    await restore(procurement)
    good = await statement(procurement)

    async def refused(from_day: date, until_day: date) -> list[tuple[str, str]]:
        days = {"from_day": str(from_day), "until_day": str(until_day)}
        answer = await cashier(procurement).post("/comparisons", {**good, **days})
        assert (answer.status, answer.code) == (422, "statement-incoherent")
        return [(fault["pointer"], fault["code"]) for fault in answer.body["errors"]]

    day = timedelta(days=1)
    apart = "apart-from-the-books"
    assert await refused(paid_day - 9 * day, paid_day - day) == [("/until_day", apart)]
    assert await refused(paid_day + day, paid_day + 2 * day) == [("/from_day", apart)]
    await done(await cashier(procurement).post("/comparisons", good))


async def test_the_city_is_compared_by_its_own_treasury(procurement: Stage) -> None:
    """A treasury of another division neither compares nor sees what was compared."""
    found = await done(
        await cashier(procurement).post("/comparisons", await statement(procurement))
    )
    elsewhere = procurement.as_("treasury", divisions=["510182"])

    asked = await elsewhere.post("/comparisons", await statement(procurement))
    confirmed = await elsewhere.post(f"/comparisons/{found['id']}/confirmation")
    dismissed = await elsewhere.post(f"/statement-lines/{new_id()}/dismissal", {"reason": "x"})

    assert (asked.status, asked.code) == (409, "division-not-yet-known")
    assert [confirmed.status, dismissed.status] == [404, 404]


async def test_the_ledger_keeps_the_rule_by_itself(procurement: Stage) -> None:
    """Code that does not ask writes no payment into the ledger after a restore."""
    running = await approved(procurement)
    payment = await payment_of(procurement, running, "startup")

    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await procurement.fetch(
            """
            INSERT INTO ledger_entries (id, budget_id, agreement_id, payment_id, act, source,
                                        target, amount, at)
                 VALUES ($1, $2, $3, $4, 'pay', 'committed', 'paid', 1, now())
            """,
            new_id(),
            payment["budget_id"],
            running.id,
            payment["id"],
        )

    assert refused.value.constraint_name == "nothing_is_paid_before_the_comparison"

"""A breach is recorded with its evidence, answered by the provider, and deducted by the table."""

import asyncio
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common import clock
from libs.common.ids import new_id
from libs.common.testing import Answer, Stage
from services.procurement.domain.breaches import Breach, deduct
from tests.services.procurement.agreement_steps import (
    PRICE,
    InForce,
    accept,
    awarded,
    check_books,
    confirm_end,
    draft,
    in_force,
    pay,
    payment_of,
    propose_end,
    read,
    seal_result_of,
    term_over,
    terminate,
)
from tests.services.procurement.steps import buyer, done, new_bidder
from tests.services.procurement.test_ledger import DAY, NOW

TABLE: Final = [
    {"code": "late-report", "title": "简报逾期", "share_bp": 50},
    {"code": "not-given", "title": "服务未提供", "share_bp": 700},
]
LATE: Final = PRICE * 50 // 10_000
NOT_GIVEN: Final = PRICE * 700 // 10_000
CAP: Final = PRICE * 1_000 // 10_000
STARTUP: Final = PRICE * 7_000 // 10_000


async def running(stage: Stage) -> InForce:
    """An agreement in force whose table names two breaches."""
    return await in_force(stage, deductions=TABLE)


async def record(stage: Stage, of: InForce, code: str = "late-report", **changes: Any) -> Answer:
    body = {
        "code": code,
        "day": str(clock.legal_day(await stage.now())),
        "evidence_kind": "activity",
        "evidence_id": str(new_id()),
        "account": "活动结束后十二个工作日未交简报。",
        **changes,
    }
    return await buyer(stage, "recorder").post(f"/agreements/{of.id}/breaches", body)


async def object_to(stage: Stage, of: InForce, breach: str) -> Answer:
    provider = of.ready.provider.client(stage)
    return await provider.post(f"/breaches/{breach}/objection", {"objection": "当日停电。"})


async def decide(stage: Stage, breach: str, verdict: str, person: str = "decider") -> Answer:
    body = {"verdict": verdict, "reasons": "已核对活动记录。"}
    return await buyer(stage, person).post(f"/breaches/{breach}/decision", body)


async def confirmed(stage: Stage, of: InForce, code: str = "late-report") -> dict[str, Any]:
    breach = await done(await record(stage, of, code))
    await done(await object_to(stage, of, breach["id"]))
    return await done(await decide(stage, breach["id"], "confirmed"))


async def test_what_is_confirmed_comes_off_the_balance(procurement: Stage) -> None:
    """The result's share less each breach by the table, with a line that says why."""
    of = await running(procurement)
    await pay(procurement, of, "startup")
    breach = await confirmed(procurement, of)
    await term_over(procurement, of)
    await seal_result_of(procurement, of, 7_000)
    await done(await accept(procurement, of))

    balance = await pay(procurement, of, "balance")

    given = (PRICE - STARTUP) * 7_000 // 10_000
    assert (balance["amount"], balance["deducted_amount"]) == (given - LATE, LATE)
    file = await read(procurement, of.id)
    [line] = file["deducted"]
    assert (line["breach_id"], line["evidence_id"]) == (breach["id"], breach["evidence_id"])
    assert (line["title"], line["amount"], line["deducted"]) == ("简报逾期", LATE, LATE)
    assert file["status"] == "completed"
    await check_books(procurement)


async def test_it_is_told_without_what_was_written(procurement: Stage) -> None:
    """Each step is an event of codes, days and amounts; no account and no person is in it."""
    of = await running(procurement)

    breach = await confirmed(procurement, of)

    for step in ("recorded", "objected", "confirmed"):
        [told] = await procurement.said(f"procurement.breach.{step}.v1")
        assert (told.subject, told.data["status"]) == (breach["id"], step)
        assert told.data["amount"] == LATE
        assert not {"account", "objection", "reasons", "recorded_by", "decided_by"} & set(told.data)


async def test_silence_confirms_when_the_time_is_over(procurement: Stage) -> None:
    """The provider has five working days: before nobody confirms, afterwards nobody objects."""
    of = await running(procurement)
    breach = await done(await record(procurement, of))
    last = clock.add_working_days(clock.legal_day(await procurement.now()), 5, {})
    early = await decide(procurement, breach["id"], "confirmed")

    await procurement.move_to(clock.end_of(last) - timedelta(seconds=1))
    before = (await done(await buyer(procurement).get(f"/breaches/{breach['id']}")))["status"]
    await procurement.move_to(clock.end_of(last))

    assert (early.status, early.code, early.body["last_day"]) == (
        409,
        "provider-not-heard",
        str(last),
    )
    assert (breach["answer_due_day"], before) == (str(last), "recorded")
    [told] = await procurement.said("procurement.breach.confirmed.v1")
    assert told.subject == breach["id"]
    late = await object_to(procurement, of, breach["id"])
    assert (late.status, late.code) == (409, "breach-not-open")


async def test_what_is_dropped_costs_nothing(procurement: Stage) -> None:
    """A second person drops it, and the same evidence may be recorded anew."""
    of = await running(procurement)
    evidence = str(new_id())
    breach = await done(await record(procurement, of, evidence_id=evidence))
    again = await record(procurement, of, evidence_id=evidence)
    alone = await decide(procurement, breach["id"], "dropped", "recorder")

    await done(await decide(procurement, breach["id"], "dropped"))

    assert (again.status, again.code) == (409, "breach-recorded-already")
    assert (alone.status, alone.code) == (409, "second-person-required")
    assert (await read(procurement, of.id))["deducted"] == []
    assert (await record(procurement, of, evidence_id=evidence)).status == 201
    [told] = await procurement.said("procurement.breach.dropped.v1")
    assert told.subject == breach["id"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"code": "no-smile"}, 422, "breach-not-in-table"),
        ({"day": "2024-01-01"}, 422, "breach-outside-term"),
        ({"day": "2026-06-01"}, 422, "breach-outside-term"),
    ],
)
async def test_only_what_was_signed_and_has_happened_is_a_breach(
    procurement: Stage, changes: dict[str, str], status: int, code: str
) -> None:
    """Another code, a day before the term or one to come are refused."""
    of = await running(procurement)

    refused = await record(procurement, of, **changes)

    assert (refused.status, refused.code) == (status, code)


async def test_who_may(procurement: Stage) -> None:
    """Another purchaser or provider sees nothing; a provider neither records nor decides."""
    of = await running(procurement)
    breach = await done(await record(procurement, of))
    outsider = (await new_bidder(procurement)).client(procurement)
    stranger = procurement.as_("purchaser", person="p-9", org=new_id())
    provider = of.ready.provider.client(procurement)
    decision = {"verdict": "dropped", "reasons": "否"}
    objection = {"objection": "否"}

    answers = [
        await outsider.post(f"/breaches/{breach['id']}/objection", objection),
        await outsider.get(f"/breaches/{breach['id']}"),
        await stranger.post(f"/breaches/{breach['id']}/decision", decision),
        await provider.post(f"/breaches/{breach['id']}/decision", decision),
    ]

    assert [answer.status for answer in answers] == [404, 404, 404, 403]
    [found] = (await done(await provider.get("/breaches", agreement_id=of.id)))["items"]
    assert found["id"] == breach["id"]
    assert (await done(await outsider.get("/breaches")))["items"] == []


async def test_a_table_names_each_breach_once(procurement: Stage) -> None:
    """Two prices for one breach are no price."""
    ready = await awarded(procurement)

    refused = await draft(procurement, ready, deductions=[TABLE[0], TABLE[0]])

    assert (refused.status, refused.code) == (422, "deduction-twice")


async def test_nothing_is_settled_while_a_breach_is_open(procurement: Stage) -> None:
    """Neither acceptance nor end goes before the decision; after the acceptance none is added."""
    of = await running(procurement)
    await pay(procurement, of, "startup")
    await term_over(procurement, of)
    await seal_result_of(procurement, of, 10_000)
    breach = await done(await record(procurement, of))

    refused = await accept(procurement, of)
    await done(await propose_end(procurement, of))
    unended = await confirm_end(procurement, of)
    await done(await decide(procurement, breach["id"], "dropped"))
    await done(await accept(procurement, of))
    late = await record(procurement, of)

    assert (refused.status, refused.code) == (409, "breach-undecided")
    assert (unended.status, unended.code) == (409, "breach-undecided")
    assert (late.status, late.code) == (409, "deductions-settled")
    await check_books(procurement)


async def test_an_end_deducts_from_what_was_earned(procurement: Stage) -> None:
    """The settlement keeps each line, the policy caps them together, and the claim grows by it."""
    of = await running(procurement)
    await pay(procurement, of, "startup")
    for output in of.agreement["outputs"]:
        await procurement.hear(
            "scheduling.output.counted.v1",
            output["id"],
            {"id": output["id"], "agreement_id": of.id, "counted": output["quantity"]},
        )
    first = await confirmed(procurement, of, "not-given")
    second = await confirmed(procurement, of, "not-given")

    settlement = await terminate(procurement, of)

    assert [(line["breach_id"], line["deducted"]) for line in settlement["deductions"]] == [
        (first["id"], NOT_GIVEN),
        (second["id"], CAP - NOT_GIVEN),
    ]
    assert settlement["deducted_amount"] == settlement["claimed_amount"] == CAP
    assert settlement["earned_amount"] == STARTUP - CAP
    startup = await payment_of(procurement, of, "startup")
    assert startup["claimed_amount"] == CAP
    [told] = await procurement.said("procurement.settlement.recorded.v1")
    assert told.data["deducted_amount"] == CAP
    await check_books(procurement)


async def test_deductions_take_no_more_than_the_balance(procurement: Stage) -> None:
    """A small share leaves less than the table says; what was paid before is not touched."""
    of = await running(procurement)
    await pay(procurement, of, "startup")
    await confirmed(procurement, of, "not-given")
    await term_over(procurement, of)
    await seal_result_of(procurement, of, 1_000, band="pass")
    await done(await accept(procurement, of))

    balance = await payment_of(procurement, of, "balance")

    given = (PRICE - STARTUP) * 1_000 // 10_000
    assert (balance["status"], balance["amount"], balance["deducted_amount"]) == (
        "withheld",
        0,
        given,
    )
    assert (await read(procurement, of.id))["status"] == "completed"
    await check_books(procurement)


async def test_an_objection_and_a_decision_at_once(procurement: Stage) -> None:
    """Whoever comes second finds what the first has done; the breach is never half decided."""
    of = await running(procurement)
    breach = await done(await record(procurement, of))

    objected, dropped = await asyncio.gather(
        object_to(procurement, of, breach["id"]), decide(procurement, breach["id"], "dropped")
    )

    assert dropped.status == 200
    assert objected.status in (200, 409)
    found = await done(await buyer(procurement).get(f"/breaches/{breach['id']}"))
    assert found["status"] == "dropped"


async def test_the_database_wants_the_provider_heard(procurement: Stage) -> None:
    """Without any rule of ours nobody confirms what nobody answered, or decides alone."""
    of = await running(procurement)
    breach = await done(await record(procurement, of))

    for broken in (
        "status = 'confirmed', decided_by = 'x', decided_at = now()",
        "status = 'dropped', decided_by = recorded_by, decided_at = now()",
        "status = 'confirmed'",
    ):
        with pytest.raises(Exception, match="violates check constraint"):
            await procurement.fetch(
                f"UPDATE breaches SET {broken} WHERE id = $1",  # noqa: S608
                UUID(breach["id"]),
            )


@given(
    amounts=st.lists(st.integers(0, 1_000_000), max_size=8),
    most=st.integers(0, 2_000_000),
)
def test_lines_sum_to_the_table_or_the_cap(amounts: list[int], most: int) -> None:
    """However many breaches, together they take their sum or the cap, whichever is less."""
    lines = deduct([breach_of(amount) for amount in amounts], most)

    assert sum(line.deducted for line in lines) == min(sum(amounts), most)
    assert all(0 <= line.deducted <= line.amount for line in lines)


def breach_of(amount: int) -> Breach:
    return Breach(
        id=new_id(),
        version=2,
        agreement_id=new_id(),
        division="510181001001",
        purchaser_id=new_id(),
        provider_id=new_id(),
        code="late-report",
        title="简报逾期",
        share_bp=50,
        amount=amount,
        day=DAY,
        evidence_kind="activity",
        evidence_id=new_id(),
        account="未交。",
        status="confirmed",
        recorded_by="p-1",
        recorded_at=NOW,
        answer_due_day=DAY,
        decided_at=NOW,
    )

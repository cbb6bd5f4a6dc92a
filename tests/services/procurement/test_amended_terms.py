"""What an amendment may change: within the policy, the tender, and what work is done on."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.ids import new_id
from libs.common.testing import Answer, Stage
from services.procurement.domain.amendments import OutputsNotKept, check_kept
from services.procurement.domain.terms import Output
from tests.services.procurement.agreement_steps import amend, in_force
from tests.services.procurement.steps import done

IDS = tuple(new_id() for _ in range(4))
KINDS = ("case", "training")
outputs = st.lists(
    st.builds(
        Output,
        id=st.sampled_from(IDS),
        kind=st.sampled_from(KINDS),
        title=st.just("服务"),
        quantity=st.just(1),
        minimum_persons=st.just(1),
    ),
    max_size=4,
).map(tuple)
agreed_outputs = st.lists(st.sampled_from(IDS), unique=True, max_size=4).map(
    lambda ids: tuple(
        Output(id=one, kind="case", title="个案", quantity=1, minimum_persons=1) for one in ids
    )
)


def pointers(answer: Answer) -> list[tuple[str, str]]:
    return [(fault["pointer"], fault["code"]) for fault in answer.body["errors"]]


async def test_the_term_keeps_to_the_policy_and_to_today(procurement: Stage) -> None:
    """Neither longer than the longest term, nor over before today; today itself is allowed."""
    running = await in_force(procurement)
    begun = date.fromisoformat(running.agreement["from_day"])
    await procurement.move_to(await procurement.now() + timedelta(days=10))

    long = await amend(procurement, running, to_day=str(begun.replace(year=begun.year + 1)))
    over = await amend(procurement, running, to_day=str(begun + timedelta(days=9)))
    before = await amend(procurement, running, to_day=str(begun - timedelta(days=1)))
    today = await amend(procurement, running, to_day=str(begun + timedelta(days=10)))

    assert (long.status, long.code) == (422, "term-too-long")
    assert (over.status, over.code) == (422, "term-ends-before-today")
    assert (before.status, before.code) == (422, "term-ends-before-it-begins")
    assert {pointer for one in (long, over, before) for pointer, _ in pointers(one)} == {"/to_day"}
    assert today.status == 201


async def test_each_kind_is_at_least_what_was_tendered(procurement: Stage) -> None:
    """The tender's quantity of a kind is the floor, over all outputs of that kind together."""
    asked = [{"kind": "home-visit", "title": "入户", "quantity": 480, "minimum_persons": 1}]
    running = await in_force(procurement)
    await procurement.fetch("UPDATE tenders SET outputs = $1::text::jsonb", json.dumps(asked))
    visits, training = running.agreement["outputs"]
    fewer = [{**visits, "quantity": 400}, training]
    more = {"kind": "home-visit", "title": "夜间探访", "quantity": 80, "minimum_persons": 1}

    below = await amend(procurement, running, outputs=fewer)
    enough = await amend(procurement, running, outputs=[*fewer, more])

    assert (below.status, below.code) == (422, "outputs-below-tender")
    assert enough.status == 201


async def test_outputs_with_work_on_them_stay(procurement: Stage) -> None:
    """Left out, named twice, of another kind or empty: each fault is named; strangers wait."""
    running = await in_force(procurement)
    visits, training = running.agreement["outputs"]
    other = {**training, "kind": "case"}
    bare = {name: value for name, value in training.items() if name != "id"}

    faulty = await amend(procurement, running, outputs=[visits, visits, other])
    renamed = await amend(procurement, running, outputs=[visits, bare])
    empty = await amend(procurement, running, outputs=[visits, {**training, "quantity": 0}])
    unknown = await amend(
        procurement, running, outputs=[visits, training, {**bare, "id": str(new_id())}]
    )

    assert (faulty.status, faulty.code) == (422, "outputs-not-kept")
    assert pointers(faulty) == [("/outputs/2/kind", "kind-changed"), ("/outputs", "named-twice")]
    assert (renamed.code, pointers(renamed)) == ("outputs-not-kept", [("/outputs", "left-out")])
    assert (empty.status, empty.code) == (422, "output-empty")
    assert (unknown.status, unknown.code) == (409, "output-not-yet-known")


@pytest.mark.parametrize("same", [(), ("to_day",), ("outputs", "lead_worker_id")])
async def test_an_amendment_changes_something(procurement: Stage, same: tuple[str, ...]) -> None:
    """Nothing, or only what the agreement says already, is no amendment."""
    running = await in_force(procurement)

    answer = await amend(procurement, running, **{name: running.agreement[name] for name in same})

    assert (answer.status, answer.code) == (422, "amendment-empty")


@pytest.mark.parametrize("name", ["amount", "price_lines", "payment_terms", "bands", "from_day"])
async def test_the_price_is_no_part_of_it(procurement: Stage, name: str) -> None:
    """What the amount hangs on cannot be named in an amendment."""
    running = await in_force(procurement)
    change: dict[str, Any] = {name: running.agreement[name], "to_day": "2025-09-30"}

    answer = await amend(procurement, running, **change)

    assert (answer.status, pointers(answer)[0][0]) == (422, f"/{name}")


async def test_a_reason_is_a_code(procurement: Stage) -> None:
    """Free text about why, and about whom, stays out."""
    running = await in_force(procurement)

    answer = await amend(procurement, running, to_day="2025-09-30", reason="因张三离职")

    assert (answer.status, pointers(answer)[0][0]) == (422, "/reason")


async def test_the_agreement_s_own_policy_counts(procurement: Stage) -> None:
    """A later version with longer terms is for agreements drafted under it."""
    running = await in_force(procurement)
    rules = {
        "profile": "government-purchase",
        "effective_from": "2020-06-01",
        "source": "内容相对固定的三年期项目",
        "parties": ["provider"],
        "longest_years": 3,
        "payment_terms": [{"kind": "balance", "share_bp": 10_000}],
        "approval_steps": [{"step": "leader", "roles": ["purchaser"]}],
    }
    await done(await procurement.as_("official").post("/agreement-policies", rules))

    answer = await amend(procurement, running, to_day="2026-12-31")

    assert (answer.status, answer.code) == (422, "term-too-long")


@given(agreed=agreed_outputs, wanted=outputs)
def test_kept_means_once_by_id_and_kind(
    agreed: tuple[Output, ...], wanted: tuple[Output, ...]
) -> None:
    """Allowed is exactly: no id twice, every agreed one among them, and of its kind."""
    ids = [one.id for one in wanted]
    kept = {(one.id, one.kind) for one in agreed} <= {(one.id, one.kind) for one in wanted}
    allowed = len(set(ids)) == len(ids) and kept

    if allowed:
        check_kept(agreed, wanted)
    else:
        with pytest.raises(OutputsNotKept):
            check_kept(agreed, wanted)

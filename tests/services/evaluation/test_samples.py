"""A sample is drawn from who was really served, by a seed nobody could choose, again and again."""

import hashlib
import math
from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.clock import end_of
from libs.common.ids import new_id
from services.evaluation.domain.policies import SampleRule
from services.evaluation.domain.samples import (
    Served,
    digest_of,
    frame_of,
    in_order,
    seeded,
    size_of_draw,
)
from tests.services.evaluation.story import TO, Story, ok

SEEDS = st.binary(min_size=32, max_size=32)
REFS = st.lists(st.text("abcdef0123456789-", min_size=1, max_size=12), unique=True, max_size=60)
RULES = st.builds(
    SampleRule,
    share_bp=st.integers(0, 10_000),
    at_least=st.integers(1, 30),
    at_most=st.integers(30, 100),
)


def served(refs: list[str]) -> list[Served]:
    return [Served(recipient_ref=r, status="open", visit_rule="ordinary") for r in refs]


@given(SEEDS, REFS, RULES, st.randoms())
def test_anybody_draws_the_same(
    seed: bytes, refs: list[str], rule: SampleRule, shuffle: object
) -> None:
    """From seed, frame and policy follows the sample, in whatever order people were served."""
    now = datetime(2025, 2, 1, tzinfo=UTC)
    first = seeded(new_id(), seed).draw(served(refs), rule, now)
    again = seeded(new_id(), seed).draw(served(refs[::-1]), rule, now)

    assert first.drawn == again.drawn
    assert first.frame_digest == again.frame_digest
    by_hand = sorted(set(refs), key=lambda ref: hashlib.sha256(seed + ref.encode()).hexdigest())
    wanted = max(math.ceil(rule.share_bp * len(refs) / 10_000), rule.at_least)
    assert tuple(by_hand[: min(wanted, rule.at_most)]) == first.drawn
    assert hashlib.sha256("\n".join(sorted(refs)).encode()).hexdigest() == first.frame_digest


@given(SEEDS, REFS, RULES)
def test_drawing_further_never_changes_who_was_drawn(
    seed: bytes, refs: list[str], rule: SampleRule
) -> None:
    """A further draw only adds the next ones of the order."""
    now = datetime(2025, 2, 1, tzinfo=UTC)
    first = seeded(new_id(), seed).draw(served(refs), rule, now)
    if len(first.drawn) == len(refs):
        return

    further = first.draw_further(3)

    assert first.drawn == further.drawn[: len(first.drawn)]
    assert len(further.drawn) == min(len(first.drawn) + 3, len(refs))
    assert set(further.drawn) <= set(refs)


@given(st.integers(0, 5_000), RULES)
def test_the_size_keeps_its_bounds(frame_size: int, rule: SampleRule) -> None:
    """Never more than the frame or the most, never less than the least the frame allows."""
    size = size_of_draw(frame_size, rule)

    assert min(rule.at_least, frame_size) <= size <= min(rule.at_most, frame_size)


def test_everybody_is_drawn_about_as_often() -> None:
    """Over many seeds nobody is favoured: each of 20 is among the first 5 in a quarter of draws."""
    refs = [f"r-{number}" for number in range(20)]
    hits = Counter(
        ref
        for number in range(4_000)
        for ref in in_order(hashlib.sha256(b"%d" % number).hexdigest(), refs)[:5]
    )

    # The standard deviation is 27: six of them are never exceeded by an honest draw.
    assert all(abs(hits[ref] - 1_000) < 165 for ref in refs)


def test_a_frame_holds_each_once_and_only_ordinary_ones() -> None:
    """Closed, special and unknown recipients are not in it."""
    frame = frame_of(
        [
            *served(["b", "a", "a"]),
            Served(recipient_ref="c", status="closed", visit_rule="ordinary"),
            Served(recipient_ref="d", status="open", visit_rule="special"),
            Served(recipient_ref="e", status=None, visit_rule=None),
        ]
    )

    assert frame == ("a", "b")


async def test_a_sample_is_drawn_and_told(story: Story) -> None:
    """Twenty served, thirty per cent drawn; the seed fits its commitment, and visits are assigned
    to the visitors in turn."""
    commission = await story.sample(served=20)

    sample = ok(await story.third_party().get(f"/commissions/{commission}/sample"))
    assert len(sample["drawn"]) == 6
    assert sample["frame"] == sorted(f"r-{number:02}" for number in range(20))
    assert sample["drawn"] == list(in_order(sample["seed"], sample["frame"])[:6])
    assert sample["frame_digest"] == digest_of(sample["frame"])
    [told] = await story.stage.said("evaluation.sample.drawn.v1")
    seed = bytes.fromhex(told.data["seed"])
    assert hashlib.sha256(seed).hexdigest() == told.data["seed_commitment"]
    assert (told.data["frame_size"], told.data["drawn"]) == (20, 6)
    visits = await story.stage.said("evaluation.visit.assigned.v1")
    assert [v.data["visitor"] for v in visits] == ["v-1", "v-2"] * 3
    assert [v.data["recipient_ref"] for v in visits] == sample["drawn"]
    assert {(v.data["from_day"], v.data["to_day"]) for v in visits} == {
        ("2025-02-01", "2025-02-21")
    }
    assert {v.data["purpose"] for v in visits} == {"evaluation-visit"}


async def test_who_is_left_out_is_counted_apart(story: Story) -> None:
    """Withdrawn and anonymous check-ins do not count at all; closed, special, unknown do apart."""
    await story.serve("closed-1", status="closed")
    await story.serve("special-1", "special-2", visit_rule="special")
    await story.check_in("unknown-1")
    await story.check_in(None)
    await story.check_in("gone", withdrawn=True)
    await story.check_in("later", at=end_of(TO))
    await story.check_in("elsewhere", agreement_id=new_id())
    commission = await story.sample(served=5)

    sample = ok(await story.third_party().get(f"/commissions/{commission}/sample"))
    assert sample["frame_size"] == 5
    assert (
        sample["left_out_closed"],
        sample["left_out_special"],
        sample["left_out_unknown"],
    ) == (1, 2, 1)


async def test_a_small_frame_is_visited_whole(story: Story) -> None:
    """Three served, at least four wanted: all three are drawn."""
    commission = await story.sample(served=3)

    assert len(ok(await story.third_party().get(f"/commissions/{commission}/sample"))["drawn"]) == 3


async def test_nothing_is_drawn_too_early_or_twice(story: Story) -> None:
    """Not without an evaluator, not before the frame closes, and once only."""
    path = f"/commissions/{await story.commission()}/sample"
    await story.serve("r-1")
    nobody = await story.third_party().post(path)
    ok(await story.assign())
    early = await story.third_party().post(path)
    await story.stage.move_to(end_of(TO))
    ok(await story.third_party().post(path))
    again = await story.third_party().post(path)

    assert (nobody.status, nobody.code) == (404, "commission-not-found")
    assert (early.status, early.code) == (409, "frame-open")
    assert (again.status, again.code) == (409, "sample-drawn")


async def test_further_ones_are_drawn_when_too_few_answer(story: Story) -> None:
    """One more for each who did not answer, next in order, the visitors going on in turn."""
    commission = await story.sample(served=20)
    path = f"/commissions/{commission}/further-sample"
    under_way = await story.third_party().post(path)
    await story.end_visits("unreachable")

    further = ok(await story.third_party().post(path))

    assert (under_way.status, under_way.code) == (409, "visits-under-way")
    assert further["drawn"] == list(in_order(further["seed"], further["frame"])[:12])
    assert len(await story.stage.said("evaluation.visit.assigned.v1")) == 12
    assert [e.data["drawn"] for e in await story.stage.said("evaluation.sample.drawn.v1")] == [
        6,
        12,
    ]


async def test_nobody_further_is_drawn_without_need_or_people(story: Story) -> None:
    """Enough answers, or an empty rest of the frame, and there is nothing to draw."""
    commission = await story.sample(served=4)
    path = f"/commissions/{commission}/further-sample"
    await story.end_visits("unreachable")
    exhausted = await story.third_party().post(path)
    await story.stage.fetch("UPDATE visits SET outcome = 'visited'")
    enough = await story.third_party().post(path)

    assert (exhausted.status, exhausted.code) == (409, "sample-exhausted")
    assert (enough.status, enough.code) == (409, "enough-answered")


async def test_a_drawn_frame_and_its_seed_are_never_changed(story: Story) -> None:
    """The database refuses another seed, another frame, and to forget the sample."""
    await story.sample(served=5)

    for sql in (
        "UPDATE samples SET frame = frame || 'friend'::text",
        "UPDATE samples SET seed = repeat('00', 32)",
        "DELETE FROM samples",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await story.stage.fetch(sql)


async def test_a_seed_is_fixed_before_the_drawing_too(story: Story) -> None:
    """Whoever knows who was served cannot choose a seed that fits."""
    with pytest.raises(asyncpg.RestrictViolationError):
        await story.stage.fetch(
            "UPDATE samples SET seed = repeat('00', 32), seed_commitment = "
            "encode(sha256(decode(repeat('00', 32), 'hex')), 'hex')"
        )


async def test_who_may(story: Story) -> None:
    """The provider never sees a sample, another evaluator neither sees nor draws."""
    commission = await story.sample(served=4)
    path = f"/commissions/{commission}/sample"
    other = story.third_party(org=new_id())

    assert (await story.manager().get(path)).status == 403
    assert (await story.official().post(path)).status == 403
    assert (await other.get(path)).status == 404
    assert (await other.post(path)).status == 404
    assert (await story.stage.as_("auditor").get(path)).status == 200


async def test_who_withdrew_is_drawn_no_more(story: Story) -> None:
    """A withdrawn consent to be served or visited leaves a person out, counted; given anew, not."""
    await story.serve(*(f"r-{number}" for number in range(8)))
    for recipient, purpose, statuses in (
        ("r-0", "visit", ("given", "withdrawn")),
        ("r-1", "service", ("withdrawn",)),
        ("r-2", "photo", ("withdrawn",)),
    ):
        consent = new_id()
        for status in statuses:
            await hear_consent(story, consent, recipient, purpose, status)
    await hear_consent(story, new_id(), "r-3", "visit", "withdrawn")
    await hear_consent(story, new_id(), "r-3", "visit", "given")
    ok(await story.assign())
    await story.stage.move_to(end_of(TO))

    path = f"/commissions/{await story.commission()}/sample"
    sample = ok(await story.third_party().post(path))

    assert sample["frame"] == ["r-2", "r-3", "r-4", "r-5", "r-6", "r-7"]
    assert sample["left_out_withdrawn"] == 2
    [told] = await story.stage.said("evaluation.sample.drawn.v1")
    assert told.data["left_out_withdrawn"] == 2


async def hear_consent(
    story: Story, consent: UUID, recipient: str, purpose: str, what: str
) -> None:
    """Casework tells that a consent was given or withdrawn."""
    status = "standing" if what == "given" else "withdrawn"
    data = {"id": consent, "recipient_ref": recipient, "purpose": purpose, "status": status}
    await story.stage.hear(f"casework.consent.{what}.v1", consent, data)

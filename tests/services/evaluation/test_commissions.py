"""Commissions are planned with the agreement and given to somebody who is not tied to it."""

import hashlib
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg
import pytest

from libs.common.ids import new_id
from tests.services.evaluation.story import SCORERS, Story, ok


async def work_for(story: Story, employer: UUID, *, part_time: bool = False) -> str:
    """A worker of that organisation; returns the person."""
    worker = new_id()
    await story.stage.hear(
        "registry.worker.employed.v1",
        worker,
        {
            "id": worker,
            "employer_id": None if part_time else employer,
            "part_time_ids": [employer] if part_time else [],
        },
    )
    return str(worker)


async def test_the_seed_is_committed_to_before_anybody_is_served(story: Story) -> None:
    """The hash of the seed is told when the agreement begins, and nobody is shown the seed."""
    commission = ok(await story.official().get(f"/commissions/{await story.commission()}"))

    [planned] = await story.stage.said("evaluation.commission.planned.v1")
    [row] = await story.stage.fetch("SELECT seed FROM samples")
    assert planned.data["seed_commitment"] == commission["seed_commitment"]
    assert hashlib.sha256(bytes.fromhex(row["seed"])).hexdigest() == commission["seed_commitment"]
    assert planned.time < datetime.fromisoformat(commission["frame_closes_at"])
    assert row["seed"] not in str(commission)
    assert row["seed"] not in str(planned)
    hidden = await story.official().get(f"/commissions/{commission['id']}/sample")
    assert (hidden.status, hidden.code) == (404, "sample-not-found")


async def test_an_assignment_is_told(story: Story) -> None:
    """The evaluator, the policy's version and no ties."""
    assigned = ok(await story.assign())

    assert assigned["status"] == "assigned"
    [told] = await story.stage.said("evaluation.commission.assigned.v1")
    assert str(story.evaluator) == told.data["evaluator_id"]
    assert told.data["policy_version"] == 1
    assert told.data["ties"] == []


async def test_a_purchaser_may_assign_and_replace(story: Story) -> None:
    """Until the sample is drawn another evaluator can take the place."""
    other = new_id()
    await story.register(other)
    ok(await story.assign())

    replaced = ok(await story.assign(evaluator_id=other))

    assert str(other) == replaced["evaluator_id"]
    assert len(await story.stage.said("evaluation.commission.assigned.v1")) == 2


@pytest.mark.parametrize(
    "fields", [{"status": "suspended"}, {"roles": ["provider"]}, None], ids=str
)
async def test_only_a_registered_evaluator_is_known(
    story: Story, fields: dict[str, object] | None
) -> None:
    """Unknown, suspended and not an evaluator are answered without a difference."""
    other = new_id()
    if fields is not None:
        await story.register(other, **fields)

    answer = await story.assign(evaluator_id=other)

    assert (answer.status, answer.code) == (409, "organisation-not-yet-known")


@pytest.mark.parametrize("party", ["provider", "purchaser"])
async def test_a_party_does_not_evaluate_itself(story: Story, party: str) -> None:
    """Neither provider nor purchaser evaluates."""
    organisation = getattr(story, party)
    await story.register(organisation)

    answer = await story.assign(evaluator_id=organisation)

    assert (answer.status, answer.code) == (409, "evaluator-is-party")


async def test_the_database_keeps_parties_out_too(story: Story) -> None:
    """The rule holds even for who writes past the API."""
    with pytest.raises(asyncpg.CheckViolationError):
        await story.stage.fetch("UPDATE commissions SET evaluator_id = provider_id")


async def test_a_direct_tie_of_a_person_bars(story: Story) -> None:
    """A visitor or scorer who is kin to the provider is refused."""
    await story.tie("s-2", story.provider)

    answer = await story.assign()

    assert (answer.status, answer.code) == (409, "evaluator-tied")


async def test_an_ended_tie_and_a_tie_elsewhere_do_not_bar(story: Story) -> None:
    """Only standing ties with this provider count."""
    await story.tie("s-2", story.provider, status="ended")
    await story.tie("s-3", new_id())

    assert ok(await story.assign())["ties"] == []


async def test_a_tie_at_second_hand_is_declared_and_told(story: Story) -> None:
    """It stands in the answer and in the event, by the person's opaque id."""
    await story.tie("s-2", story.provider, degree="second-hand")

    assigned = ok(await story.assign())

    tie = {"person": "s-2", "kind": "kinship", "degree": "second-hand"}
    assert [tie] == assigned["ties"]
    [told] = await story.stage.said("evaluation.commission.assigned.v1")
    assert [tie] == told.data["ties"]


@pytest.mark.parametrize("part_time", [False, True])
async def test_whoever_works_for_the_provider_is_tied(story: Story, part_time: bool) -> None:
    """Employment is a direct tie, whether anybody declared it or not."""
    person = await work_for(story, story.provider, part_time=part_time)

    answer = await story.assign(scorers=["s-1", "s-2", person])

    assert answer.code == "evaluator-tied"


async def test_the_organisation_is_tied_through_its_people(story: Story) -> None:
    """A worker of the evaluator brings their tie along, even when they are not sent."""
    person = await work_for(story, story.evaluator)
    await story.tie(person, story.provider, kind="ownership")

    assert (await story.assign()).code == "evaluator-tied"


async def test_the_organisation_is_tied_through_its_leaders(story: Story) -> None:
    """Whoever leads the evaluator and is tied to the provider bars it."""
    await story.tie("boss", story.evaluator, kind="leadership")
    await story.tie("boss", story.provider, kind="other")

    assert (await story.assign()).code == "evaluator-tied"


@pytest.mark.parametrize("persons", [{"scorers": ["s-1"] * 3}, {"visitors": ["v-1", "v-1"]}])
async def test_three_scorers_are_three_persons(story: Story, persons: dict[str, object]) -> None:
    """Nobody is named twice."""
    answer = await story.assign(**persons)

    assert (answer.status, answer.code) == (422, "persons-repeated")


async def test_two_scorers_are_too_few(story: Story) -> None:
    """The contract asks for three at least."""
    answer = await story.assign(scorers=SCORERS[:2])

    assert answer.status == 422
    assert answer.body["errors"][0]["pointer"] == "/scorers"


async def test_after_the_drawing_the_evaluator_stays(story: Story) -> None:
    """Nobody is replaced once it is known who is visited."""
    await story.sample()

    answer = await story.assign()

    assert (answer.status, answer.code) == (409, "sample-already-drawn")


async def test_who_may(story: Story) -> None:
    """The parties concerned read; only officials and purchasers assign, in their divisions."""
    commission = await story.commission()
    body = {"evaluator_id": story.evaluator, "visitors": ["v-1"], "scorers": SCORERS}
    path = f"/commissions/{commission}"

    assert (await story.third_party().post(f"{path}/assignment", body)).status == 403
    elsewhere = story.stage.as_("purchaser", divisions=("510182",))
    assert (await elsewhere.post(f"{path}/assignment", body)).status == 404
    assert (await story.third_party().get(path)).status == 404
    ok(await story.assign())
    assert (await story.third_party().get(path)).status == 200
    assert (await story.manager().get(path)).status == 200
    assert (await story.manager(org=new_id()).get(path)).status == 404


async def test_a_longer_term_keeps_the_frame_open(story: Story) -> None:
    """An amendment before the drawing moves the closing of the frame."""
    await story.hear_agreement("amended", to_day=date(2025, 2, 28))

    commission = ok(await story.official().get(f"/commissions/{await story.commission()}"))

    closes = datetime.fromisoformat(commission["frame_closes_at"])
    assert datetime(2025, 2, 28, 16, tzinfo=UTC) == closes

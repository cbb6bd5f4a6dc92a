"""What is parked is seen without its content, replayed, or discarded by two persons."""

import json
from dataclasses import replace
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from libs.common.envelope import encode
from libs.common.ids import new_id
from libs.common.testing import Client, Stage
from libs.common.waiting import FAILURES
from tests.libs.common.echo import service
from tests.libs.common.test_worker import count, until

MADE = "echo.thing.made.v1"
PARKED = "/operations/parked"
SECRET = "张三的住址"


@pytest.fixture
def operator(echo: Stage) -> Client:
    """An operator of the city."""
    return echo.as_("operator", person="p-first")


@pytest.fixture
def second(echo: Stage) -> Client:
    """Another operator."""
    return echo.as_("operator", person="p-second")


async def park_poison(echo: Stage) -> str:
    """An event that one reaction cannot deal with; its row's id."""
    thing = new_id()
    await echo.hear(MADE, thing, {"id": thing, "name": "poison", "note": SECRET})
    for _ in range(FAILURES):
        await echo.retry_waiting()
    [row] = await echo.fetch("SELECT id FROM waiting WHERE state = 'parked'")
    return str(row["id"])


async def states(echo: Stage) -> list[tuple[str, str]]:
    return [(reaction, state) for reaction, _, state in await echo.waiting()]


async def test_a_parked_message_is_seen_without_what_it_says(echo: Stage, operator: Client) -> None:
    """Type, reaction, reason and since when; inside, attributes and names of fields alone."""
    message = await park_poison(echo)
    [event] = echo.heard

    listed = (await operator.get(f"{PARKED}?reaction=count_thing&type={MADE}")).body
    [one] = listed["items"]
    inside = (await operator.get(f"{PARKED}/{message}")).body

    expected = ("count_thing", MADE, event.subject, "ValueError", "parked", FAILURES)
    assert expected == tuple(
        one[name] for name in ("reaction", "type", "subject", "reason", "state", "attempts")
    )
    assert inside["fields"] == ["id", "name", "note"]
    assert (str(event.correlation), event.source) == (inside["correlation"], inside["source"])
    assert SECRET not in json.dumps([listed, inside], ensure_ascii=False)
    assert (await operator.get(f"{PARKED}?state=waiting")).body["items"] == []


async def test_what_cannot_be_read_shows_no_more_than_its_size(
    echo: Stage, operator: Client
) -> None:
    """It is listed, it says clearly why it is not replayed, and it stays."""
    await echo.running.hearing.hear(SECRET.encode())
    [one] = (await operator.get(PARKED)).body["items"]

    inside = (await operator.get(f"{PARKED}/{one['id']}")).body
    answer = await operator.post(f"{PARKED}/{one['id']}/replay")

    assert (None, [], len(SECRET.encode())) == (one["type"], inside["fields"], inside["bytes"])
    assert (answer.status, answer.code) == (409, "message-unreadable")
    assert await states(echo) == [("*", "parked")]


async def test_a_replay_tries_once_more(echo: Stage, operator: Client) -> None:
    """After what stood in the way is mended the reaction has its effect, once."""
    message = await park_poison(echo)
    harmless = replace(echo.heard[0], data={**echo.heard[0].data, "name": "mended"})
    await echo.fetch("UPDATE waiting SET body = $1", encode(harmless))

    assert (await operator.post(f"{PARKED}/{message}/replay")).body == {"replayed": 1, "kept": []}
    await echo.retry_waiting()

    assert await states(echo) == []
    assert await count(echo, "SELECT count(*) FROM effects") == 1
    again = await operator.post(f"{PARKED}/{message}/replay")
    assert (again.status, again.code) == (404, "message-not-found")


async def test_all_of_a_reaction_are_replayed_but_for_those_that_cannot(
    echo: Stage, operator: Client
) -> None:
    """Each is handed over or named with the reason why not."""
    poison = await park_poison(echo)
    await echo.running.hearing.hear(b"{")
    await echo.hear("echo.thing.made.v9", new_id(), {})

    answer = (await operator.post(f"{PARKED}/replays", {})).body

    assert answer["replayed"] == 1
    assert sorted(one["code"] for one in answer["kept"]) == ["message-unreadable", "nobody-reacts"]
    [waiting] = (await operator.get(f"{PARKED}?state=waiting")).body["items"]
    assert waiting["id"] == poison
    other = (await operator.post(f"{PARKED}/replays", {"reaction": "nothing"})).body
    assert other == {"replayed": 0, "kept": []}


async def test_what_nobody_reacted_to_is_replayed_after_an_upgrade(
    echo: Stage, operator: Client
) -> None:
    """The release that knows the type deals with it, by each of its reactions."""
    reactions = service.reactions.by_type
    known = reactions.pop(MADE)
    thing = new_id()
    try:
        await echo.hear(MADE, thing, {"id": thing, "name": "a"})
        [row] = (await operator.get(PARKED)).body["items"]
        refused = await operator.post(f"{PARKED}/{row['id']}/replay")
        assert (refused.status, refused.code) == (409, "nobody-reacts")
    finally:
        reactions[MADE] = known

    assert (await operator.post(f"{PARKED}/{row['id']}/replay")).status == 200
    await echo.retry_waiting()

    assert await states(echo) == []
    assert await count(echo, "SELECT count(*) FROM effects") == 1
    assert await count(echo, "SELECT count(*) FROM names") == 1


async def test_two_persons_discard_and_the_record_stays(
    echo: Stage, operator: Client, second: Client
) -> None:
    """Proposed with a reason, confirmed by another; from then on it counts as dealt with."""
    message = await park_poison(echo)
    [event] = echo.heard
    path = f"{PARKED}/{message}/discard"

    early = await second.post(f"{path}/confirmation")
    assert (early.status, early.code) == (409, "discard-not-proposed")
    proposed = await operator.post(path, {"reason": "试验数据"})
    assert (proposed.status, proposed.body["state"]) == (200, "parked")
    alone = await operator.post(f"{path}/confirmation")
    assert (alone.status, alone.code) == (409, "second-person-required")
    confirmed = (await second.post(f"{path}/confirmation")).body
    assert tuple(
        confirmed[name] for name in ("state", "discard_reason", "proposed_by", "discarded_by")
    ) == ("discarded", "试验数据", "p-first", "p-second")

    await echo.running.hearing.hear(encode(event))
    assert await count(echo, "SELECT count(*) FROM effects") == 0
    assert await count(echo, "SELECT sum(count) FROM totals WHERE reaction = 'count_thing'") == 1
    assert (await operator.get(PARKED)).body["items"] == []
    [kept] = (await operator.get(f"{PARKED}?state=discarded")).body["items"]
    assert kept["id"] == message
    late = await operator.post(f"{PARKED}/{message}/replay")
    assert (late.status, late.code) == (409, "message-not-parked")


async def test_what_came_from_another_city_is_discarded_uncounted(
    echo: Stage, operator: Client, second: Client
) -> None:
    """It was told to somebody else, so it is in nobody's totals here; nor can it be replayed."""
    thing = new_id()
    await echo.hear(MADE, thing, {"id": thing, "name": "a"})
    live = replace(echo.heard[0], id=new_id(), rehearsal=False)
    await echo.running.hearing.hear(encode(live))
    before = await count(echo, "SELECT sum(count) FROM totals")
    [row] = (await operator.get(PARKED)).body["items"]
    path = f"{PARKED}/{row['id']}"

    assert (await operator.post(f"{path}/replay")).code == "message-of-another-city"
    await operator.post(f"{path}/discard", {"reason": "演练串入"})
    assert (await second.post(f"{path}/discard/confirmation")).body["state"] == "discarded"

    assert await count(echo, "SELECT sum(count) FROM totals") == before


async def test_what_waits_by_itself_is_not_discarded(echo: Stage, operator: Client) -> None:
    """Only what has been given up is a matter for persons."""
    thing = new_id()
    await echo.hear(MADE, thing, {"id": thing, "name": "later"})
    [row] = (await operator.get(PARKED)).body["items"]

    answer = await operator.post(f"{PARKED}/{row['id']}/discard", {"reason": "x"})

    assert (answer.status, answer.code) == (409, "message-not-parked")


async def test_a_replay_takes_a_proposal_back(
    echo: Stage, operator: Client, second: Client
) -> None:
    """What has been tried again has to be proposed again."""
    message = await park_poison(echo)
    await operator.post(f"{PARKED}/{message}/discard", {"reason": "x"})
    await operator.post(f"{PARKED}/{message}/replay")
    for _ in range(FAILURES):
        await echo.retry_waiting()

    answer = await second.post(f"{PARKED}/{message}/discard/confirmation")

    assert (answer.status, answer.code) == (409, "discard-not-proposed")


async def test_the_database_wants_two_persons_too(echo: Stage) -> None:
    """Not even a mistake in the code lets one person discard alone."""
    message = await park_poison(echo)
    for second_person in ("p-first", None):
        with pytest.raises(Exception, match="a_message_is_discarded_by_two_persons"):
            await echo.fetch(
                """
                UPDATE waiting
                   SET state = 'discarded', discard_reason = 'x', proposed_at = now(),
                       discarded_at = now(), proposed_by = 'p-first', discarded_by = $2
                 WHERE id = $1
                """,
                UUID(message),
                second_person,
            )


async def test_the_gauge_moves(working: Stage) -> None:
    """What is parked is counted, and no more when it has been discarded."""

    def shown() -> float | None:
        return REGISTRY.get_sample_value("sanshe_parked", {"service": "echo"})

    async def shows(expected: float) -> bool:
        return shown() == expected

    await working.running.hearing.hear(b"{")
    await until(lambda: shows(1))
    [row] = (await working.as_("operator").get(PARKED)).body["items"]
    path = f"{PARKED}/{row['id']}/discard"
    await working.as_("operator", person="p-first").post(path, {"reason": "x"})
    await working.as_("operator", person="p-second").post(f"{path}/confirmation")

    await until(lambda: shows(0))

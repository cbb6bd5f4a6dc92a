"""Templates are a city's own words: by version, from a day to come."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.ids import new_id
from libs.common.testing import Answer, Client, Stage
from services.notifications.domain.templates import WORDS, faults_of_text, fill, reach
from tests.services.notifications.conftest import tell_agreement
from tests.services.notifications.test_reminders import DUTY

NEW: dict[str, Any] = {
    "zh": "请整改“{title}”，{until}前。",
    "en": "Put “{title}” right by {until}.",
    "effective_from": "2024-12-01",
}


@pytest.fixture
def secretariat(notifications: Stage) -> Client:
    """The office that words what the city tells."""
    return notifications.as_("secretariat", person="p-secretariat")


async def renew(client: Client, code: str = "rectification-ordered", **changes: Any) -> Answer:
    return await client.post(f"/templates/{code}/versions", {**NEW, **changes})


async def texts(provider: Client) -> list[str]:
    answer = await provider.get("/messages")
    return [item["text"] for item in answer.body["items"]][1:]


async def test_a_new_version_speaks_from_its_day(
    notifications: Stage, provider: Client, secretariat: Client
) -> None:
    """Until the day the old words are told, from then on the new ones; what was told stays."""
    await tell_agreement(notifications)
    renewed = await renew(secretariat)
    midnight = datetime(2024, 11, 30, 16, 0, tzinfo=UTC)
    for moment in (midnight - timedelta(minutes=1), midnight):
        await notifications.hear("evaluation.rectification.ordered.v1", new_id(), DUTY, time=moment)

    assert (renewed.status, renewed.body["version"]) == (201, 2)
    assert await texts(provider) == [
        "“友爱社区居家养老服务” has to be put right by 2025-07-31.",
        "Put “友爱社区居家养老服务” right by 2025-07-31.",
    ]


async def test_a_version_is_for_days_to_come(secretariat: Client) -> None:
    """What takes effect today could change what was told this morning."""
    answer = await renew(secretariat, effective_from="2024-11-01")

    assert (answer.status, answer.code) == (409, "template-too-early")


async def test_a_text_names_known_words_alone(secretariat: Client) -> None:
    """Neither a person's name nor anything of Python can be asked for."""
    cases = [
        ("{name}", "word-unknown"),
        ("{}", "word-unknown"),
        ("{title.__class__}", "word-unknown"),
        ("{title!r}", "word-unknown"),
        ("{title:>9999}", "word-unknown"),
        ("{title", "braces-unreadable"),
    ]
    for (text, code), pointer in product(cases, ("/zh", "/en")):
        answer = await renew(secretariat, **{pointer[1:]: text})

        assert (answer.status, answer.code) == (422, "template-text-invalid")
        assert [(pointer, code)] == [(e["pointer"], e["code"]) for e in answer.body["errors"]]


async def test_an_unknown_template_is_not_found(secretariat: Client) -> None:
    """A version follows on a template that there is."""
    answer = await renew(secretariat, "club-founded")

    assert (answer.status, answer.code) == (404, "template-not-found")


async def test_a_version_read_before_is_stale(secretariat: Client) -> None:
    """Who read version 1 does not write over version 2."""
    await renew(secretariat)

    answer = await secretariat.post(
        "/templates/rectification-ordered/versions", NEW, **{"If-Match": '"1"'}
    )

    assert answer.status == 412


async def test_two_at_once_make_one_version_each(secretariat: Client) -> None:
    """The database gives each version once; who loses the race is told."""
    answers = await asyncio.gather(*(renew(secretariat) for _ in range(3)))
    listed = await secretariat.get("/templates")

    versions = [
        t["version"] for t in listed.body["templates"] if t["code"] == "rectification-ordered"
    ]
    made = [answer.body["version"] for answer in answers if answer.status == 201]
    assert {answer.code for answer in answers if answer.status != 201} <= {"template-version-taken"}
    assert sorted([1, *made]) == versions


async def test_only_the_secretariat_words_it(notifications: Stage) -> None:
    """Nobody else reads or writes templates."""
    for role in ("official", "community", "agency-manager", "system"):
        client = notifications.as_(role, org=new_id())

        assert (await renew(client)).status == 403
        assert (await client.get("/templates")).status == 403


async def test_every_seeded_text_is_sound(secretariat: Client) -> None:
    """The texts that a city begins with keep the rule for new ones."""
    listed = await secretariat.get("/templates")

    for template in listed.body["templates"]:
        assert faults_of_text("/zh", template["zh"]) == []
        assert faults_of_text("/en", template["en"]) == []
    assert len(listed.body["templates"]) >= 30


@given(st.text(), st.sampled_from(sorted(WORDS)), st.text())
def test_a_word_is_filled_in_as_it_is(before: str, word: str, value: str) -> None:
    """A title with braces of its own is text, never a word to fill in again."""
    literal = before.replace("{", "{{").replace("}", "}}")

    assert before + value == fill(f"{literal}{{{word}}}", {word: value})
    assert before + "—" == fill(f"{literal}{{{word}}}", {})


@pytest.mark.parametrize(
    ("division", "expected"),
    [
        ("510181000000", "510181"),
        ("510181001000", "510181001"),
        ("510181001001", "510181001001"),
        ("510181000001", "510181000001"),
    ],
)
def test_a_division_reaches_its_parts(division: str, expected: str) -> None:
    """The zeros at the end of a code stand for all its parts."""
    assert expected == reach(division)

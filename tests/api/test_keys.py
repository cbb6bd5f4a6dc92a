"""Every command is carried out once: what its Idempotency-Key must be, and what it then does."""

from typing import Final

import pytest

from libs.common.service import Service
from libs.common.testing import Answer, Stage
from tests.api.conftest import OpenStage
from tests.api.operations import ACCOUNT, Operation, complaints, operations
from tests.api.spoiling import sent
from tests.contracts.test_contracts import ALL, by_name

pytestmark = pytest.mark.parametrize("service", ALL, ids=by_name)


DROPPED: Final = "dropped"


def commands(service: Service) -> list[Operation]:
    """Its operations that take a key, of which there are some."""
    found = [operation for operation in operations(service) if operation.route.is_command]
    assert found
    return found


async def command(operation: Operation, stage: Stage, **headers: str) -> Answer:
    """The command with a body that can be read; the key is dropped if it is empty."""
    raw = sent(operation.body()) if operation.route.body else None
    given = {n: v for n, v in operation.headers(**headers).items() if v != DROPPED}
    return await operation.caller(stage).send(
        operation.route.method, operation.path(), headers=given, data=raw
    )


async def test_a_command_has_a_key(service: Service, open_stage: OpenStage) -> None:
    """Without one it is refused, told what a key is, and nothing is looked up."""
    stage, wrong = await open_stage(service), []
    for operation in commands(service):
        answer = await command(operation, stage, **{"Idempotency-Key": DROPPED})
        wrong += complaints(operation, answer, 400, "idempotency-key-missing")

    assert wrong == []


async def test_a_key_is_short_and_visible(service: Service, open_stage: OpenStage) -> None:
    """Nothing, blanks, an empty quotation, too much, and what is not ASCII."""
    stage, wrong = await open_stage(service), []
    for operation in commands(service):
        for key in ("", "  ", '""', "k" * 256, "钥匙", "schlüssel", "a\tb"):
            answer = await command(operation, stage, **{"Idempotency-Key": key})
            wrong += complaints(operation, answer, 400, "idempotency-key-malformed")

    assert wrong == []


async def test_a_key_means_one_request(service: Service, open_stage: OpenStage) -> None:
    """A key that was used for another request is 422, before any row of the domain is read."""
    stage, wrong = await open_stage(service), []
    await stage.fetch(
        """
        INSERT INTO commands (subject, key, hash, status, done_at)
             VALUES ($1, 'used', 'another request', 200, now())
        """,
        ACCOUNT,
    )
    for operation in commands(service):
        answer = await command(operation, stage, **{"Idempotency-Key": "used"})
        wrong += complaints(operation, answer, 422, "idempotency-key-reused")

    assert wrong == []


async def test_a_command_under_way_is_waited_for(service: Service, open_stage: OpenStage) -> None:
    """While the same key is being carried out its repeat is 409, with when to ask again, and
    has no effect of its own."""
    stage, wrong = await open_stage(service), []
    connection = await stage.database.connect()
    try:
        async with connection.transaction():
            await connection.execute("SELECT claim_command($1, 'under way')", ACCOUNT)
            for operation in commands(service):
                answer = await command(operation, stage, **{"Idempotency-Key": "under way"})
                wrong += complaints(operation, answer, 409, "command-under-way")
                if answer.headers.get("Retry-After") != "1":
                    wrong.append(f"{operation.name}: no Retry-After")
    finally:
        await connection.close()

    assert wrong == []
    assert await stage.said() == []
    assert await stage.fetch("SELECT * FROM commands") == []


async def test_an_if_match_is_an_etag(service: Service, open_stage: OpenStage) -> None:
    """An If-Match that is no ETag is refused by every command, whatever it is sent to."""
    stage, wrong = await open_stage(service), []
    for operation in commands(service):
        for match in ("1", "", '"1', 'W/"1"', '"1", "2"', "nonsense"):
            answer = await command(operation, stage, **{"If-Match": match})
            wrong += complaints(operation, answer, 400, "if-match-malformed")

    assert wrong == []


async def test_refusals_speak_both_languages(service: Service, open_stage: OpenStage) -> None:
    """Chinese unless English is asked for first, for every command alike."""
    stage, wrong = await open_stage(service), []
    for operation in commands(service):
        for asked, told in (("zh-CN,zh;q=0.9", "zh"), ("en-GB,en;q=0.9", "en"), ("fr", "zh")):
            headers = {"Idempotency-Key": DROPPED, "Accept-Language": asked}
            answer = await command(operation, stage, **headers)
            wrong += complaints(operation, answer, 400, "idempotency-key-missing")
            if answer.headers["Content-Language"] != told:
                wrong.append(f"{operation.name}: {asked} is answered in another language")

    assert wrong == []

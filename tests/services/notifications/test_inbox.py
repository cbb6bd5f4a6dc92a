"""An inbox shows what concerns a person, an organisation's role, or an office; and only that."""

from typing import Any
from uuid import uuid4

from libs.common.auth import ROLES
from libs.common.ids import new_id
from libs.common.testing import Client, Stage
from tests.services.notifications.conftest import (
    COMMUNITY,
    PROVIDER,
    PURCHASER,
    tell_agreement,
    tell_names,
)
from tests.services.notifications.test_reminders import CALL, DUTY, PAYMENT, TENDER
from tests.services.notifications.test_sentences import OBSERVATION


async def messages(client: Client) -> list[dict[str, Any]]:
    """What is in the inbox."""
    answer = await client.get("/inbox")
    assert answer.status == 200, answer.body
    return list(answer.body["messages"])


async def order(notifications: Stage) -> None:
    """A rectification is ordered from the provider."""
    await notifications.hear("evaluation.rectification.ordered.v1", new_id(), DUTY)


async def test_an_organisation_s_role_is_told(
    notifications: Stage, provider: Client, purchaser: Client
) -> None:
    """The manager of the provider is told; its workers and the other side are not."""
    await tell_agreement(notifications)
    await order(notifications)
    worker = notifications.as_("worker", person="p-worker", org=PROVIDER)
    rival = notifications.as_("agency-manager", person="p-rival", org=uuid4())

    found = [m["template"] for m in await messages(provider)]

    assert found == ["rectification-ordered", "agreement-in-force"]
    for other in (worker, rival, purchaser):
        assert await messages(other) == []


async def test_a_person_is_told_wherever_they_work(notifications: Stage) -> None:
    """A message to a person follows the person, in any role."""
    await tell_agreement(notifications)
    await notifications.hear("scheduling.observation.assigned.v1", new_id(), OBSERVATION)

    observer = notifications.as_("observer", person="p-observer", divisions=())
    stranger = notifications.as_("observer", person="p-stranger")

    assert [m["template"] for m in await messages(observer)] == ["observation-assigned"]
    assert await messages(stranger) == []


async def test_an_office_is_told_of_its_divisions(notifications: Stage) -> None:
    """What happens in a division reaches the role in office there or above."""
    await tell_agreement(notifications)
    await notifications.hear("procurement.payment.approved.v1", new_id(), {**PAYMENT, "amount": 1})

    for role, division, count in (
        ("treasury", "510181", 1),
        ("treasury", "510181001", 1),
        ("treasury", "510182", 0),
        ("treasury", "510181001002", 0),
        ("official", "510181", 0),
    ):
        office = notifications.as_(role, divisions=(division,))
        assert count == len(await messages(office)), (role, division)


async def test_an_announcement_reaches_every_part(notifications: Stage) -> None:
    """A call of the city is announced to its towns and communities."""
    await notifications.hear("procurement.call.opened.v1", new_id(), CALL)

    for role, division, count in (
        ("town", "510181001", 1),
        ("town", "510181", 1),
        ("town", "510182001", 0),
        ("community", COMMUNITY, 1),
        ("official", "510181", 0),
    ):
        office = notifications.as_(role, divisions=(division,))
        assert count == len(await messages(office)), (role, division)


async def test_agencies_of_other_towns_may_bid(notifications: Stage) -> None:
    """A manager whose token names no division is told of every tender."""
    await notifications.hear("procurement.tender.published.v1", new_id(), TENDER)
    anywhere = notifications.as_("agency-manager", org=uuid4(), divisions=())

    assert [m["template"] for m in await messages(anywhere)] == ["tender-published"]


async def test_the_unread_come_first(notifications: Stage, provider: Client) -> None:
    """A message that was read sinks below those that were not, and keeps the first moment."""
    await tell_agreement(notifications)
    await order(notifications)
    await order(notifications)
    newest, middle, oldest = await messages(provider)

    first = await provider.post(f"/messages/{newest['id']}/reading")
    again = await provider.post(f"/messages/{newest['id']}/reading")

    assert first.status == 200, first.body
    assert first.body == again.body
    assert first.body["read_at"] is not None
    answer = await provider.get("/inbox")
    assert answer.body["unread"] == 2
    assert [middle["id"], oldest["id"], newest["id"]] == [m["id"] for m in answer.body["messages"]]


async def test_each_reads_for_themselves(notifications: Stage, provider: Client) -> None:
    """In an inbox that two share, the other still finds it unread."""
    await tell_agreement(notifications)
    [message] = await messages(provider)
    await provider.post(f"/messages/{message['id']}/reading")

    colleague = notifications.as_("agency-manager", person="p-colleague", org=PROVIDER)

    [found] = await messages(colleague)
    assert (message["id"], None) == (found["id"], found["read_at"])


async def test_another_s_message_does_not_exist(
    notifications: Stage, provider: Client, purchaser: Client
) -> None:
    """Marking a message of others is answered as if there were none."""
    await tell_agreement(notifications)
    [message] = await messages(provider)

    answers = [
        await purchaser.post(f"/messages/{message_id}/reading")
        for message_id in (message["id"], uuid4())
    ]

    assert [(a.status, a.code) for a in answers] == [(404, "inbox-item-not-found")] * 2


async def test_all_messages_come_by_pages(notifications: Stage, provider: Client) -> None:
    """The whole history is a list like others, oldest first."""
    await tell_agreement(notifications)
    for _ in range(2):
        await order(notifications)
    newest_first = [m["id"] for m in await messages(provider)]
    first = await provider.get("/messages", limit="2")

    second = await provider.get("/messages", limit="2", cursor=first.body["next"])

    listed = [m["id"] for m in (*first.body["items"], *second.body["items"])]
    assert newest_first[::-1] == listed
    assert second.body["next"] is None


async def test_texts_are_in_the_caller_s_language(notifications: Stage, provider: Client) -> None:
    """Chinese unless English is asked for."""
    await tell_agreement(notifications)

    answer = await provider.send("GET", "/inbox", headers={"Accept-Language": "zh-CN"})

    assert answer.body["messages"][0]["text"].startswith("协议“")


async def test_everybody_has_an_inbox(notifications: Stage) -> None:
    """Whatever the role, there is an inbox, and it is empty where nothing was told."""
    await tell_names(notifications)

    found = {role: await messages(notifications.as_(role, org=PURCHASER)) for role in ROLES}

    assert [role for role in ROLES if found[role]] == []

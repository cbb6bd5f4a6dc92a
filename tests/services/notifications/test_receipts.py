"""Receipts: what was done meanwhile, what is acknowledged, and what nobody has taken on."""

from itertools import product
from typing import Any, Final
from uuid import uuid4

from libs.common.ids import new_id
from libs.common.testing import Client, Stage
from services.notifications.catalogue import CATALOGUE
from services.notifications.domain.reminders import DONE_BY, OVERDUE
from services.notifications.reactions import reactions
from tests.services.notifications.conftest import PROVIDER, PURCHASER, tell_agreement, whole
from tests.services.notifications.test_inbox import messages
from tests.services.notifications.test_reminders import CASES, DUTY

REMINDERS: Final = sorted(
    name for name in CATALOGUE if name.split(".")[2] in ("due", "expiring", "overdue")
)
DATA: Final = {event_type: data for event_type, data, _ in CASES}
INSPECTION: Final = "evaluation.inspection.overdue.v1"
COMPLETED: Final = "evaluation.inspection.completed.v1"


async def remind(notifications: Stage) -> None:
    """An inspection of an agreement is overdue."""
    await tell_agreement(notifications)
    await notifications.hear(INSPECTION, DUTY["id"], whole(INSPECTION, DUTY))


async def unacknowledged(client: Client) -> list[str]:
    """What nobody has acknowledged, by the role that was told."""
    answer = await client.get("/unacknowledged")
    assert answer.status == 200, answer.body
    return [item["role"] for item in answer.body["items"]]


async def history(client: Client) -> list[dict[str, Any]]:
    """Everything this inbox was ever told."""
    return list((await client.get("/messages", limit="200")).body["items"])


async def test_every_reminder_of_the_catalogue_reaches_somebody_and_can_end(
    notifications: Stage,
) -> None:
    """A type that is due, expiring or overdue has a text for somebody, and a type that ends it."""
    rows = await notifications.fetch("SELECT DISTINCT event_type FROM templates")

    assert [name for name in REMINDERS if name not in {row["event_type"] for row in rows}] == []
    assert sorted(DONE_BY) == REMINDERS
    ends = frozenset[str]().union(*DONE_BY.values())
    assert [name for name in ends if name not in CATALOGUE] == []
    heard = frozenset[str]().union(
        *(r.heard for r in reactions.by_name.values() if r.name.startswith("end_reminders"))
    )
    assert heard == ends


async def test_what_was_done_is_not_reminded_of(
    notifications: Stage, provider: Client, purchaser: Client
) -> None:
    """Each end of a duty takes its reminder out of every inbox, whichever arrives first."""
    await tell_agreement(notifications)
    officials = (notifications.as_("official", person=p) for p in ("p-1", "o-1"))
    clients = provider, purchaser, notifications.as_("treasury"), *officials
    for reminder, order in product(REMINDERS, ("in order", "the end first")):
        for end in sorted(DONE_BY[reminder]):
            subject = new_id()
            told = [(reminder, 1), (end, 2)]
            for event_type, sequence in told if order == "in order" else told[::-1]:
                data = DATA[reminder] if event_type == reminder else {"commission_id": subject}
                state = whole(event_type, {**data, "id": subject})
                await notifications.hear(event_type, subject, state, sequence=sequence)

            kept = [m for client in clients for m in await history(client)]
            shown = [m for client in clients for m in await messages(client)]

            about = [m["done"] for m in kept if m["event_type"] == reminder]
            assert about and all(about), (reminder, end, order)
            assert [m for m in shown if m["event_type"] == reminder] == []


async def test_it_can_fall_due_again(notifications: Stage, provider: Client) -> None:
    """The end of one reminder is not the end of the next one of the same subject."""
    expiring, renewed = "registry.registration.expiring.v1", "registry.registration.renewed.v1"
    worker = new_id()
    await tell_agreement(notifications)
    for year, event_type in ((2025, expiring), (2026, renewed), (2028, expiring)):
        time = (await notifications.now()).replace(year=year)
        state = whole(event_type, {"id": worker, "employer_id": PROVIDER})
        await notifications.hear(event_type, worker, state, time=time)

    found = [(m["at"][:4], m["done"]) for m in await history(provider)]

    assert found[1:] == [("2025", True), ("2028", False)]


async def test_an_inbox_leaves_out_what_is_done(notifications: Stage, purchaser: Client) -> None:
    """It is neither shown nor counted; the whole history keeps it and says so."""
    await remind(notifications)
    before = [m["template"] for m in await messages(purchaser)]
    await notifications.hear(COMPLETED, DUTY["id"], whole(COMPLETED, DUTY))

    answer = await purchaser.get("/inbox")

    assert len(before) == 1
    assert (answer.body["unread"], answer.body["messages"]) == (0, [])
    [kept] = (await purchaser.get("/messages")).body["items"]
    assert kept["done"] is True


async def test_an_acknowledgement_is_of_one_person_and_stays(
    notifications: Stage, purchaser: Client
) -> None:
    """Whoever acknowledges has read; a second time changes nothing, and others do it themselves."""
    await remind(notifications)
    [message] = await messages(purchaser)

    first = await purchaser.post(f"/messages/{message['id']}/acknowledgement")
    again = await purchaser.post(f"/messages/{message['id']}/acknowledgement")

    assert first.status == 200, first.body
    assert first.body == again.body
    assert first.body["acknowledged_at"] == first.body["read_at"] is not None
    assert (await purchaser.get("/inbox")).body["unread"] == 0
    colleague = notifications.as_("purchaser", person="p-other", org=PURCHASER)
    assert [m["acknowledged_at"] for m in await messages(colleague)] == [None]


async def test_nobody_acknowledges_what_is_not_theirs(
    notifications: Stage, purchaser: Client, provider: Client
) -> None:
    """Another's message, or none at all, is answered the same."""
    await remind(notifications)
    [message] = await messages(purchaser)

    answers = [
        await provider.post(f"/messages/{message_id}/acknowledgement")
        for message_id in (message["id"], uuid4())
    ]

    assert [(a.status, a.code) for a in answers] == [(404, "inbox-item-not-found")] * 2


async def test_the_official_sees_what_nobody_takes_on(
    notifications: Stage, purchaser: Client
) -> None:
    """What is overdue is listed until one who was told acknowledges it, or it is done."""
    await remind(notifications)
    official = notifications.as_("official", person="p-official", divisions=("510181001",))
    elsewhere = notifications.as_("official", person="p-elsewhere", divisions=("510182",))
    at_first = await unacknowledged(official)
    [message] = await messages(purchaser)
    await purchaser.post(f"/messages/{message['id']}/reading")
    when_read = await unacknowledged(official)
    await purchaser.post(f"/messages/{message['id']}/acknowledgement")
    when_acknowledged = await unacknowledged(official)
    await notifications.hear(COMPLETED, DUTY["id"], whole(COMPLETED, DUTY))

    assert sorted(at_first) == ["official", "purchaser"] == sorted(when_read)
    assert when_acknowledged == ["official"]
    assert await unacknowledged(official) == []
    assert await unacknowledged(elsewhere) == []


async def test_only_what_is_overdue_is_listed(notifications: Stage) -> None:
    """An agreement in force waits for nobody's acknowledgement, nor does what is just due."""
    await tell_agreement(notifications)
    due = "evaluation.inspection.due.v1"
    await notifications.hear(due, DUTY["id"], whole(due, DUTY))
    official = notifications.as_("official", person="p-official")

    assert due not in OVERDUE
    assert await unacknowledged(official) == []


async def test_receipts_tell_nobody_else_anything(notifications: Stage, purchaser: Client) -> None:
    """Who read and acknowledged stays here: no event is told of it."""
    await remind(notifications)
    [message] = await messages(purchaser)
    await purchaser.post(f"/messages/{message['id']}/acknowledgement")

    assert await notifications.said() == []

"""What a restored service has forgotten is named, until somebody has dealt with it."""

from dataclasses import replace

from libs.common.ids import made_at, new_id
from libs.common.testing import CITY, Client, Stage
from tests.levels import level
from tests.services.notifications.test_feed import NEED, follow
from tests.services.notifications.test_pages import look

RESTORED = "procurement.database.restored.v1"


async def test_forgotten_events_are_named_until_somebody_concludes(
    notifications: Stage, system: Client
) -> None:
    """Of what was told after the backup just what the service does not know, also if it comes late;
    what it tells in the new epoch is none of it, and stands in the feed."""
    subject = new_id()
    old, kept, lost = [
        await notifications.hear(NEED, subject, {"title": "t"}, sequence=n) for n in (1, 2, 3)
    ]
    operator = notifications.as_("operator")

    since = made_at(kept)
    data = {"epoch": 7, "since": since, "known": [str(old), str(kept)]}
    await notifications.hear(RESTORED, "database", data, epoch=7, sequence=1)
    new = await notifications.hear(NEED, subject, {"title": "t"}, epoch=7, sequence=1)
    late = await notifications.hear(NEED, subject, {"title": "t"}, sequence=4)

    [one] = (await operator.get("/restorations")).body["restorations"]
    path = f"/restorations/{one['id']}"
    named = (await operator.get(f"{path}/forgotten")).body["events"]
    assert [str(lost), str(late)] == [event["event_id"] for event in named]
    assert await level(notifications, "events_from_future") == 2
    shown, _ = await follow(system)
    assert str(new) in [event["id"] for event in shown]

    second = notifications.as_("operator", person="second")
    said = {"conclusion": "entered again"}
    await operator.post(f"{path}/closure", {"conclusion": "void"})
    first = await second.post(f"{path}/closure", said)
    alone = await second.post(f"{path}/closure", said)
    assert await level(notifications, "events_from_future") == 2
    closed = await operator.post(f"{path}/closure", said)
    again = await operator.post(f"{path}/closure", {"conclusion": "otherwise"})

    assert (first.body["closed_by"], first.body["confirmed_at"]) == ("second", None)
    assert (alone.status, alone.code) == (409, "second-person-required")
    assert (closed.body["conclusion"], closed.status) == ("entered again", 200)
    assert (again.status, again.code) == (409, "restoration-closed")
    assert await level(notifications, "events_from_future") == 0


async def test_the_treasury_is_asked_to_compare(notifications: Stage) -> None:
    """From the restore of procurement until it is compared, and while something is not recorded;
    the pages say so, and the latest restore alone counts."""
    asked, missing = "恢复后核对银行对账单", "补录已付款项"
    found = new_id()

    async def page() -> tuple[int, int]:
        text = await look(notifications.as_("treasury"))
        return text.count(asked), text.count(missing)

    async def compare(sequence: int, past: str, status: str, lines: int) -> None:
        kind = f"procurement.comparison.{past}.v1"
        state = {"epoch": 8, "division": CITY, "status": status}
        data = {"id": found, **state, "open_lines": lines, "open_amount": lines * 100}
        await notifications.hear(kind, found, data, epoch=8, sequence=sequence)

    assert await page() == (0, 0)
    for epoch in (7, 8):
        data = {"epoch": epoch, "since": made_at(found), "known": [str(found)]}
        await notifications.hear(RESTORED, "database", data, epoch=epoch, sequence=1)
    assert await page() == (1, 0)
    await compare(1, "recorded", "recorded", 2)
    assert await page() == (1, 1)
    await compare(2, "confirmed", "confirmed", 2)
    assert await page() == (0, 1)
    await compare(3, "settled", "confirmed", 0)
    assert await page() == (0, 0)


async def test_positions_of_an_earlier_epoch_of_the_feed_are_refused(
    notifications: Stage, system: Client
) -> None:
    """They would skip events; an instant leads on, and from there positions of the new epoch."""
    await notifications.hear(NEED, new_id(), {"title": "t"})
    _, before = await follow(system)
    city = notifications.database.city
    notifications.database.city = replace(city, epoch=7)

    refused = await system.get("/events", after=before)
    events, after = await follow(system)
    none, unmoved = await follow(system, after=after)

    assert (refused.status, refused.code) == (409, "feed-restored")
    assert (after, len(events)) == ("7-1", 1)
    assert ([], after) == (none, unmoved)

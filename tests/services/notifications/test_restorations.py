"""What a restored service has forgotten is named, until somebody has dealt with it."""

from dataclasses import replace

from libs.common.ids import made_at, new_id
from libs.common.testing import Client, Stage
from tests.levels import level
from tests.services.notifications.test_feed import NEED, follow

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

    closed = await operator.post(f"{path}/closure", {"conclusion": "entered again"})
    again = await operator.post(f"{path}/closure", {"conclusion": "otherwise"})

    assert (closed.body["conclusion"], closed.status) == ("entered again", 200)
    assert (again.status, again.code) == (409, "restoration-closed")
    assert await level(notifications, "events_from_future") == 0


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

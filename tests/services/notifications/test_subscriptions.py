"""Another system gets what was agreed with it, while that lasts, and nothing else."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from libs.common.clock import end_of
from libs.common.contract import dump
from libs.common.ids import new_id
from libs.common.testing import Client, Stage
from services.notifications.domain.subscriptions import Status, Subscription, may_see
from tests.levels import level
from tests.services.notifications.agreeing import PATH, agree, approve, propose
from tests.services.notifications.test_feed import NEED, follow

ACCOUNT = "account-of-p-other"
CALL = "procurement.call.opened.v1"


@pytest.fixture
def other(notifications: Stage) -> Client:
    """A system whose agreement is what a test makes of it."""
    return notifications.as_("system", person="p-other")


@pytest.fixture
def official(notifications: Stage) -> Client:
    """An official who has proposed nothing."""
    return notifications.as_("official", person="o-2")


async def hear_again(notifications: Stage) -> None:
    """What notifications has told comes back to it over the bus."""
    for told in await notifications.said():
        if told.type.startswith("notifications.subscription."):
            await notifications.hear(
                told.type, told.subject, told.data, sequence=told.sequence, division=told.division
            )


async def day(notifications: Stage, days: int) -> str:
    """A day so many days from today."""
    return str((await notifications.now()).date() + timedelta(days=days))


async def test_two_others_approve_what_one_has_proposed(
    notifications: Stage, other: Client, official: Client
) -> None:
    """The proposer does not approve, nobody approves twice, and nothing is given before."""
    found = (await propose(notifications, ACCOUNT)).body["id"]
    third = notifications.as_("secretariat", person="o-3")

    own = await approve(notifications.as_("official", person="o-1"), found)
    once = await approve(official, found)
    twice = await approve(official, found)
    before = await other.get("/events")
    second = await approve(third, found)
    more = await approve(third, found)

    assert (own.status, own.code) == (409, "second-person-required")
    assert (once.status, once.body["status"]) == (200, "proposed")
    assert (twice.status, twice.code) == (409, "second-person-required")
    assert (before.status, before.code) == (409, "not-subscribed")
    assert second.body["status"] == "in_force"
    assert second.body["approved_by"] == ["o-2", "o-3"]
    assert (more.status, more.code) == (409, "nothing-to-approve")
    assert (await other.get("/events")).status == 200
    past = [told.type.split(".")[2] for told in await notifications.said()]
    assert past == ["proposed", "approved"]


async def test_a_system_sees_just_what_was_agreed(notifications: Stage, other: Client) -> None:
    """No other type, no other division; officials see all; a position holds across what is not
    shown, and an agreement more opens more."""
    await agree(notifications, ACCOUNT, types=[NEED], divisions=["510181001"])
    seen = await notifications.hear(NEED, new_id(), {"title": "t"}, division="510181001001")
    for kind, where in ((NEED, "510181002001"), (CALL, "510181001001")):
        await notifications.hear(kind, new_id(), {"title": "t"}, division=where)

    shown, position = await follow(other)
    nothing, further = await follow(other, after=position)
    later = await notifications.hear(NEED, new_id(), {"title": "t"}, division="510181001001")
    assert [str(seen)] == [event["id"] for event in shown]
    assert nothing == []
    assert [str(later)] == [event["id"] for event in (await follow(other, after=further))[0]]
    assert len((await follow(notifications.as_("official")))[0]) == 4
    assert len((await follow(notifications.as_("auditor")))[0]) == 4

    await agree(notifications, ACCOUNT, types=["procurement.call.*"])
    assert len((await follow(other))[0]) == 3


async def test_what_is_stopped_stops_at_once(
    notifications: Stage, other: Client, official: Client
) -> None:
    """Suspended, resumed, ended: each is told to the reader with whom to ask."""
    found = await agree(notifications, ACCOUNT)
    why = {"reason": "核查用途"}

    early = await official.post(f"{PATH}/{found}/resumption")
    await official.post(f"{PATH}/{found}/suspension", why)
    stopped = await other.get("/events")
    again = await official.post(f"{PATH}/{found}/suspension", why)
    await official.post(f"{PATH}/{found}/resumption")
    on = await other.get("/events")
    await official.post(f"{PATH}/{found}/end", why)
    over = await other.get("/events")
    twice = await official.post(f"{PATH}/{found}/end", why)

    assert (early.status, early.code) == (409, "subscription-not-suspended")
    assert (stopped.status, stopped.code) == (409, "subscription-stopped")
    assert (again.status, again.code) == (409, "subscription-not-in-force")
    assert on.status == 200
    assert (over.status, over.code) == (409, "subscription-run-out")
    assert "ask the city" in over.body["title"]
    assert (twice.status, twice.code) == (409, "subscription-over")


async def test_it_warns_and_expires_by_the_business_clock(
    notifications: Stage, other: Client
) -> None:
    """Thirty days before its end it warns the one answerable, once; after its last day it is over,
    to the reader by the day itself."""
    until = await day(notifications, 60)
    found = await agree(notifications, ACCOUNT, until_day=until)
    assert await level(notifications, "subscriptions_in_force") == 1
    assert await level(notifications, "subscriptions_expiring") == 0

    await notifications.move_to(end_of(date.fromisoformat(until)) - timedelta(days=29))
    assert await level(notifications, "subscriptions_expiring") == 1
    assert len(await notifications.said("notifications.subscription.expiring.v1")) == 1
    assert (await other.get("/events")).status == 200
    await notifications.move_to(end_of(date.fromisoformat(until)))
    over = await other.get("/events")

    assert (over.status, over.code) == (409, "subscription-run-out")
    [told] = await notifications.said("notifications.subscription.expired.v1")
    assert found == told.subject
    assert await level(notifications, "subscriptions_in_force") == 0
    await hear_again(notifications)
    inbox = await notifications.as_("official", person="o-1").get("/messages")
    texts = [one["text"] for one in inbox.body["items"]]
    assert sum(" ends after " in text for text in texts) == 1
    assert sum("waits for approval" in text for text in texts) == 1
    assert sum(" ended with " in text for text in texts) == 1
    assert not any("—" in text for text in texts)


async def test_an_extension_is_approved_anew(notifications: Stage, official: Client) -> None:
    """The former last day holds until two others approve the later one."""
    until, later = await day(notifications, 60), await day(notifications, 90)
    found = await agree(notifications, ACCOUNT, until_day=until)

    earlier = await official.post(f"{PATH}/{found}/extension", {"until_day": until})
    asked = await official.post(f"{PATH}/{found}/extension", {"until_day": later})
    await approve(notifications.as_("official", person="o-1"), found)
    extended = await approve(notifications.as_("official", person="o-3"), found)
    await notifications.move_to(end_of(date.fromisoformat(until)))

    assert (earlier.status, earlier.code) == (422, "subscription-invalid")
    assert (until, later) == (asked.body["until_day"], asked.body["proposed_until"])
    assert (later, None) == (extended.body["until_day"], extended.body["proposed_until"])
    assert (await official.get(f"{PATH}/{found}")).body["status"] == "in_force"


async def test_what_cannot_be_agreed_is_refused(notifications: Stage, official: Client) -> None:
    """Unknown types, other officials' divisions and days that are over, all at once; nobody sees
    an agreement on divisions that are not theirs."""
    wrong = await propose(
        notifications,
        ACCOUNT,
        types=["nothing.*", NEED],
        divisions=["51", "５１"],
        until_day="2000-01-01",
    )
    elsewhere = notifications.as_("official", divisions=("510182",))
    found = await agree(notifications, ACCOUNT)

    assert (wrong.status, wrong.code) == (422, "subscription-invalid")
    pointers = [one["pointer"] for one in wrong.body["errors"]]
    assert pointers == ["/types/0", "/divisions/0", "/divisions/1", "/until_day"]
    assert (await elsewhere.get(f"{PATH}/{found}")).status == 404
    assert (await elsewhere.get(PATH)).body["items"] == []
    assert [found] == [one["id"] for one in (await official.get(PATH)).body["items"]]
    assert (await notifications.as_("operator").post(f"{PATH}/{found}/approvals")).status == 403


TODAY = datetime(2025, 3, 1, tzinfo=UTC).date()
SOME = Subscription(
    id=UUID(int=1),
    version=1,
    status="in_force",
    organisation="o",
    office="o",
    account=ACCOUNT,
    purpose="p",
    legal_basis="l",
    types=(),
    divisions=(),
    until_day=TODAY,
    proposed_until=None,
    proposed_by="a",
    approved_by=("b", "c"),
    reason=None,
)


async def test_sql_and_rule_say_the_same(notifications: Stage) -> None:
    """Of every combination of a wish, a place, a type, a status and a day."""
    sql = """
        SELECT may_see(jsonb_populate_record(NULL::subscriptions, $1::jsonb), $2, $3, $4::date)
            AS opened
    """
    states: list[tuple[Status, int]] = [("in_force", 0), ("in_force", 1), ("suspended", 0)]
    wishes = [("a.*",), ("a.b.*", "x.*"), ("a.b.c.v1",), ("a_.*",), ("%.*",)]
    for wanted in wishes:
        for kind in ("a.b.c.v1", "a.b.c.v11", "ab.b.c.v1"):
            for prefix, place in (("51", "510181"), ("510181", "5101"), ("5_", "510181")):
                for status, days in states:
                    today = TODAY + timedelta(days=days)
                    one = replace(SOME, status=status, types=wanted, divisions=(prefix,))
                    row_of = dump(one).decode()
                    [row] = await notifications.fetch(sql, row_of, kind, place, today)
                    assert may_see(one, kind, place, today) == row["opened"]

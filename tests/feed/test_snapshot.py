"""Whoever reads a list once and follows the feed from its cursor has a copy that stays true."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from libs.common.envelope import encode
from libs.common.ids import new_id
from libs.common.service import Service
from libs.common.testing import Client, Stage
from services.notifications.app import service as notifications_service
from services.registry.app import service as registry_service
from tests.services.notifications.agreeing import agree


@dataclass(slots=True)
class Copy:
    """Names of organisations in another system, each as of the sequence that it knows."""

    names: dict[str, str] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)

    def take(self, subject: str, sequence: int, name: str) -> None:
        """What comes twice, or is older than what is known, changes nothing."""
        if sequence >= self.sequences.get(subject, 0):
            self.names[subject], self.sequences[subject] = name, sequence


async def found(office: Client, name: str) -> str:
    """An organisation that is filed, and so is told."""
    body = {"name": name, "legal_form": "filed-group", "roles": ["provider"]}
    applied = await office.post("/organisations", {**body, "division": "510181001000"})
    path = f"/organisations/{applied.body['id']}/filing"
    assert (await office.post(path, {"filing_number": str(new_id())[:30]})).status == 200
    return str(applied.body["id"])


async def rename(office: Client, organisation: str, name: str) -> None:
    """Another name, which is told."""
    path = f"/organisations/{organisation}"
    match = (await office.get(path)).headers["ETag"]
    assert (await office.patch(path, {"name": name}, match=match)).status == 200


async def listed(office: Client, **query: str) -> dict[str, Any]:
    """One page of the list of organisations."""
    answer = await office.get("/organisations", **query)
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.body
    return body


async def test_a_copy_from_a_list_and_the_feed_is_whole(
    open_stage: Callable[[Service], Awaitable[Stage]],
) -> None:
    """What changes while the pages are read, and after, is in the copy: nothing is missed."""
    registry, notifications = (
        await open_stage(registry_service),
        await open_stage(notifications_service),
    )
    office = registry.as_("official", "association", "town", "secretariat")
    await agree(notifications, "account-of-p-1")
    system = notifications.as_("system")
    first, second = await found(office, "甲社"), await found(office, "乙社")
    copy = Copy()

    page = await listed(office, limit="1")
    start = page["feed"]
    await rename(office, first, "甲社新名")
    third = await found(office, "丙社")
    while True:
        for item in page["items"]:
            copy.take(item["id"], item["sequence"], item["name"])
        if page["next"] is None:
            break
        page = await listed(office, limit="1", cursor=page["next"])
        assert start == page["feed"]
    await rename(office, second, "乙社新名")
    for event in await registry.said():
        await notifications.running.hearing.hear(encode(event))

    after, before = start, ""
    while after != before:
        answer = await system.get("/events", after=after, limit="2")
        for event in answer.body["events"]:
            copy.take(event["subject"], int(event["sequence"]), event["data"]["name"])
        after, before = answer.body["next"], after

    assert {first: "甲社新名", second: "乙社新名", third: "丙社"} == copy.names
    assert {item["id"]: item["sequence"] for item in (await listed(office))["items"]} == (
        copy.sequences
    )

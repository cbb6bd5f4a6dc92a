"""Probes are kept to be looked at, one a service, and do not reach the log."""

from libs.common.ids import new_id
from libs.common.testing import Client, Stage
from services.notifications.catalogue import PROBES


async def test_the_latest_probe_of_each_service_is_shown(
    notifications: Stage, system: Client
) -> None:
    """Whoever sent it sees how far it has come; the feed and its filter know nothing of it."""
    first, second, other = new_id(), new_id(), new_id()
    for service, probe in (("registry", first), ("casework", other), ("registry", second)):
        await notifications.hear(f"{service}.probe.sent.v1", service, {"probe": probe})

    shown = await system.get("/probes")
    feed = await system.get("/events")
    asked = await system.get("/events", types="registry.probe.sent.v1")
    assert shown.body["probes"] == [
        {"service": "casework", "probe": str(other)},
        {"service": "registry", "probe": str(second)},
    ]
    assert feed.body["events"] == []
    assert asked.status == 422


async def test_others_do_not_see_probes(notifications: Stage) -> None:
    """They are for those who watch and follow."""
    answer = await notifications.as_("worker", org=new_id()).get("/probes")

    assert answer.status == 403


def test_every_service_is_probed() -> None:
    """Each that tells anything tells a probe."""
    assert {name.partition(".")[0] for name in PROBES} == {
        "casework",
        "evaluation",
        "notifications",
        "procurement",
        "registry",
        "scheduling",
    }

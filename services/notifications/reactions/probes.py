"""Probes of every service: kept to be looked at, and not in the log."""

from uuid import UUID

from libs.common.contract import event
from libs.common.db import Tx
from services.notifications.catalogue import PROBES
from services.notifications.reactions.event_log import reactions
from services.notifications.store import probes as store


@event(*sorted(PROBES))
class ProbeHeard:
    """A probe has come this far; its subject is the service that was probed."""

    probe: UUID


@reactions.view(ProbeHeard)
async def probes(tx: Tx, heard: ProbeHeard) -> None:
    """Keep the latest of each service, for whoever sent it to see."""
    await store.save_probe(tx, tx.cause.subject, heard.probe)

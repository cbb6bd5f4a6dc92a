"""Probes that have arrived."""

from uuid import UUID

from libs.common.contract import answer
from libs.common.db import Tx


@answer
class Probe:
    """The latest probe of a service that has arrived here."""

    service: str
    probe: UUID


async def save_probe(tx: Tx, service: str, probe: UUID) -> None:
    await tx.do(
        """
        INSERT INTO probes (service, probe)
             VALUES ($1, $2)
        ON CONFLICT (service) DO UPDATE SET probe = excluded.probe
        """,
        service,
        probe,
    )


async def list_probes(tx: Tx) -> list[Probe]:
    return await tx.all(Probe, "SELECT service, probe FROM probes ORDER BY service")

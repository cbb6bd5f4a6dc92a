"""What a service shows of itself."""

from prometheus_client import REGISTRY

from libs.common.levels import Board
from libs.common.testing import Stage


async def level(stage: Stage, name: str, **labels: str) -> float | None:
    """One of the service's own levels as a leader would show it now; None where it is not."""
    service = stage.running.service
    await Board(stage.database, service.levels).read()
    return REGISTRY.get_sample_value(f"sanshe_{name}", {"service": service.name, **labels})

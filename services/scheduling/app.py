"""Scheduling on one screen."""

from pathlib import Path
from typing import Final

from libs.common.auth import Grants
from libs.common.service import Service
from services.scheduling import api, events, store
from services.scheduling.jobs import jobs
from services.scheduling.levels import levels
from services.scheduling.reactions import reactions

GRANTS: Final[Grants] = {
    "scheduling:read": frozenset(
        {
            "official",
            "secretariat",
            "purchaser",
            "town",
            "community",
            "association",
            "agency-manager",
            "worker",
            "observer",
            "auditor",
        }
    ),
    "scheduling:plan": frozenset({"agency-manager", "worker", "community"}),
    "scheduling:assign": frozenset({"agency-manager", "worker"}),
    "scheduling:hold": frozenset({"agency-manager", "worker", "community"}),
    "scheduling:attend": frozenset({"agency-manager", "worker", "community"}),
    "scheduling:count": frozenset({"agency-manager", "worker", "community", "observer"}),
    "scheduling:attendance": frozenset({"agency-manager", "worker", "community"}),
    "scheduling:report": frozenset({"agency-manager", "worker", "community"}),
    "scheduling:evidence": frozenset(
        {"agency-manager", "worker", "official", "purchaser", "secretariat", "auditor", "community"}
    ),
    "scheduling:read-original": frozenset({"auditor"}),
    "scheduling:audit": frozenset({"auditor", "secretariat"}),
    "scheduling:name-observer": frozenset(
        {"official", "purchaser", "town", "community", "association"}
    ),
    "scheduling:watch": frozenset(
        {"official", "purchaser", "town", "community", "association", "observer", "auditor"}
    ),
    "scheduling:waive": frozenset({"official", "purchaser"}),
    "scheduling:observe": frozenset({"observer"}),
    "scheduling:review": frozenset({"official", "purchaser"}),
    "scheduling:govern": frozenset({"secretariat", "official"}),
}

service: Final = Service(
    name="scheduling",
    title="活动 Scheduling",
    about="What happens, who is there, and what proves it.",
    folder=Path(__file__).parent,
    routes=api.ROUTES,
    grants=GRANTS,
    reactions=reactions,
    jobs=jobs,
    levels=levels,
    tells=events.TELLS,
    constraints=store.CONSTRAINTS,
)

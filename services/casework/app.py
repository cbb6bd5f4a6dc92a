"""Casework on one screen."""

from pathlib import Path
from typing import Final

from libs.common.auth import Grants, Role
from libs.common.service import Service
from services.casework import api, events, store
from services.casework.levels import levels
from services.casework.reactions import reactions

KEEPERS: Final[frozenset[Role]] = frozenset({"agency-manager", "worker", "community"})

GRANTS: Final[Grants] = {
    "casework:keep": KEEPERS,
    "casework:read-personal": KEEPERS,
    "casework:reveal": frozenset({"evaluator", "expert"}),
    "casework:reseal": frozenset({"operator"}),
    "casework:audit": frozenset({"auditor"}),
    "casework:count": frozenset({"official", "secretariat", "association", "auditor", "operator"}),
}

service: Final = Service(
    name="casework",
    title="个案 Casework",
    about="Who the people are: an opaque reference for all others, and who may learn more.",
    folder=Path(__file__).parent,
    routes=api.ROUTES,
    grants=GRANTS,
    reactions=reactions,
    levels=levels,
    tells=events.TELLS,
    constraints=store.CONSTRAINTS,
)

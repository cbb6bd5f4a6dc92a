"""The registry on one screen."""

from pathlib import Path
from typing import Final

from libs.common.auth import Grants
from libs.common.service import Service
from services.registry import api, events, store

GRANTS: Final[Grants] = {
    "registry:read": frozenset(
        {
            "official",
            "secretariat",
            "purchaser",
            "town",
            "community",
            "association",
            "agency-manager",
            "worker",
            "evaluator",
            "auditor",
            "operator",
            "system",
        }
    ),
    "registry:apply": frozenset({"association", "agency-manager", "community", "town"}),
    "registry:register": frozenset({"official"}),
    "registry:file": frozenset({"official", "town", "community"}),
}

service: Final = Service(
    name="registry",
    title="登记 Registry",
    about="Who exists, where, and may they practise.",
    folder=Path(__file__).parent,
    routes=api.ROUTES,
    grants=GRANTS,
    tells=events.TELLS,
    constraints=store.CONSTRAINTS,
)

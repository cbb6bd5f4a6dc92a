"""The registry on one screen."""

from pathlib import Path
from typing import Final

from libs.common.auth import Grants, Role
from libs.common.service import Service
from services.registry import api, events, store
from services.registry.jobs import jobs
from services.registry.levels import levels

KEEPERS: Final[frozenset[Role]] = frozenset({"official", "association"})
"""Who keeps the register: the authority, and the association of social workers."""
BUYERS: Final[frozenset[Role]] = frozenset({"secretariat", "purchaser", "town", "community"})
AGENTS: Final[frozenset[Role]] = frozenset({"agency-manager", "worker", "evaluator"})

GRANTS: Final[Grants] = {
    "registry:read": KEEPERS | BUYERS | AGENTS | {"auditor", "operator", "system"},
    "registry:apply": KEEPERS | {"agency-manager", "community", "town"},
    "registry:register": frozenset({"official"}),
    "registry:file": frozenset({"official", "town", "community"}),
    "registry:amend": KEEPERS,
    "registry:divide": frozenset({"official", "operator"}),
    "registry:enrol": KEEPERS | {"agency-manager", "town", "community"},
    "registry:employ": KEEPERS | {"agency-manager", "town", "community"},
    "registry:check": KEEPERS | {"agency-manager"},
    "registry:certify": KEEPERS,
    "registry:read-workers": KEEPERS
    | {"secretariat", "town", "community", "agency-manager", "worker", "auditor"},
    "registry:open-station": KEEPERS | {"secretariat", "town", "community"},
    "registry:pool": KEEPERS,
    "registry:read-experts": KEEPERS | {"secretariat", "purchaser", "auditor"},
    "registry:declare": KEEPERS | BUYERS | AGENTS | {"expert", "observer", "treasury", "auditor"},
    "registry:end-tie": KEEPERS,
    "registry:read-ties": KEEPERS | {"secretariat", "auditor"},
    "registry:calendar": frozenset({"official", "secretariat", "operator"}),
    "registry:rule": frozenset({"official", "secretariat"}),
}

service: Final = Service(
    name="registry",
    title="登记 Registry",
    about="Who exists, where, and may they practise.",
    folder=Path(__file__).parent,
    routes=api.ROUTES,
    grants=GRANTS,
    jobs=jobs,
    levels=levels,
    tells=events.TELLS,
    constraints=store.CONSTRAINTS,
)

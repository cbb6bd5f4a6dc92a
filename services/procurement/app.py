"""Procurement on one screen."""

from pathlib import Path
from typing import Final

from libs.common.auth import Grants
from libs.common.service import Service
from services.procurement import api, events, store
from services.procurement.jobs import jobs
from services.procurement.levels import levels
from services.procurement.reactions import reactions

GRANTS: Final[Grants] = {
    "procurement:read": frozenset(
        {
            "official",
            "secretariat",
            "purchaser",
            "town",
            "community",
            "association",
            "agency-manager",
            "expert",
            "evaluator",
            "treasury",
            "auditor",
            "operator",
            "system",
        }
    ),
    "procurement:read-budgets": frozenset(
        {"official", "secretariat", "purchaser", "treasury", "auditor"}
    ),
    "procurement:read-bids": frozenset(
        {"official", "purchaser", "association", "agency-manager", "expert", "auditor"}
    ),
    "procurement:read-panels": frozenset({"official", "secretariat", "purchaser", "auditor"}),
    "procurement:record-need": frozenset({"official", "town", "community", "association"}),
    "procurement:call": frozenset({"secretariat"}),
    "procurement:propose": frozenset({"official", "town", "community", "association"}),
    "procurement:select": frozenset({"secretariat"}),
    "procurement:plan-budget": frozenset({"purchaser", "official"}),
    "procurement:approve-budget": frozenset({"treasury"}),
    "procurement:set-policy": frozenset({"official"}),
    "procurement:tender": frozenset({"purchaser"}),
    "procurement:publish": frozenset({"association", "purchaser"}),
    "procurement:bid": frozenset({"agency-manager"}),
    "procurement:judge": frozenset({"expert", "purchaser", "official"}),
    "procurement:review": frozenset({"purchaser"}),
    "procurement:award": frozenset({"purchaser"}),
    "procurement:challenge": frozenset({"agency-manager"}),
    "procurement:answer-challenge": frozenset({"purchaser", "association"}),
    "procurement:decide-complaint": frozenset({"treasury"}),
    "procurement:read-challenges": frozenset(
        {"official", "purchaser", "association", "agency-manager", "treasury", "auditor"}
    ),
    "procurement:read-agreements": frozenset(
        {
            "official",
            "secretariat",
            "purchaser",
            "town",
            "community",
            "association",
            "agency-manager",
            "treasury",
            "auditor",
            "operator",
            "system",
        }
    ),
    "procurement:agree": frozenset({"purchaser"}),
    "procurement:upload": frozenset({"agency-manager", "town", "community", "purchaser"}),
    "procurement:sign": frozenset({"agency-manager", "town", "community"}),
    "procurement:attest": frozenset({"official", "purchaser", "town", "community", "association"}),
    "procurement:record-breach": frozenset({"purchaser"}),
    "procurement:object": frozenset({"agency-manager"}),
    "procurement:invoice": frozenset({"agency-manager"}),
    "procurement:approve-payment": frozenset({"official", "purchaser", "treasury"}),
    "procurement:transfer": frozenset({"treasury"}),
    "procurement:compare": frozenset({"treasury"}),
    "procurement:accept": frozenset({"official", "purchaser"}),
}

service: Final = Service(
    name="procurement",
    title="采购 Procurement",
    about="From the need to the last yuan.",
    folder=Path(__file__).parent,
    routes=api.ROUTES,
    grants=GRANTS,
    reactions=reactions,
    jobs=jobs,
    levels=levels,
    tells=events.TELLS,
    constraints=store.CONSTRAINTS,
)

"""Evaluation on one screen."""

from pathlib import Path
from typing import Final

from libs.common.auth import Grants
from libs.common.service import Service
from services.evaluation import api, events, store
from services.evaluation.jobs import jobs
from services.evaluation.reactions import reactions

GRANTS: Final[Grants] = {
    "evaluation:read": frozenset(
        {
            "official",
            "secretariat",
            "purchaser",
            "town",
            "community",
            "association",
            "agency-manager",
            "evaluator",
            "treasury",
            "auditor",
        }
    ),
    "evaluation:policy": frozenset({"secretariat"}),
    "evaluation:inspect": frozenset({"official"}),
    "evaluation:answer": frozenset({"agency-manager"}),
    "evaluation:commission": frozenset({"official", "purchaser"}),
    "evaluation:sample": frozenset({"evaluator"}),
    "evaluation:read-sample": frozenset({"evaluator", "official", "secretariat", "auditor"}),
    "evaluation:visit": frozenset({"evaluator"}),
    "evaluation:read-visits": frozenset({"evaluator", "official", "secretariat", "auditor"}),
    "evaluation:mark": frozenset({"evaluator", "expert"}),
    "evaluation:score": frozenset({"evaluator"}),
    "evaluation:notify": frozenset({"official"}),
    "evaluation:review": frozenset({"agency-manager"}),
    "evaluation:decide": frozenset({"official"}),
    "evaluation:seal": frozenset({"official"}),
    "evaluation:correct": frozenset({"official"}),
}

service: Final = Service(
    name="evaluation",
    title="评估 Evaluation",
    about="Was it worth the money.",
    folder=Path(__file__).parent,
    routes=api.ROUTES,
    grants=GRANTS,
    reactions=reactions,
    jobs=jobs,
    tells=events.TELLS,
    constraints=store.CONSTRAINTS,
)

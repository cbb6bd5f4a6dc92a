"""Notifications on one screen."""

from pathlib import Path
from typing import Final, cast

from libs.common.auth import ROLES, Grants, Role
from libs.common.service import Service
from services.notifications import api, events, store
from services.notifications.jobs import jobs
from services.notifications.levels import levels
from services.notifications.reactions import reactions
from services.notifications.store.event_log import list_for_resending

GRANTS: Final[Grants] = {
    "notifications:follow": frozenset({"system", "official", "auditor", "operator"}),
    "notifications:watch": frozenset({"operator", "auditor"}),
    "notifications:conclude": frozenset({"operator"}),
    "notifications:inbox": frozenset(cast(tuple[Role, ...], ROLES)),
    "notifications:oversee": frozenset({"official", "secretariat"}),
    "notifications:look": frozenset(
        {
            "official",
            "secretariat",
            "purchaser",
            "town",
            "community",
            "association",
            "treasury",
            "auditor",
            "operator",
        }
    ),
    "notifications:subscribe": frozenset({"official", "secretariat"}),
    "notifications:read-subscriptions": frozenset(
        {"official", "secretariat", "auditor", "operator"}
    ),
    "notifications:template": frozenset({"secretariat", "operator"}),
}

service: Final = Service(
    name="notifications",
    title="消息 Notifications",
    about="People and other systems hear of it: inboxes, a feed of every event, and the pages.",
    folder=Path(__file__).parent,
    routes=api.ROUTES,
    grants=GRANTS,
    reactions=reactions,
    jobs=jobs,
    levels=levels,
    tells=events.TELLS,
    constraints=store.CONSTRAINTS,
    log=list_for_resending,
    pages=api.PAGES,
    shows=("all-openapi.json", "all-asyncapi.json"),
)

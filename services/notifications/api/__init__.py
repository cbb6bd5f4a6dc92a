"""What notifications answers, one noun a file."""

from typing import Final

from services.notifications.api import (
    event_log,
    inbox,
    pages,
    probes,
    restorations,
    subscriptions,
    templates,
)

ROUTES: Final = (
    event_log.routes,
    restorations.routes,
    subscriptions.routes,
    probes.routes,
    inbox.routes,
    templates.routes,
)
PAGES: Final = pages.routes

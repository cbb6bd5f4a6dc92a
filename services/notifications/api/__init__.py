"""What notifications answers, one noun a file."""

from typing import Final

from services.notifications.api import event_log, inbox, pages, restorations, templates

ROUTES: Final = (event_log.routes, restorations.routes, inbox.routes, templates.routes)
PAGES: Final = pages.routes

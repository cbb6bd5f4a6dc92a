"""What notifications hears: every event into the log, names into views, and some as messages.

Whoever has emptied a view gets its events from here once more.
"""

from services.notifications.reactions import (
    done,
    pages,
    probes,
    rebuilding,
    reminders,
    restorations,
    reviews,
    subscriptions,
    views,
)
from services.notifications.reactions.event_log import reactions

__all__ = [
    "done",
    "pages",
    "probes",
    "reactions",
    "rebuilding",
    "reminders",
    "restorations",
    "reviews",
    "subscriptions",
    "views",
]

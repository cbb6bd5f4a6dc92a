"""What notifications hears: every event into the log, names into views, and some as messages."""

from services.notifications.reactions import reminders, views
from services.notifications.reactions.event_log import reactions

__all__ = ["reactions", "reminders", "views"]

"""What every service tells of its own running, under its own name."""

from functools import cache
from typing import Any

from libs.common.contract import event

VIEW_EMPTIED = "view.emptied.v1"


@cache
def view_emptied(service: str) -> type[Any]:
    """The class of `<service>.view.emptied.v1`."""

    @event(f"{service}.{VIEW_EMPTIED}")
    class ViewEmptied:
        """A view was emptied, to be filled again from the log of all events."""

        view: str
        types: tuple[str, ...]
        """What the view hears: all of these are to be sent again, for the view alone."""

    return ViewEmptied

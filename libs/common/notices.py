"""What every service tells of its own running, under its own name."""

from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from libs.common.contract import answer, event

VIEW_EMPTIED: Final = "view.emptied.v1"
HOUR_COUNTED: Final = "hour.counted.v1"
DATABASE_RESTORED: Final = "database.restored.v1"
DIFFERENCE_FOUND: Final = "difference.found.v1"
PROBE_SENT: Final = "probe.sent.v1"
"""Neither logged nor compared: whoever probes looks for it."""


@answer
class HourTotal:
    """The events of one type whose ids were made in an hour, as a set of ids."""

    type: str
    count: int
    xor: str
    """The exclusive-or of their ids: 128 bits as 32 hexadecimal digits."""


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


@cache
def hour_counted(service: str) -> type[Any]:
    """The class of `<service>.hour.counted.v1`."""

    @event(f"{service}.{HOUR_COUNTED}")
    class HourCounted:
        """All that was told in an hour of wall time is published; it comes to these totals."""

        hour: datetime
        """Its first instant."""
        totals: tuple[HourTotal, ...]

    return HourCounted


@cache
def difference_found(service: str) -> type[Any]:
    """The class of `<service>.difference.found.v1`."""

    @event(f"{service}.{DIFFERENCE_FOUND}")
    class DifferenceFound:
        """Of an hour of a type, this service has not just what its publisher told."""

        event_type: str
        hour: datetime
        reaction: str
        told: int
        """How many the publisher told of."""
        here: int
        """How many have been heard here, or wait, or are parked."""

    return DifferenceFound


@cache
def database_restored(service: str) -> type[Any]:
    """The class of `<service>.database.restored.v1`."""

    @event(f"{service}.{DATABASE_RESTORED}")
    class DatabaseRestored:
        """The service's database came from a backup: what it told later it does not know."""

        epoch: int
        """The one that begins now: what it tells from here on supersedes what it told before."""
        since: datetime
        """All that was told until here it has …"""
        known: tuple[UUID, ...]
        """… and of what was told later, these."""

    return DatabaseRestored


@cache
def probe_sent(service: str) -> type[Any]:
    """The class of `<service>.probe.sent.v1`."""

    @event(f"{service}.{PROBE_SENT}")
    class ProbeSent:
        """Somebody tries whether a command reaches those who follow this service."""

        probe: UUID

    return ProbeSent

"""How long a process may take to end: the limit of each step, and what they come to.

Manifests give a process at least that long before it is killed, and tests hold them to it.
"""

from typing import Final, Literal

ANNOUNCE_SECONDS: Final = 5
"""An API that is going answers on for so long (`DRAIN_SECONDS`), until balancers have noticed."""
REQUEST_SECONDS: Final = 10.0
"""For requests under way, and as long again for those that have to be cut off."""
LANE_SECONDS: Final = 10.0
"""For what was taken from the queue, and as long again for a reaction that is running then."""
CLOSE_SECONDS: Final = 5.0
"""For giving back every connection to the database."""


def longest(role: Literal["api", "worker"], announced: float = ANNOUNCE_SECONDS) -> float:
    """The most seconds that it takes from the signal to the end."""
    own = announced if role == "api" else 2 * LANE_SECONDS
    return own + 2 * REQUEST_SECONDS + CLOSE_SECONDS

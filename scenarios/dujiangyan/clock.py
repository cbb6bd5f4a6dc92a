"""Moves the business clocks of all services together, from quiet to quiet."""

from datetime import UTC, datetime

from scenarios.dujiangyan.client import Client, together
from scenarios.dujiangyan.people import OPERATOR
from scenarios.dujiangyan.quiet import SERVICES, Look, Watch


class Clock:
    """The one who moves the clock: all services to one instant, never past what is due."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._watch = Watch(client)
        self.now = datetime.min.replace(tzinfo=UTC)
        self.stops = 0

    async def read(self) -> None:
        """Learn where the platform stands: in a repeated run, what lies before is past."""
        self.now = min((await self._watch.look()).clocks)

    def is_past(self, instant: datetime) -> bool:
        """Whether the platform was quiet at that instant in an earlier run."""
        return instant < self.now

    async def move_to(self, instant: datetime) -> None:
        """Stop at each instant at which something is due, up to this one.

        Where nothing is due on the way, the quiet that was seen before the move still holds.
        """
        if self.is_past(instant):
            return
        look = await self._watch.until_quiet(Look.moving)
        while min(look.clocks) < instant:
            goal = _next(look, instant)
            await self._set(goal)
            self.now, self.stops = goal, self.stops + 1
            if goal == instant and not look.is_due_at(goal):
                return
            look = await self._watch.until_quiet()

    async def settle(self, instant: datetime) -> None:
        """Wait until what was told at this instant has been heard everywhere."""
        if not self.is_past(instant):
            await self._watch.until_quiet()

    async def _set(self, instant: datetime) -> None:
        body = {"instant": instant.isoformat()}
        await together(
            self._client.set(OPERATOR, f"/{name}/rehearsal/v1/clock", body) for name in SERVICES
        )


def _next(look: Look, goal: datetime) -> datetime:
    """The goal, or what is due before it, or where a half-made move has taken some already."""
    ahead = max(look.clocks)
    if ahead > min(look.clocks):
        return ahead
    return min(goal, look.due) if look.due else goal

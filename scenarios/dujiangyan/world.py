"""What the scenario knows of the platform: the ids that answers gave it, by names of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from scenarios.dujiangyan import people
from scenarios.dujiangyan.client import Client
from scenarios.dujiangyan.clock import Clock
from scenarios.dujiangyan.journal import Journal
from scenarios.dujiangyan.people import Who

BEFORE: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True, kw_only=True)
class Engagement:
    """A project on its way from tender to agreement, and the ids it gets there."""

    tender: str = ""
    bids: dict[str, str] = field(default_factory=dict)
    panel: list[str] = field(default_factory=list)
    stand_in: str = ""
    price: int = 0
    agreement: str = ""
    content_hash: str = ""
    outputs: list[str] = field(default_factory=list)
    commission: str = ""


@dataclass(slots=True, kw_only=True)
class World:
    """Filled step by step; a repeated run fills it again from the stored answers."""

    client: Client
    clock: Clock
    journal: Journal
    moment: datetime = BEFORE
    """When the step that is played now takes place."""
    organisations: dict[str, str] = field(default_factory=dict)
    workers: dict[str, list[str]] = field(default_factory=dict)
    """The workers of each agency, in the order of their enrolment."""
    needs: dict[str, str] = field(default_factory=dict)
    calls: dict[int, str] = field(default_factory=dict)
    proposals: dict[str, str] = field(default_factory=dict)
    budgets: dict[int, str] = field(default_factory=dict)
    engagements: dict[str, Engagement] = field(default_factory=dict)
    recipients: dict[str, str] = field(default_factory=dict)
    activities: dict[int, str] = field(default_factory=dict)
    series: str = ""
    rectification: str = ""
    missed_order: str = ""
    challenge: str = ""
    complaint: str = ""
    review: str = ""
    parties: list[str] = field(default_factory=list)
    unwilling: set[str] = field(default_factory=set)
    """Recipients who have withdrawn their consent to be visited."""

    def org(self, key: str) -> str:
        """The id of an organisation."""
        return self.organisations[key]

    def manager(self, key: str) -> Who:
        """The manager of an agency."""
        return people.manager(key, self.org(key))

    @property
    def purchaser(self) -> Who:
        """Who buys for the bureau."""
        return people.purchaser(self.org("bureau"))


Step = Callable[[World], Awaitable[None]]

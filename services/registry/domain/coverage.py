"""Coverage: whether a community has the professional workers that the policy wants there."""

from dataclasses import dataclass, replace
from datetime import date

from services.registry.domain.workers import WorkerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveragePolicy:
    """How many workers a community needs at least, and which kinds count as professional."""

    version: int
    effective_from: date
    minimum: int
    counts_kinds: tuple[WorkerKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Who serves a community at present: all that count, and the certified among them."""

    id: str
    workers: int
    certified: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """A community's workers against the minimum, and since when it has been short."""

    id: str
    version: int
    workers: int
    certified: int
    minimum: int
    short_since: date | None

    @property
    def division(self) -> str:
        """The community itself."""
        return self.id

    def recount(self, count: Count, policy: CoveragePolicy, today: date) -> "Coverage":
        """As it is now; the same object when nothing changed. Shortness keeps its first day."""
        is_short = count.workers < policy.minimum
        found = replace(
            self,
            workers=count.workers,
            certified=count.certified,
            minimum=policy.minimum,
            short_since=(self.short_since or today) if is_short else None,
        )
        return self if found == self else replace(found, version=self.version + 1)


def begin(community: str) -> Coverage:
    """A new community: nothing is demanded of it before its first count."""
    return Coverage(id=community, version=1, workers=0, certified=0, minimum=0, short_since=None)

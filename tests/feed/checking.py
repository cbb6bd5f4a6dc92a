"""What a follower of the feed has seen, against what was committed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from libs.common.envelope import Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How many events were lost, doubled, made up, and out of their subject's order."""

    committed: int
    lost: int
    doubled: int
    never_committed: int
    out_of_order: int

    @property
    def holds(self) -> bool:
        """Every committed event exactly once, each subject in sequence."""
        return not (self.lost or self.doubled or self.never_committed or self.out_of_order)


def judge(committed: Iterable[Envelope], seen: list[UUID]) -> Verdict:
    """Compare what was committed with the ids that came, in the order in which they came."""
    known = {one.id: one for one in committed}
    times = Counter(seen)
    reached: Counter[tuple[str, str]] = Counter()
    out_of_order = 0
    for event in (known[event_id] for event_id in seen if event_id in known):
        subject = (event.source, event.subject)
        out_of_order += event.sequence < reached[subject]
        reached[subject] = max(reached[subject], event.sequence)
    return Verdict(
        committed=len(known),
        lost=len(known.keys() - times.keys()),
        doubled=sum(count - 1 for count in times.values()),
        never_committed=len(times.keys() - known.keys()),
        out_of_order=out_of_order,
    )

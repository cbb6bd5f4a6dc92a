"""What a run has called, what was answered, and what was wrong about it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Report:
    """The figures of a run and its findings, each with the first request that showed it."""

    calls: int = 0
    operations: int = 0
    watched: int = 0
    """How many ids and texts no stranger may see."""
    statuses: Counter[int] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)

    def count(self, status: int, problem: Mapping[str, object]) -> None:
        """An answer, with its code if it is a refusal."""
        self.calls += 1
        self.statuses[status] += 1
        if problem:
            self.codes[str(problem["code"])] += 1

    def note(self, operation: str, what: str, example: str) -> None:
        """A finding."""
        self.findings.setdefault(f"{operation}: {what}", example)

    def written(self) -> str:
        """For people."""
        statuses = " · ".join(f"{status}: {n}" for status, n in sorted(self.statuses.items()))
        lines = [
            f"{self.calls} calls of {self.operations} operations; {len(self.codes)} codes of"
            f" refusals; {self.watched} ids and texts watched for",
            f"statuses: {statuses}",
            f"findings: {len(self.findings)}",
        ]
        return "\n".join(lines + [f"  {what}\n    {how}" for what, how in self.findings.items()])

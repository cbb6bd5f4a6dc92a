"""Agreements as evaluation needs them: their term, outputs and table of bands."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from libs.common.contract import answer
from libs.common.money import WHOLE


@answer
class Output:
    """An output owed under an agreement."""

    id: UUID
    kind: str
    title: str
    quantity: int


@answer
class Counted:
    """How much of an output was counted so far."""

    output_id: UUID
    counted: int


@answer
class BalanceBand:
    """From which score which share of the balance is paid, by the agreement's own table."""

    band: str
    from_score_bp: int
    balance_share_bp: int


@answer
class Agreement:
    """The facts of an agreement that inspections, samples and results go by."""

    id: UUID
    title: str
    domain: str
    division: str
    purchaser_id: UUID
    provider_id: UUID
    from_day: date
    to_day: date
    outputs: tuple[Output, ...]
    bands: tuple[BalanceBand, ...]

    def balance_share_bp(self, score_bp: int) -> int:
        """The share of the balance that a score earns; without a table, all of it."""
        if not self.bands:
            return WHOLE
        reached = [band for band in self.bands if band.from_score_bp <= score_bp]
        if not reached:
            return 0
        return max(reached, key=lambda band: band.from_score_bp).balance_share_bp

    def expected(self, output: Output, day: date) -> int:
        """How much of an output a linear plan expects to be done by the end of a day."""
        term = (self.to_day - self.from_day).days + 1
        passed = min(max((day - self.from_day).days + 1, 0), term)
        return output.quantity * passed // term

    def behind(
        self, counted: Sequence[Counted], day: date, tolerance_bp: int
    ) -> tuple[Output, ...]:
        """The outputs that fall short of the linear plan by more than the policy tolerates."""
        done = {one.output_id: one.counted for one in counted}
        return tuple(
            output
            for output in self.outputs
            if done.get(output.id, 0) * WHOLE < self.expected(output, day) * (WHOLE - tolerance_bp)
        )

"""Scores: each indicator's value with its basis, weighed into a total that adds up exactly."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

from libs.common.contract import BasisPoints, Name, Token, answer, body
from libs.common.errors import Conflict, Fault, Invalid
from libs.common.money import WHOLE
from services.evaluation.domain.agreements import Agreement, Counted
from services.evaluation.domain.policies import Indicator, Source
from services.evaluation.domain.sentences import MARKS_DO_NOT_FIT

BEST_POINTS: Final = 5
NoBasis = Literal[
    "no-output-agreed",
    "no-activity-held",
    "nothing-to-observe",
    "no-inspection-completed",
    "no-visit-answered",
    "not-marked",
]
NO_BASIS: Final[dict[Source, NoBasis]] = {
    "computed-outputs": "no-output-agreed",
    "computed-reports": "no-activity-held",
    "computed-observation": "nothing-to-observe",
    "computed-inspections": "no-inspection-completed",
    "computed-satisfaction": "no-visit-answered",
    "rated": "not-marked",
}
"""What it means that a source has given nothing to measure."""


class MarksDoNotFit(Invalid):
    """Each rated indicator of the policy is marked once, and no other."""

    zh = "须对政策中每个评分指标各评一次，不得有其他指标。"


class AlreadyMarked(Conflict):
    """You have marked already; marks are given once, so there is nothing left to do."""

    zh = "您已评分，每人只评一次，无需再办理。"


class MarksMissing(Conflict):
    """Not every scorer has marked yet; wait for the others."""

    zh = "仍有评分人员未评分，请等待其完成。"


class NothingToScore(Conflict):
    """No indicator has any basis yet, so there is no score; have visits and inspections first."""

    zh = "没有任何指标具备评分依据，请先完成走访和监督检查。"


@body
class Mark:
    """What a scorer gives to a rated indicator, and why, as a code."""

    indicator: Token
    points_bp: BasisPoints
    reason_code: Token


@answer
class Part:
    """A part of an indicator's basis: an output, a question, one scorer's mark.

    `points_bp` is empty where fewer answers than the policy's least cell stand behind it.
    """

    code: str
    title: Name | None
    count: int | None
    points_bp: int | None


@answer
class Basis:
    """What an indicator's value is made of: `reached` out of `possible`; nothing possible, no
    value."""

    reached: int
    possible: int
    parts: tuple[Part, ...] = ()

    @property
    def value_bp(self) -> int | None:
        """The share reached, rounded down."""
        return self.reached * WHOLE // self.possible if self.possible else None


@answer
class Line:
    """One indicator in the explanation of a score.

    Without a basis `value_bp` is empty and the other indicators bear its weight.
    """

    indicator: Token
    title: Name
    source: Source
    weight_bp: BasisPoints
    value_bp: BasisPoints | None
    contribution_bp: int
    reached: int
    possible: int
    parts: tuple[Part, ...]
    reason_code: Token | None = None
    """Why a person changed this value, in a review or a correction."""
    no_basis_code: NoBasis | None = None
    """Why there was nothing to measure."""


@answer
class Cell:
    """All answers to one question."""

    question: str
    answers: int
    points: int


@answer
class ScorerMark:
    """A mark as it was stored."""

    scorer: str
    indicator: str
    points_bp: int
    reason_code: str


def check_marks(marks: Sequence[Mark], rated: frozenset[str]) -> None:
    """Refuse marks that are not of exactly the rated indicators."""
    given = [mark.indicator for mark in marks]
    if len(given) != len(rated) or set(given) != rated:
        raise MarksDoNotFit(Fault("/marks", MARKS_DO_NOT_FIT, indicators=sorted(rated)))


def expect_all_marked(
    given: Sequence[ScorerMark], scorers: Sequence[str], rated: frozenset[str]
) -> None:
    """Refuse to score while a scorer has not marked, if there is anything to mark."""
    if rated and {mark.scorer for mark in given} != set(scorers):
        raise MarksMissing


def outputs_basis(agreement: Agreement, counted: Sequence[Counted]) -> Basis:
    """Each output weighs the same, and more than was agreed counts no more."""
    done = {one.output_id: one.counted for one in counted}
    parts = tuple(
        Part(
            code=str(output.id),
            title=output.title,
            count=done.get(output.id, 0),
            points_bp=min(done.get(output.id, 0) * WHOLE // output.quantity, WHOLE),
        )
        for output in agreement.outputs
        if output.quantity > 0
    )
    reached = sum(part.points_bp or 0 for part in parts)
    return Basis(reached=reached, possible=WHOLE * len(parts), parts=parts)


def satisfaction_basis(cells: Sequence[Cell], titles: dict[str, str], least: int) -> Basis:
    """The mean of all answers; a question is shown alone only with enough answers."""
    return Basis(
        reached=sum(cell.points for cell in cells),
        possible=BEST_POINTS * sum(cell.answers for cell in cells),
        parts=tuple(
            Part(
                code=cell.question,
                title=titles.get(cell.question),
                count=cell.answers if cell.answers >= least else None,
                points_bp=cell.points * WHOLE // (BEST_POINTS * cell.answers)
                if cell.answers >= least
                else None,
            )
            for cell in cells
        ),
    )


def rated_basis(marks: Sequence[ScorerMark], indicator: str) -> Basis:
    """The mean of the scorers' marks; each mark is shown with its reason, never with a person."""
    mine = sorted(
        (mark for mark in marks if mark.indicator == indicator),
        key=lambda mark: (mark.points_bp, mark.reason_code),
    )
    return Basis(
        reached=sum(mark.points_bp for mark in mine),
        possible=WHOLE * len(mine),
        parts=tuple(
            Part(code=mark.reason_code, title=None, count=None, points_bp=mark.points_bp)
            for mark in mine
        ),
    )


def line_of(indicator: Indicator, basis: Basis) -> Line:
    """An indicator with its basis, not weighed yet."""
    return Line(
        indicator=indicator.code,
        title=indicator.title,
        source=indicator.source,
        weight_bp=indicator.weight_bp,
        value_bp=basis.value_bp,
        contribution_bp=0,
        reached=basis.reached,
        possible=basis.possible,
        parts=basis.parts,
        no_basis_code=None if basis.possible else NO_BASIS[indicator.source],
    )


def weigh(lines: Sequence[Line]) -> tuple[int, tuple[Line, ...]]:
    """The score, rounded down, and the lines whose contributions sum to it exactly.

    What rounding leaves goes to the largest remainders, and between equals to the first.
    """
    weight = sum(line.weight_bp for line in lines if line.value_bp is not None)
    if weight == 0:
        raise NothingToScore
    products = [line.weight_bp * (line.value_bp or 0) for line in lines]
    score = sum(products) // weight
    left = score - sum(product // weight for product in products)
    by_remainder = sorted(range(len(lines)), key=lambda place: -(products[place] % weight))
    raised = frozenset(by_remainder[:left])
    return score, tuple(
        replace(line, contribution_bp=products[place] // weight + (place in raised))
        for place, line in enumerate(lines)
    )

"""What everybody may read of a sealed score's explanation."""

from collections.abc import Sequence
from dataclasses import replace

from libs.common.contract import answer
from services.evaluation.domain.policies import Source
from services.evaluation.domain.scores import Line, NoBasis


@answer
class PublicLine:
    """An indicator as it is published; what it was reached out of stands where it may."""

    indicator: str
    title: str
    source: Source
    weight_bp: int
    value_bp: int | None
    contribution_bp: int
    reached: int | None
    possible: int | None
    reason_code: str | None
    no_basis_code: NoBasis | None
    """Why there was nothing to measure; the other indicators bear its weight."""


@answer
class PublicPart:
    """A part of an indicator's basis as it is published."""

    indicator: str
    code: str
    title: str | None
    count: int | None
    points_bp: int | None


def publish(lines: Sequence[Line]) -> tuple[tuple[PublicLine, ...], tuple[PublicPart, ...]]:
    """The explanation as everybody may read it.

    Where one cell of answers is too small, no cell of that indicator is told and no total either:
    the small one could be had by subtraction.
    """
    safe = [replace(line, parts=()) if _shows_a_small_cell(line) else line for line in lines]
    return tuple(_public(line) for line in safe), tuple(
        PublicPart(
            indicator=line.indicator,
            code=part.code,
            title=part.title,
            count=part.count,
            points_bp=part.points_bp,
        )
        for line in safe
        for part in line.parts
    )


def _shows_a_small_cell(line: Line) -> bool:
    return line.source == "computed-satisfaction" and any(p.count is None for p in line.parts)


def _public(line: Line) -> PublicLine:
    told = line.source != "computed-satisfaction" or bool(line.parts)
    return PublicLine(
        indicator=line.indicator,
        title=line.title,
        source=line.source,
        weight_bp=line.weight_bp,
        value_bp=line.value_bp,
        contribution_bp=line.contribution_bp,
        reached=line.reached if told else None,
        possible=line.possible if told else None,
        reason_code=line.reason_code,
        no_basis_code=line.no_basis_code,
    )

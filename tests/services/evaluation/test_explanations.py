"""What is published of a score explains it whole, and betrays no small cell of answers."""

from typing import get_args

import pytest

from services.evaluation.domain.explanations import publish
from services.evaluation.domain.policies import Indicator, Source
from services.evaluation.domain.scores import (
    NO_BASIS,
    Basis,
    Cell,
    Line,
    line_of,
    satisfaction_basis,
)

TITLES = {"q1": "服务态度", "q2": "服务效果"}


def line(source: Source, basis: Basis) -> Line:
    return line_of(Indicator(code="x", title="指标", weight_bp=10_000, source=source), basis)


def test_every_cell_of_ten_answers_is_published() -> None:
    """With enough answers to each question, the cells and their sum are told."""
    cells = [Cell(question="q1", answers=10, points=40), Cell(question="q2", answers=12, points=60)]

    [told], parts = publish([line("computed-satisfaction", satisfaction_basis(cells, TITLES, 10))])

    assert (told.reached, told.possible) == (100, 110)
    assert [(part.count, part.points_bp) for part in parts] == [(10, 8000), (12, 10_000)]


def test_one_small_cell_hides_what_would_betray_it() -> None:
    """Nine answers to one question: the others and the total could be subtracted, so all stay."""
    cells = [Cell(question="q1", answers=9, points=40), Cell(question="q2", answers=12, points=60)]

    [told], parts = publish([line("computed-satisfaction", satisfaction_basis(cells, TITLES, 10))])

    assert (told.reached, told.possible) == (None, None)
    assert parts == ()
    assert told.value_bp is not None


def test_marks_and_outputs_are_published_as_they_are() -> None:
    """Only recipients' opinions are kept in cells; what was delivered is public."""
    [told], _ = publish([line("computed-outputs", Basis(reached=3, possible=4))])

    assert (told.reached, told.possible) == (3, 4)


@pytest.mark.parametrize("source", get_args(Source))
def test_an_indicator_without_any_basis_says_why(source: Source) -> None:
    """Every source has a code for having given nothing, and none for having given something."""
    [nothing], _ = publish([line(source, Basis(reached=0, possible=0))])
    [something], _ = publish([line(source, Basis(reached=0, possible=1))])

    assert (nothing.value_bp, nothing.no_basis_code) == (None, NO_BASIS[source])
    assert (something.value_bp, something.no_basis_code) == (0, None)


def test_no_answered_visit_is_told_as_that() -> None:
    """Without any answer there is no cell that could be too small."""
    [told], parts = publish([line("computed-satisfaction", satisfaction_basis([], TITLES, 10))])

    assert (told.value_bp, told.no_basis_code, parts) == (None, "no-visit-answered", ())

"""A sealed score as it is explained to everybody."""

from libs.common.contract import answer


@answer
class Line:
    """One indicator: its weight, its value, what it gave, and where it came from; basis points."""

    indicator: str
    title: str
    source: str
    weight_bp: int
    value_bp: int | None
    contribution_bp: int
    reached: int | None
    possible: int | None
    reason_code: str | None
    no_basis_code: str | None = None
    """Why there was nothing to measure; unknown of a result that was sealed before it was told."""


@answer
class Part:
    """A part of an indicator's basis: an output, a cell of answers, a mark."""

    indicator: str
    code: str
    title: str | None
    count: int | None
    points_bp: int | None

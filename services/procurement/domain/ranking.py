"""Rankings: every figure of a comparison of bids, with and without past performance.

All figures are whole basis points, rounded down, so that anybody gets the same ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from libs.common.contract import answer
from libs.common.money import WHOLE
from services.procurement.domain.bids import Bid
from services.procurement.domain.criteria import Criterion, CriterionKind
from services.procurement.domain.scores import Score


@answer
class Figure:
    """What a bid got by one criterion: points of 10 000, and the criterion's weight."""

    criterion: str
    kind: CriterionKind
    weight_bp: int
    points_bp: int


@answer
class Line:
    """One bid in a ranking."""

    rank: int
    rank_without_past: int
    bid_id: UUID
    organisation_id: UUID
    price: int
    total_bp: int
    total_without_past_bp: int
    past_results: int
    """How many agreements its past performance rests on, each by its last result; a newcomer has
    none."""
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """The last sealed result of each similar agreement of one organisation before the opening."""

    organisation_id: UUID
    results: int
    average_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighed:
    """A bid with its exact totals, in units of 1/10 000 of a basis point."""

    bid: Bid
    figures: tuple[Figure, ...]
    total: int
    without_past: int
    lot: bytes


def rank(
    criteria: Sequence[Criterion],
    bids: Sequence[Bid],
    scores: Sequence[Score],
    tracks: Sequence[Track],
    neutral_bp: int,
    seed: str,
) -> tuple[Line, ...]:
    """The bids by total; equal totals by the lower price, then by lot from the panel's seed."""
    lowest = min(bid.price or 0 for bid in bids)
    past = past_points([bid.organisation_id for bid in bids], tracks, neutral_bp)
    weighed = [
        _weigh(bid, [_figure(one, bid, scores, lowest, past) for one in criteria], seed)
        for bid in bids
    ]
    return _lines(weighed, {track.organisation_id: track.results for track in tracks})


def price_points(price: int, lowest: int) -> int:
    """The lowest price has all points, others as much less as they are dearer (低价优先法)."""
    return WHOLE if price <= lowest else lowest * WHOLE // price


def rated_points(criterion: str, bid_id: UUID, scores: Sequence[Score]) -> int:
    """The mean of what the members gave."""
    given = [
        mark.points_bp
        for score in scores
        if score.bid_id == bid_id
        for mark in score.marks
        if mark.criterion == criterion
    ]
    return sum(given) // len(given)


def past_points(
    organisations: Sequence[UUID], tracks: Sequence[Track], neutral_bp: int
) -> Mapping[UUID, int]:
    """Each bidder's average; a newcomer gets the mean of the others, or the neutral value, and
    so neither gains nor loses by being new."""
    known = {t.organisation_id: t.average_bp for t in tracks if t.organisation_id in organisations}
    neutral = sum(known.values()) // len(known) if known else neutral_bp
    return {organisation: known.get(organisation, neutral) for organisation in organisations}


def _figure(
    criterion: Criterion,
    bid: Bid,
    scores: Sequence[Score],
    lowest: int,
    past: Mapping[UUID, int],
) -> Figure:
    if criterion.kind == "price":
        points = price_points(bid.price or 0, lowest)
    elif criterion.kind == "past-performance":
        points = past[bid.organisation_id]
    else:
        points = rated_points(criterion.code, bid.id, scores)
    return Figure(
        criterion=criterion.code,
        kind=criterion.kind,
        weight_bp=criterion.weight_bp,
        points_bp=points,
    )


def _weigh(bid: Bid, figures: Sequence[Figure], seed: str) -> _Weighed:
    return _Weighed(
        bid=bid,
        figures=tuple(figures),
        total=_total(figures),
        without_past=_total([one for one in figures if one.kind != "past-performance"]),
        lot=sha256(f"{seed}{bid.id}".encode()).digest(),
    )


def _total(figures: Sequence[Figure]) -> int:
    return sum(figure.weight_bp * figure.points_bp for figure in figures)


def _lines(weighed: Sequence[_Weighed], results: Mapping[UUID, int]) -> tuple[Line, ...]:
    ranked = sorted(weighed, key=lambda w: (-w.total, w.bid.price, w.lot))
    others = sorted(weighed, key=lambda w: (-w.without_past, w.bid.price, w.lot))
    return tuple(
        Line(
            rank=place,
            rank_without_past=others.index(one) + 1,
            bid_id=one.bid.id,
            organisation_id=one.bid.organisation_id,
            price=one.bid.price or 0,
            total_bp=one.total // WHOLE,
            total_without_past_bp=one.without_past // WHOLE,
            past_results=results.get(one.bid.organisation_id, 0),
            figures=one.figures,
        )
        for place, one in enumerate(ranked, 1)
    )

"""A step of the play and when it is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from scenarios.dujiangyan.world import Step


@dataclass(frozen=True, slots=True)
class Moment:
    """A step of the play, the instant it is done at, and its name for people."""

    at: datetime
    title: str
    step: Step


def at_once(instant: datetime, *steps: Step) -> Iterator[Moment]:
    """Steps of one instant, named by their docstrings."""
    for step in steps:
        yield Moment(instant, step.__doc__ or "", step)

"""The rows of the matrix: what is broken, in which laboratory, and what came of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from tests.faults import rows
from tests.faults.lab import Lab
from tests.faults.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a fault: confirmed, lost and doubled are counts of operations and events."""

    confirmed: int
    lost: int
    doubled: int
    seconds: float
    """From the end of the fault, and a kill ends at once, until all was as if it had not been."""
    moved: str
    """The metric, header or state that showed it, with its value."""
    problems: tuple[str, ...] = ()
    """Whatever else did not hold."""

    @property
    def holds(self) -> bool:
        return not (self.lost or self.doubled or self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: `play` is given an open laboratory of `services`, in which no process runs yet."""

    id: str
    fault: str
    services: tuple[str, ...]
    play: Callable[[Lab], Awaitable[Outcome]]


ROWS: Final[dict[str, Row]] = {}


def row(
    number: str, fault: str, *services: str
) -> Callable[[Callable[[Lab], Awaitable[Outcome]]], Callable[[Lab], Awaitable[Outcome]]]:
    """Add a row to the matrix; the tests play it short, the proof at full size."""

    def decorate(play: Callable[[Lab], Awaitable[Outcome]]) -> Callable[[Lab], Awaitable[Outcome]]:
        if number in ROWS:
            raise ValueError(f"two rows are numbered {number}")
        ROWS[number] = Row(id=number, fault=fault, services=services, play=play)
        return play

    return decorate


def outcome(verdict: Verdict, seconds: float, moved: str, *problems: str) -> Outcome:
    """An outcome from what the checkers say."""
    said = [f"{name}: {text}" for name, texts in verdict.found.items() for text in texts[:3]]
    return Outcome(
        confirmed=verdict.confirmed,
        lost=verdict.lost,
        doubled=verdict.doubled,
        seconds=seconds,
        moved=moved,
        problems=(*said, *problems),
    )


def all_rows() -> list[Row]:
    """Every row of every module in `tests.faults.rows`."""
    for module in iter_modules(rows.__path__):
        import_module(f"tests.faults.rows.{module.name}")
    return [ROWS[number] for number in sorted(ROWS, key=_place)]


def rows_of(module: str) -> list[Row]:
    """The rows that one of these modules declares."""
    name = f"tests.faults.rows.{module}"
    import_module(name)
    return [one for one in all_rows() if one.play.__module__ == name]


def _place(number: str) -> tuple[str, int]:
    return number[0], int(number[1:])

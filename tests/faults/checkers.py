"""Who notices: pure functions from what was asked and what is there to what is wrong."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import xor
from typing import Final
from uuid import UUID

from tests.faults.history import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class SetVerdict:
    """What became of the operations of a history."""

    confirmed: int
    lost: frozenset[str] = field(default_factory=frozenset)
    """Acknowledged, and not there."""
    doubled: frozenset[str] = field(default_factory=frozenset)
    """There more than once."""
    phantom: frozenset[str] = field(default_factory=frozenset)
    """There, though nobody asked, or though it was refused."""
    recovered: frozenset[str] = field(default_factory=frozenset)
    """There, though no answer ever came: allowed."""

    @property
    def holds(self) -> bool:
        return not (self.lost or self.doubled or self.phantom)


def check_set(ok: Collection[str], info: Collection[str], applied: Mapping[str, int]) -> SetVerdict:
    """K2: ok ⊆ applied ⊆ ok ∪ info, and each once."""
    there = frozenset(applied)
    return SetVerdict(
        confirmed=len(ok),
        lost=frozenset(ok) - there,
        doubled=frozenset(name for name, times in applied.items() if times > 1),
        phantom=there - frozenset(ok) - frozenset(info),
        recovered=there & frozenset(info),
    )


def check_order(heard: Sequence[tuple[str, int]]) -> list[str]:
    """K3: (subject, sequence) in the order of a consumer: of each subject 1, 2, 3 …"""
    reached: dict[str, int] = defaultdict(int)
    wrong: list[str] = []
    for subject, sequence in heard:
        if sequence != reached[subject] + 1:
            wrong.append(f"{subject}: {sequence} after {reached[subject]}")
        reached[subject] = sequence
    return wrong


def check_views(told: Mapping[str, int], known: Mapping[str, Mapping[str, int]]) -> list[str]:
    """K3: each view knows each of its subjects up to the last sequence that was told it."""
    return [
        f"{view} knows {subject} up to {sequence} of {told[subject]}"
        for view, subjects in known.items()
        for subject, sequence in subjects.items()
        if sequence != told[subject]
    ]


def check_versions(records: Iterable[Record]) -> list[str]:
    """K3: two acknowledged changes never gave one subject the same version (a lost update)."""
    given = Counter(
        (record.subject, record.version)
        for record in records
        if record.kind == "ok" and record.version
    )
    return [
        f"{subject}: version {version} was acknowledged {times} times"
        for (subject, version), times in given.items()
        if times > 1
    ]


def check_strangers(records: Iterable[Record]) -> list[str]:
    """I8: a question about another organisation's row is never answered."""
    asked = (record for record in records if record.what == "stranger")
    return [f"a stranger read {r.subject}" for r in asked if r.kind == "ok"]


@dataclass(frozen=True, slots=True)
class Total:
    """How many events, and the exclusive-or of their ids."""

    count: int
    xor: int


def total(ids: Iterable[UUID]) -> Total:
    """K10: what the two sides of a reconciliation compare."""
    bits = [one.int for one in ids]
    return Total(len(bits), reduce(xor, bits, 0))


def check_totals(
    emitted: Mapping[str, Total], heard: Mapping[str, Mapping[str, Total]]
) -> list[str]:
    """K10: each reaction has heard of each type what was told of it: by count and exclusive-or."""
    return [
        f"{reaction} heard {found.count} of {emitted[kind].count} {kind}"
        + ("" if found.count != emitted[kind].count else ", and they are others")
        for kind, by_reaction in heard.items()
        for reaction, found in by_reaction.items()
        if found != emitted[kind]
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a budget's row says, in fen; `committed` holds also what has been paid since."""

    id: UUID
    amount: int
    committed: int
    paid: int


MOVES: Final = {"commit": (1, 0), "release": (-1, 0), "pay": (0, 1), "recover": (-1, -1)}
"""What an entry of the ledger adds to `committed` and to `paid`."""


def check_ledger(budgets: Iterable[Budget], entries: Iterable[tuple[UUID, str, int]]) -> list[str]:
    """K4: each budget says what its entries add up to, and never more than there is."""
    sums: dict[UUID, list[int]] = defaultdict(lambda: [0, 0])
    for budget_id, act, fen in entries:
        for place, sign in enumerate(MOVES[act]):
            sums[budget_id][place] += sign * fen
    wrong: list[str] = []
    for budget in budgets:
        committed, paid = sums[budget.id]
        if (budget.committed, budget.paid) != (committed, paid):
            said, told = (budget.committed, budget.paid), (committed, paid)
            wrong.append(f"budget {budget.id} says {said}, its entries {told}")
        if not 0 <= paid <= committed <= budget.amount:
            wrong.append(f"budget {budget.id} of {budget.amount}: {committed} and {paid}")
    return wrong

"""Each checker finds what it is for in a history broken by hand, and nothing in a good one."""

from collections import Counter
from uuid import UUID

from tests.faults.checkers import (
    Budget,
    check_ledger,
    check_order,
    check_set,
    check_strangers,
    check_totals,
    check_versions,
    check_views,
    total,
)
from tests.faults.history import Record

IDS = [UUID(int=number) for number in (7, 11, 13)]


def test_a_good_set_holds() -> None:
    """All that was acknowledged is there once, and some of what stayed unanswered."""
    verdict = check_set({"a", "b"}, {"c", "d"}, Counter("abc"))

    assert verdict.holds
    assert (2, {"c"}) == (verdict.confirmed, set(verdict.recovered))


def test_a_lost_operation_is_found() -> None:
    """What was acknowledged and is not there is lost."""
    assert {"b"} == set(check_set({"a", "b"}, (), Counter("a")).lost)


def test_a_doubled_operation_is_found() -> None:
    """What is there twice is doubled, though it was acknowledged."""
    assert {"a"} == set(check_set({"a"}, (), Counter("aa")).doubled)


def test_a_phantom_is_found() -> None:
    """What nobody asked for, or what was refused, must not be there."""
    assert {"x"} == set(check_set({"a"}, {"b"}, Counter("ax")).phantom)


def test_a_gap_and_a_swap_are_found() -> None:
    """A subject's events come as 1, 2, 3 … and subjects may be mixed."""
    assert check_order([("a", 1), ("b", 1), ("a", 2), ("b", 2)]) == []
    assert check_order([("a", 1), ("a", 3)]) == ["a: 3 after 1"]
    assert check_order([("a", 2), ("a", 1)]) == ["a: 2 after 0", "a: 1 after 2"]
    assert check_order([("a", 1), ("a", 1)]) == ["a: 1 after 1"]


def test_a_view_that_is_behind_is_found() -> None:
    """A view that missed the last of a subject's events, or took an older one for the last."""
    told = {"a": 3, "b": 1}

    assert check_views(told, {"names": {"a": 3, "b": 1}}) == []
    assert check_views(told, {"names": {"a": 2, "b": 1}}) == ["names knows a up to 2 of 3"]


def test_a_lost_update_is_found() -> None:
    """Two acknowledged changes cannot both have made the same version."""
    first = Record(kind="ok", op="1", what="rename", subject="a", version=3)
    other = Record(kind="ok", op="2", what="rename", subject="b", version=3)
    second = Record(kind="ok", op="3", what="rename", subject="a", version=3)

    assert check_versions([first, other]) == []
    assert check_versions([first, second]) == ["a: version 3 was acknowledged 2 times"]


def test_a_stranger_who_was_answered_is_found() -> None:
    """Only a refusal answers a question about another organisation's row."""
    refused = Record(kind="fail", op="1", what="stranger", subject="w")
    answered = Record(kind="ok", op="2", what="stranger", subject="w")

    assert check_strangers([refused]) == []
    assert check_strangers([refused, answered]) == ["a stranger read w"]


def test_another_event_in_the_place_of_one_is_found() -> None:
    """Equal counts do not hide that one event was lost and another one invented."""
    emitted = {"made": total(IDS)}

    assert check_totals(emitted, {"made": {"log": total(reversed(IDS))}}) == []
    assert check_totals(emitted, {"made": {"log": total(IDS[:2])}}) == ["log heard 2 of 3 made"]
    others = {"made": {"log": total([*IDS[:2], UUID(int=14)])}}
    assert check_totals(emitted, others) == ["log heard 3 of 3 made, and they are others"]


def test_money_that_no_entry_explains_is_found() -> None:
    """A budget says what its entries add up to: committed 90 of 100, of which 40 are paid."""
    entries = [
        (IDS[0], "commit", 120),
        (IDS[0], "release", 20),
        (IDS[0], "pay", 50),
        (IDS[0], "recover", 10),
    ]

    def check(amount: int, committed: int, paid: int) -> list[str]:
        return check_ledger(
            [Budget(id=IDS[0], amount=amount, committed=committed, paid=paid)], entries
        )

    assert check(100, 90, 40) == []
    assert [f"budget {IDS[0]} says (90, 50), its entries (90, 40)"] == check(100, 90, 50)
    assert [f"budget {IDS[0]} of 80: 90 and 40"] == check(80, 90, 40)

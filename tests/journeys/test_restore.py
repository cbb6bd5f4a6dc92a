"""A few weeks of the year, with databases and broker lost in the middle of the first payments."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from libs.embedded.home import Home
from tests.proof.drill import Drill, commands
from tests.proof.restore import (
    BY_THE_TREASURY,
    Outcome,
    go_on,
    payments_by_reference,
    restore_databases,
)
from tests.proof.year import clean

SIGNED, PAID = "2025-01-13", "2025-01-14"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A platform of its own, since its servers lose their data."""
    home = Home(tmp_path / "home")
    yield home
    clean(home.folder)


async def state_of(drill: Drill) -> tuple[list[tuple[Any, ...]], dict[str, int]]:
    """Every payment, and how many events of each type were told and heard by everybody."""
    paid = await drill.ask(
        "procurement", "SELECT kind, amount, status, reference, paid_day FROM payments"
    )
    kept = await drill.books()
    told = {
        kind: one.count
        for kind, one in kept.emitted.items()
        if not kind.startswith(BY_THE_TREASURY)
    }
    apart = [
        kind
        for sums in kept.heard.values()
        for kind, heard in sums.items()
        if kind in kept.emitted and heard != kept.emitted[kind]
    ]
    assert apart == []
    return sorted(map(tuple, paid), key=str), told


async def test_what_was_paid_and_forgotten_is_recorded_and_not_paid_again(home: Home) -> None:
    """Agreements are signed, a copy is made, the start-up shares are paid, and all is lost: by the
    document's commands and the client's repetition everything is as it was, nothing paid twice."""
    drill, outcome = Drill(home), Outcome()
    async with drill.servers():
        async with drill.services() as supervisor:
            await drill.finish(await drill.start_client("--until", SIGNED))
            await drill.back_up()
            await drill.finish(await drill.start_client("--until", PAID))
            before = await state_of(drill)
            await drill.crash(supervisor, None)
        statement = await restore_databases(drill, outcome, broker=True)
        async with drill.services():
            await go_on(drill, outcome, statement)
            await drill.finish(await drill.start_client("--until", PAID))
            after = await state_of(drill)
        references = await payments_by_reference(drill)
        lines = await drill.ask("procurement", "SELECT open_lines FROM comparisons")
    print(outcome.written())

    assert before == after
    assert Counter(line["reference"] for line in statement) == references
    assert set(references.values()) == {1}
    assert (outcome.refused, outcome.lines_open) == ("payments-stand-still", len(statement))
    assert outcome.forgotten["procurement.payment.paid.v1"] == len(statement) > 0
    assert [row["open_lines"] for row in lines] == [0]
    assert outcome.restorations == 6


def test_the_document_has_each_command_once() -> None:
    """What the drill runs is in the document, and nothing there is left out of the drill."""
    assert set(commands()) == {
        "back up",
        "put the copy in place",
        "empty the queues",
        "put one database back",
        "begin an epoch of one",
        "send again to one",
        "make the broker anew",
        "begin an epoch",
        "send again",
        "see what is missing",
    }

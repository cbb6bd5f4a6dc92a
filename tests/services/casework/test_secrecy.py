"""What identifies a person is nowhere but in the sealed columns."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from libs.common.testing import Client, Stage
from tests.services.casework.test_consents import consent
from tests.services.casework.test_readings import EVALUATORS, reveal, tell_visit

Enrol = Callable[..., Awaitable[str]]
PLANTED: Final[dict[str, Any]] = {
    "name": "诸葛绝密",
    "identity_number": "510181195003080023",
    "birth_date": "1950-03-08",
    "sex": 2,
    "household": "绝密户口-88417",
    "phone": "13912388417",
    "address": "绝密路88417号",
    "guardian": {"name": "欧阳监护", "phone": "13912388418"},
    "division": "510181001001",
    "domains": ["home-care"],
}
SECRETS: Final = (
    "诸葛绝密",
    "510181195003080023",
    "1950-03-08",
    "绝密户口-88417",
    "13912388417",
    "绝密路88417号",
    "欧阳监护",
    "13912388418",
)


def found_in(text: str) -> list[str]:
    """Which of the secrets a text gives away, also as escapes."""
    return [s for s in SECRETS if s in text or s.encode("unicode_escape").decode() in text]


async def play(casework: Stage, manager: Client, enrol: Enrol) -> None:
    """Everything that touches a person's data, with faults on the way."""
    reference = await enrol(manager, PLANTED)
    await manager.post("/recipients", {**PLANTED, "birth_date": "1950-03-09"})
    await manager.post("/recipients", {**PLANTED, "sex": "female"})
    await consent(manager, reference)
    await manager.post(f"/recipients/{reference}/readings", {"purpose": "care"}, key="k-1")
    await manager.post(f"/recipients/{reference}/readings", {"purpose": "care"}, key="k-1")
    await tell_visit(casework, reference)
    revealed = await reveal(casework.as_("evaluator", person="p-visitor", org=EVALUATORS))
    assert PLANTED["name"] == revealed.body["name"]
    await manager.post("/invitation-lists", {"from_age": 60, "month": "2025-03"})
    await manager.post(
        f"/recipients/{reference}/move", {"division": "510181002001", "address": "绝密路88417号"}
    )


async def test_no_event_names_a_person(casework: Stage, manager: Client, enrol: Enrol) -> None:
    """Nothing that was told gives a person away."""
    await play(casework, manager, enrol)

    events = await casework.said()

    assert len(events) == 3
    assert found_in(" ".join(str(event.data) for event in events)) == []


async def test_no_table_has_it_in_the_clear(casework: Stage, manager: Client, enrol: Enrol) -> None:
    """A dump of every column of every table, stored answers included, gives nobody away."""
    await play(casework, manager, enrol)
    tables = await casework.fetch(
        "SELECT quote_ident(relname) AS name FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relispartition"
    )

    dump = {
        table["name"]: " ".join(
            str(value) if not isinstance(value, bytes) else value.decode("utf-8", "replace")
            for row in await casework.fetch("TABLE " + table["name"])
            for value in row.values()
        )
        for table in tables
    }

    assert {"recipients", "identities", "commands", "read_log"} <= dump.keys()
    assert "v1|aesgcm|" in dump["identities"]
    assert {name: found_in(text) for name, text in dump.items() if found_in(text)} == {}


async def test_no_log_line_names_a_person(
    casework: Stage, manager: Client, enrol: Enrol, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither a good request nor a refused one writes a detail to the log."""
    await play(casework, manager, enrol)

    written = "".join(capfd.readouterr())

    assert "request" in written
    assert found_in(written) == []


async def test_the_database_takes_nothing_unsealed(
    casework: Stage, manager: Client, enrol: Enrol
) -> None:
    """A mistake in the code that writes a name in the clear is stopped by a constraint."""
    await enrol(manager, PLANTED)

    with pytest.raises(Exception, match="what_identifies_is_sealed"):
        await casework.fetch("UPDATE identities SET name = '诸葛绝密'")

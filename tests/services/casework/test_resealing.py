"""A new SECRET_KEY takes over while people are served, and nothing rests under the former one."""

import base64
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from libs.common.testing import Client, Stage
from services.casework.store.sealing import Vault
from tests.services.casework.conftest import CHILD, GRANDMOTHER

OLD, NEW = b"0" * 32, b"1" * 32
Enrol = Callable[..., Awaitable[str]]


@pytest.fixture
def key_file(casework: Stage, tmp_path: Path) -> Path:
    """Where the keys of the stage lie."""
    return tmp_path / "keys"


def write(file: Path, *keys: bytes) -> None:
    file.write_text("\n".join(base64.b64encode(key).decode() for key in keys))


async def read(keeper: Client, reference: str) -> dict[str, object]:
    answer = await keeper.post(f"/recipients/{reference}/readings", {"purpose": "care-plan"})
    assert answer.status in (200, 201), answer.body
    return {name: told for name, told in answer.body.items() if name != "id"}


async def test_personal_data_moves_to_a_new_key(
    casework: Stage, manager: Client, enrol: Enrol, key_file: Path
) -> None:
    """Old and new are read and found at every step; in the end the former key is not needed."""
    old = await enrol(manager)
    before = await read(manager, old)
    write(key_file, OLD, NEW)
    assert before == await read(manager, old)
    write(key_file, NEW, OLD)
    child = await enrol(manager, CHILD)
    again = await manager.post("/recipients", GRANDMOTHER)
    assert [old] == again.body["possible_duplicates"]

    first = await casework.as_("operator").post("/resealings")
    second = await casework.as_("operator").post("/resealings")

    assert (first.body["resealed"], first.body["left"]) == (1, 0)
    assert (second.body["resealed"], second.body["left"]) == (0, 0)
    write(key_file, NEW)
    assert before == await read(manager, old)
    assert "李小明" in str(await read(manager, child))
    found = await manager.post("/recipients", GRANDMOTHER)
    assert {old, again.body["id"]} == set(found.body["possible_duplicates"])
    rows = await casework.fetch("SELECT name FROM identities")
    assert all(row["name"].startswith(Vault((NEW,)).prefix) for row in rows)


async def test_a_repeat_under_a_former_key_is_recognised(manager: Client, key_file: Path) -> None:
    """The same command with the same Idempotency-Key is one, before and after a change of keys."""
    first = await manager.post("/recipients", GRANDMOTHER, key="k-1")
    write(key_file, NEW, OLD)

    again = await manager.post("/recipients", GRANDMOTHER, key="k-1")
    other = await manager.post("/recipients", CHILD, key="k-1")

    assert first.body["id"] == again.body["id"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status, other.code) == (422, "idempotency-key-reused")

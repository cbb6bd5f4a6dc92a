"""Sealed fields open where they were sealed, and nowhere else."""

from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from services.casework.store.sealing import SealedWithAnotherKey, Vault
from tests.services.casework.conftest import AGENCY, OTHER_AGENCY

ROW = UUID(int=7)
vault = Vault((b"0" * 32,))


@given(st.text(max_size=200))
def test_what_was_sealed_opens(text: str) -> None:
    """Any text comes back, and is not to be seen meanwhile."""
    sealed = vault.seal("name", ROW, AGENCY, text)

    assert sealed.startswith("v1|aesgcm|")
    assert text == vault.open("name", ROW, AGENCY, sealed)


def test_the_same_text_is_sealed_differently_each_time() -> None:
    """Equal fields cannot be recognised by their ciphertext."""
    assert vault.seal("name", ROW, AGENCY, "王") != vault.seal("name", ROW, AGENCY, "王")


@pytest.mark.parametrize(
    ("column", "row", "organisation"),
    [("phone", ROW, AGENCY), ("name", UUID(int=99), AGENCY), ("name", ROW, OTHER_AGENCY)],
)
def test_a_ciphertext_moved_elsewhere_does_not_open(
    column: str, row: UUID, organisation: UUID
) -> None:
    """Column, row and organisation are part of the seal."""
    sealed = vault.seal("name", ROW, AGENCY, "王秀英")

    with pytest.raises(InvalidTag):
        vault.open(column, row, organisation, sealed)


def test_another_secret_is_recognised() -> None:
    """A wrong SECRET_KEY is named as such, before anything is tried."""
    sealed = Vault((b"1" * 32,)).seal("name", ROW, AGENCY, "王秀英")

    with pytest.raises(SealedWithAnotherKey):
        vault.open("name", ROW, AGENCY, sealed)


def test_an_index_is_of_one_organisation_field_and_secret() -> None:
    """The same number has another index in another organisation, field or city."""
    indexes = {
        *vault.indexes("identity_number", AGENCY, "1"),
        *vault.indexes("identity_number", OTHER_AGENCY, "1"),
        *vault.indexes("name_birth", AGENCY, "1"),
        *Vault((b"1" * 32,)).indexes("identity_number", AGENCY, "1"),
    }

    assert len(indexes) == 4
    assert indexes > set(vault.indexes("name_birth", AGENCY, "1"))


def test_a_former_key_opens_and_finds_while_the_first_seals() -> None:
    """Two keys at once: what the former sealed opens, what is new bears the first one's prefix."""
    former, both = Vault((b"1" * 32,)), Vault((b"2" * 32, b"1" * 32))
    old = former.seal("name", ROW, AGENCY, "王秀英")

    new = both.seal("name", ROW, AGENCY, both.open("name", ROW, AGENCY, old))

    assert new.startswith(both.prefix)
    assert not old.startswith(both.prefix)
    assert former.indexes("name", AGENCY, "1")[0] in both.indexes("name", AGENCY, "1")
    with pytest.raises(SealedWithAnotherKey):
        former.open("name", ROW, AGENCY, new)

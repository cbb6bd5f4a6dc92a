"""Secrets from the environment and from files, which change while a process runs."""

import base64
from pathlib import Path

import pytest

from libs.common import config
from libs.common.config import Missing
from libs.common.secret import Secret

KEYS = [base64.b64encode(bytes([number]) * 32).decode() for number in range(3)]


def test_a_file_is_read_whenever_it_is_asked_for(tmp_path: Path) -> None:
    """One value a line; a file that is away for a moment changes nothing."""
    file = tmp_path / "address"
    file.write_text("postgresql://a@h/sanshe_{service}\n")
    secret = Secret(file=file).of("registry")
    assert secret.values == ["postgresql://a@h/sanshe_registry"]

    file.write_text("postgresql://b@h/x\npostgresql://a@h/x\n")
    assert secret.values == ["postgresql://b@h/x", "postgresql://a@h/x"]

    file.unlink()
    assert secret.values == ["postgresql://b@h/x", "postgresql://a@h/x"]


def test_keys_that_become_unreadable_leave_those_before(tmp_path: Path) -> None:
    """A slip of the pen in a mounted file does not stop a city."""
    file = tmp_path / "keys"
    file.write_text("\n".join(KEYS[:2]))
    secret = Secret(file=file)
    assert secret.keys == (b"\0" * 32, b"\1" * 32)

    file.write_text("no base64")
    assert secret.keys == (b"\0" * 32, b"\1" * 32)

    file.write_text(KEYS[2])
    assert list(secret.keys) == [b"\2" * 32]


def test_nothing_of_a_secret_is_printed() -> None:
    """Neither alone nor within a configuration."""
    read = config.read((), {"DATABASE_URL": "postgresql://u:hidden@h/d"})

    assert "hidden" not in repr(read)


def test_files_count_as_set_and_are_checked(tmp_path: Path) -> None:
    """What is required may come from a file; what is wrong there is named without its content."""
    url, key = tmp_path / "url", tmp_path / "key"
    url.write_text("postgresql://u:hidden@h/d\npostgresql://u:hidden@h")
    key.write_text("c2hvcnQ=")
    given = {"DATABASE_URL_FILE": str(url), "SECRET_KEY_FILE": str(key)}

    with pytest.raises(Missing) as refused:
        config.read(("DATABASE_URL", "SECRET_KEY", "AMQP_URL"), given)

    told = str(refused.value)
    assert "DATABASE_URL has no host or database" in told
    assert "SECRET_KEY has less than 32 bytes" in told
    assert "AMQP_URL is not set" in told
    assert "hidden" not in told
    key.write_text("\n".join(KEYS))
    url.write_text("postgresql://u:p@h/d")
    assert len(config.read(("DATABASE_URL", "SECRET_KEY"), given).secret_key.keys) == 3

"""Migrations by their text: what runs before new code comes only adds, and holds nobody up."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

from libs.common import migrate
from libs.common.migrate import Migration
from libs.common.service import Service
from services.__main__ import services

OF_OLD: Final = frozenset(
    {
        "0004_before_reconciliation.sql",
        "0005_before_parking.sql",
        "0003_before_second_evaluations.sql",
        "0006_before_conditional_awards.sql",
    }
)
"""Their indexes were made when no release had tables that grow."""
TAKEN_TWICE: Final = {
    "notifications": {
        "0004_before_conditional_awards.sql",
        "0004_before_pages.sql",
        "0004_before_words_of_trouble.sql",
    },
    "procurement": {"0006_before_conditional_awards.sql", "0006_before_undisputed.sql"},
}
"""They came from work side by side and have run under these names, which therefore stay; none
builds upon another of its number."""
TAKES_AWAY: Final = {
    "drops": r"\bDROP\s+(?!CONSTRAINT\b|NOT\s+NULL\b|DEFAULT\b|TRIGGER\b)",
    "renames": r"\bRENAME\b",
    "demands a value": r"\bSET\s+NOT\s+NULL\b",
    "changes a type": r"\bALTER\s+(COLUMN\s+)?\w+\s+(SET\s+DATA\s+)?TYPE\b",
    "empties": r"\bTRUNCATE\b",
    "demands a new column": r"\bADD\s+(?!CONSTRAINT\b)(?![^,;]*\bDEFAULT\b)[^,;]*\bNOT\s+NULL\b",
}
_CREATED: Final = re.compile(r"\bCREATE TABLE (?:IF NOT EXISTS )?(\w+)", re.I)
_INDEX: Final = re.compile(r"\bCREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)[^;]*? ON (\w+)", re.I)
_ALONE: Final = re.compile(r"\s*CREATE (UNIQUE )?INDEX CONCURRENTLY IF NOT EXISTS [^;]+;\s*", re.I)


def statements(text: str) -> str:
    """The text without comments, bodies of functions, which run later, and what is in brackets."""
    text = re.sub(r"--[^\n]*|\$\$.*?\$\$|'(?:[^']|'')*'", " ", text, flags=re.S)
    while (less := re.sub(r"\([^()]*\)", " ", text)) != text:
        text = less
    return text


def wrong(migration: Migration) -> list[str]:
    """What the previous release, or those who work at the time, could not bear."""
    text = statements(migration.text)
    found = []
    if migration.phase == "before":
        found += [what for what, pattern in TAKES_AWAY.items() if re.search(pattern, text, re.I)]
    if migration.concurrent and not _ALONE.fullmatch(text):
        found.append("is not one CREATE INDEX CONCURRENTLY IF NOT EXISTS alone")
    elif migration.name not in OF_OLD:
        grown = set(_INDEX.findall(text)) - set(_CREATED.findall(text))
        found += [f"locks {table} while its index is built" for table in sorted(grown)]
    return found


ALL: Final = [
    pytest.param(migration, id=f"{service.name}:{migration.name}")
    for service in services()
    for migration in migrate.found(service.folder / "migrations")
    if migration.origin == "service"
] + [
    pytest.param(migration, id=f"common:{migration.name}")
    for migration in migrate.found(Path("nowhere"))
]
FOLDERS: Final = [migrate.COMMON, *(service.folder / "migrations" for service in services())]


@pytest.mark.parametrize("migration", ALL)
def test_before_only_adds(migration: Migration) -> None:
    """The previous release works on it, and nobody who writes is held up by an index."""
    assert wrong(migration) == []


@pytest.mark.parametrize(
    "text",
    [
        "DROP TABLE things;",
        "ALTER TABLE things DROP COLUMN name;",
        "ALTER TABLE things DROP name;",
        "ALTER TABLE things RENAME COLUMN name TO title;",
        "ALTER TABLE things ALTER COLUMN name SET NOT NULL;",
        "ALTER TABLE things ALTER version TYPE bigint;",
        "ALTER TABLE things ADD COLUMN a text, ADD COLUMN b text NOT NULL;",
        "ALTER TABLE things ADD price numeric(9, 2) NOT NULL;",
        "DROP FUNCTION count_things(text);",
        "CREATE INDEX things_by_name ON things (name);",
        "CREATE INDEX CONCURRENTLY things_by_name ON things (name);",
        "SELECT 1; CREATE INDEX CONCURRENTLY IF NOT EXISTS things_by_name ON things (name);",
    ],
)
def test_what_takes_away_is_found(text: str) -> None:
    """Each of these would break or hold up the release that is still running."""
    assert len(wrong(named("0009_before_it.sql", text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE things (id uuid NOT NULL); CREATE INDEX things_by_id ON things (id);",
        "ALTER TABLE things ADD COLUMN b text NOT NULL DEFAULT 'b', ADD COLUMN c text;",
        "ALTER TABLE things ADD COLUMN b integer DEFAULT 1 NOT NULL;",
        "ALTER TABLE things ALTER COLUMN name DROP NOT NULL;",
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS things_by_name ON things (name);",
        "CREATE FUNCTION f() RETURNS void AS $$ BEGIN DROP TABLE others; END $$ LANGUAGE plpgsql;",
    ],
)
def test_what_adds_is_let_through(text: str) -> None:
    """None of these is noticed by the release that is still running."""
    assert wrong(named("0009_before_it.sql", text)) == []


def test_after_may_take_away() -> None:
    """Then the code that used it has gone."""
    assert wrong(named("0009_after_it.sql", "ALTER TABLE things DROP COLUMN name;")) == []


def sharing(names: Iterable[str]) -> set[str]:
    """Those whose number another one has too."""
    names = list(names)
    taken = Counter(name[:4] for name in names)
    return {name for name in names if taken[name[:4]] > 1}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_a_number_is_taken_once(folder: Path) -> None:
    """The order in which files run is the order of their numbers, for whoever reads them too."""
    assert TAKEN_TWICE.get(folder.parent.name, set()) == sharing(p.name for p in folder.iterdir())


def test_a_number_taken_twice_is_found() -> None:
    """Also where the phases differ."""
    names = ["0001_before_a.sql", "0002_before_b.sql", "0002_after_c.sql", "0003_before_d.sql"]
    assert {"0002_before_b.sql", "0002_after_c.sql"} == sharing(names)


@pytest.mark.parametrize("service", services(), ids=lambda service: service.name)
def test_a_list_that_tells_changes_has_them_noted(service: Service) -> None:
    """A table without the trigger would be followed in vain."""
    migrations, handlers = service.folder / "migrations", service.folder / "api"
    noted = re.findall(r"follow_changes\('(\w+)'", texts_of(migrations, "*.sql"))
    told = re.findall(r'followed\(\s*tx, page_request, "(\w+)"', texts_of(handlers, "*.py"))
    deltas = [r for routes in service.routes for r in routes.routes if r.tells_deltas]

    assert sorted(noted) == sorted(told)
    assert len(deltas) == len(told)


def texts_of(folder: Path, pattern: str) -> str:
    """What stands in all these files."""
    return "".join(path.read_text() for path in sorted(folder.glob(pattern)))


def named(name: str, text: str) -> Migration:
    """A file of that name."""
    return Migration(origin="service", name=name, phase=name.split("_")[1], text=text)

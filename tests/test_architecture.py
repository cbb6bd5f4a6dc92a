"""The house rules that a machine can check: who imports whom, where SQL and commits may stand."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SERVICES = sorted(path.parent.name for path in ROOT.glob("services/*/app.py"))
LIBRARY_ONLY = {"aiohttp", "aio_pika", "tenacity", "prometheus_client"}
NO_IO = {"aiohttp", "asyncpg", "aio_pika", "asyncio"}
PURE_LIBS = {"errors", "sentences", "contract", "money", "clock"}
LAYERS = {
    "domain": set(),
    "events": {"domain"},
    "store": {"domain"},
    "actions": {"domain", "events", "store"},
    "api": {"actions", "domain", "events", "store"},
    "reactions": {"actions", "domain", "events", "store"},
    "jobs": {"actions", "domain", "events", "store"},
    "levels": {"domain", "store"},
}
DOMAIN_WORDS = re.compile(
    r"\b(tender|agreement|payment|recipient|certificate|inspection|bid|proposal|visit"
    r"|registry|procurement|scheduling|casework|notifications)s?\b",
    re.IGNORECASE,
)


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, by its full name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(path: Path, service: str) -> str:
    """`services/x/api/tenders.py` and `services/x/api.py` are both of the layer `api`."""
    return path.relative_to(ROOT / "services" / service).parts[0].removesuffix(".py")


@pytest.mark.parametrize("service", SERVICES)
def test_services_know_only_themselves(service: str) -> None:
    """No service imports another, and none touches the libraries that are wrapped."""
    for path in sources(f"services/{service}"):
        for name in imports(path):
            package, _, rest = name.partition(".")
            assert package not in LIBRARY_ONLY, f"{path} imports {name}"
            assert package != "scenarios", f"{path} imports {name}"
            if package == "services":
                assert rest.split(".")[0] == service, f"{path} imports {name}"


@pytest.mark.parametrize("service", SERVICES)
def test_layers_point_inwards(service: str) -> None:
    """api, reactions and jobs use actions, store, events and domain; never one another."""
    for path in sources(f"services/{service}"):
        mine = layer(path, service)
        if mine not in LAYERS:
            continue
        for name in imports(path):
            if not name.startswith(f"services.{service}."):
                continue
            other = name.split(".")[2]
            assert other in LAYERS[mine] | {mine} or other not in LAYERS, f"{path} imports {name}"


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_beside_the_layers_is_a_leaf(service: str) -> None:
    """Adapters, settings and lists of a service use none of its layers but the domain."""
    for path in sources(f"services/{service}"):
        if layer(path, service) in {*LAYERS, "app", "__main__", "__init__"}:
            continue
        for name in imports(path):
            if name.startswith(f"services.{service}."):
                assert name.split(".")[2] in {"domain", layer(path, service)}, f"{path}: {name}"


@pytest.mark.parametrize("service", SERVICES)
def test_domain_and_events_do_no_io(service: str) -> None:
    """Decisions are pure: no I/O library, and of ours only the pure modules."""
    for path in sources(f"services/{service}"):
        if layer(path, service) not in ("domain", "events"):
            continue
        for name in imports(path):
            assert name.split(".")[0] not in NO_IO, f"{path} imports {name}"
            if name.startswith("libs.") and name != "libs.common.auth.Role":
                assert name.split(".")[2] in PURE_LIBS, f"{path} imports {name}"


def test_libraries_know_no_service() -> None:
    """libs imports nothing of services, tests or scenarios."""
    for path in sources("libs"):
        for name in imports(path):
            assert name.split(".")[0] not in {"services", "scenarios", "tests"}, f"{path}: {name}"


def test_the_common_library_has_no_domain_word() -> None:
    """libs/common is a library: no word of the domain, no service's name."""
    for path in sources("libs/common"):
        found = DOMAIN_WORDS.findall(path.read_text())
        assert not found, f"{path}: {found}"


def test_pydantic_is_imported_by_contract_alone() -> None:
    """One module knows the parser; its generator of documents knows its type names."""
    allowed = {"contract.py", "openapi.py"}
    for path in [*sources("libs"), *sources("services")]:
        if any(name.split(".")[0] == "pydantic" for name in imports(path)):
            assert path.name in allowed, f"{path} imports pydantic"


def test_scenarios_are_ordinary_clients() -> None:
    """A scenario imports nothing of the platform."""
    for path in sources("scenarios"):
        for name in imports(path):
            assert name.split(".")[0] not in {"services", "libs", "tests"}, f"{path}: {name}"


SQL = re.compile(r"^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\b.*", re.MULTILINE)


@pytest.mark.parametrize("service", SERVICES)
def test_sql_stands_in_store_alone(service: str) -> None:
    """Whoever wants to know what a service asks of its database reads one place."""
    for path in sources(f"services/{service}"):
        if layer(path, service) == "store":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not SQL.match(node.value), f"{path}:{node.lineno} holds SQL"


@pytest.mark.parametrize("service", SERVICES)
def test_sql_is_never_put_together(service: str) -> None:
    """No f-string, no `%` and no `+` makes a statement."""
    for path in sources(f"services/{service}"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr | ast.BinOp):
                text = "".join(
                    part.value
                    for part in ast.walk(node)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                )
                assert not SQL.match(text), f"{path}:{node.lineno} puts SQL together"


def test_there_is_one_transaction_and_no_commit() -> None:
    """`transaction()` is opened by the library alone, and nobody commits in the middle."""
    for path in sources("services"):
        text = path.read_text()
        assert ".transaction(" not in text, f"{path} opens a transaction"
        assert ".commit(" not in text, f"{path} commits"


def test_files_are_short_enough_to_be_read() -> None:
    """No file of the platform is over 300 lines."""
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in ("libs", "services", "scenarios")
        for path in sources(folder)
        if (lines := path.read_text().count("\n")) > 300
    }
    assert long == {}


def test_everything_public_says_what_it_is() -> None:
    """Every module has its sentence, and so has every handler, reaction and job."""
    for path in [*sources("libs"), *sources("services")]:
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), f"{path} has no docstring"
        for node in tree.body:
            if isinstance(node, ast.AsyncFunctionDef) and node.decorator_list:
                assert ast.get_docstring(node), f"{path}:{node.lineno} {node.name}"

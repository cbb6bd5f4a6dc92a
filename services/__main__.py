"""`python -m services`: all services in one process; and what concerns all of them at once."""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Final

from libs.common import command
from libs.common.service import Service

ROOT: Final = Path(__file__).parent.parent
NAMES: Final = (
    "registry",
    "procurement",
    "scheduling",
    "evaluation",
    "casework",
    "notifications",
)


def services() -> list[Service]:
    """Every service of the platform."""
    return [import_module(f"services.{name}.app").service for name in NAMES]


def parser() -> argparse.ArgumentParser:
    """What the command line takes."""
    found = argparse.ArgumentParser(prog="python -m services", description=__doc__)
    commands = found.add_subparsers(dest="command")
    commands.add_parser("prepare", help="make roles and databases (administrative rights)")
    command.add_migrate_options(commands.add_parser("migrate", help="migrate every service"))
    commands.add_parser("contracts", help="write every contract and the table of docs/map.md")
    _add_import_options(commands.add_parser("import", help="enter lists of CSV files"))
    _add_token_options(commands.add_parser("token", help="print a token (embedded mode only)"))
    return found


def main() -> None:
    """Do what the command line says."""
    chosen = parser().parse_args()
    match chosen.command:
        case "prepare":
            command.start(command.prepare_all(NAMES))
        case "migrate":
            phases = command.phases_of(chosen.phase)
            command.start(
                command.migrate_all(services(), rehearsal=chosen.rehearsal, phases=phases)
            )
        case "import":
            from services.registry import importing

            command.start(importing.run(chosen))
        case "contracts":
            from libs.common import contracts
            from services import measured

            everything = services()
            (ROOT / "docs" / "metrics.md").write_text(measured.metrics_table())
            if contracts.write(everything, ROOT):
                # A service reads the list of all events when it is imported: once more with it.
                os.execv(sys.executable, [sys.executable, "-m", "services", "contracts"])  # noqa: S606
        case "token":
            from libs.embedded import tokens

            tokens.print_tokens(chosen, sys.stdin)
        case _:
            command.serve(services(), frozenset({"api", "worker"}))


def _add_import_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="divisions.csv, organisations.csv and so on")
    parser.add_argument("--apply", action="store_true", help="enter it, if nothing is wrong")
    parser.add_argument("--ids", type=Path, help="write the ids of organisations and workers there")


def _add_token_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", action="append", default=[], help="may be given again")
    parser.add_argument("--person", default="somebody", help="the person's opaque id")
    parser.add_argument("--org", help="the organisation's id")
    parser.add_argument("--division", action="append", default=[], help="a code or its beginning")
    parser.add_argument("--stdin", action="store_true", help="claims as JSON, one token a line")


if __name__ == "__main__":
    main()

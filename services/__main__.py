"""`python -m services`: all services in one process; and what concerns all of them at once."""

import argparse
import os
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Final
from uuid import UUID

from libs.common import command
from libs.common.auth import OF_ONE_ORGANISATION, ROLES
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
    each = ", ".join(f"python -m services.{name}" for name in NAMES)
    found = argparse.ArgumentParser(
        prog="python -m services", description=__doc__, epilog=f"one service alone: {each}"
    )
    commands = found.add_subparsers(dest="command")
    commands.add_parser("prepare", help="make roles and databases (administrative rights)")
    command.add_migrate_options(commands.add_parser("migrate", help="migrate every service"))
    writing = commands.add_parser("contracts", help="write every contract and the generated tables")
    writing.add_argument(
        "--check",
        type=Path,
        metavar="FOLDER",
        help="instead, name each break of the contracts of the checkout there",
    )
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
        case "contracts" if chosen.check is not None:
            check_contracts(chosen.check)
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

            _check_organisation(chosen.role, chosen.org)
            tokens.print_tokens(chosen, sys.stdin)
        case _:
            command.serve(services(), frozenset({"api", "worker"}))


def check_contracts(old: Path) -> None:
    """Print each break of the contracts of another checkout; fail if the changelog omits one."""
    from libs.common.comparing import breaks, unnamed

    if not any(old.glob("services/*/contracts/openapi.json")):
        raise SystemExit(f"There are no contracts below {old}/services; name a checkout.")
    found = list(breaks(old, ROOT))
    for one in found:
        print(one)
    if missing := unnamed(found, (ROOT / "CHANGELOG.md").read_text()):
        subjects = ", ".join(dict.fromkeys(f"`{one.subject}`" for one in missing))
        raise SystemExit(f"Not in CHANGELOG.md under Changed or Removed: {subjects}")


def _add_import_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="divisions.csv, organisations.csv and so on")
    parser.add_argument("--apply", action="store_true", help="enter it, if nothing is wrong")
    parser.add_argument("--ids", type=Path, help="write the ids of organisations and workers there")


def _add_token_options(parser: argparse.ArgumentParser) -> None:
    acting = ", ".join(sorted(OF_ONE_ORGANISATION))
    roles = f"one of {', '.join(ROLES)}; may be given again"
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--role", action="append", default=[], choices=ROLES, metavar="ROLE", help=roles
    )
    what.add_argument("--stdin", action="store_true", help="claims as JSON, one token a line")
    parser.add_argument("--person", default="somebody", help="the person's opaque id")
    parser.add_argument("--org", help=f"the organisation's id, for {acting}")
    parser.add_argument(
        "--division",
        action="append",
        default=[],
        type=division_prefix,
        help="a division code or its beginning; without one the other roles see no place",
    )


def _check_organisation(roles: list[str], org: str | None) -> None:
    """Who acts for one organisation names it, by the id that the registry gave it."""
    if org is None and (acting := OF_ONE_ORGANISATION & set(roles)):
        raise SystemExit(f"--org is missing: {min(acting)} acts for one organisation.")
    try:
        _ = org and UUID(org)
    except ValueError:
        raise SystemExit(
            f"--org is not an organisation's id: {org!r}; the registry's list of organisations "
            "tells it."
        ) from None


def division_prefix(text: str) -> str:
    """A division code of twelve digits, or its beginning."""
    if not re.fullmatch("[0-9]{1,12}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a division code or its beginning")
    return text


if __name__ == "__main__":
    main()

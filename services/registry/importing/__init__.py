"""`python -m services import`: lists as officials keep them become the register, through its API.

Without `--apply` nothing is changed: every fault is shown, by the line and column of a spreadsheet.
"""

import argparse
import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from libs.common.asking import asking
from services.registry.importing import tables
from services.registry.importing.columns import COLUMNS
from services.registry.importing.entering import Entering
from services.registry.importing.known import Known, read_known
from services.registry.importing.plan import Plan, plan_of
from services.registry.importing.tables import Table

NOTHING_DONE: Final = "没有写入。Nothing was written."


async def run(chosen: argparse.Namespace) -> None:
    """Check, enter if that was asked for, and end with status 1 if anything is wrong."""
    found = read_folder(chosen.folder)
    async with asking() as asker:
        plan = plan_of(found, await read_known(asker))
        for fault in (*plan.faults, *plan.notices):
            print(fault)
        if plan.faults or not chosen.apply:
            _summarise(plan, {})
            print(NOTHING_DONE)
            raise SystemExit(1 if plan.faults else 0)
        entering = Entering(asker, plan)
        await entering.run()
        for fault in entering.faults:
            print(fault)
        _summarise(plan, entering.entered)
        if chosen.ids:
            _write_ids(await read_known(asker), chosen.ids)
    if entering.faults:
        raise SystemExit(1)


def read_folder(folder: Path) -> Mapping[str, Table]:
    """The tables of a folder; another file may be a misspelt one, so it is not passed over."""
    strangers = sorted({path.name for path in folder.glob("*.csv")} - set(_files()))
    if strangers or not folder.is_dir():
        raise SystemExit(f"{folder}: {', '.join(strangers)} (expected: {', '.join(_files())})")
    found = {}
    for name, columns in COLUMNS.items():
        path = folder / f"{name}.csv"
        if path.exists():
            found[name] = tables.read(path.name, path.read_bytes(), columns)
    if not found:
        raise SystemExit(f"{folder}: none of {', '.join(_files())}")
    return found


def _files() -> list[str]:
    return [f"{name}.csv" for name in COLUMNS]


def _summarise(plan: Plan, entered: Mapping[str, int]) -> None:
    for name, table in plan.tables.items():
        new = len(plan.new.get(name, ()))
        rest = len(table.rows) - new
        done = f"，写入 {entered[name]}" if name in entered else ""
        print(
            f"{table.file}: {len(table.rows)} 行，新增 {new}，已有 {rest}{done}"
            f" · {len(table.rows)} rows, {new} new, {rest} there already"
            + (f", {entered[name]} entered" if done else "")
        )


def _write_ids(known: Known, path: Path) -> None:
    """What the city's sign-in needs: the ids by which tokens name organisations and workers, in
    the order of their codes."""
    organisations = [
        (one["uscc"] or one["filing_number"] or "", one["id"]) for one in known.organisations
    ]
    workers = [(number, worker["id"]) for number, worker in known.workers.items()]
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        path.chmod(0o600)
        writer = csv.writer(file)
        writer.writerow(["kind", "code", "id"])
        writer.writerows(["organisation", *one] for one in sorted(organisations))
        writer.writerows(["worker", *one] for one in sorted(workers))

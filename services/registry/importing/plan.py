"""Rows against each other and against the register: what is new, what differs, what is wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from libs.common.errors import Refusal
from services.registry.domain.divisions import Division, draw_division, faults_of
from services.registry.domain.organisations import apply
from services.registry.importing.known import Known, Thing
from services.registry.importing.tables import Fault, Row, Table

NOBODY: Final = UUID(int=0)


@dataclass(slots=True)
class Plan:
    """What entering the tables would do."""

    tables: Mapping[str, Table]
    known: Known
    new: dict[str, list[Row]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notices: list[Fault] = field(default_factory=list)
    """What is there already and differs; it is left as it is."""


def plan_of(tables: Mapping[str, Table], known: Known) -> Plan:
    """Compare everything with everything."""
    plan = Plan(tables, known)
    codes = {row["uscc"] or row["filing_number"] for row in _rows(tables, "organisations")}
    divisions = {code: _drawn(one) for code, one in known.divisions.items()}
    divisions |= {row["code"]: _drawn(row.cells) for row in _rows(tables, "divisions")}
    for name, table in tables.items():
        plan.faults += [*table.faults, *_twice(name, table)]
        for row in table.rows:
            match name:
                case "divisions":
                    wrong = _faults_of_division(table, row, divisions)
                case "organisations":
                    wrong = _faults_of_organisation(table, row, divisions)
                case "stations":
                    wrong = _faults_of_station(table, row, divisions, known)
                case _:
                    wrong = _faults_of_worker(table, row, divisions)
            plan.faults += wrong
            plan.faults += _unknown_organisation(table, row, known, codes)
            _compare(plan, name, table, row)
    return plan


def _rows(tables: Mapping[str, Table], name: str) -> list[Row]:
    return tables[name].rows if name in tables else []


IDENTITY: Final[Mapping[str, tuple[str, ...]]] = {
    "divisions": ("code",),
    "organisations": ("uscc", "filing_number"),
    "stations": ("division", "name"),
    "workers": ("file_number",),
}
"""What things of a list are told apart by."""


def _twice(name: str, table: Table) -> Iterator[Fault]:
    for columns in (IDENTITY[name], ("certificate_number",)):
        seen: dict[tuple[Any, ...], int] = {}
        for row in table.rows:
            values = tuple(row.cells.get(column) for column in columns)
            if any(values) and (first := seen.setdefault(values, row.line)) != row.line:
                text = f"与第 {first} 行重复。The same as in line {first}."
                yield table.fault(row.line, columns[0], text)


def _drawn(cells: Mapping[str, Any]) -> Division:
    """A division of a row or of an answer."""
    day = cells["valid_from"]
    code: str = cells.get("code") or cells["id"]
    first = day if isinstance(day, date) else date.fromisoformat(day)
    return draw_division(
        code, cells["name"], cells["level"], cells["urban"], cells["parent"], first
    )


def _faults_of_division(
    table: Table, row: Row, divisions: Mapping[str, Division]
) -> Iterator[Fault]:
    for fault in faults_of(_drawn(row.cells), divisions.get(row["parent"] or "")):
        text = f"{fault.text('zh')} {fault.text('en')}"
        yield table.fault(row.line, fault.pointer.removeprefix("/"), text)


def _unknown_division(
    table: Table, row: Row, column: str, divisions: Mapping[str, Division]
) -> Iterator[Fault]:
    if row[column] is not None and row[column] not in divisions:
        text = "此区划不在表中，也未登记。This division is neither listed nor known."
        yield table.fault(row.line, column, text)


def _unknown_organisation(
    table: Table, row: Row, known: Known, codes: set[str | None]
) -> Iterator[Fault]:
    for column in ("operator", "employer"):
        code = row.cells.get(column)
        if code is not None and code not in codes and known.organisation(code) is None:
            text = "此单位不在表中，也未登记。This organisation is neither listed nor known."
            yield table.fault(row.line, column, text)


def _faults_of_organisation(
    table: Table, row: Row, divisions: Mapping[str, Division]
) -> Iterator[Fault]:
    yield from _unknown_division(table, row, "division", divisions)
    if (row["uscc"] is None) == (row["filing_number"] is None):
        text = "统一社会信用代码与备案号须填其一。Either a social credit code or a filing number."
        yield table.fault(row.line, "uscc", text)
    elif row["uscc"] is not None:
        asked = apply(NOBODY, row["name"], row["legal_form"], row["roles"], row["division"])
        try:
            asked.register(row["uscc"], date.today())
        except Refusal as refusal:
            text = f"{refusal.text('zh')}{refusal.text('en')}"
            yield table.fault(row.line, "uscc", text)


def _faults_of_station(
    table: Table, row: Row, divisions: Mapping[str, Division], known: Known
) -> Iterator[Fault]:
    yield from _unknown_division(table, row, "division", divisions)
    if row["tier"] not in known.tiers:
        tiers = "、".join(sorted(known.tiers))
        text = f"本市站点层级为：{tiers}。The city's tiers are: {tiers}."
        yield table.fault(row.line, "tier", text)


TOGETHER: Final = (
    ("certificate_level", "certificate_number", "issued_day"),
    ("employer", "employed_from"),
    ("community", "posted_from"),
)
"""Columns that are filled in together, or not at all."""


def _faults_of_worker(table: Table, row: Row, divisions: Mapping[str, Division]) -> Iterator[Fault]:
    yield from _unknown_division(table, row, "division", divisions)
    yield from _unknown_division(table, row, "community", divisions)
    for columns in TOGETHER:
        missing = [column for column in columns if row[column] is None]
        if 0 < len(missing) < len(columns):
            for column in missing:
                text = f"与 {'、'.join(columns)} 一并填写。All of {', '.join(columns)} or none."
                yield table.fault(row.line, column, text)
    community = divisions.get(row["community"] or "")
    if community is not None and community.level != "community":
        text = "派驻须以村（社区）为单位。People are posted to communities."
        yield table.fault(row.line, "community", text)
    if row["posted_from"] is not None and row["posted_from"] < (row["employed_from"] or date.max):
        text = "派驻须在入职当日或以后。Nobody is posted before being employed."
        yield table.fault(row.line, "posted_from", text)


COMPARED: Final[Mapping[str, tuple[str, ...]]] = {
    "divisions": ("name", "level", "parent", "urban", "valid_from"),
    "organisations": ("name", "legal_form", "roles", "division"),
    "stations": ("tier",),
    "workers": ("name", "kind", "certificate_level"),
}


def _compare(plan: Plan, name: str, table: Table, row: Row) -> None:
    """Whether it is new, or there and the same; of a worker also what is still to be added."""
    there = _there(plan.known, name, row)
    if there is None:
        plan.new.setdefault(name, []).append(row)
        return
    if name == "workers" and any(missing_of(plan.known, row, there)):
        plan.new.setdefault(name, []).append(row)
    for column in COMPARED[name]:
        mine, known = _plain(row[column]), there[column]
        if None not in (mine, known) and mine != known:
            text = "与已登记的不同，不作更改。Differs from what is known, which stays."
            plan.notices.append(table.fault(row.line, column, text))


def _there(known: Known, name: str, row: Row) -> Thing | None:
    match name:
        case "divisions":
            return known.divisions.get(row["code"])
        case "organisations":
            return known.organisation(row["uscc"] or row["filing_number"] or "")
        case "stations":
            return known.stations.get((row["division"], row["name"]))
        case _:
            return known.workers.get(row["file_number"])


def missing_of(known: Known, row: Row, worker: Thing) -> Iterator[str]:
    """What of a worker's row the register does not have: an import may have been interrupted."""
    if row["certificate_level"] is not None and worker["certificate_level"] is None:
        yield "certificate"
    employer = known.organisation(row["employer"]) if row["employer"] else None
    if row["employer"] is not None and (
        employer is None or employer["id"] not in known.employers.get(worker["id"], ())
    ):
        yield "employment"
    if row["community"] is not None and (
        row["community"] not in known.communities.get(worker["id"], ())
    ):
        yield "posting"


def _plain(value: Any) -> Any:
    """As JSON tells it."""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value

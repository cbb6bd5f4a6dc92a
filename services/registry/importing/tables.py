"""Spreadsheets saved as CSV: read whole, and every fault named by its line and column."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.registry.importing.cells import CellInvalid, Reader

ENCODINGS: Final = ("utf-8-sig", "gb18030")
"""With or without a byte order mark, and as Chinese spreadsheets save by themselves (GBK)."""
BLANK: Final = " \t\u3000\xa0"


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its English and its Chinese heading."""

    name: str
    zh: str
    read: Reader
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file, where a spreadsheet shows it; without a column, the whole line."""

    file: str
    line: int
    column: str
    text: str

    def __str__(self) -> str:
        return f"{self.file} {self.line}{f' {self.column}' if self.column else ''}: {self.text}"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table; what is not filled in is `None`."""

    line: int
    cells: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.cells[name]


@dataclass(slots=True)
class Table:
    """What a file holds: rows that can be read, where its columns are, and what is wrong."""

    file: str
    columns: Sequence[Column]
    rows: list[Row]
    places: dict[str, int]
    faults: list[Fault]

    def fault(self, line: int, name: str, text: str) -> Fault:
        """A fault in a column of this table, with its letter and heading."""
        column = next((column for column in self.columns if column.name == name), None)
        if column is None:
            return Fault(self.file, line, "", text)
        return Fault(self.file, line, _where(self.places.get(name), column), text)


def read(file: str, raw: bytes, columns: Sequence[Column]) -> Table:
    """A table of a file's bytes; what cannot be read of it is among its faults."""
    table = Table(file, columns, [], {}, [])
    content = _decoded(raw)
    if content is None:
        text = "请另存为 CSV（UTF-8 或 GBK）。Save it as CSV in UTF-8 or GBK."
        table.faults.append(Fault(file, 1, "", text))
        return table
    lines = _lines(table, content)
    _, headings = next(lines, (1, []))
    _read_headings(table, headings)
    understood = not table.faults
    for line, cells in lines:
        _read_row(table, line, cells)
        if any(cells[len(headings) :]):
            text = "此处没有列名。There is no heading above this."
            table.faults.append(Fault(file, line, letter(len(headings)), text))
    if not understood:
        table.rows.clear()
    return table


def _decoded(raw: bytes) -> str | None:
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _lines(table: Table, content: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line that it begins in, since a cell may hold several lines."""
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            text = "引号不成对，或字段过长。A quotation mark is not closed, or a cell is too long."
            table.faults.append(Fault(table.file, line, "", text))
            return
        if cells is None:
            return
        stripped = [cell.strip(BLANK + "\r\n") for cell in cells]
        if any(stripped):
            yield line, stripped


def _read_headings(table: Table, headings: Sequence[str]) -> None:
    by_heading = {word: column for column in table.columns for word in (column.name, column.zh)}
    for place, heading in enumerate(headings):
        column = by_heading.get(heading)
        if column is None and heading:
            known = "、".join(f"{each.zh} {each.name}" for each in table.columns)
            text = f"没有此列，可用的列：{known}。No such column; the columns are: {known}."
            table.faults.append(Fault(table.file, 1, letter(place), text))
        elif column is not None and column.name in table.places:
            text = "此列出现两次。This column is there twice."
            table.faults.append(Fault(table.file, 1, letter(place), text))
        elif column is not None:
            table.places[column.name] = place
    for column in table.columns:
        if column.needed and column.name not in table.places:
            table.faults.append(table.fault(1, column.name, "缺少此列。This column is missing."))


def _read_row(table: Table, line: int, cells: Sequence[str]) -> None:
    found: dict[str, Any] = {}
    before = len(table.faults)
    for column in table.columns:
        place = table.places.get(column.name, len(cells))
        cell = cells[place] if place < len(cells) else ""
        found[column.name] = None
        if not cell and column.needed and column.name in table.places:
            table.faults.append(table.fault(line, column.name, "必填。It must be filled in."))
        elif cell:
            try:
                found[column.name] = column.read(cell)
            except CellInvalid as wrong:
                table.faults.append(table.fault(line, column.name, str(wrong)))
    if len(table.faults) == before:
        table.rows.append(Row(line, found))


def _where(place: int | None, column: Column) -> str:
    names = f"{column.zh} {column.name}"
    return names if place is None else f"{letter(place)} ({names})"


def letter(place: int) -> str:
    """The letter of a column as a spreadsheet shows it: A, B … Z, AA."""
    letters = ""
    while place >= 0:
        letters = chr(ord("A") + place % 26) + letters
        place = place // 26 - 1
    return letters

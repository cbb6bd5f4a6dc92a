"""What a cell of a spreadsheet may hold, in Chinese or English, and what to say otherwise."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

Reader = Callable[[str], Any]

_SHORTENED: Final = re.compile(r"[0-9.]+E\+?[0-9]+", re.IGNORECASE)
_DAY: Final = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_PARTS: Final = re.compile(r"[;；、,，]")
_TOKEN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}")


class CellInvalid(ValueError):
    """A cell holds what its column does not take; the message says what it takes, in Chinese and
    English, and never what stands there: it may be a person's."""


def text(cell: str) -> str:
    """A name."""
    if len(cell) > 200 or not cell.isprintable():
        raise CellInvalid("最多 200 个可见字符。At most 200 visible characters.")
    return cell


def token(cell: str) -> str:
    """A number or code that somebody has given."""
    _refuse_shortened(cell)
    if not _TOKEN.fullmatch(cell):
        raise CellInvalid("只能用字母、数字和 . _ : / -。Letters, digits and . _ : / - only.")
    return cell


def division(cell: str) -> str:
    """A code of twelve digits."""
    _refuse_shortened(cell)
    if not re.fullmatch(r"[0-9]{12}", cell):
        raise CellInvalid("须为 12 位区划代码。A division code has 12 digits.")
    return cell


def _refuse_shortened(cell: str) -> None:
    if _SHORTENED.fullmatch(cell):
        raise CellInvalid(
            "表格软件已将长数字改为科学计数，请将该列设为文本后重新填写。"
            "The spreadsheet has shortened a long number: make the column text and enter it anew."
        )


def day(cell: str) -> date:
    """A day, as spreadsheets of this country write it."""
    found = _DAY.fullmatch(cell)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(cell)
    except ValueError:
        raise CellInvalid("须为日期，如 2026-01-31。A date such as 2026-01-31.") from None


def choice(words: Mapping[str, str]) -> Reader:
    """One of several values, by our word for it or by the city's."""

    def read(cell: str) -> str:
        if cell in words.values():
            return cell
        if cell not in words:
            raise CellInvalid(f"须为：{'、'.join(words)}。One of: {', '.join(_each(words))}.")
        return words[cell]

    return read


def choices(words: Mapping[str, str]) -> Reader:
    """Several of them, parted by a comma or semicolon of either script."""
    one = choice(words)

    def read(cell: str) -> tuple[str, ...]:
        return tuple(sorted({one(part) for part in _split(cell)}))

    return read


def yes_or_no(yes: str, no: str) -> Reader:
    """Yes or no, in two words of the column's own."""
    one = choice({yes: "yes", no: "no"})
    return lambda cell: one(cell) == "yes"


def rooms(cell: str) -> tuple[tuple[str, int], ...]:
    """Rooms with how many people each holds: `活动室:30；档案室:8`."""
    found = []
    for part in _split(cell):
        name, _, capacity = part.replace("：", ":").rpartition(":")
        if not name.strip() or not re.fullmatch(r"[0-9]{1,5}", capacity.strip()):
            raise CellInvalid("写作 活动室:30；档案室:8。Write 活动室:30; 档案室:8.")
        found.append((text(name.strip()), int(capacity)))
    return tuple(found)


def _split(cell: str) -> list[str]:
    return [part.strip() for part in _PARTS.split(cell) if part.strip()]


def _each(words: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(words.values()))

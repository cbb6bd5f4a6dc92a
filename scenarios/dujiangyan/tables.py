"""Plain text tables whose columns stand straight under Chinese and Latin headings alike."""

import unicodedata
from collections.abc import Sequence
from typing import Final

RIGHT: Final = ">"


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A titled table; a heading that begins with `>` puts its column to the right."""
    right = [head.startswith(RIGHT) for head in heads]
    texts = [[head.removeprefix(RIGHT) for head in heads]]
    texts += [[str(cell) for cell in row] for row in rows]
    widths = [max(width(line[place]) for line in texts) for place in range(len(heads))]
    lines = [
        "  ".join(
            _padded(cell, wide, to_right)
            for cell, wide, to_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in texts
    ]
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    return "\n".join([title, rule, lines[0], rule, *lines[1:], ""])


def width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _padded(text: str, wide: int, to_right: bool) -> str:
    space = " " * (wide - width(text))
    return space + text if to_right else text + space

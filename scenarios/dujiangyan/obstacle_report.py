"""The section of the summary on what went wrong: whom, what they were told, how it ended."""

from dataclasses import asdict
from typing import Any

from scenarios.dujiangyan.endings import ending, is_over
from scenarios.dujiangyan.facts import Facts
from scenarios.dujiangyan.troubles import TROUBLES, Trouble

YES = "✓"
NO = "✗"
TITLE = "六、不顺的情形 What each unhappy path looks like to the person it happens to"


def written(facts: Facts) -> str:
    """A paragraph for each: a table would be wider than any terminal."""
    lines = [TITLE, "─" * 76]
    for number, trouble in enumerate(TROUBLES, 1):
        mark = YES if is_over(facts, trouble) else NO
        lines.append(f"{mark} {number}. {trouble.zh} {trouble.en}")
        for voice in trouble.voices:
            if one := facts.told.get(voice):
                what = "消息 message" if one.status is None else str(one.status)
                lines += [f"     → {one.who}: {what} {one.code}", f"       {one.zh}"]
                lines.append(f"       {one.en}")
            else:
                lines.append(f"     → {voice}: {NO}")
        lines.append(f"     结果 ended: {ending(facts, trouble)}")
    return "\n".join([*lines, ""])


def comparable(facts: Facts) -> list[dict[str, Any]]:
    """The same as data."""
    return [_row(facts, trouble) for trouble in TROUBLES]


def _row(facts: Facts, trouble: Trouble) -> dict[str, Any]:
    return {
        "path": trouble.key,
        "zh": trouble.zh,
        "en": trouble.en,
        "told": [asdict(facts.told[name]) for name in trouble.voices if name in facts.told],
        "ended": ending(facts, trouble),
    }

"""The sizes of the house: files and functions, the common library, tests beside code."""

import ast
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

ROOT: Final = Path(__file__).parents[2]
CODE: Final = ("libs", "services", "scenarios")


@dataclass(frozen=True, slots=True)
class Size:
    """Lines of a file or a function, and where it stands."""

    lines: int
    where: str


def files(*folders: str) -> list[Size]:
    """Lines of every Python file below these folders."""
    return [
        Size(path.read_text().count("\n"), str(path.relative_to(ROOT)))
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
    ]


def functions(*folders: str) -> list[Size]:
    """Lines of every function below these folders."""
    return [
        Size((node.end_lineno or node.lineno) - node.lineno + 1, f"{size.where}:{node.name}")
        for size in files(*folders)
        for node in ast.walk(ast.parse((ROOT / size.where).read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def prove() -> bool:
    """Print the sizes; they are aims and not laws, but for the 300 lines of a file."""
    print("files")
    for folder in CODE:
        _print(folder, files(folder))
    print("functions")
    for folder in CODE:
        _print(folder, functions(folder))
    code, tests = (sum(s.lines for s in files(*f)) for f in (CODE, ("tests",)))
    common = sum(size.lines for size in files("libs/common"))
    print(f"libs/common: {common} lines")
    print(f"tests to code: {tests} / {code} = {tests / code:.2f}")
    return max(size.lines for size in files(*CODE)) <= 300


def _print(name: str, sizes: list[Size]) -> None:
    largest = max(sizes, key=lambda size: size.lines)
    ordered = sorted(size.lines for size in sizes)
    most = ordered[int(len(ordered) * 0.9)]
    print(
        f"  {name:10} {len(sizes):5} · median {median(ordered):5.0f} · "
        f"90 % {most:4} · largest {largest.lines} ({largest.where})"
    )

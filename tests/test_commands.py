"""Whatever command a page of ours quotes is one that there is."""

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from deploy.release import release
from libs.common.command import parser_of
from libs.common.service import Service
from services.__main__ import NAMES, main, parser

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/*.md", "deploy/**/*.md", "services/*/README.md")
    for path in ROOT.glob(pattern)
    if path.name != "CHANGELOG.md"
)
QUOTED = re.compile(r"^```\w*\n(.*?)^```$|(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)", re.DOTALL | re.M)
MODULE = re.compile(r"python -m ([A-Za-z_.<>$]+)([^\n#|;&]*)")
TARGET = re.compile(r"^(?:\$ )?make ([a-z0-9-]+)", re.M)
OVERLAY = re.compile(r"(?:-k|kustomize) (deploy/\S+)")
PLACEHOLDER = re.compile(r"\[|\]|\||<|>|(?<=\S)…")
PERHAPS = re.compile(r"\$\{\w+:\+([^}]*)\}")
ANYTHING = re.compile(r"\s(…|\"\$@\")\s*$")


def quotes(page: Path) -> Iterator[str]:
    """Blocks and spans of code, a command with its continuation on one line."""
    for found in QUOTED.finditer(page.read_text()):
        yield (found[1] or found[2].replace("\n", " ")).replace("\\\n", " ")


def commands(pattern: re.Pattern[str]) -> list[tuple[str, re.Match[str]]]:
    """What all pages quote of that kind, with the page."""
    return [
        (str(page.relative_to(ROOT)), found)
        for page in PAGES
        for text in quotes(page)
        for found in pattern.finditer(text)
    ]


def faults(module: str, arguments: str) -> str | None:
    """What is wrong with `python -m MODULE ARGUMENTS`, if anything."""
    package, _, name = module.partition(".")
    any_service = name.startswith("$") or name.strip("<>") in {*NAMES, "X", "name"}
    if package != "services" or not (any_service or not name):
        return None if find_spec(module) is not None else "is not there"
    # What stands for all arguments says nothing about them; what may be there is taken as there.
    text = ANYTHING.sub("", PLACEHOLDER.sub("", PERHAPS.sub(r"\1", arguments)))
    if text.count(")") > text.count("("):
        text = text[: text.rindex(")")]
    try:
        words = shlex.split(text)
    except ValueError:
        return f"is no command line: {text!r}"
    try:
        (parser_of(_service(name)) if name else parser()).parse_args(words)
    except SystemExit:
        return f"does not take {' '.join(words)!r}"
    return None


def _service(name: str) -> Service:
    """The one that is named, or any."""
    found: Service = import_module(f"services.{name if name in NAMES else 'registry'}.app").service
    return found


def test_every_module_that_a_page_names_takes_what_the_page_says() -> None:
    """`python -m …`: the module is there, and a service's takes its command and options."""
    found = commands(MODULE)
    wrong = [
        f"{page}: {match[0].strip()}: {fault}"
        for page, match in found
        if (fault := faults(match[1], match[2]))
    ]

    assert not wrong, "\n".join(wrong)
    assert len(found) > 40


def test_every_target_that_a_page_names_is_in_the_makefile() -> None:
    """`make …`."""
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.M))
    found = commands(TARGET)

    assert {match[1] for _, match in found} <= targets
    assert len(found) > 10


def test_every_overlay_that_a_page_applies_is_there() -> None:
    """`kubectl apply -k …`."""
    found = commands(OVERLAY)

    assert [m[1] for _, m in found if not (ROOT / m[1] / "kustomization.yaml").exists()] == []
    assert len(found) > 2


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("services.registry", "rebuilt organisations"),
        ("services.$each", "resend --since yesterday"),
        ("services", "migrate --phase during"),
        ("deploy.secret", ""),
    ],
)
def test_a_command_that_is_none_is_noticed(module: str, arguments: str) -> None:
    """A page that has grown old is not believed."""
    assert faults(module, arguments) is not None


def test_the_release_stands_in_one_place() -> None:
    """In `deploy` the release's name is written once; the package's version is the same."""
    holders = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "deploy").rglob("*")
        if path.is_file() and "secrets" not in path.parts and path.suffix != ".pyc"
        if release() in path.read_text()
    }

    assert {"deploy/k8s/service/release.yaml"} == holders
    version = re.search(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text(), re.M)
    assert version is not None
    assert release() == version[1].replace(".", "-")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("", "--role"),
        ("--role ofical", "invalid choice: 'ofical' (choose from"),
        ("--role worker", "--org is missing: worker acts for one organisation."),
        ("--role worker --org mine", "not an organisation's id: 'mine'"),
        ("--role official --division 5101x", "'5101x' is not a division code"),
    ],
)
def test_a_token_that_opens_nothing_is_not_made(
    arguments: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever asks for it learns what is wrong, not a service that refuses it."""
    monkeypatch.setattr("sys.argv", ["services", "token", *arguments.split()])
    with pytest.raises(SystemExit) as end:
        main()
    assert told in f"{end.value.code} {capsys.readouterr().err}"


def test_the_help_lists_every_service(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever misspells one finds its name."""
    with pytest.raises(SystemExit):
        parser().parse_args(["--help"])
    shown = capsys.readouterr().out

    assert [name for name in NAMES if f"services.{name}" not in shown] == []

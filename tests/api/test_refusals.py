"""Every refusal of the platform has one code and a sentence for people in both languages."""

import re
from collections.abc import Iterator

from libs.common.errors import Refusal
from tests.contracts.test_contracts import ALL, ROOT


def refusals(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """All classes of refusals, of the library and of all services."""
    for cls in of.__subclasses__():
        if cls.__module__.startswith(("libs.", "services.")):
            yield cls
            yield from refusals(cls)


def test_every_refusal_speaks_both_languages() -> None:
    """Its own Chinese sentence and an English one, each whole."""
    assert len(ALL) == 6
    mute = [
        cls.__qualname__
        for cls in refusals()
        if not cls.__dict__.get("zh", "").endswith("。")
        or not re.fullmatch(r"[A-Z].*\.", cls.__doc__ or "", re.DOTALL)
    ]

    assert mute == []


def test_a_code_means_one_thing_in_a_service() -> None:
    """Two refusals of one service with the same code would be told apart by their text alone."""
    meant: dict[tuple[str, str], set[str]] = {}
    for cls in refusals():
        home = ".".join(cls.__module__.split(".")[:2])
        meant.setdefault((home, cls.code), set()).add(f"{cls.__module__}.{cls.__qualname__}")

    assert {place: classes for place, classes in meant.items() if len(classes) > 1} == {}


def test_every_refusal_of_a_service_is_expected_by_a_test() -> None:
    """By its code over the API, or by its class where the rule is tested without."""
    tests = "\n".join(path.read_text() for path in ROOT.glob("tests/**/*.py"))
    unexpected = [
        cls.__qualname__
        for cls in refusals()
        if cls.__module__.startswith("services.")
        and f'"{cls.code}"' not in tests
        and not re.search(rf"\b{cls.__name__}\b", tests)
    ]

    assert unexpected == []

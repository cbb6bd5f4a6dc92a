"""What all policies have in common: versions that stay, each in force from a day on."""

from datetime import date
from typing import Protocol

from libs.common.errors import Fault, Invalid
from libs.common.sentences import IN_THE_PAST


class PolicyInThePast(Invalid):
    """A policy is in force from today on or later: past decisions keep theirs."""

    zh = "政策须自今日或以后生效，已作出的决定不受影响。"


class Policy(Protocol):
    """A version of a policy."""

    @property
    def version(self) -> int: ...

    @property
    def effective_from(self) -> date: ...


def demand_future(effective_from: date, today: date) -> None:
    """Refuse to rewrite what was in force already."""
    if effective_from < today:
        raise PolicyInThePast(Fault("/effective_from", IN_THE_PAST, earliest=today))

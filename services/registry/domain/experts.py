"""The pool of experts: admitted ⇄ retired."""

from dataclasses import dataclass
from typing import Literal

from libs.common.contract import changed
from libs.common.errors import Conflict


class ExpertAlreadyAdmitted(Conflict):
    """This person is in the pool already and need not be admitted again."""

    zh = "该专家已在库中，无需重复入库。"


class ExpertNotAdmitted(Conflict):
    """This person has left the pool already; admit them anew if they come back."""

    zh = "该专家已退出专家库；如再次入库，请重新办理。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    """An expert of the pool, without a name; the id is the person."""

    id: str
    version: int
    kinds: tuple[str, ...]
    division: str
    status: Literal["admitted", "retired"]

    def admit_again(self, kinds: tuple[str, ...], division: str) -> "Expert":
        """Back in the pool."""
        if self.status == "admitted":
            raise ExpertAlreadyAdmitted
        return changed(self, kinds=tidy(kinds), division=division, status="admitted")

    def retire(self) -> "Expert":
        """Out of the pool: no draw takes them any more."""
        if self.status != "admitted":
            raise ExpertNotAdmitted
        return changed(self, status="retired")


def admit(person: str, kinds: tuple[str, ...], division: str) -> Expert:
    """A person who is new in the pool."""
    return Expert(id=person, version=1, kinds=tidy(kinds), division=division, status="admitted")


def tidy(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Each kind once, in order."""
    return tuple(sorted(set(kinds)))

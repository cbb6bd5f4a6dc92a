"""Policies: what a legal profile asks of each method and of a review, by version."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from libs.common.contract import BasisPoints, Count, Period, body, changed
from libs.common.errors import Conflict, Fault, Invalid
from services.procurement.domain.sentences import METHOD_TWICE, NOT_IN_PROFILE

Method = Literal["open", "consultation", "single-source", "selection"]
"""公开招标, 竞争性磋商, 单一来源, selection below the threshold."""
LegalProfile = Literal[
    "government-purchase",
    "community-purchase",
    "award-in-place-of-subsidy",
    "venture-grant",
    "special-fund",
    "own-funds",
]


class MethodNotInProfile(Invalid):
    """The legal profile does not know this method; choose one that it names."""

    zh = "该法律情形不适用此采购方式，请选择其规定的方式。"


class PolicyNotLater(Conflict):
    """A new version takes effect after the last one; choose a day later than `effective_from`."""

    zh = "新版政策的生效日期须晚于上一版（见 effective_from），请改为以后的日期。"


class ChallengeNotProvided(Conflict):
    """The rules of this tender know no challenge; object as its notice says."""

    zh = "该采购项目适用的规则未设质疑程序，请按公告载明的方式提出异议。"


class PolicyMethodTwice(Invalid):
    """A policy names each method once."""

    zh = "政策中每种采购方式只能出现一次。"


@body
class MethodRule:
    """What a method asks for: days from publication to the deadline, and bids."""

    method: Method
    minimum_days: Period
    minimum_bids: Count


@body
class ChallengeRule:
    """The periods of a challenge 质疑 and of the complaint 投诉 after it, in working days; of a
    suspension, in calendar days."""

    documents_notice_days: Period
    """How long the documents are announced before the period for challenging them begins."""
    result_notice_days: Period
    raise_days: Period
    answer_days: Period
    complain_days: Period
    """After the period for the answer."""
    decide_days: Period
    suspend_days: Period

    def notice_days(self, about: str) -> int:
        """How long what is challenged was announced; steps are known when they end."""
        notices = {"documents": self.documents_notice_days, "result": self.result_notice_days}
        return notices.get(about, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the rules of a legal profile; shares are in basis points."""

    profile: LegalProfile
    version: int
    effective_from: date
    source: str
    """The articles of law, or the notice, that it follows."""
    methods: tuple[MethodRule, ...]
    members_most_bp: BasisPoints
    """The largest share of a panel that may be the purchaser's own, rounded down."""
    past_most_bp: BasisPoints
    """The largest weight that past performance may have."""
    past_neutral_bp: BasisPoints
    """A newcomer's past performance when no bidder has any."""
    key_hours: Period
    """Bidders hand their keys in within so many hours of the opening, to the end of that day."""
    set_by: str
    challenges: ChallengeRule | None = None
    """None where no law or notice provides for challenges."""

    @property
    def id(self) -> str:
        """Lists go by profile and version."""
        return f"{self.profile}:{self.version:04}"

    def rule_of(self, method: Method) -> MethodRule:
        """What this method asks for, or `MethodNotInProfile`."""
        for rule in self.methods:
            if rule.method == method:
                return rule
        methods = [rule.method for rule in self.methods]
        raise MethodNotInProfile(Fault("/method", NOT_IN_PROFILE, methods=methods))

    @property
    def challenge_rule(self) -> ChallengeRule:
        """The periods of a challenge, or `ChallengeNotProvided`."""
        if self.challenges is None:
            raise ChallengeNotProvided
        return self.challenges

    def succeed(
        self,
        effective_from: date,
        source: str,
        methods: tuple[MethodRule, ...],
        members_most_bp: int,
        past_most_bp: int,
        past_neutral_bp: int,
        key_hours: int,
        challenges: ChallengeRule | None,
        person: str,
    ) -> "Policy":
        """The next version; what was decided by this one keeps it. The periods of challenges
        stay where it names none: nobody loses a right by silence."""
        if effective_from <= self.effective_from:
            raise PolicyNotLater(effective_from=self.effective_from.isoformat())
        if len({rule.method for rule in methods}) < len(methods):
            raise PolicyMethodTwice(Fault("/methods", METHOD_TWICE))
        return changed(
            self,
            effective_from=effective_from,
            source=source,
            methods=methods,
            members_most_bp=members_most_bp,
            past_most_bp=past_most_bp,
            past_neutral_bp=past_neutral_bp,
            key_hours=key_hours,
            challenges=challenges or self.challenges,
            set_by=person,
        )

"""The figures that must hold: each computed from what the platform answers, none remembered."""

import hashlib
from collections.abc import Callable
from datetime import date
from typing import Final

from scenarios.dujiangyan import data, endings, troubles
from scenarios.dujiangyan.accounts import differences, unequal
from scenarios.dujiangyan.client import Json
from scenarios.dujiangyan.facts import Facts

HALF_YEAR_END: Final = date(2025, 6, 30)
PARTIES: Final = frozenset({"provider", "host", "site"})
EXCELLENT_FROM: Final = 9_000
ORDINARY_FROM: Final = 7_000
WHOLE: Final = 10_000
Compute = Callable[[Facts], int]


def values(facts: Facts) -> dict[str, int]:
    """The value of each figure."""
    return {key: compute(facts) for key, compute in COMPUTED.items()}


def under_agreements(facts: Facts) -> list[Json]:
    """The activities held under the agreements of the year."""
    ids = {one["id"] for one in facts.agreements.values()}
    return [one for one in facts.activities if one["agreement_id"] in ids]


def parties(facts: Facts) -> list[Json]:
    """The birthday parties that were held."""
    return [one for one in facts.activities if one["basis"] == "community" and one["held_day"]]


def payment(agreement: Json, kind: str) -> Json:
    """An agreement's payment of that kind."""
    found: Json = next(one for one in agreement["payments"] if one["kind"] == kind)
    return found


def short(facts: Facts) -> list[Json]:
    """The communities with fewer professional workers than the policy asks for."""
    return [one for one in facts.coverage if one["short_since"] is not None]


def agencies(facts: Facts) -> list[Json]:
    """The agencies that were registered in the year's first half."""
    return [
        one
        for one in facts.organisations
        if "provider" in one["roles"]
        and one["status"] == "registered"
        and date.fromisoformat(one["since"]) <= HALF_YEAR_END
    ]


def _certified_workers(facts: Facts) -> int:
    ids = {one["id"] for one in agencies(facts)}
    return sum(one["certificate_valid"] and one["employer_id"] in ids for one in facts.workers)


def _put_in_by_june(facts: Facts) -> int:
    paid = [payment(one, "startup") for one in facts.agreements.values()]
    in_time = [one for one in paid if one["paid_day"] and _day(one["paid_day"]) <= HALF_YEAR_END]
    return sum(int(one["amount"]) for one in in_time) // data.FEN


def _startup_share(facts: Facts) -> int:
    """The share that all agreements have in common; 0 if they have none."""
    shares = {
        int(payment(one, "startup")["amount"]) * WHOLE // int(one["amount"])
        for one in facts.agreements.values()
    }
    return shares.pop() if len(shares) == 1 else 0


def _departments(facts: Facts) -> int:
    return len({one["department"] for one in facts.proposals})


def _unsigned(facts: Facts) -> int:
    return sum(not is_signed(one) for one in facts.agreements.values())


def is_signed(agreement: Json) -> bool:
    """Whether all three parties have signed under the one content hash."""
    valid = [one for one in agreement["signatures"] if one["valid"]]
    hashes = {one["content_hash"] for one in valid}
    return {one["party"] for one in valid} == PARTIES and hashes == {agreement["content_hash"]}


def is_released(agreement: Json, result: Json) -> bool:
    """Whether the balance was paid by this result, at its share, after this acceptance."""
    balance, acceptance = payment(agreement, "balance"), agreement["acceptance"]
    share = int(balance["planned_amount"]) * int(result["balance_share_bp"]) // WHOLE
    return bool(
        acceptance
        and balance["status"] == "paid"
        and result["status"] == "sealed"
        and balance["acceptance_id"] == acceptance["id"]
        and balance["score_bp"] == result["score_bp"]
        and balance["policy_version"] == result["policy_version"]
        and abs(int(balance["amount"]) - share) <= 1
    )


def _unreleased(facts: Facts) -> int:
    pairs = ((facts.agreements[key], facts.results[key]) for key in facts.agreements)
    return sum(not is_released(agreement, result) for agreement, result in pairs)


def _poor_balance(facts: Facts) -> int:
    worst = min(facts.results.values(), key=lambda one: int(one["score_bp"]))
    return int(worst["balance_share_bp"])


def _unobserved(facts: Facts) -> int:
    return sum(one["observation"] != "made" for one in under_agreements(facts))


def _unreported(facts: Facts) -> int:
    return sum(one["status"] != "accepted" or one["provisional"] for one in under_agreements(facts))


def _returned(facts: Facts) -> int:
    kind = "scheduling.activity.returned.v1"
    return facts.books.emitted[kind].count if kind in facts.books.emitted else 0


def _person_times(facts: Facts) -> int:
    return sum(int(one["person_times"]) for one in under_agreements(facts))


def _scores_between(least: int, most: int) -> Compute:
    def compute(facts: Facts) -> int:
        return sum(least <= int(one["score_bp"]) < most for one in facts.results.values())

    return compute


def _rank_moves(facts: Facts) -> int:
    return sum(one["rank"] != one["rank_without_past"] for one in facts.ranking)


def past_points(line: Json) -> int:
    """A bidder's points for past performance."""
    return next(
        int(one["points_bp"]) for one in line["figures"] if one["kind"] == "past-performance"
    )


def _newcomer_off(facts: Facts) -> int:
    """How far the newcomer's points are from the mean of those who have results."""
    known = [past_points(one) for one in facts.ranking if one["past_results"]]
    new = [past_points(one) for one in facts.ranking if not one["past_results"]]
    return sum(abs(points - sum(known) // len(known)) for points in new) if new else WHOLE


def is_redrawn(sample: Json) -> bool:
    """Whether seed and frame give the same draw again, under the digest and the commitment."""
    frame, seed = sorted(sample["frame"]), bytes.fromhex(sample["seed"])
    order = sorted(frame, key=lambda ref: hashlib.sha256(seed + ref.encode()).digest())
    return bool(
        sample["drawn"] == order[: len(sample["drawn"])]
        and sample["drawn"]
        and sample["frame_digest"] == hashlib.sha256("\n".join(frame).encode()).hexdigest()
        and sample["seed_commitment"] == hashlib.sha256(seed).hexdigest()
    )


def _sealed_late(facts: Facts) -> int:
    opened = max(one["opened_at"] for one in facts.tenders if one["fiscal_year"] == 2026)
    return sum(one["sealed_at"] >= opened for one in facts.results.values())


def _scores_changed(facts: Facts) -> int:
    return sum(one["outcome"] == "changed" for one in facts.reviews)


def events_apart(facts: Facts) -> list[str]:
    """Where a reaction, or the scenario's consumer, has another set of ids than the outboxes."""
    apart = unequal(facts.books.emitted, facts.heard)
    return [*differences(facts.books), *(f"scenario: {kind}" for kind in apart)]


def _day(text: str) -> date:
    return date.fromisoformat(text)


COMPUTED: Final[dict[str, Compute]] = {
    "agencies": lambda facts: len(agencies(facts)),
    "certified_workers": _certified_workers,
    "projects": lambda facts: len(facts.agreements),
    "domains": lambda facts: len({one["domain"] for one in facts.agreements.values()}),
    "put_in_by_june": _put_in_by_june,
    "startup_share": _startup_share,
    "departments": _departments,
    "bids_fewest": lambda facts: min(len(bids) for bids in facts.bids.values()),
    "communities": lambda facts: len(facts.coverage),
    "communities_short": lambda facts: len(short(facts)),
    "activities": lambda facts: len(under_agreements(facts)),
    "unobserved": _unobserved,
    "unreported": _unreported,
    "returned": _returned,
    "parties": lambda facts: len(parties(facts)),
    "person_times": _person_times,
    "recipients": lambda facts: int(facts.totals["open"]),
    "unsigned": _unsigned,
    "unreleased": _unreleased,
    "inspections_open": lambda facts: sum(
        one["status"] != "completed" for one in facts.inspections
    ),
    "rectified": lambda facts: sum(one["status"] == "resolved" for one in facts.rectifications),
    "excellent": _scores_between(EXCELLENT_FROM, WHOLE + 1),
    "ordinary": _scores_between(ORDINARY_FROM, EXCELLENT_FROM),
    "poor": _scores_between(0, ORDINARY_FROM),
    "poor_balance": _poor_balance,
    "scores_changed": _scores_changed,
    "samples_wrong": lambda facts: sum(not is_redrawn(one) for one in facts.samples.values()),
    "sealed_late": _sealed_late,
    "rank_moves": _rank_moves,
    "newcomer_off": _newcomer_off,
    "troubles": lambda facts: len(troubles.TROUBLES),
    "troubles_open": lambda facts: len(endings.open_troubles(facts)),
    "parked": lambda facts: facts.parked + facts.waiting,
    "events_apart": lambda facts: len(events_apart(facts)),
}

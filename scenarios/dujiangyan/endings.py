"""How each trouble ended, in words made of what the platform answers."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final

from scenarios.dujiangyan import data
from scenarios.dujiangyan.client import Json
from scenarios.dujiangyan.facts import Facts
from scenarios.dujiangyan.troubles import TROUBLES, Trouble

Ending = Callable[[Facts], str]


def ending(facts: Facts, trouble: Trouble) -> str:
    """How it ended."""
    return ENDINGS[trouble.key](facts)


def is_over(facts: Facts, trouble: Trouble) -> bool:
    """Whether everybody was told in both languages, and it ended as it should."""
    told = [facts.told.get(voice) for voice in trouble.voices]
    heard = all(one and one.zh and one.en and one.zh != one.en for one in told)
    return heard and ending(facts, trouble) == trouble.ends


def open_troubles(facts: Facts) -> list[Trouble]:
    """Those that are not over."""
    return [one for one in TROUBLES if not is_over(facts, one)]


def _late_budget(facts: Facts) -> str:
    title = data.projects()[0].title
    [tender] = [one for one in facts.tenders if one["title"] == title]
    return str(tender["status"])


def _late_bid(facts: Facts) -> str:
    trial = facts.aftermath
    late = {one["organisation_id"] for one in trial.second_bids}
    late -= {one["organisation_id"] for one in trial.first_bids}
    traces = "none" if len(late) == 1 else "some"
    return f"{len(trial.first_bids)} bids stood, {traces} of the late bidder"


def _failed_tender(facts: Facts) -> str:
    first, second = facts.aftermath.first_tender, facts.aftermath.second_tender
    bids = len(facts.aftermath.second_bids)
    return f"{first['status']} ({first['reason']}), then {second['status']} with {bids} bids"


def _tied_officer(facts: Facts) -> str:
    opened = facts.aftermath.second_tender["opened_at"] is not None
    return "opened by another officer" if opened else "not opened"


def _recused_member(facts: Facts) -> str:
    seats = _counted(facts.aftermath.panel["seats"], "status")
    return f"{seats['recused']} recused, {seats['seated']} seated"


def _challenge(facts: Facts) -> str:
    trial = facts.aftermath
    return (
        f"challenge {_verdicts(trial.challenges)}, complaint {_verdicts(trial.complaints)}, "
        f"tender {trial.second_tender['status']}"
    )


def _verdicts(things: Iterable[Json]) -> str:
    return ", ".join(str(one["verdict"]) for one in things)


def _no_observer(facts: Facts) -> str:
    one = facts.aftermath.sessions["unnamed"]
    return f"observation {one['observation']}, report {one['status']}"


def _waived_observer(facts: Facts) -> str:
    states = _counted(facts.aftermath.sessions.values(), "observation")
    named = facts.aftermath.observation["observer"] is not None
    return f"{states['waived']} waived, the second observer {'named' if named else 'missing'}"


def _missed_observation(facts: Facts) -> str:
    one, called = facts.aftermath.sessions["unobserved"], facts.aftermath.observation
    held = "held" if one["held_day"] else one["status"]
    return f"{held}, observation {one['observation']}, {len(called['call_backs'])} called back"


def _returned_report(facts: Facts) -> str:
    one = facts.aftermath.sessions["unnamed"]
    return f"corrected, {one['status']}" if not one["provisional"] else "not read again"


def _silent_reviewer(facts: Facts) -> str:
    one = facts.aftermath.sessions["silent"]
    return f"{one['status']}, {'provisional' if one['provisional'] else 'read'}"


def _lapsed(facts: Facts) -> str:
    return f"{_given_on(facts, 'lapsed')}; {facts.aftermath.lapsed['registration_status']} again"


def _revoked(facts: Facts) -> str:
    return _given_on(facts, "revoked")


def _given_on(facts: Facts, name: str) -> str:
    """Whose work was freed and why, and that the same provider gave it to somebody else."""
    [freed] = [one for one in facts.aftermath.assignments[name] if one["status"] == "freed"]
    [new] = [one for one in facts.aftermath.assignments[name] if one["status"] == "standing"]
    same = freed["organisation_id"] == new["organisation_id"]
    other = freed["worker_id"] != new["worker_id"]
    where = data.trial("t01").provider if same and other else "nobody"
    return f"freed ({freed['reason']}), given on in {where}"


def _missed_order(facts: Facts) -> str:
    kinds = ("overdue", "escalated")
    told = [one for one in kinds if f"evaluation.rectification.{one}.v1" in facts.books.emitted]
    return f"{' and '.join(told)}, then {facts.aftermath.order['status']}"


def _withdrawn_consent(facts: Facts) -> str:
    outcomes = _counted(facts.aftermath.visits, "outcome")
    return f"{outcomes['refused']} visit refused, {outcomes['visited']} made"


def _failed_result(facts: Facts) -> str:
    trial = facts.aftermath
    bands = f"{trial.result['band']}, then {trial.second_result['band']}"
    [startup] = [one for one in trial.agreement["payments"] if one["kind"] == "startup"]
    claimed, back = int(startup["claimed_amount"]), int(startup["recovered_amount"])
    paid = int(startup["amount"])
    share = f"{back // data.FEN} of {paid // data.FEN} yuan" if back == claimed else "not all"
    return f"{bands}; {trial.agreement['status']}; recovered of the start-up: {share}"


def _late_evaluation(facts: Facts) -> str:
    late = facts.aftermath.late_agreement
    paid = {one["kind"]: one for one in late["payments"] if one["status"] == "paid"}
    first, rest = paid["undisputed"], paid["balance"]
    whole = (int(first["planned_amount"]) + int(rest["planned_amount"])) // data.FEN
    before = first["paid_day"] < str(late["result"]["sealed_at"])[:10] < rest["paid_day"]
    return (
        f"undisputed {int(first['amount']) // data.FEN} of {whole} yuan paid "
        f"{'before' if before else 'not before'} the result, "
        f"{int(rest['amount']) // data.FEN} after it; {late['status']}"
    )


def _reviewed_score(facts: Facts) -> str:
    return ", ".join(str(one["outcome"]) for one in facts.reviews)


def _counted(things: Iterable[Json], name: str) -> Counter[str]:
    return Counter(str(one[name]) for one in things)


ENDINGS: Final[dict[str, Ending]] = {
    "late-budget": _late_budget,
    "late-bid": _late_bid,
    "failed-tender": _failed_tender,
    "tied-officer": _tied_officer,
    "recused-member": _recused_member,
    "challenge": _challenge,
    "no-observer": _no_observer,
    "waived-observer": _waived_observer,
    "missed-observation": _missed_observation,
    "returned-report": _returned_report,
    "silent-reviewer": _silent_reviewer,
    "lapsed": _lapsed,
    "revoked": _revoked,
    "missed-order": _missed_order,
    "withdrawn-consent": _withdrawn_consent,
    "failed-result": _failed_result,
    "late-evaluation": _late_evaluation,
    "reviewed-score": _reviewed_score,
}

"""An agreement's way from the need to the balance, in ten steps."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

State = Literal["done", "doing", "todo", "late", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Everything that is known of an agreement's way; amounts in fen."""

    id: UUID
    title: str
    division: str
    place: str
    provider: str
    purchaser: str
    status: str
    amount: int
    from_day: date
    to_day: date
    since: date
    needs: int
    need_day: date | None
    proposal_day: date | None
    tenders: int
    award_day: date | None
    startup: int
    startup_status: str | None
    startup_day: date | None
    activities: int
    accepted: int
    unreported: int
    person_times: int
    inspections: int
    inspected: int
    overdue: int
    result_status: str | None
    score_bp: int | None
    band: str | None
    correction: bool
    result_day: date | None
    outcome: str | None
    acceptance_day: date | None
    undisputed: int
    undisputed_status: str | None
    undisputed_day: date | None
    balance: int
    balance_status: str | None
    balance_share_bp: int | None
    balance_day: date | None
    recovered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: a code, how it stands, the day of that, and a figure."""

    code: str
    state: State
    day: date | None = None
    figure: str | None = None


def steps_of(way: Journey, today: date) -> tuple[Step, ...]:
    """The ten steps as they stand on that day."""
    return (
        Step(
            code="need",
            state="done" if way.needs else "todo",
            day=way.need_day,
            figure=str(way.needs) if way.needs else None,
        ),
        Step(
            code="proposal",
            state="done" if way.proposal_day else "todo",
            day=way.proposal_day,
        ),
        Step(
            code="tender",
            state="done" if way.award_day else "todo",
            day=way.award_day,
            figure=f"×{way.tenders}" if way.tenders > 1 else None,
        ),
        Step(
            code="agreement",
            state="done" if way.from_day <= today else "todo",
            day=way.from_day,
        ),
        _payment("startup", way.startup, way.startup_status, way.startup_day),
        _activities(way),
        _inspections(way),
        _result(way),
        _acceptance(way),
        _balance(way),
    )


def _payment(code: str, amount: int, status: str | None, day: date | None) -> Step:
    states: dict[str | None, State] = {
        None: "todo",
        "paid": "done",
        "recovered": "done",
        "withheld": "stopped",
    }
    figure = None if status is None else _wan(amount)
    return Step(code=code, state=states.get(status, "doing"), day=day, figure=figure)


def _balance(way: Journey) -> Step:
    """The balance: what fell due of it while the evaluation was late, and the rest."""
    rest = _payment("balance", way.balance, way.balance_status, way.balance_day)
    if way.undisputed_status is None:
        return rest
    amounts = [way.undisputed] if way.balance_status is None else [way.undisputed, way.balance]
    state = "doing" if way.balance_status is None else rest.state
    return Step(
        code="balance",
        state="done" if way.status == "completed" else state,
        day=rest.day or way.undisputed_day,
        figure="+".join(_wan(amount) for amount in amounts),
    )


def _wan(fen: int) -> str:
    """Ten thousands of yuan."""
    return f"{fen / 1_000_000:.1f}"


def _activities(way: Journey) -> Step:
    figure = f"{way.accepted}/{way.activities}"
    if not way.activities:
        return Step(code="activities", state="todo")
    if way.unreported:
        return Step(code="activities", state="late", figure=figure)
    if way.status == "terminated":
        return Step(code="activities", state="stopped", day=way.since, figure=figure)
    over = way.status != "in_force" and way.accepted == way.activities
    return Step(code="activities", state="done" if over else "doing", figure=figure)


def _inspections(way: Journey) -> Step:
    figure = f"{way.inspected}/{way.inspections}"
    if not way.inspections:
        return Step(code="inspections", state="todo")
    if way.overdue:
        return Step(code="inspections", state="late", figure=figure)
    over = way.status != "in_force"
    return Step(code="inspections", state="done" if over else "doing", figure=figure)


def _result(way: Journey) -> Step:
    if way.result_status != "sealed":
        state: State = "todo" if way.result_status is None else "doing"
        return Step(code="result", state=state, day=way.result_day)
    assert way.score_bp is not None, "a sealed result has its score"
    state = "stopped" if way.band == "fail" else "done"
    return Step(code="result", state=state, day=way.result_day, figure=f"{way.score_bp / 100:.1f}")


def _acceptance(way: Journey) -> Step:
    if way.outcome is None:
        return Step(code="acceptance", state="todo")
    state: State = "stopped" if way.outcome == "refused" else "done"
    return Step(code="acceptance", state=state, day=way.acceptance_day)

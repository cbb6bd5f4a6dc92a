"""Steps in an impossible order: every command in every state it is not meant for is refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final, get_args, get_type_hints
from uuid import UUID

import pytest

from libs.common import contract
from libs.common.errors import Conflict
from libs.common.examples import example
from services.casework.domain import consents, recipients
from services.evaluation.domain import (
    commissions,
    inspections,
    rectifications,
    results,
    visits,
)
from services.evaluation.domain.samples import SampleDrawn
from services.procurement.domain import agreements, amendments, budgets, calls, payments, tenders
from services.registry.domain import organisations, stations
from services.scheduling.domain import activities, reports

NOW: Final = datetime(2025, 2, 28, tzinfo=UTC)
"""Before the instants of every example."""
DAY: Final = date(2025, 2, 28)
SOMEBODY: Final = "p-1"
NOTHING: Final[Any] = None
"""For what is not looked at before the state is."""

Step = tuple[type[Any], str, Callable[[Any], object], type[Conflict], set[str]]

# What, the step, the refusal, and the states that the diagrams in the services' READMEs lead from.
STEPS: Final[list[Step]] = [
    (calls.CallForProposals, "accept", lambda c: c.accept("", NOW), calls.CallNotOpen, {"open"}),
    (calls.Proposal, "select", lambda p: p.select(), calls.ProposalDecided, {"submitted"}),
    (calls.Proposal, "decline", lambda p: p.decline(""), calls.ProposalDecided, {"submitted"}),
    (budgets.Budget, "approve", lambda b: b.approve(""), budgets.BudgetNotPlanned, {"planned"}),
    (
        tenders.Tender,
        "publish",
        lambda t: t.publish(NOTHING, NOW),
        tenders.TenderNotDraft,
        {"draft"},
    ),
    (
        tenders.Tender,
        "amend",
        lambda t: t.amend(NOW, "", NOW),
        tenders.TenderNotPublished,
        {"published"},
    ),
    (
        tenders.Tender,
        "bid",
        lambda t: t.accept_bids(NOW),
        tenders.TenderNotPublished,
        {"published"},
    ),
    (
        tenders.Tender,
        "open",
        lambda t: t.open(NOTHING, 1, NOW),
        tenders.TenderNotClosed,
        {"closed"},
    ),
    (tenders.Tender, "key", lambda t: t.take_keys(NOW), tenders.TenderNotOpened, {"opened"}),
    (tenders.Tender, "empanel", lambda t: t.empanel(), tenders.TenderNotOpened, {"opened"}),
    (tenders.Tender, "judge", lambda t: t.judge(), tenders.TenderNotOpened, {"opened"}),
    (tenders.Tender, "award", lambda t: t.decide(), tenders.TenderNotReviewed, {"reviewed"}),
    (
        tenders.Tender,
        "cancel",
        lambda t: t.cancel(""),
        tenders.TenderOver,
        {"draft", "published", "closed", "opened", "reviewed"},
    ),
    (
        agreements.Agreement,
        "sign",
        lambda a: a.take_signature(complete=False, now=NOW),
        agreements.AgreementNotOpenForSigning,
        {"drafted", "signing"},
    ),
    (
        agreements.Agreement,
        "propose end",
        lambda a: a.propose_end("", SOMEBODY),
        agreements.AgreementEnded,
        {"drafted", "signing", "in_force"},
    ),
    (
        agreements.Agreement,
        "confirm end",
        lambda a: a.terminate(SOMEBODY, DAY),
        agreements.AgreementEnded,
        {"drafted", "signing", "in_force"},
    ),
    (
        agreements.Agreement,
        "amend or accept",
        lambda a: a.check_in_force(),
        agreements.AgreementNotInForce,
        {"in_force"},
    ),
    (
        agreements.Agreement,
        "give up",
        lambda a: a.give_up("", DAY),
        agreements.AgreementNotOpenForSigning,
        {"drafted", "signing"},
    ),
    (
        amendments.Amendment,
        "sign",
        lambda a: a.take_signature(complete=False, now=NOW),
        amendments.AmendmentNotOpen,
        {"drafted", "signing"},
    ),
    (
        amendments.Amendment,
        "withdraw",
        lambda a: a.withdraw(),
        amendments.AmendmentNotOpen,
        {"drafted", "signing"},
    ),
    (payments.Payment, "invoice", lambda p: p.invoice("", 1), payments.PaymentNotDue, {"due"}),
    (
        payments.Payment,
        "pay",
        lambda p: p.pay("", DAY),
        payments.PaymentNotApproved,
        {"approved"},
    ),
    (
        payments.Payment,
        "recover",
        lambda p: p.recover(1, leftover=True),
        payments.PaymentNotPaid,
        {"paid", "recovered"},
    ),
    (
        activities.Activity,
        "publish",
        lambda a: a.publish(NOW, has_lead=True),
        activities.ActivityNotDraft,
        {"draft"},
    ),
    (
        activities.Activity,
        "cancel",
        lambda a: a.cancel(""),
        activities.ActivityNotOpen,
        {"draft", "published"},
    ),
    (
        activities.Activity,
        "hold",
        lambda a: a.hold(NOW, NOTHING, 0, DAY, has_lead=True),
        activities.ActivityNotPublished,
        {"published"},
    ),
    (
        activities.Activity,
        "report",
        lambda a: reports.submit(a, NOTHING, 0, DAY, NOW),
        reports.ReportSettled,
        {"held", "reported", "returned"},
    ),
    (
        inspections.Inspection,
        "complete",
        lambda i: i.complete("in-order", (), "", SOMEBODY, NOW),
        inspections.InspectionNotDue,
        {"due", "overdue"},
    ),
    (
        rectifications.Rectification,
        "resolve",
        lambda r: r.resolve(SOMEBODY, NOW),
        rectifications.RectificationNotAnswered,
        {"answered"},
    ),
    (
        commissions.Commission,
        "sample too early",
        lambda c: c.sampled(NOW),
        commissions.CommissionNotAssigned,
        {"assigned", "sampled", "visiting", "scored", "notified", "sealed"},
    ),
    (
        commissions.Commission,
        "sample again",
        lambda c: c.sampled(NOW),
        SampleDrawn,
        {"planned", "assigned"},
    ),
    (
        commissions.Commission,
        "notify",
        lambda c: c.notified(),
        commissions.CommissionNotScored,
        {"scored"},
    ),
    (
        commissions.Commission,
        "seal",
        lambda c: c.sealed(),
        commissions.CommissionNotNotified,
        {"notified"},
    ),
    (
        commissions.Commission,
        "visit",
        lambda c: c.expect_sampled(),
        commissions.CommissionNotSampled,
        {"sampled", "visiting"},
    ),
    (
        results.Result,
        "notify",
        lambda r: r.notify(SOMEBODY, DAY, 1),
        results.ResultNotScored,
        {"scored"},
    ),
    (
        results.Result,
        "waive",
        lambda r: r.waive_review(NOW),
        results.ResultNotNotified,
        {"notified"},
    ),
    (
        results.Result,
        "correct",
        lambda r: r.expect_sealed(),
        results.ResultNotSealed,
        {"sealed"},
    ),
    (visits.Visit, "end", lambda v: v.end("visited", NOW), visits.VisitEnded, {"assigned"}),
    (
        organisations.Organisation,
        "register",
        lambda o: o.register("", DAY),
        organisations.OrganisationNotApplied,
        {"applied"},
    ),
    (
        organisations.Organisation,
        "file",
        lambda o: o.file("", DAY),
        organisations.OrganisationNotApplied,
        {"applied"},
    ),
    (
        organisations.Organisation,
        "suspend",
        lambda o: o.suspend(),
        organisations.OrganisationNotActive,
        {"registered", "filed"},
    ),
    (
        organisations.Organisation,
        "reinstate",
        lambda o: o.reinstate(),
        organisations.OrganisationNotSuspended,
        {"suspended"},
    ),
    (
        organisations.Organisation,
        "deregister",
        lambda o: o.deregister(),
        organisations.OrganisationDeregistered,
        {"applied", "registered", "filed", "suspended"},
    ),
    (stations.Station, "close", lambda s: s.close(), stations.StationClosed, {"open"}),
    (
        stations.Station,
        "change",
        lambda s: s.change("", UUID(int=1), ()),
        stations.StationClosed,
        {"open"},
    ),
    (
        consents.Consent,
        "withdraw",
        lambda c: c.withdraw(DAY),
        consents.ConsentNotStanding,
        {"standing"},
    ),
    (recipients.Recipient, "move", lambda r: r.move(""), recipients.RecipientClosed, {"open"}),
    (recipients.Recipient, "close", lambda r: r.close(), recipients.RecipientClosed, {"open"}),
]


def in_state(cls: type[Any], status: str) -> Any:
    """An example of a thing in that state."""
    tender = {"keys_settled_at": None, "conditional": False}
    still_open = tender if cls is tenders.Tender else {}
    return contract.load(cls, example(cls) | still_open | {"status": status})


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step[0].__name__}-{step[1]}")
def test_a_step_is_taken_from_its_own_states_alone(step: Step) -> None:
    """Every other state is refused by its code; its own is not, whatever else is missing."""
    cls, _, act, refusal, own = step
    states = get_args(get_type_hints(cls)["status"])
    assert own < set(states)
    for state in states:
        thing = in_state(cls, state)
        if state not in own:
            with pytest.raises(refusal):
                act(thing)
        else:
            assert refusal is not refused(act, thing), state


def refused(act: Callable[[Any], object], thing: Any) -> type[Exception] | None:
    """What the step is refused with, if it is."""
    try:
        act(thing)
    except Exception as failure:
        return type(failure)
    return None

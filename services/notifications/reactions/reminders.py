"""Reminders: an event becomes one message for each who is answerable, once."""

from datetime import date
from uuid import UUID

from libs.common.db import Tx
from libs.common.ids import new_id
from services.notifications.domain.messages import (
    Cause,
    at_time,
    coded,
    compose,
    money,
    named,
    on_day,
    same,
    why_withheld,
)
from services.notifications.domain.templates import Facts, Word
from services.notifications.reactions import heard as events
from services.notifications.reactions.event_log import reactions
from services.notifications.store import messages, templates, views


async def tell(tx: Tx, facts: Facts) -> None:
    """One message for each template of this type of event, in its version of that day."""
    cause = Cause(id=tx.cause.id, subject=tx.cause.subject, time=tx.cause.time)
    for template in await templates.list_templates_for(tx, tx.cause.type, tx.today):
        addressee = template.addressee(facts)
        if addressee is not None:
            message = compose(new_id(), cause, template, addressee, facts)
            await messages.add_message(tx, message)


@reactions.effect(events.CallOpened)
async def remind_of_calls(tx: Tx, heard: events.CallOpened) -> None:
    """Tell towns, communities and agencies that proposals are asked for."""
    words = same("title", heard.title), at_time("until", heard.closes_at)
    await tell(tx, Facts(division=tx.cause.division, words=words))


@reactions.effect(events.TenderHeard)
async def remind_of_tenders(tx: Tx, heard: events.TenderHeard) -> None:
    """Tell agencies of a tender, both sides of its award, and the purchaser to do it again."""
    words = [same("title", heard.title), at_time("until", heard.bids_due_at)]
    if heard.awarded_to is not None:
        words.append(same("organisation", await views.known_organisation(tx, heard.awarded_to)))
    await tell(
        tx,
        Facts(
            division=heard.division,
            provider=heard.awarded_to,
            purchaser=heard.purchaser_id,
            words=tuple(words),
        ),
    )


@reactions.effect(events.PanelChanged)
async def remind_of_panels(tx: Tx, heard: events.PanelChanged) -> None:
    """Tell the one who steps in to score, and the purchaser what became of the seat."""
    became = "seat-passed-on" if heard.stand_in else "seat-empty"
    facts = Facts(
        division=heard.division,
        person=heard.stand_in,
        purchaser=heard.purchaser_id,
        words=(same("title", heard.title), named("reason", became)),
    )
    await tell(tx, facts)


@reactions.effect(events.ChallengeHeard)
async def remind_of_challenges(tx: Tx, heard: events.ChallengeHeard) -> None:
    """Tell the purchaser to answer, officials when it has not, and the challenger the answer."""
    days = on_day("until", heard.answer_due_day), on_day("day", heard.complain_until)
    await tell(tx, await _of_challenger(tx, heard, *days))


@reactions.effect(events.ComplaintHeard)
async def remind_of_complaints(tx: Tx, heard: events.ComplaintHeard) -> None:
    """Tell the finance department to decide, and both sides what it did."""
    words = [on_day("until", heard.decide_due_day)]
    if heard.suspended_until is not None:
        words.append(at_time("day", heard.suspended_until))
    await tell(tx, await _of_challenger(tx, heard, *words))


@reactions.effect(events.AgreementHeard)
async def remind_of_agreements(tx: Tx, heard: events.AgreementHeard) -> None:
    """Tell the provider to begin, or that it has ended, and the community who comes or not."""
    words = (
        same("title", heard.title),
        same("organisation", await views.known_organisation(tx, heard.provider_id)),
        same("division", await views.name_of_division(tx, heard.division)),
        on_day("day", heard.from_day),
        on_day("until", heard.to_day),
    )
    await tell(
        tx,
        Facts(
            division=heard.division,
            provider=heard.provider_id,
            purchaser=heard.purchaser_id,
            words=words,
        ),
    )


@reactions.effect(events.AssignmentFreed)
async def remind_of_freed_work(tx: Tx, heard: events.AssignmentFreed) -> None:
    """Tell the organisation that planned work has nobody to do it."""
    words = (named("kind", heard.reason),)
    await tell(tx, Facts(division=tx.cause.division, provider=heard.organisation_id, words=words))


@reactions.effect(events.PaymentHeard)
async def remind_of_payments(tx: Tx, heard: events.PaymentHeard) -> None:
    """Tell the provider what happens to its money, and the treasury what to pay."""
    amount = heard.planned_amount if heard.amount is None else heard.amount
    why = why_withheld(heard.balance_share_bp, heard.deducted_amount, given_up=heard.given_up)
    words = named("kind", heard.kind), money("amount", amount), named("reason", why)
    await tell(tx, await of_agreement(tx, heard.agreement_id, heard.division, *words))


@reactions.effect(events.BreachHeard)
async def remind_of_breaches(tx: Tx, heard: events.BreachHeard) -> None:
    """Tell the provider what is held against it and what comes of it, the purchaser to decide."""
    words = (
        same("reason", heard.title),
        money("amount", heard.amount),
        on_day("day", heard.day),
        on_day("until", heard.answer_due_day),
    )
    await tell(tx, await of_agreement(tx, heard.agreement_id, heard.division, *words))


@reactions.effect(events.SettlementRecorded)
async def remind_of_settlements(tx: Tx, heard: events.SettlementRecorded) -> None:
    """Tell the provider what an early end claims."""
    claimed = money("amount", heard.claimed_amount)
    await tell(tx, await of_agreement(tx, heard.agreement_id, heard.division, claimed))


@reactions.effect(events.PaymentClaimed)
async def remind_of_claims(tx: Tx, heard: events.PaymentClaimed) -> None:
    """Tell the provider what has to come back."""
    words = named("kind", heard.kind), money("amount", heard.claimed_amount)
    await tell(tx, await of_agreement(tx, heard.agreement_id, heard.division, *words))


@reactions.effect(events.ActivityReturned)
async def remind_of_returned_reports(tx: Tx, heard: events.ActivityReturned) -> None:
    """Tell the organisation that a report came back, why, and until when to correct it."""
    texts = {one.code: (one.zh, one.en) for one in heard.reasons}
    words = (
        same("title", heard.title),
        coded("reason", heard.return_codes, texts),
        _day("until", heard.correction_due_day or heard.report_due_day),
    )
    await tell(tx, Facts(division=heard.division, provider=heard.organisation_id, words=words))


@reactions.effect(events.ActivityAccepted)
async def remind_of_unreviewed_reports(tx: Tx, heard: events.ActivityAccepted) -> None:
    """Tell the organisation, and those who could have reviewed it, of a silent acceptance."""
    if not heard.provisional:
        return
    purchaser = None
    if heard.agreement_id is not None:
        purchaser = (await views.known_agreement(tx, heard.agreement_id)).purchaser_id
    facts = Facts(
        division=heard.division,
        provider=heard.organisation_id,
        purchaser=purchaser,
        words=(same("title", heard.title), on_day("day", tx.today)),
    )
    await tell(tx, facts)


@reactions.effect(events.ObservationHeard)
async def remind_of_observations(tx: Tx, heard: events.ObservationHeard) -> None:
    """Tell the observer where to be, both sides that nobody was, the provider that nobody need."""
    agreement = await views.known_agreement(tx, heard.agreement_id)
    facts = Facts(
        division=tx.cause.division,
        person=heard.observer,
        provider=agreement.provider_id,
        purchaser=agreement.purchaser_id,
        words=(same("title", heard.title), at_time("day", heard.starts_at)),
    )
    await tell(tx, facts)


@reactions.effect(events.WorkplanBehind)
async def remind_of_workplans(tx: Tx, heard: events.WorkplanBehind) -> None:
    """Tell the provider that it lags behind."""
    words = same("count", f"{heard.counted}/{heard.expected}"), on_day("day", heard.as_of)
    await tell(tx, await of_agreement(tx, heard.agreement_id, tx.cause.division, *words))


@reactions.effect(events.InspectionHeard)
async def remind_of_inspections(tx: Tx, heard: events.InspectionHeard) -> None:
    """Tell the purchaser to inspect, and the division's officials when it has not."""
    words = named("kind", heard.kind), on_day("until", heard.due_day)
    await tell(tx, await of_agreement(tx, heard.agreement_id, heard.division, *words))


@reactions.effect(events.RectificationHeard)
async def remind_of_rectifications(tx: Tx, heard: events.RectificationHeard) -> None:
    """Tell the provider what it has to put right, the purchaser when it has not, and in the end
    those above."""
    until = on_day("until", heard.due_day)
    await tell(tx, await of_agreement(tx, heard.agreement_id, heard.division, until))


@reactions.effect(events.EvaluationLate)
async def remind_of_late_evaluations(tx: Tx, heard: events.EvaluationLate) -> None:
    """Tell officials and secretariat to see to it, and the provider what is paid meanwhile."""
    await tell(tx, await of_agreement(tx, heard.agreement_id, heard.division))


@reactions.effect(events.VisitAssigned)
async def remind_of_visits(tx: Tx, heard: events.VisitAssigned) -> None:
    """Tell the visitor; whom to visit is only to be had from casework."""
    agreement = await views.known_agreement(tx, heard.agreement_id)
    words = (
        same("id", str(heard.id)),
        same("title", agreement.title),
        on_day("day", heard.from_day),
        on_day("until", heard.to_day),
    )
    await tell(tx, Facts(division=tx.cause.division, person=heard.visitor, words=words))


@reactions.effect(events.ResultNotified)
async def remind_of_results(tx: Tx, heard: events.ResultNotified) -> None:
    """Tell the provider that a review may be asked for; a review itself tells what it changed."""
    if heard.version > 1:
        return
    until = _day("until", heard.review_until)
    await tell(tx, await of_agreement(tx, heard.agreement_id, heard.division, until))


@reactions.effect(events.RegistrationHeard)
async def remind_of_registrations(tx: Tx, heard: events.RegistrationHeard) -> None:
    """Tell the worker and the employer."""
    words = same("worker", str(heard.id)), _day("until", heard.registration_until)
    await tell(
        tx,
        Facts(
            division=tx.cause.division,
            person=str(heard.id),
            provider=heard.employer_id,
            words=words,
        ),
    )


@reactions.effect(events.CoverageLost)
async def remind_of_coverage(tx: Tx, heard: events.CoverageLost) -> None:
    """Tell the officials of the division that it is short."""
    words = (
        same("division", await views.name_of_division(tx, heard.division)),
        same("count", f"{heard.workers}/{heard.minimum}"),
    )
    await tell(tx, Facts(division=heard.division, words=words))


async def of_agreement(tx: Tx, agreement_id: UUID, division: str, *words: Word) -> Facts:
    """What concerns an agreement reaches its parties, under its title."""
    agreement = await views.known_agreement(tx, agreement_id)
    return Facts(
        division=division,
        provider=agreement.provider_id,
        purchaser=agreement.purchaser_id,
        words=(same("title", agreement.title), *words),
    )


async def _of_challenger(
    tx: Tx, heard: events.ChallengeHeard | events.ComplaintHeard, *words: Word
) -> Facts:
    """What one provider holds against a tender concerns it, the purchaser, and offices."""
    challenger = await views.known_organisation(tx, heard.organisation_id)
    return Facts(
        division=heard.division,
        provider=heard.organisation_id,
        purchaser=heard.purchaser_id,
        words=(same("title", heard.title), same("organisation", challenger), *words),
    )


def _day(name: str, day: date | None) -> Word:
    return same(name, "—") if day is None else on_day(name, day)

"""What became of each trouble, read from the platform at the end of the year."""

from dataclasses import dataclass
from typing import Final

from scenarios.dujiangyan.client import Json
from scenarios.dujiangyan.people import AUDITOR, NOTIFIER
from scenarios.dujiangyan.steps import failures, licences, retenders
from scenarios.dujiangyan.steps.sessions import DAYS, session
from scenarios.dujiangyan.world import World

TRIAL: Final = "t01"
QUIET: Final = "t02"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """The trial project as it was left."""

    first_tender: Json
    second_tender: Json
    first_bids: list[Json]
    second_bids: list[Json]
    panel: Json
    agreement: Json
    late_agreement: Json
    """That of the other trial, whose evaluation was late."""
    sessions: dict[str, Json]
    observation: Json
    """That of the session which nobody observed."""
    assignments: dict[str, list[Json]]
    """Those of the sessions whose lead was taken away, in the order they were made."""
    lapsed: Json
    order: Json
    visits: list[Json]
    result: Json
    second_result: Json
    challenges: list[Json]
    complaints: list[Json]


async def gather(world: World, workers: list[Json]) -> Aftermath:
    """Everything that the endings are read from."""
    ask, ask_all = world.client.ask, world.client.ask_all
    tenders = "/procurement/v1/tenders"
    first = world.engagements[retenders.FAILED].tender
    second = world.engagements[TRIAL].tender
    commission = world.engagements[TRIAL].commission
    again = world.engagements[failures.SECOND].commission
    ids = {name: world.activities[session(name).number] for name in DAYS}
    lapsed = world.workers[licences.PROVIDER][licences.LAPSED]
    activities = "/scheduling/v1/activities"
    return Aftermath(
        first_tender=await ask(AUDITOR, f"{tenders}/{first}"),
        second_tender=await ask(AUDITOR, f"{tenders}/{second}"),
        first_bids=await ask_all(AUDITOR, f"{tenders}/{first}/bids"),
        second_bids=await ask_all(AUDITOR, f"{tenders}/{second}/bids"),
        panel=await ask(AUDITOR, f"{tenders}/{second}/panel"),
        agreement=await ask(
            AUDITOR, f"/procurement/v1/agreements/{world.engagements[TRIAL].agreement}"
        ),
        late_agreement=await ask(
            AUDITOR, f"/procurement/v1/agreements/{world.engagements[QUIET].agreement}"
        ),
        sessions={name: await ask(AUDITOR, f"{activities}/{ids[name]}") for name in DAYS},
        observation=await ask(AUDITOR, f"{activities}/{ids['unobserved']}/observation"),
        assignments={
            name: await ask_all(AUDITOR, "/scheduling/v1/assignments", activity_id=ids[name])
            for name in ("lapsed", "revoked")
        },
        lapsed=next(one for one in workers if one["id"] == lapsed),
        order=await ask(AUDITOR, f"/evaluation/v1/rectifications/{world.missed_order}"),
        visits=await ask_all(AUDITOR, "/evaluation/v1/visits", commission_id=commission),
        result=await ask(NOTIFIER, f"/evaluation/v1/results/{commission}"),
        second_result=await ask(NOTIFIER, f"/evaluation/v1/results/{again}"),
        challenges=await ask_all(AUDITOR, "/procurement/v1/challenges", tender_id=second),
        complaints=await ask_all(AUDITOR, "/procurement/v1/complaints", tender_id=second),
    )

"""Every SQL statement of scheduling, one noun a file; constraints with their refusals."""

from typing import Final

from libs.common.errors import Refusal
from services.scheduling.domain.assignments import LeadAssigned, WorkerAssigned, WorkerBusy
from services.scheduling.domain.plans import RoomTaken
from services.scheduling.domain.reports import ActivityNotHeld

CONSTRAINTS: Final[dict[str, type[Refusal]]] = {
    "a_room_has_one_activity_at_a_time": RoomTaken,
    "a_worker_has_one_exclusive_assignment_at_a_time": WorkerBusy,
    "an_activity_has_one_lead": LeadAssigned,
    "a_worker_is_assigned_once_to_an_activity": WorkerAssigned,
    "an_activity_is_reported_once": ActivityNotHeld,
}

"""What notifications shows of itself while it runs, and of what is late in the city."""

from dataclasses import dataclass
from typing import Final

from libs.common.auth import ALL_ROWS
from libs.common.db import Tx
from libs.common.levels import Levels
from services.notifications.domain.duties import Lateness, measure_lateness
from services.notifications.store import event_log, pages, restorations, subscriptions
from services.notifications.store.event_log import HeldBack
from services.notifications.store.subscriptions import Standing

levels: Final = Levels()


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """How many events there are that only others know."""

    events_from_future: int


@levels.show(
    event_log_held_back="Events that are not in the feed because one before them has not arrived",
    event_log_held_back_longest_seconds="For how long the first of these events is held back",
)
async def measure_held_back(tx: Tx) -> list[HeldBack]:
    """Events that have arrived and have no place in the feed."""
    return [await event_log.measure_held_back(tx, tx.wall)]


@levels.show(events_from_future="Told by services whose restored databases do not know them")
async def measure_forgotten(tx: Tx) -> list[Forgotten]:
    """What open restorations have left for somebody to decide."""
    return [Forgotten(events_from_future=await restorations.count_forgotten(tx))]


@levels.show(
    subscriptions_in_force="Agreements by which other systems get events today",
    subscriptions_expiring="Those of them whose last day is within thirty days",
)
async def measure_subscriptions(tx: Tx) -> list[Standing]:
    """Agreements with other systems that hold."""
    return [await subscriptions.measure_standing(tx, tx.today)]


@levels.show(
    "kind",
    duties_late="Things to be done under an agreement whose day has passed, by kind",
    duty_latest_days="By how many days the latest thing of that kind is late",
)
async def measure_duties(tx: Tx) -> list[Lateness]:
    """Reports, inspections, rectifications and whatever else has a day and has passed it."""
    return measure_lateness(await pages.list_duties(tx, ALL_ROWS), tx.today)

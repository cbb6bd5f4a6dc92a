"""Whoever is woken finds in the runbook what to do, and what stands there does it."""

from collections.abc import Awaitable, Callable

from tests.faults.lab import Lab
from tests.monitoring import day


async def test_a_parked_message_is_found_mended_and_replayed(
    open_lab: Callable[..., Awaitable[Lab]],
) -> None:
    """A real Prometheus sounds the alarm; the commands of its runbook entry lead to the reason,
    and once that is mended they replay the message; the alarm falls silent."""
    lab = await open_lab(*day.SERVICES)
    async with day.at_work(lab) as at_work:
        seconds = await day.mend_one(at_work)

    print(f"silent {seconds:.1f} s after the replay")

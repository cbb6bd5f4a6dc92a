"""Background tasks that cannot end unnoticed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from prometheus_client import Counter, Gauge, Histogram

log = structlog.get_logger()
_up = Gauge("sanshe_background_task_up", "1 while the task runs", ["service", "task"])
_restarts = Counter(
    "sanshe_background_task_restarts_total",
    "Unwanted ends of a task, after which it was started again",
    ["service", "task"],
)
_lag = Histogram(
    "sanshe_event_loop_lag_seconds",
    "How much later than asked for the event loop wakes a sleeper",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
drain_forced: Final = Counter(
    "sanshe_drain_forced_total", "What an ending process did not wait for any longer", ["part"]
)
LAG_EVERY: Final = 0.25


async def measure_lag() -> None:
    """Sleep and see how late one is woken: so long does everybody wait behind the others."""
    while True:
        due = time.monotonic() + LAG_EVERY
        await asyncio.sleep(LAG_EVERY)
        _lag.observe(max(0.0, time.monotonic() - due))


class Supervised:
    """A task that is started again whenever it ends without having been stopped.

    A leaked CancelledError counts as such an end: aio-pika raises one into its caller when a
    link is half open, and a loop guarded by `except Exception` would end without a word.
    """

    def __init__(
        self, service: str, name: str, work: Callable[[], Awaitable[None]], pause: float = 0.5
    ) -> None:
        self.name = name
        self.beat = time.monotonic()
        self._work = work
        self._pause = pause
        self._up = _up.labels(service, name)
        self._restarts = _restarts.labels(service, name)
        self._task = asyncio.create_task(self._supervise(), name=f"{service}:{name}")

    async def _supervise(self) -> None:
        while True:
            self._up.set(1)
            try:
                await self._work()
                log.warning("task-ended", task=self.name)
            except asyncio.CancelledError:
                if (task := asyncio.current_task()) and task.cancelling():
                    raise
                log.warning("task-cancelled-from-below", task=self.name)
            except Exception as failure:
                log.warning("task-failed", task=self.name, error=repr(failure))
            finally:
                self._up.set(0)
            self._restarts.inc()
            await asyncio.sleep(self._pause)

    async def stop(self) -> None:
        """Cancel the task and wait until it has gone."""
        self._task.cancel()
        await asyncio.wait([self._task])

"""Points between two steps of the library: where a process is killed, or loses time."""

import asyncio
import inspect
import itertools
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from libs.common import bus, idempotency, outbox, server


@dataclass(frozen=True, slots=True)
class Point:
    """A function of the library, and whether it happens before or after that has run."""

    owner: Any
    function: str
    after: bool


POINTS: Final = {
    # A1: the handler has run and its answer is stored; nothing is committed.
    "before_commit": Point(idempotency, "keep", after=True),
    # A2: committed, and the caller has heard nothing.
    "before_reply": Point(server, "_respond", after=False),
    # A3: committed, and the relay has the rows in its hand.
    "before_publish": Point(outbox.Relay, "_publish", after=False),
    # A4: the broker has confirmed, and the rows do not say so.
    "before_mark": Point(outbox.Relay, "_publish", after=True),
    # A5: the reactions are committed, and the broker has not been told.
    "before_ack": Point(bus.Hearing, "hear", after=True),
    # The reaction has run, and nothing of it is committed.
    "in_reaction": Point(bus.Hearing, "_apply", after=True),
}


def kill_at(name: str, times: int) -> None:
    """Have this process killed the so-many-th time it comes to that point."""
    count = 0

    def die() -> float:
        nonlocal count
        count += 1
        if count >= times:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0.0

    _arm(POINTS[name], die)


def pause_at(name: str, seconds: float) -> None:
    """Have this process lose that much time every second time it comes to that point."""
    times = itertools.cycle((seconds, 0.0))
    _arm(POINTS[name], lambda: next(times))


def _arm(point: Point, pass_by: Callable[[], float]) -> None:
    original = getattr(point.owner, point.function)

    async def asynchronous(*args: Any, **named: Any) -> Any:
        if not point.after:
            await asyncio.sleep(pass_by())
        result = await original(*args, **named)
        if point.after:
            await asyncio.sleep(pass_by())
        return result

    def synchronous(*args: Any, **named: Any) -> Any:
        pass_by()
        return original(*args, **named)

    changed = asynchronous if inspect.iscoroutinefunction(original) else synchronous
    setattr(point.owner, point.function, changed)


def leak_a_cancellation() -> None:
    """Have the relay's first batch end as aio-pika ends a publication over a half-open link."""
    run_once = outbox.Relay.run_once
    leaked = False

    async def leak_once(self: outbox.Relay, *args: Any) -> int:
        nonlocal leaked
        count = await run_once(self, *args)
        if count and not leaked:
            leaked = True
            raise asyncio.CancelledError
        return count

    setattr(outbox.Relay, "run_once", leak_once)  # noqa: B010

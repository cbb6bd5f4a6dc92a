"""Crash points: where in its code a process is killed with SIGKILL, at exactly that moment."""

import inspect
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from libs.common import bus, idempotency, outbox, server


@dataclass(frozen=True, slots=True)
class Point:
    """A function of the library, and whether death comes before or after it has run."""

    owner: Any
    function: str
    after: bool


POINTS: Final = {
    # A1: the handler has run and its answer is stored; nothing is committed.
    "before_commit": Point(idempotency, "store_answer", after=True),
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


def arm(name: str, times: int) -> None:
    """Have this process killed the so-many-th time it comes to that point."""
    point = POINTS[name]
    original = getattr(point.owner, point.function)
    setattr(point.owner, point.function, _deadly(original, point.after, times))


def _deadly(original: Callable[..., Any], after: bool, times: int) -> Callable[..., Any]:
    count = 0

    def passed() -> None:
        nonlocal count
        count += 1
        if count >= times:
            os.kill(os.getpid(), signal.SIGKILL)

    async def asynchronous(*args: Any, **named: Any) -> Any:
        if not after:
            passed()
        result = await original(*args, **named)
        if after:
            passed()
        return result

    def synchronous(*args: Any, **named: Any) -> Any:
        if not after:
            passed()
        result = original(*args, **named)
        if after:
            passed()
        return result

    return asynchronous if inspect.iscoroutinefunction(original) else synchronous

"""Fifty seeded `kill -9` within three months of the year: whom, when, and how soon it is back."""

import contextlib
import http.client
import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Final

from libs.embedded.issuer import Issuer
from libs.embedded.platform import service_names
from libs.embedded.tokens import sign

SEED: Final = 20_250_301
FIRST: Final = datetime(2025, 3, 1, tzinfo=UTC)
LAST: Final = datetime(2025, 6, 1, tzinfo=UTC)
OF_SERVICES: Final = 44
OF_SERVERS: Final = ("rabbitmq/rabbitmq",) * 4 + ("postgresql/postgresql",) * 2
LONGEST_WAIT: Final = 1.5
"""Seconds after the clock has come there: a kill is to hit work under way."""
CITY: Final = "510181"
POLL: Final = 0.1


@dataclass(frozen=True, slots=True)
class Kill:
    """Whom, by the name of its pid file; not before this business time, and then so much later."""

    at: datetime
    after: float
    victim: str


def planned(seed: int) -> list[Kill]:
    """The kills of a seed, in order: any process of a service, a few of broker and database."""
    dice = random.Random(seed)
    processes = [
        f"services/{name}-{part}" for name in service_names() for part in ("api", "worker")
    ]
    victims = [*dice.choices(processes, k=OF_SERVICES), *OF_SERVERS]
    dice.shuffle(victims)
    months = (LAST - FIRST).total_seconds()
    instants = sorted(FIRST + timedelta(seconds=dice.uniform(0, months)) for _ in victims)
    return [
        Kill(at, dice.uniform(0, LONGEST_WAIT), victim)
        for at, victim in zip(instants, victims, strict=True)
    ]


class Killer:
    """Watches the clock of the play, and kills when it has come so far."""

    def __init__(self, home: Path, address: str, is_playing: Callable[[], bool]) -> None:
        self._run = home / "run"
        self._home = home
        self._address = address
        self._is_playing = is_playing
        self._names = cycle(service_names())
        self._token = ""
        self._known = datetime.min.replace(tzinfo=UTC)

    def carry_out(self, kills: list[Kill]) -> list[str]:
        """Each in its turn, as long as the year is played; a line for each."""
        return list(self._killed(kills))

    def _killed(self, kills: list[Kill]) -> Iterator[str]:
        for number, kill in enumerate(kills, 1):
            if not self._until(partial(self._has_come, kill.at)):
                return
            time.sleep(kill.after)
            there = self._clock()
            seconds = self._end(kill.victim)
            if seconds is None:
                return
            line = (
                f"kill -9 {number:2}: {there:%Y-%m-%d %H:%M}Z +{kill.after:.2f} s  "
                f"{kill.victim:32} started again after {seconds:.1f} s"
            )
            print(line, flush=True)
            yield line

    def _end(self, victim: str) -> float | None:
        """Kill the whole group of whoever runs under that name; seconds until it is replaced."""
        if not self._until(lambda: self._pid(victim) > 0):
            return None
        pid, began = self._pid(victim), time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        back = self._until(lambda: self._pid(victim) not in (0, pid))
        return time.monotonic() - began if back else None

    def _until(self, condition: Callable[[], bool]) -> bool:
        """Wait for it while the year is played; whether it came."""
        while not condition():
            if not self._is_playing():
                return False
            time.sleep(POLL)
        return True

    def _pid(self, victim: str) -> int:
        """Who runs under that name now; 0 while nobody does."""
        try:
            return int((self._run / f"{victim}.pid").read_text().split()[0])
        except (OSError, IndexError):
            return 0

    def _has_come(self, instant: datetime) -> bool:
        return self._clock() >= instant

    def _clock(self) -> datetime:
        """The business clock of whichever service answers, or as it was last known."""
        with contextlib.closing(http.client.HTTPConnection(self._address, timeout=2)) as link:
            try:
                path = f"/{next(self._names)}/rehearsal/v1/settled"
                link.request("GET", path, headers=self._headers())
                self._known = datetime.fromisoformat(json.load(link.getresponse())["clock"])
            except (OSError, http.client.HTTPException, ValueError, KeyError):
                pass
        return self._known

    def _headers(self) -> dict[str, str]:
        if not self._token and (self._home / "secrets" / "issuer.jwk").exists():
            self._token = sign(Issuer(self._home), ["operator"], "proof", None, [CITY])
        return {"Authorization": f"Bearer {self._token}"}

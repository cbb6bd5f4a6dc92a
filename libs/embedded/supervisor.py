"""Keeps a set of programs running: restarts what dies, and stops everything at the end."""

import asyncio
import json
import logging
import time
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from libs.embedded.children import Children, Program

log = logging.getLogger(__name__)

FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 10.0
STEADY: Final = 30.0
"""Seconds of life after which a program's next death counts as its first."""


class Supervisor:
    """Programs by name; `pids` and the file of the same content tell who runs now, `deaths` how
    often one has ended by itself."""

    def __init__(self, children: Children, pid_file: Path, *, grace: float = 15.0) -> None:
        self.children = children
        self.pids: dict[str, int] = {}
        self.deaths: Counter[str] = Counter()
        self._pid_file = pid_file
        self._grace = grace
        self._keepers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self.children.stop_leftovers()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def start(self, programs: Sequence[Program]) -> None:
        """Start the programs and keep them running."""
        self._keepers += [asyncio.create_task(self._keep(program)) for program in programs]

    async def stop(self) -> None:
        """Stop all programs at once: SIGTERM, and SIGKILL after the grace."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        self._keepers.clear()
        self._pid_file.unlink(missing_ok=True)

    async def _keep(self, program: Program) -> None:
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            status = await self._once(program)
            if time.monotonic() - began > STEADY:
                pause = FIRST_PAUSE
            self.deaths[program.name] += 1
            said = self.children.last_line(program.name)
            log.warning("%s ended with %s; again in %.1f s: %s", program.name, status, pause, said)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _once(self, program: Program) -> int:
        process = await self.children.start(program)
        self._note(program.name, process)
        try:
            return await process.wait()
        finally:
            await self.children.stop(program.name, process, grace=self._grace)
            self._note(program.name, None)

    def _note(self, name: str, process: Process | None) -> None:
        if process:
            self.pids[name] = process.pid
        else:
            self.pids.pop(name, None)
        draft = self._pid_file.with_suffix(".new")
        draft.write_text(json.dumps(self.pids, indent=2), encoding="utf-8")
        draft.replace(self._pid_file)

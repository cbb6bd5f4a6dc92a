"""Child processes in groups of their own, written down so that a later run can end leftovers."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TAIL: Final = 15
"""Lines of a log that are shown when its program fails."""
BECOME: Final = (
    "import os, sys; user = int(sys.argv[1]); os.setgroups([]); os.setgid(user); os.setuid(user); "
    "os.execv(sys.argv[2], sys.argv[2:])"
)
"""uvloop cannot start a process as another user, so the process becomes that user itself."""


class Failed(RuntimeError):
    """A process that was needed did not start or ended too early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to start: a name, the arguments, the whole environment, where, and as whom."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    folder: Path = Path("/")
    user: int | None = None


class Children:
    """Starts programs whose output goes to `log` and whose ids are kept in `run`."""

    def __init__(self, log: Path, run: Path) -> None:
        self.log = log
        self.run = run
        for folder in (log, run):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def start(self, program: Program) -> Process:
        """Start a program as the leader of a new session, so that Ctrl-C stays with us."""
        with self.log_of(program.name).open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                *as_user(program.user, program.argv),
                stdin=DEVNULL,
                stdout=output,
                stderr=STDOUT,
                env=dict(program.environment),
                cwd=program.folder,
                start_new_session=True,
            )
        self._note(program.name).write_text(f"{process.pid} {started_at(process.pid)}\n")
        return process

    async def complete(self, program: Program) -> None:
        """Run a program to its end; raises `Failed` with the end of its log if it fails."""
        process = await self.start(program)
        try:
            status = await process.wait()
        finally:
            await self.stop(program.name, process, grace=5)
        if status:
            raise self.failed(program.name)

    async def stop(
        self, name: str, process: Process, *, grace: float, first: int = signal.SIGTERM
    ) -> None:
        """Ask the process to end, and kill its whole group when it does not."""
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.send_signal(first)
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), grace)
        await self.kill(name, process)

    async def kill(self, name: str, process: Process) -> None:
        """SIGKILL to the group; also to what a dead leader left in it."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        self._note(name).unlink(missing_ok=True)

    async def stop_leftovers(self) -> None:
        """End what an earlier run, itself killed, left running."""
        for note in self.run.glob("*.pid"):
            pid, _, start = note.read_text().strip().partition(" ")
            if pid.isdigit() and start and started_at(int(pid)) == start:
                await _end_group(int(pid))
            note.unlink(missing_ok=True)

    def log_of(self, name: str) -> Path:
        """The log file of a program."""
        return self.log / f"{name}.log"

    def failed(self, name: str) -> Failed:
        """The error to raise for a program, with the end of its log."""
        lines = self._lines(name)[-TAIL:]
        return Failed("\n".join([f"{name} failed; {self.log_of(name)} ends with:", *lines]))

    def last_line(self, name: str) -> str:
        """What a program said last."""
        return next((line for line in reversed(self._lines(name)) if line.strip()), "")

    def _lines(self, name: str) -> list[str]:
        return self.log_of(name).read_text("utf-8", "replace").splitlines()

    def _note(self, name: str) -> Path:
        return self.run / f"{name}.pid"


def as_user(user: int | None, argv: Sequence[str]) -> Sequence[str]:
    """The arguments that start a program as a user, in no group but that user's own."""
    return argv if user is None else [sys.executable, "-I", "-S", "-c", BECOME, str(user), *argv]


def started_at(pid: int) -> str:
    """When a process began, in ticks since boot: tells it from a later one of the same id."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return fields[19]


async def _end_group(pid: int) -> None:
    began = started_at(pid)
    for sign, patience in ((signal.SIGTERM, 50), (signal.SIGKILL, 20)):
        with suppress(ProcessLookupError):
            os.killpg(pid, sign)
        for _ in range(patience):
            if started_at(pid) != began:
                return
            await asyncio.sleep(0.1)

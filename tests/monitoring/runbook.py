"""The runbook as whoever is woken reads it: an alarm's entry, and the commands that stand in it."""

import asyncio
import os
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from libs.embedded.home import CHECKOUT

_MACHINE: Final = re.compile(r"On one machine `ask \$S …` is `([^`]+) …`")
_COMMAND: Final = re.compile(r"`(ask [^`]+)`")


class Entry:
    """What the runbook says about one alarm."""

    def __init__(self, alert: Mapping[str, Any]) -> None:
        """By the address that the alarm itself names."""
        page, _, anchor = alert["annotations"]["runbook_url"].partition("#")
        self._page = (CHECKOUT / page).read_text()
        entries = re.split(r"\n### ", self._page)
        [entry] = [one for one in entries if one.partition("\n")[0].lower() == anchor]
        self.service: str = alert["labels"]["service"]
        self.commands = _COMMAND.findall(" ".join(entry.split()))
        """What is to be typed, in the order of the entry, with `$S` for the service."""

    def command(self, beginning: str) -> str:
        """The one command that begins so."""
        [found] = [one for one in self.commands if one.startswith(beginning)]
        return str(found)

    async def follow(self, beginning: str, port: int, token: str, **blanks: str) -> str:
        """Type a command as it stands there, with blanks such as ID filled in; what it shows."""
        line = self.command(beginning)
        for name, text in blanks.items():
            assert name in line, f"{line} does not ask for {name}"
            line = line.replace(name, text)
        script = f"{self._on_one_machine(port)}\nS={self.service}\n{line}\n"
        process = await asyncio.create_subprocess_exec(
            "bash",
            "-euc",
            script,
            env={**_environment(), "OPERATOR_TOKEN": token},
            cwd=CHECKOUT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        shown, errors = await process.communicate()
        assert process.returncode == 0, (line, shown.decode(), errors.decode())
        return shown.decode()

    def _on_one_machine(self, port: int) -> str:
        """`ask`, as the head of the runbook defines it for one machine."""
        found = _MACHINE.search(" ".join(self._page.split()))
        assert found, "the runbook says what `ask` is on one machine"
        command = found[1].replace("$S", "$s").replace("8080", str(port))
        interpreter = shlex.quote(sys.executable)
        return f'ask() {{ s=$1; shift; {command.replace(".venv/bin/python", interpreter)} "$@"; }}'


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
        "PYTHONPATH": str(Path(CHECKOUT))
    }

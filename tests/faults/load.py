"""A bounded load of real commands, whose client repeats what stayed unanswered under its key."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, Final

import aiohttp

from libs.common.envelope import decode
from libs.common.ids import new_id
from libs.common.testing import token
from tests.faults.history import History, Kind, Record
from tests.faults.lab import Lab

DIVISION: Final = "510181001000"
ATTEMPT_SECONDS: Final = 5.0
AGAIN: Final = frozenset({429, 502, 503, 504})
"""Answers after which a client repeats the same command under the same key."""
ROLES: Final = ("official", "association", "town", "secretariat")
MOST: Final = 20_000
"""Operations of a client, whatever happens: every load is bounded."""
UNDER_WAY: Final = "command-under-way"


@dataclass(slots=True)
class Reply:
    """The final answer to a command, or None as `status` if there was none in time."""

    status: int | None
    body: Any
    version: int
    replayed: bool
    attempts: int


@dataclass(slots=True)
class Load:
    """Clients that enrol workers and rename organisations, each operation by a name of its own."""

    lab: Lab
    base: str
    history: History
    patience: float = 60.0
    """Seconds after which a client gives up, and the outcome is unknown."""
    disturbed: Counter[str] = field(default_factory=Counter)
    """What clients were told before they got their final answers."""
    replays: int = 0
    """Answers that said `Idempotent-Replayed: true`."""
    pause: float = 0.0
    _session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Load":
        timeout = aiohttp.ClientTimeout(total=ATTEMPT_SECONDS)
        self._session = aiohttp.ClientSession(timeout=timeout)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._session is not None
        await self._session.close()
        self.history.close()

    async def run(self, clients: int, operations: int, name: str = "") -> None:
        """So many clients, each with an organisation and so many operations one after another."""
        enough = asyncio.Event()
        await self.run_until(enough, clients, operations, name)

    async def run_until(
        self, enough: asyncio.Event, clients: int, operations: int = MOST, name: str = ""
    ) -> None:
        """The same, but it may be enough earlier."""
        await asyncio.gather(
            *(self._client(f"{name}{n}", operations, enough) for n in range(clients))
        )

    async def _client(self, name: str, operations: int, enough: asyncio.Event) -> None:
        organisation, version = await self.organisation(f"o-{name}")
        for step in range(operations):
            if enough.is_set():
                return
            if step % 2:
                version = await self.rename(f"rename-{name}-{step}", organisation, version)
            elif step % 4 and "procurement" in self.lab.services:
                await self.announce(f"announce-{name}-{step}")
            else:
                await self.enrol(f"enrol-{name}-{step}")
            await asyncio.sleep(self.pause)

    async def organisation(self, name: str) -> tuple[str, int]:
        """An organisation that may be renamed; its id and version."""
        body = {
            "name": name,
            "legal_form": "filed-group",
            "roles": ["provider"],
            "division": DIVISION,
        }
        applied = await self.send("POST", "/organisations", body, name)
        path = f"/organisations/{applied.body['id']}/filing"
        filed = await self.send("POST", path, {"filing_number": name}, f"file-{name}")
        return filed.body["id"], filed.version

    async def enrol(self, op: str) -> Reply:
        """One row and one event, whose doubling nothing but the key prevents."""
        return await self._recorded(
            Record(kind="invoke", op=op, what="enrol"),
            "POST",
            "/workers",
            {"kind": "social-worker", "name": op},
        )

    async def announce(self, op: str) -> Reply:
        """A call of the procurement service, whose event puts messages into inboxes."""
        body = {
            "title": op,
            "fiscal_year": 2025,
            "opens_at": "2024-11-01T00:00:00Z",
            "closes_at": "2025-02-01T00:00:00Z",
            "domains": ["elderly"],
        }
        record = Record(kind="invoke", op=op, what="announce")
        return await self._recorded(record, "POST", "/calls", body, service="procurement")

    async def rename(self, op: str, organisation: str, version: int) -> int:
        """A change of a row that has been read; its version afterwards."""
        reply = await self._recorded(
            Record(kind="invoke", op=op, what="rename", subject=organisation),
            "PATCH",
            f"/organisations/{organisation}",
            {"name": op},
            match=f'"{version}"',
        )
        if reply.status == 200:
            return reply.version
        read = await self.send("GET", f"/organisations/{organisation}", None, op)
        return read.version

    async def contend(self, name: str) -> None:
        """Two who have read the same version change it at the same time: one of them may."""
        organisation, version = await self.organisation(f"o-{name}")
        await asyncio.gather(
            *(self.rename(f"rename-{name}-{n}", organisation, version) for n in range(2))
        )

    async def pry(self, worker: str) -> None:
        """Another organisation's manager asks about a worker."""
        record = Record(kind="invoke", op=f"pry-{worker}", what="stranger", subject=worker)
        self.history.write(record)
        bearer = token("agency-manager", org=new_id())
        reply = await self.send("GET", f"/workers/{worker}", None, record.op, bearer=bearer)
        kind: Kind = "ok" if reply.status == 200 else "fail"
        self.history.write(replace(record, kind=kind, note=str(reply.status)))

    async def _recorded(
        self, record: Record, method: str, path: str, body: Any, **how: str
    ) -> Reply:
        self.history.write(record)
        reply = await self.send(method, path, body, record.op, **how)
        kind: Kind = "info" if reply.status is None else "ok" if reply.status < 300 else "fail"
        self.history.write(
            replace(
                record,
                kind=kind,
                version=reply.version if record.subject else 0,
                attempts=reply.attempts,
                replayed=reply.replayed,
                note=str(reply.status),
            )
        )
        return reply

    async def send(
        self,
        method: str,
        path: str,
        body: Any,
        key: str,
        *,
        match: str | None = None,
        bearer: str | None = None,
        service: str = "registry",
    ) -> Reply:
        """Send until there is a final answer, always under the same key."""
        reply = Reply(None, None, 0, False, 0)
        headers = {
            "Authorization": f"Bearer {bearer or token(*ROLES)}",
            "Idempotency-Key": f"{self.lab.seed}-{key}",
            **({"If-Match": match} if match else {}),
        }
        end = time.monotonic() + self.patience
        while time.monotonic() < end:
            reply.attempts += 1
            url = f"{self.base}/{service}/v1{path}"
            problem = await self._attempt(reply, method, url, body, headers)
            if problem is None:
                break
            self.disturbed[problem] += 1
            await asyncio.sleep(0.1)
        self.replays += reply.replayed
        return reply

    async def _attempt(
        self, reply: Reply, method: str, url: str, body: Any, headers: dict[str, str]
    ) -> str | None:
        """None when the answer is final, else what was the matter."""
        assert self._session is not None
        try:
            async with self._session.request(method, url, json=body, headers=headers) as answer:
                content = await answer.json(content_type=None)
        except TimeoutError:
            return "timeout"
        except (aiohttp.ClientError, OSError) as failure:
            return type(failure).__name__
        if answer.status in AGAIN:
            return str(answer.status)
        if answer.status == 409 and content.get("code") == UNDER_WAY:
            return UNDER_WAY
        reply.status, reply.body = answer.status, content
        reply.version = int(answer.headers.get("ETag", '"0"').strip('"'))
        reply.replayed = answer.headers.get("Idempotent-Replayed") == "true"
        return None


async def applied(lab: Lab) -> Counter[str]:
    """How often each operation of a load is there, in the registry's own rows and events."""
    found = Counter(row["name"] for row in await lab.sql("registry", "SELECT name FROM workers"))
    renamed = await lab.sql(
        "registry", "SELECT body FROM outbox WHERE type = 'registry.organisation.updated.v1'"
    )
    found.update(decode(row["body"]).data["name"] for row in renamed)
    if "procurement" in lab.services:
        found.update(
            row["title"] for row in await lab.sql("procurement", "SELECT title FROM calls")
        )
    return found


async def logged(lab: Lab) -> list[tuple[str, int]]:
    """(subject, sequence) of what notifications has put into its feed, in the feed's order."""
    rows = await lab.sql(
        "notifications",
        "SELECT source, subject, sequence FROM event_log"
        " WHERE position IS NOT NULL ORDER BY position",
    )
    return [(f"{row['source']} {row['subject']}", row["sequence"]) for row in rows]

"""A stage for tests: one real service on a real database, played from outside."""

import asyncio
import base64
import io
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from libs.common import jobs, migrate
from libs.common.config import Config
from libs.common.envelope import Envelope, decode, encode
from libs.common.health import Health
from libs.common.ids import new_id
from libs.common.prepare import prepare
from libs.common.problems import application
from libs.common.secret import Secret
from libs.common.service import Running, Service

ISSUER: Final = "urn:sanshe:test"
CITY: Final = "510181000000"
KEY: Final = OKPKey.generate_key("Ed25519", {"kid": "test"})
_FAILED: Final = "SELECT id FROM timers WHERE attempts > 0"


def token(
    *roles: str,
    person: str = "p-1",
    org: UUID | None = None,
    divisions: tuple[str, ...] = ("510181",),
    lives: int = 3600,
    kid: str = "test",
    **claims: Any,
) -> str:
    """A token as the city's identity provider would sign it."""
    content = {
        "iss": ISSUER,
        "aud": "sanshe",
        "sub": f"account-of-{person}",
        "exp": int(time.time()) + lives,
        "roles": list(roles),
        "person": person,
        "divisions": list(divisions),
        **({"org": str(org)} if org else {}),
        **claims,
    }
    return jwt.encode({"alg": "Ed25519", "kid": kid}, content, KEY, algorithms=["Ed25519"])


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API answered."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def code(self) -> str | None:
        """The stable code of a refusal."""
        return self.body.get("code") if isinstance(self.body, dict) else None


class Client:
    """A caller with a token: paths are below `/<service>/v1`."""

    def __init__(self, session: ClientSession, base: str, bearer: str) -> None:
        self._session = session
        self._base = base
        self._bearer = bearer

    async def get(self, path: str, **query: str) -> Answer:
        """Ask."""
        return await self.send("GET", path, params=query)

    async def post(
        self, path: str, body: Any = None, *, key: str | None = None, **headers: str
    ) -> Answer:
        """Command, with a fresh key unless one is given."""
        sent = {"Idempotency-Key": str(new_id()) if key is None else key, **headers}
        return await self.send("POST", path, body, sent)

    async def put(self, path: str, body: Any = None, **headers: str) -> Answer:
        """Create under an own id, or replace."""
        return await self.send("PUT", path, body, headers)

    async def patch(self, path: str, body: Any, *, match: str) -> Answer:
        """Change what was read with that ETag."""
        return await self.send(
            "PATCH", path, body, {"Idempotency-Key": str(new_id()), "If-Match": match}
        )

    async def upload(self, path: str, content: bytes, media_type: str) -> Answer:
        """PUT bytes."""
        return await self.send("PUT", path, headers={"Content-Type": media_type}, data=content)

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        data: bytes | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        """Anything, also what is wrong on purpose; a path that begins with `/~` is whole."""
        sent = {"Authorization": f"Bearer {self._bearer}", "Accept-Language": "en"}
        if body is not None:
            data = json.dumps(body, default=str).encode()
            sent["Content-Type"] = "application/json"
        async with self._session.request(
            method,
            path.removeprefix("/~") if path.startswith("/~") else f"{self._base}{path}",
            # A stream, because aiohttp warns of large bodies given as bytes.
            data=None if data is None else io.BytesIO(data),
            headers={**sent, **(headers or {})},
            params=params,
        ) as answer:
            raw = await answer.read()
            content = json.loads(raw) if raw and answer.content_type.endswith("json") else raw
            return Answer(answer.status, answer.headers, content)


class Stage:
    """One service: called over HTTP, told events, moved in time, and listened to."""

    def __init__(self, running: Running, session: ClientSession, port: int) -> None:
        self.running = running
        self.port = port
        self.database = running.database
        self._session = session
        self._sequences: dict[str, int] = {}
        self._looker: asyncpg.Connection | None = None
        self._looking = asyncio.Lock()
        self.heard: list[Envelope] = []
        """The events that have arrived, in order."""

    def as_(self, *roles: str, **claims: Any) -> Client:
        """A caller in these roles; see `token` for person, org and divisions."""
        return Client(self._session, f"/{self.running.service.name}/v1", token(*roles, **claims))

    async def hear(
        self,
        event_type: str,
        subject: UUID | str,
        data: Mapping[str, Any],
        *,
        time: datetime | None = None,
        sequence: int | None = None,
        epoch: int = 1,
        event_id: UUID | None = None,
        division: str = CITY,
    ) -> UUID:
        """An event of another service arrives, as it would from the queue; returns its id."""
        name = str(subject)
        self._sequences[name] = sequence or self._sequences.get(name, 0) + 1
        envelope = Envelope(
            id=event_id or new_id(),
            type=event_type,
            source=f"urn:sanshe:{CITY}:{event_type.partition('.')[0]}",
            subject=name,
            time=time or await self.now(),
            sequence=self._sequences[name],
            epoch=epoch,
            division=division,
            correlation=new_id(),
            causation="",
            actor="somebody",
            rehearsal=self.database.city.rehearsal,
            data=json.loads(json.dumps(dict(data), default=str)),
        )
        self.heard.append(envelope)
        await self.running.hearing.hear(encode(envelope))
        return envelope.id

    async def said(self, event_type: str | None = None) -> list[Envelope]:
        """The events told so far, in order; of one type if named."""
        rows = await self.fetch("SELECT body FROM outbox ORDER BY place")
        return [e for e in map(decode, (row[0] for row in rows)) if event_type in (None, e.type)]

    async def waiting(self) -> list[tuple[str, str, str]]:
        """What waits or is parked: (reaction, reason, state)."""
        rows = await self.fetch("SELECT reaction, reason, state FROM waiting ORDER BY since")
        return [(row["reaction"], row["reason"], row["state"]) for row in rows]

    async def retry_waiting(self) -> None:
        """Let everything that waits be tried now."""
        await self.fetch("UPDATE waiting SET due_at = since WHERE state = 'waiting'")
        for _ in range(len(await self.waiting())):
            await self.running.hearing.run_next_waiting()

    async def now(self) -> datetime:
        """The business clock."""
        instant: datetime = (await self.fetch("SELECT instant FROM rehearsal_clock"))[0][0]
        return instant

    async def move_to(self, instant: datetime) -> None:
        """Move the business clock, stopping at each due timer on the way, as a city would."""
        while due := (
            await self.fetch("SELECT min(due_at) FROM timers WHERE due_at <= $1", instant)
        )[0][0]:
            await self._set_clock(max(due, await self.now()))
            before = set(await self.fetch(_FAILED))
            await jobs.run_next(self.database, self.running.service.jobs)
            if set(await self.fetch(_FAILED)) - before:
                raise AssertionError("a job failed; see the log")
        await self._set_clock(instant)

    async def _set_clock(self, instant: datetime) -> None:
        await self.fetch("UPDATE rehearsal_clock SET instant = $1", instant)

    async def fetch(self, sql: str, *args: object) -> list[asyncpg.Record]:
        """Look into the database, or break something in it, over a connection beside the pool."""
        async with self._looking:
            if self._looker is None or self._looker.is_closed():
                self._looker = await self.database.connect()
            return await self._looker.fetch(sql, *args)

    async def aclose(self) -> None:
        """Look no more, until asked again."""
        if self._looker is not None:
            await self._looker.close()


async def make_template(service: Service, admin_url: str, *, rehearsal: bool = True) -> None:
    """Prepare and migrate a service's database once, as the model that stages copy."""
    await prepare(admin_url, service.name, "owner", "runtime")
    owner = _address(admin_url, f"sanshe_{service.name}_owner:owner", f"sanshe_{service.name}")
    await migrate.migrate_schema(
        owner,
        service.folder / "migrations",
        f"sanshe_{service.name}",
        rehearsal=rehearsal,
        phases=frozenset({"before", "after"}),
    )


@asynccontextmanager
async def stage(
    service: Service, admin_url: str, folder: Path, amqp_url: str = ""
) -> AsyncIterator[Stage]:
    """A service on a fresh copy of its database, answering HTTP; no worker runs."""
    name = f"test_{new_id().hex}"
    admin = await asyncpg.connect(admin_url)
    model = f"sanshe_{service.name}"
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {model} OWNER {model}_owner")
    jwks = folder / "jwks.json"
    jwks.write_text(json.dumps(KeySet([KEY]).as_dict(private=False)))
    (keys := folder / "keys").write_text(base64.b64encode(b"0" * 32).decode())
    config = Config(
        database_url=Secret(_address(admin_url, f"sanshe_{service.name}:runtime", name)),
        amqp_url=Secret(amqp_url),
        auth_issuer=ISSUER,
        auth_jwks=str(jwks),
        city_division=CITY,
        blob_url=f"file://{folder}/blobs",
        secret_key=Secret(file=keys),
    )
    running = Running(service, config, Health(), pool=4)
    try:
        await running.open()
    except SystemExit as refusal:
        # An exit would end the loop of the whole session: every later test would fail unexplained.
        raise RuntimeError(f"the service does not start: {refusal}") from None
    running.bell.local = True
    app = application(service.constraints)
    running.serve(app)
    server = TestServer(app)
    await server.start_server(auto_decompress=False)
    try:
        async with (
            ClientSession(server.make_url("/")) as session,
            aclosing(Stage(running, session, server.port or 0)) as opened,
        ):
            yield opened
    finally:
        await server.close()
        await running.stop()
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


def _address(url: str, user: str, database: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}@{host}", path=f"/{database}"))

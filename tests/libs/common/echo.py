"""A small service of its own, so that the library is tested without any of the real ones."""

import asyncio
from pathlib import Path
from typing import Final
from uuid import UUID

from libs.common.bus import Reactions
from libs.common.changes import followed
from libs.common.contract import Name, answer, body, changed, event, told
from libs.common.db import Tx
from libs.common.errors import Conflict, NotYet
from libs.common.http import Call, Download, Routes, Upload
from libs.common.ids import new_id
from libs.common.jobs import Jobs, set_timer
from libs.common.outbox import emit
from libs.common.pages import DeltaRequest, Page, page
from libs.common.service import Service

routes: Final = Routes()
reactions: Final = Reactions()
jobs: Final = Jobs()


@answer
class Thing:
    """Something with a name."""

    id: UUID
    version: int
    name: str
    division: str = "510181001000"


@body
class NewThing:
    """A thing to be made."""

    name: Name


@event("echo.thing.made.v1")
class ThingMade:
    """A thing was made."""

    id: UUID
    name: str


@event("echo.thing.renamed.v1")
class ThingRenamed:
    """A thing has another name."""

    id: UUID
    name: str


@event("echo.thing.made.v1", "echo.thing.renamed.v1")
class ThingHeard:
    """A view of both: the name alone."""

    name: str


class ThingBad(Conflict):
    """No thing may be called bad."""

    zh = "名称不可为 bad。"


class NameTaken(Conflict):
    """Another thing has this name; choose another."""

    zh = "名称已被使用，请另选。"


@routes.post("/things", scope="echo:write", status=201)
async def make_thing(tx: Tx, call: Call, body: NewThing) -> Thing:
    """Make a thing."""
    thing = Thing(id=new_id(), version=1, name=body.name)
    await tx.do("INSERT INTO things (id, version, name) VALUES ($1, 1, $2)", thing.id, thing.name)
    await emit(tx, thing, told(ThingMade, thing))
    if thing.name == "bad":
        raise ThingBad
    return thing


@routes.put("/things/{thing_id}", scope="echo:write", creates=True)
async def put_thing(tx: Tx, call: Call, thing_id: UUID, body: NewThing) -> Thing:
    """Make a thing under the client's own id."""
    thing = Thing(id=thing_id, version=1, name=body.name)
    call.created = bool(
        await tx.do(
            "INSERT INTO things (id, version, name) VALUES ($1, 1, $2) ON CONFLICT DO NOTHING",
            thing.id,
            thing.name,
        )
    )
    if call.created:
        await emit(tx, thing, told(ThingMade, thing))
    return thing


@routes.patch("/things/{thing_id}", scope="echo:write")
async def rename_thing(tx: Tx, call: Call, thing_id: UUID, body: NewThing) -> Thing:
    """Give a thing another name."""
    thing = await tx.get(Thing, "SELECT * FROM things WHERE id = $1 FOR UPDATE", thing_id)
    call.expect(thing)
    renamed = changed(thing, name=body.name)
    await tx.do(
        "UPDATE things SET version = $2, name = $3 WHERE id = $1",
        renamed.id,
        renamed.version,
        renamed.name,
    )
    await emit(tx, renamed, told(ThingRenamed, renamed))
    return renamed


@routes.post("/things/{thing_id}/secret", scope="echo:write", replay=lambda *a: read_secret(*a))
async def reveal_secret(tx: Tx, call: Call, thing_id: UUID) -> Thing:
    """Something personal, which is never stored with the command."""
    return await read_secret(tx, call, thing_id)


async def read_secret(tx: Tx, call: Call, thing_id: UUID) -> Thing:
    thing = await tx.get(Thing, "SELECT * FROM things WHERE id = $1", thing_id)
    await tx.do("INSERT INTO reads (id, thing_id) VALUES ($1, $2)", new_id(), thing.id)
    return thing


@routes.get("/things", scope="echo:read")
async def list_things(
    tx: Tx, call: Call, page_request: DeltaRequest, called: str = ""
) -> Page[Thing]:
    """All things whose names begin like this."""
    asked = await followed(tx, page_request, "things")
    found = await tx.all(
        Thing,
        """
          SELECT *
            FROM things
           WHERE starts_with(name, $1)
             AND ($2::text[] IS NULL OR id = ANY ($2::text[]::uuid[]))
             AND ($3::uuid IS NULL OR id > $3)
        ORDER BY id
           LIMIT $4
        """,
        called,
        asked.changed,
        asked.after_id,
        asked.limit,
    )
    return await page(tx, asked, found)


@routes.get("/things/{thing_id}", scope="echo:read")
async def read_thing(tx: Tx, call: Call, thing_id: UUID) -> Thing:
    """One thing."""
    return await tx.get(Thing, "SELECT * FROM things WHERE id = $1", thing_id)


@routes.post("/things/{thing_id}/timer", scope="echo:write")
async def wind_timer(tx: Tx, call: Call, thing_id: UUID) -> None:
    """Have the thing renamed at the present instant."""
    await set_timer(tx, "rename", thing_id, tx.now)


@routes.put("/blobs/{sha256}", scope="echo:write", creates=True)
async def put_blob(tx: Tx, call: Call, sha256: str, upload: Upload) -> None:
    """Keep a blob."""
    await call.blobs.put(sha256, upload.content)


@routes.get("/blobs/{sha256}", scope="echo:read")
async def read_blob(tx: Tx, call: Call, sha256: str) -> Download:
    """Give it back."""
    return Download(content=await call.blobs.get(sha256), media_type="application/octet-stream")


@reactions.view(ThingHeard)
async def names(tx: Tx, heard: ThingHeard) -> None:
    """Keep the newest name of each thing."""
    await tx.do(
        """
        INSERT INTO names (id, name)
             VALUES ($1, $2)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name
        """,
        tx.cause.subject,
        heard.name,
    )


@reactions.effect(ThingMade)
async def count_thing(tx: Tx, heard: ThingMade) -> None:
    """Note each thing once; one called later waits, poison always fails, and endless hangs."""
    if heard.name == "later" and not await tx.value("SELECT count(*) FROM reads"):
        raise NotYet("read")
    if heard.name == "poison":
        raise ValueError("poison")
    if heard.name == "endless":
        await asyncio.Event().wait()
    await tx.do("INSERT INTO effects (id, thing_id) VALUES ($1, $2)", new_id(), heard.id)


@jobs.due("rename")
async def rename(tx: Tx, subject: str) -> None:
    """Rename what is due."""
    await tx.do("UPDATE things SET name = name || ' late' WHERE id = $1", UUID(subject))


service: Final = Service(
    name="echo",
    title="Echo",
    about="For tests.",
    folder=Path(__file__).parent / "echo_service",
    routes=(routes,),
    grants={
        "echo:write": frozenset({"official", "agency-manager"}),
        "echo:read": frozenset({"official", "agency-manager", "auditor"}),
    },
    reactions=reactions,
    jobs=jobs,
    tells=(ThingMade, ThingRenamed),
    constraints={"a_thing_has_a_name_of_its_own": NameTaken},
)

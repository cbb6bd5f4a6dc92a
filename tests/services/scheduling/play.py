"""The people and things of these tests, and the steps that most of them begin with."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from PIL import Image

from libs.common.ids import new_id
from libs.common.testing import Answer, Client, Stage

SITE: Final = "510181101001"
HOST: Final = "510181101000"
PROVIDER: Final = UUID(int=1)
PURCHASER: Final = UUID(int=2)
ELDERS: Final = UUID(int=3)
OTHER_AGENCY: Final = UUID(int=4)
AGREEMENT: Final = UUID(int=10)
OUTPUT: Final = UUID(int=11)
VISITS: Final = UUID(int=12)
LEAD: Final = UUID(int=20)
SECOND: Final = UUID(int=21)
ASSISTANT: Final = UUID(int=22)
STRANGER: Final = UUID(int=23)
STATION: Final = UUID(int=30)
ROOM: Final = UUID(int=31)
START: Final = datetime(2024, 11, 5, 1, tzinfo=UTC)
"""Tuesday, nine in the morning in Dujiangyan; the stage's clock begins on 2024-11-01."""

OUTPUTS: Final[list[dict[str, Any]]] = [
    {
        "id": OUTPUT,
        "kind": "community-activity",
        "title": "邻里活动",
        "quantity": 12,
        "minimum_persons": 3,
    },
    {
        "id": VISITS,
        "kind": "home-visit",
        "title": "入户探访",
        "quantity": 120,
        "minimum_persons": 1,
    },
]
TERMS: Final[dict[str, Any]] = {
    "id": AGREEMENT,
    "tender_id": None,
    "title": "居家养老服务",
    "domain": "home-care",
    "division": SITE,
    "host_division": HOST,
    "purchaser_id": PURCHASER,
    "provider_id": PROVIDER,
    "from_day": "2024-11-01",
    "to_day": "2025-10-31",
    "amount": 8_000_000,
    "status": "in_force",
    "observation": "every",
    "lead_worker_id": str(LEAD),
    "certified_share_bp": 5_000,
    "outputs": OUTPUTS,
    "bands": [],
}


async def hear_agreement(stage: Stage, kind: str = "in_force", **other: Any) -> None:
    """Procurement tells of the agreement, with other terms if named."""
    terms = TERMS | {"status": kind if kind in ("completed", "terminated") else "in_force"} | other
    await stage.hear(f"procurement.agreement.{kind}.v1", terms["id"], terms)


async def hear_worker(stage: Stage, worker: UUID, kind: str, **other: Any) -> None:
    """The registry tells of a worker: certified and employed by the provider unless said."""
    facts = {
        "id": worker,
        "kind": "social-worker",
        "employer_id": PROVIDER,
        "part_time_ids": [],
        "certificate_level": "social-worker",
        "certificate_valid": True,
        "registration_status": "valid",
        "registration_until": "2026-12-31",
        "minors_check_until": None,
    }
    await stage.hear(f"registry.{kind}.v1", worker, facts | other)


async def hear_organisation(stage: Stage, organisation: UUID, name: str) -> None:
    """The registry tells of an organisation."""
    facts = {"id": organisation, "name": name, "division": SITE, "status": "registered"}
    await stage.hear("registry.organisation.registered.v1", organisation, facts)


async def hear_recipient(stage: Stage, ref: str, organisation: UUID = PROVIDER) -> None:
    """Casework tells of a recipient."""
    facts = {"id": ref, "organisation_id": organisation, "division": SITE, "status": "open"}
    await stage.hear("casework.recipient.enrolled.v1", ref, facts)


async def hear_tie(stage: Stage, person: str, organisation: UUID, **other: Any) -> UUID:
    """The registry tells of a tie, direct unless said."""
    tie = new_id()
    facts = {"id": tie, "person": person, "organisation_id": organisation, "kind": "kinship"}
    await stage.hear(
        "registry.tie.declared.v1", tie, facts | {"degree": "direct", "status": "standing"} | other
    )
    return tie


async def set_scene(stage: Stage) -> None:
    """An agreement in force, four workers, three agencies, a station and ten recipients."""
    await hear_agreement(stage)
    await hear_worker(stage, LEAD, "worker.enrolled")
    await hear_worker(stage, SECOND, "worker.enrolled")
    await hear_worker(
        stage, ASSISTANT, "worker.enrolled", certificate_level=None, certificate_valid=False
    )
    await hear_worker(stage, STRANGER, "worker.enrolled", employer_id=OTHER_AGENCY)
    await hear_organisation(stage, PROVIDER, "都江堰市乐助社会工作服务中心")
    await hear_organisation(stage, ELDERS, "友爱社区老年协会")
    rooms = [{"id": ROOM, "name": "活动室", "capacity": 40}]
    station = {"id": STATION, "name": "社工站", "division": SITE, "status": "open", "rooms": rooms}
    await stage.hear("registry.station.opened.v1", STATION, station)
    for number in range(10):
        await hear_recipient(stage, f"r-{number}")


def manager(stage: Stage, org: UUID = PROVIDER, person: str = "p-manager") -> Client:
    """The manager of the provider, or of another agency."""
    return stage.as_("agency-manager", org=org, person=person)


def official(stage: Stage, person: str = "p-official") -> Client:
    """An official of the civil affairs bureau (民政局)."""
    return stage.as_("official", person=person)


def observer(stage: Stage, person: str = "p-observer") -> Client:
    """The observer who is named in most tests."""
    return stage.as_("observer", person=person)


def community(stage: Stage, **claims: Any) -> Client:
    """Somebody of the community's own staff."""
    return stage.as_("community", person="p-community", divisions=(SITE,), **claims)


def plan(**other: Any) -> dict[str, Any]:
    """A neighbourhood activity of two hours under the agreement."""
    return {
        "basis": "agreement",
        "kind": "community-activity",
        "title": "邻里茶话会",
        "agreement_id": AGREEMENT,
        "output_id": OUTPUT,
        "division": SITE,
        "place": "社区活动中心",
        "starts_at": START,
        "ends_at": START + timedelta(hours=2),
        "lead_worker_id": str(LEAD),
        "expected_persons": 20,
        "recorded_afterwards": False,
        **other,
    }


def visit(**other: Any) -> dict[str, Any]:
    """A home visit under the agreement: never observed."""
    return plan(**{"kind": "home-visit", "output_id": VISITS, "title": "入户探访", **other})


async def drafted(stage: Stage, body: dict[str, Any]) -> str:
    """The id of an activity drafted by the provider."""
    answer = await manager(stage).post("/activities", body)
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


async def observed(stage: Stage, activity: str, **other: Any) -> Answer:
    """An official names the observer."""
    body = {"person": "p-observer", "side": "purchaser", "organisation_id": None}
    return await official(stage).post(f"/activities/{activity}/observer", body | other)


async def published(stage: Stage, **other: Any) -> str:
    """The id of an activity with its observer named, published."""
    activity = await drafted(stage, plan(**other))
    assert (await observed(stage, activity)).status == 200
    answer = await manager(stage).post(f"/activities/{activity}/publication")
    assert answer.status == 200, answer.body
    return activity


async def published_visit(stage: Stage, **other: Any) -> str:
    """The id of a home visit, published."""
    activity = await drafted(stage, visit(**other))
    answer = await manager(stage).post(f"/activities/{activity}/publication")
    assert answer.status == 200, answer.body
    return activity


def arrival(ref: str, at: datetime = START, **other: Any) -> dict[str, Any]:
    """A check-in as a device sends it."""
    return {
        "recipient_ref": ref,
        "at": at,
        "device": "tablet-1",
        "collector": "p-volunteer",
        **other,
    }


async def check_in(stage: Stage, activity: str, ref: str, **other: Any) -> Answer:
    """One check-in under a fresh id."""
    path = f"/activities/{activity}/check-ins/{new_id()}"
    return await manager(stage).put(path, arrival(ref, **other))


async def held(stage: Stage, persons: int = 3, **other: Any) -> str:
    """The id of an activity that took place with that many named persons."""
    activity = await published(stage, **other)
    await stage.move_to(max(await stage.now(), START + timedelta(hours=2)))
    for number in range(persons):
        assert (await check_in(stage, activity, f"r-{number}")).status == 201
    answer = await manager(stage).post(f"/activities/{activity}/holding", {"volunteers": 2})
    assert answer.status == 200, answer.body
    return activity


def picture(shade: int = 0, kind: str = "JPEG", size: tuple[int, int] = (8, 8)) -> bytes:
    """The bytes of a small picture."""
    out = io.BytesIO()
    Image.new("RGB", size, (shade, shade, shade)).save(out, kind)
    return out.getvalue()


async def uploaded(client: Client, shade: int = 0) -> str:
    """The hash of a picture that this caller has uploaded."""
    content = picture(shade)
    sha256 = hashlib.sha256(content).hexdigest()
    answer = await client.upload(f"/blobs/{sha256}", content, "image/jpeg")
    assert answer.status in (200, 201), answer.body
    return sha256


async def report(client: Client, **other: Any) -> dict[str, Any]:
    """A whole report with its pictures uploaded."""
    views = enumerate(("scene", "process", "close"), start=1)
    return {
        "aim": "促进邻里交往",
        "process": "茶话、游戏、分享",
        "effect": "参加者相互认识",
        "participants_words": "“希望常办”",
        "problem": "场地偏小",
        "follow_up": "下次分两场",
        "volunteers": 2,
        "photos": [
            {"sha256": await uploaded(client, 40 * shade), "view": view} for shade, view in views
        ],
        "sign_in_sheet": await uploaded(client, 200),
        **other,
    }


async def reported(stage: Stage, persons: int = 3, **other: Any) -> str:
    """The id of an activity whose report waits for its review."""
    activity = await held(stage, persons, **other)
    client = manager(stage)
    answer = await client.post(f"/activities/{activity}/reports", await report(client))
    assert answer.status == 201, answer.body
    return activity


async def review(stage: Stage, activity: str, outcome: str, *codes: str) -> Answer:
    """An official reviews the report."""
    body = {"outcome": outcome, "codes": list(codes)}
    return await official(stage).post(f"/activities/{activity}/review", body)

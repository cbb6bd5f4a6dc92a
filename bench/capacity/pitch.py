"""Scheduling and those who hear it, as processes of their own, with an agreement to work under."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

import aio_pika
import aiohttp

from bench.capacity.usage import seconds_of
from libs.common.envelope import Envelope, encode
from libs.common.ids import new_id
from libs.common.testing import CITY, Client, Stage, token
from libs.embedded.definitions import EXCHANGE
from tests.faults.lab import Child, Lab, until
from tests.services.scheduling import play

HEARERS: Final = ("evaluation", "notifications")
SERVICES: Final = ("scheduling", *HEARERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much work is measured."""

    activities: int = 40
    persons: int = 50
    """Named persons at each activity."""
    looks: int = 300

    @property
    def person_times(self) -> int:
        return self.activities * self.persons


@dataclass(slots=True)
class Pitch:
    """What the helpers of scheduling's tests take for a stage, seen through real processes."""

    lab: Lab
    session: aiohttp.ClientSession
    scale: Scale
    children: dict[str, Child] = field(default_factory=dict)
    activities: list[str] = field(default_factory=list)
    born: dict[str, float] = field(default_factory=dict)
    """Seconds of CPU that a process had used when it was ready for the first time, idle."""

    @property
    def stage(self) -> Stage:
        """Itself, for those helpers."""
        return cast(Stage, self)

    def as_(self, *roles: str, **claims: Any) -> Client:
        """A caller of scheduling's API in these roles."""
        base = f"{self.children['scheduling-api'].api}/scheduling/v1"
        return Client(self.session, base, token(*roles, **claims))

    async def hear(
        self, event_type: str, subject: UUID | str, data: Mapping[str, Any], **_: Any
    ) -> UUID:
        """Another service tells of something, to everybody who is bound to it."""
        envelope = Envelope(
            id=new_id(),
            type=event_type,
            source=f"urn:sanshe:{CITY}:{event_type.partition('.')[0]}",
            subject=str(subject),
            time=play.START - timedelta(days=4),
            sequence=1,
            epoch=1,
            division=CITY,
            correlation=new_id(),
            causation="",
            actor="somebody",
            rehearsal=True,
            data=json.loads(json.dumps(dict(data), default=str)),
        )
        async with await aio_pika.connect(self.lab.ground.broker.url()) as broker:
            exchange = await (await broker.channel()).get_exchange(EXCHANGE)
            message = aio_pika.Message(
                encode(envelope), content_type="application/cloudevents+json", delivery_mode=2
            )
            await exchange.publish(message, event_type)
        return envelope.id

    async def start(self, service: str, role: str) -> None:
        """Start one process, or start it again."""
        name = f"{service}-{role}"
        if name in self.children:
            await self.lab.restart(self.children[name])
        else:
            self.children[name] = await self.lab.start(service, role)
            self.born[name] = self.cpu(name)

    def cpu(self, name: str) -> float:
        """Seconds of CPU that a process has used."""
        process = self.children[name].process
        assert process is not None
        return seconds_of(process.pid)

    async def stop(self, service: str, role: str) -> None:
        """End it as a crash would: what it has not done is done by its successor."""
        await self.lab.kill(self.children[f"{service}-{role}"])

    async def move_to(self, instant: datetime) -> None:
        """Set the clock of scheduling."""
        await self.lab.sql("scheduling", "UPDATE rehearsal_clock SET instant = $1", instant)

    async def set_scene(self) -> None:
        """An agreement, a lead for each activity, and the persons who will come."""
        outputs = [dict(output, quantity=10 * self.scale.person_times) for output in play.OUTPUTS]
        await play.hear_agreement(self.stage, outputs=outputs)
        await play.hear_organisation(self.stage, play.PROVIDER, "示例社会工作服务中心")
        for number in range(self.scale.activities):
            await play.hear_worker(self.stage, lead(number), "worker.enrolled")
        for number in range(self.scale.persons):
            await play.hear_recipient(self.stage, f"r-{number}")
        await self.heard(2 + self.scale.activities + self.scale.persons)

    async def heard(self, least: int) -> None:
        """Wait until scheduling has dealt with so many events."""
        statement = "SELECT count(DISTINCT event_id) >= $1 FROM inbox"
        await until(lambda: self.lab.value("scheduling", statement, least), "the scene is known")

    async def plan_activities(self) -> None:
        """All of them, drafted, with their observers, published."""
        for number in range(self.scale.activities):
            plan = play.plan(lead_worker_id=str(lead(number)), title=f"邻里茶话会 {number}")
            activity = await play.drafted(self.stage, plan)
            observer = await play.observed(self.stage, activity, person=f"p-observer-{number}")
            assert observer.status == 200, observer.body
            answer = await play.manager(self.stage).post(f"/activities/{activity}/publication")
            assert answer.status == 200, answer.body
            self.activities.append(activity)

    async def check_in(self, together: int) -> None:
        """Every person to every activity, one request each, as telephones send them."""
        gate = asyncio.Semaphore(together)

        async def one(activity: str, person: int) -> None:
            async with gate:
                answer = await play.check_in(self.stage, activity, f"r-{person}")
                assert answer.status == 201, answer.body

        await asyncio.gather(
            *(
                one(activity, person)
                for activity in self.activities
                for person in range(self.scale.persons)
            )
        )

    async def report_activities(self) -> None:
        """Each is held, observed, reported with pictures and accepted."""
        for number, activity in enumerate(self.activities):
            manager = play.manager(self.stage)
            held = await manager.post(f"/activities/{activity}/holding", {"volunteers": 2})
            assert held.status == 200, held.body
            seen = await play.observer(self.stage, f"p-observer-{number}").post(
                f"/activities/{activity}/observation",
                {"counted": self.scale.persons, "remark_code": None},
            )
            assert seen.status == 200, seen.body
            body = await play.report(manager)
            reported = await manager.post(f"/activities/{activity}/reports", body)
            assert reported.status == 201, reported.body
            accepted = await play.review(self.stage, activity, "accept")
            assert accepted.status == 200, accepted.body

    async def look(self) -> None:
        """People look at lists: a page of fifty activities."""
        for _ in range(self.scale.looks):
            answer = await play.manager(self.stage).get("/activities", limit="50")
            assert answer.status == 200, answer.body


def lead(number: int) -> UUID:
    """The certified worker who leads that activity."""
    return UUID(int=1000 + number)

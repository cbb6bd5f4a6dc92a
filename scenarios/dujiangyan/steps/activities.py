"""The year's activities: announced, observed, attended, reported, reviewed, some corrected."""

from typing import Any, Final

from scenarios.dujiangyan import data, generator, people, photos
from scenarios.dujiangyan.calendar import activity_days
from scenarios.dujiangyan.client import together
from scenarios.dujiangyan.generator import MINORS, REHABILITATION, Planned
from scenarios.dujiangyan.people import REVIEWER, Who
from scenarios.dujiangyan.photos import Picture
from scenarios.dujiangyan.world import World

ROOT: Final = "/scheduling/v1"
VIEWS: Final = ("scene", "process", "close")
NO_PHOTOS: Final = frozenset({MINORS, REHABILITATION})
RETURN_CODES: Final = ("effect-missing",)


class Incomplete(RuntimeError):
    """A batch was taken in part only; the message lists what became of each item."""


async def live_through(world: World, slot: int) -> None:
    """An activity day: what was announced is held and reported, the reports of the day before
    are reviewed, and the next day's activities are announced."""
    await together(
        [
            *(_hold_and_report(world, one) for one in generator.in_slot(slot)),
            *(report(world, one) for one in generator.reported_in(slot) if one.slot < slot),
            *(_review(world, one) for one in generator.reported_in(slot - 1)),
            *(_announce(world, one) for one in generator.in_slot(slot + 1)),
        ]
    )


async def announce_first(world: World) -> None:
    """首批活动发布"""
    await together(_announce(world, one) for one in generator.in_slot(0))


async def review_last(world: World) -> None:
    """年末简报审查"""
    await together(_review(world, one) for one in generator.reported_in(len(activity_days()) - 1))


async def _announce(world: World, one: Planned) -> None:
    await draft(world, one)
    await name_observer(world, one)
    await publish(world, one)


async def draft(world: World, one: Planned) -> None:
    """An activity as its organisation plans it."""
    engagement = world.engagements[one.project.key]
    activity = await world.client.do(
        manager_of(world, one),
        f"{ROOT}/activities",
        {
            "agreement_id": engagement.agreement,
            "output_id": engagement.outputs[one.output],
            "basis": "agreement",
            "kind": one.kind.kind,
            "title": f"{one.project.community.name}{one.kind.title}",
            "division": one.project.community.code,
            "place": f"{one.project.community.name}活动室",
            "starts_at": one.starts_at.isoformat(),
            "ends_at": one.ends_at.isoformat(),
            "lead_worker_id": _leads(world, one)[one.lead],
            "expected_persons": one.headcount,
        },
        "activity",
        one.number,
    )
    world.activities[one.number] = activity["id"]


async def name_observer(world: World, one: Planned) -> None:
    """The town names whom the bureau sends along."""
    await world.client.do(
        people.town(one.project.community.code),
        f"{path_of(world, one)}/observer",
        {"person": people.observer(one.observer).person, "side": "purchaser"},
        "observer",
        one.number,
    )


async def publish(world: World, one: Planned) -> None:
    """Others know of it from here on."""
    path = f"{path_of(world, one)}/publication"
    await world.client.do(manager_of(world, one), path, None, "activity-publication", one.number)


async def _hold_and_report(world: World, one: Planned) -> None:
    await _hold(world, one)
    if one.report_slot == one.slot:
        await report(world, one)


async def _hold(world: World, one: Planned) -> None:
    await attend(world, one)
    await observe(world, one)
    await hold(world, one)


async def attend(world: World, one: Planned) -> None:
    """Some sign in by name, and the staff count everybody."""
    path, manager = path_of(world, one), manager_of(world, one)
    taken = await world.client.do(
        manager,
        f"{path}/check-in-batches",
        {"check_ins": _check_ins(world, one)},
        "check-ins",
        one.number,
    )
    if taken["refused"]:
        raise Incomplete(f"check-ins of activity {one.number} were refused: {taken['items']}")
    await world.client.do(
        manager,
        f"{path}/headcounts",
        {"count": one.headcount, "method": "counted", "by": "staff"},
        "headcount",
        one.number,
    )


async def observe(world: World, one: Planned) -> None:
    """The observer was there, and counted too."""
    await world.client.do(
        people.observer(one.observer),
        f"{path_of(world, one)}/observation",
        {"counted": one.headcount, "remark_code": "as-announced"},
        "observation",
        one.number,
    )


async def hold(world: World, one: Planned) -> None:
    """It took place."""
    path = f"{path_of(world, one)}/holding"
    body = {"volunteers": one.volunteers}
    await world.client.do(manager_of(world, one), path, body, "holding", one.number)


async def report(world: World, one: Planned) -> None:
    """Its report, with everything attached."""
    await world.client.do(
        manager_of(world, one),
        f"{path_of(world, one)}/reports",
        await content(world, one, corrected=False),
        "report",
        one.number,
    )


async def _review(world: World, one: Planned) -> None:
    """A report that goes back is corrected by its author and read again."""
    if one.returned:
        await send_back(world, one)
        await correct(world, one)
    await accept(world, one)


async def send_back(world: World, one: Planned) -> None:
    """The reviewer returns a report, with codes."""
    await _judge(world, one, {"outcome": "return", "codes": list(RETURN_CODES)}, "return")


async def correct(world: World, one: Planned) -> None:
    """Its author puts it right."""
    path, manager = f"{path_of(world, one)}/report", manager_of(world, one)
    etag = await world.client.etag(manager, path)
    better = await content(world, one, corrected=True)
    await world.client.correct(manager, path, better, "correction", one.number, etag)


async def accept(world: World, one: Planned) -> None:
    """The reviewer accepts a report."""
    await _judge(world, one, {"outcome": "accept", "codes": []}, "acceptance-of-report")


async def _judge(world: World, one: Planned, body: dict[str, Any], step: str) -> None:
    await world.client.do(REVIEWER, f"{path_of(world, one)}/review", body, step, one.number)


async def content(world: World, one: Planned, *, corrected: bool) -> dict[str, Any]:
    """The report 简报: what an author writes, and everything attached, uploaded before."""
    pictures = _pictures(one)
    sheet = photos.sheet(f"activity/{one.number}/sheet")
    for picture in (*pictures, sheet):
        await world.client.upload(
            manager_of(world, one),
            f"{ROOT}/blobs/{picture.sha256}",
            picture.raw,
            picture.media_type,
        )
    effect = "参加者彼此熟悉，三分之二表示愿意继续参加。"
    return {
        "aim": f"{one.project.title}：{one.kind.title}第{one.number + 1}场。",
        "process": "签到、热身、主题环节、分享与小结，全程约两小时。",
        "effect": effect + ("补充：会后回访十人，均表示满意。" if corrected else ""),
        "participants_words": "“在这里有人说话，心里踏实。”",
        "problem": "部分参加者到场较晚。",
        "follow_up": "下次提前一日逐户提醒。",
        "volunteers": one.volunteers,
        "photos": [
            {"sha256": picture.sha256, "view": view}
            for picture, view in zip(pictures, VIEWS, strict=False)
        ],
        "sign_in_sheet": sheet.sha256,
    }


def _pictures(one: Planned) -> list[Picture]:
    """Minors and rehabilitation clients are not photographed."""
    if one.project.domain in NO_PHOTOS:
        return []
    return [photos.photo(f"activity/{one.number}/{view}") for view in VIEWS]


def _check_ins(world: World, one: Planned) -> list[dict[str, Any]]:
    persons = generator.recipients(one.project)
    return [
        {
            "id": str(number),
            "recipient_ref": world.recipients[persons[recipient].key],
            "at": moment.isoformat(),
            "device": f"pad-{one.project.key}",
            "collector": None,
        }
        for number, recipient, moment in one.check_ins
    ]


def _leads(world: World, one: Planned) -> list[str]:
    """Two workers lead a project's activities; an agency's second project has another two."""
    everything = (*data.projects(), *data.trials())
    mine = [project.key for project in everything if project.provider == one.project.provider]
    first = 2 * mine.index(one.project.key)
    return world.workers[one.project.provider][first:]


def manager_of(world: World, one: Planned) -> Who:
    """Who plans and reports it."""
    return world.manager(one.project.provider)


def path_of(world: World, one: Planned) -> str:
    """The activity."""
    return f"{ROOT}/activities/{world.activities[one.number]}"

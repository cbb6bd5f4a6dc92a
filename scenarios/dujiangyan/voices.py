"""Listens to what the platform says to somebody who meets an obstacle, in both languages."""

from scenarios.dujiangyan import troubles
from scenarios.dujiangyan.client import Attempt
from scenarios.dujiangyan.journal import Told
from scenarios.dujiangyan.people import Who
from scenarios.dujiangyan.world import World


class Silent(RuntimeError):
    """A message that should have come is in nobody's inbox."""


async def refused(world: World, name: str, who: Who, attempt: Attempt) -> None:
    """Try what is refused, once in each language."""
    if _is_settled(world, name):
        return
    zh = await world.client.refusal(who, attempt, "zh")
    en = await world.client.refusal(who, attempt, "en")
    told = Told(who=who.role, status=zh.status, code=zh.code, zh=zh.title, en=en.title)
    world.journal.note(name, told)


async def messaged(world: World, name: str, who: Who, template: str, about: str = "") -> None:
    """Read the newest message of that template in somebody's inbox, in each language."""
    if _is_settled(world, name):
        return
    zh, en = [await _newest(world, who, template, about, language) for language in ("zh", "en")]
    world.journal.note(name, Told(who=who.role, status=None, code=template, zh=zh, en=en))


def _is_settled(world: World, name: str) -> bool:
    """It is heard once, when it happens: later the same attempt may well be allowed."""
    if name not in troubles.voices():
        raise KeyError(name)
    return name in world.journal.told or world.clock.is_past(world.moment)


async def _newest(world: World, who: Who, template: str, about: str, language: str) -> str:
    inbox = await world.client.read(who, "/notifications/v1/inbox", language)
    for one in inbox["messages"]:
        if one["template"] == template and about in one["text"]:
            return str(one["text"])
    raise Silent(f"{who.person} has no message {template} about {about!r}")

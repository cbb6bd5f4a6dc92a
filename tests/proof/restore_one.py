"""One database restored by itself, while all the others know what it has forgotten."""

from collections import Counter
from dataclasses import dataclass

from scenarios.dujiangyan.accounts import Books, Sum, of_the_domain
from tests.faults.ground import service_of
from tests.proof.drill import Drill, unheard
from tests.proof.office import Do, all_sent, office, restorations, transfer_refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """What one service had forgotten, and what it was told again."""

    service: str
    forgotten: Counter[str]
    """Events that it told after the copy, by its own account of before, by type."""
    named: Counter[str]
    """The same as the log names them."""
    unheard: int
    """What others had told it and it had not heard any more; each hearing counts …"""
    still_unheard: int
    """… and how much of that was left when all was sent again."""
    refused: str | None
    """What a transfer was told."""

    def written(self) -> str:
        """For people to read."""
        return (
            f"then {self.service} alone: of {self.forgotten.total()} events that it had forgotten"
            f" the log names {self.named.total()}; {self.unheard} hearings were missing, and"
            f" {self.still_unheard} when all was sent again; a transfer: {self.refused}"
        )

    @property
    def held(self) -> list[tuple[str, bool]]:
        """What has to be true."""
        return [
            (
                "all that it has forgotten is named",
                bool(self.named) and self.named == self.forgotten,
            ),
            ("what it had heard is heard again", self.unheard > self.still_unheard == 0),
            ("it pays nothing", self.refused == "payments-stand-still"),
        ]


async def restore_one(drill: Drill, service: str) -> Alone:
    """With the services down, and every other database as it is."""
    told = _told(await drill.books(), service)
    before = len(await drill.ask("notifications", "SELECT FROM restorations"))
    await drill.put_one_back(service)
    kept = await drill.books()
    await drill.run("begin an epoch of one", SERVICE=service)
    async with drill.services(), office(drill) as do:
        heard = {kind.partition(".")[0] for kind in service_of(service).heard_types} - {service}
        await all_sent(drill, "send again to one", SERVICE=service, HEARD=" ".join(heard))
        named = await _named(do, before + 1)
        refused = await transfer_refused(do)
        await drill.until(lambda: _all_heard(drill, service))
    return Alone(
        service=service,
        forgotten=told - _told(kept, service),
        named=named,
        unheard=_from_others(kept, service),
        still_unheard=_from_others(await drill.books(), service),
        refused=refused,
    )


async def _named(do: Do, restored: int) -> Counter[str]:
    """What the latest restoration lists, page by page, of the domain."""
    [latest] = [one for one in await restorations(do, restored) if one["confirmed_at"] is None]
    path = f"/notifications/v1/restorations/{latest['id']}/forgotten"
    named, after = Counter[str](), ""
    while events := (await do("operator", "o-1", "GET", path + after))["events"]:
        named.update(event["type"] for event in events)
        after = f"?after={events[-1]['event_id']}"
    return Counter({kind: named[kind] for kind in of_the_domain(dict.fromkeys(named, Sum()))})


async def _all_heard(drill: Drill, service: str) -> bool:
    return _from_others(await drill.books(), service) == 0


def _told(kept: Books, service: str) -> Counter[str]:
    """How many events of each type that service has told, by its own account."""
    return Counter(
        {kind: one.count for kind, one in kept.emitted.items() if kind.startswith(f"{service}.")}
    )


def _from_others(kept: Books, service: str) -> int:
    """How much of what was told that service has still to hear; of its own it hears nothing."""
    return unheard(kept, service).total()

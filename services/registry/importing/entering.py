"""Enter what is new, list by list, each thing by the command that anybody would use for it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, get_args

from libs.common.asking import Answer, Asker
from services.registry.domain.divisions import Level
from services.registry.importing.known import BASE
from services.registry.importing.plan import Plan, missing_of
from services.registry.importing.tables import Fault, Row, Table

TOGETHER: Final = 8
LISTED: Final = 200
"""Divisions that the API takes at once."""


class _Refused(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(slots=True)
class Entering:
    """An import under way: ids as they become known, refusals by line."""

    asker: Asker
    plan: Plan
    faults: list[Fault] = field(default_factory=list)
    entered: dict[str, int] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    """Of organisations, by the code that others name them by."""

    async def run(self) -> None:
        """One list after the other, since each names things of those before it."""
        for one in self.plan.known.organisations:
            for code in filter(None, (one["uscc"], one["filing_number"])):
                self.ids[code] = one["id"]
        await self._divisions()
        for name, enter in (
            ("organisations", self._organisation),
            ("stations", self._station),
            ("workers", self._worker),
        ):
            await self._each(name, enter)

    async def _each(self, name: str, enter: Callable[[Row], Awaitable[None]]) -> None:
        """Each row by itself: what is refused does not hold up the others."""
        gate = asyncio.Semaphore(TOGETHER)

        async def one(row: Row) -> None:
            async with gate:
                try:
                    await enter(row)
                except _Refused as refused:
                    table = self.plan.tables[name]
                    self.faults += faults_in(refused.answer, table, [row])
                else:
                    self.entered[name] = self.entered.get(name, 0) + 1

        await asyncio.gather(*(one(row) for row in self.plan.new.get(name, ())))

    async def _divisions(self) -> None:
        """From the city down, so that a parent is there or in the same request."""
        order = get_args(Level)
        rows = sorted(self.plan.new.get("divisions", ()), key=lambda r: order.index(r["level"]))
        for first in range(0, len(rows), LISTED):
            some = rows[first : first + LISTED]
            body = {"divisions": [_filled(row.cells) for row in some]}
            try:
                await self._do("/divisions/imports", body)
            except _Refused as refused:
                table = self.plan.tables["divisions"]
                self.faults += faults_in(refused.answer, table, some)
            else:
                self.entered["divisions"] = self.entered.get("divisions", 0) + len(some)

    async def _organisation(self, row: Row) -> None:
        applied = self.plan.known.applied(row["name"], row["division"])
        if applied is None:
            names = ("name", "legal_form", "roles", "division")
            applied = await self._do("/organisations", {name: row[name] for name in names})
        path = f"/organisations/{applied['id']}"
        if row["uscc"] is not None:
            await self._do(f"{path}/registration", {"uscc": row["uscc"]})
        else:
            await self._do(f"{path}/filing", {"filing_number": row["filing_number"]})
        self.ids[row["uscc"] or row["filing_number"]] = applied["id"]

    async def _station(self, row: Row) -> None:
        body = {name: row[name] for name in ("name", "tier", "division")}
        body["rooms"] = [
            {"name": name, "capacity": capacity} for name, capacity in row["rooms"] or ()
        ]
        if row["operator"] is not None:
            body["operator_id"] = self._id_of(row["operator"])
        await self._do("/stations", body)

    async def _worker(self, row: Row) -> None:
        worker = self.plan.known.workers.get(row["file_number"])
        if worker is None:
            names = ("file_number", "name", "kind", "division")
            body = _filled({name: row[name] for name in names})
            worker = {**await self._do("/workers", body), "certificate_level": None}
        for step in missing_of(self.plan.known, row, worker):
            await self._do(*self._step(step, row, worker["id"]))

    def _step(self, step: str, row: Row, worker: str) -> tuple[str, dict[str, Any]]:
        """Where what a worker lacks is recorded, and how."""
        if step == "certificate":
            body = {"level": row["certificate_level"], "number": row["certificate_number"]}
            return f"/workers/{worker}/certificates", _filled(
                {**body, "issued_day": row["issued_day"]}
            )
        organisation = {"organisation_id": self._id_of(row["employer"])}
        if step == "employment":
            days = {"full_time": row["full_time"] is not False, "from_day": row["employed_from"]}
            return f"/workers/{worker}/employments", _filled({**organisation, **days})
        posted = {"worker_id": worker, "division": row["community"], "from_day": row["posted_from"]}
        return "/postings", _filled({**organisation, **posted})

    def _id_of(self, code: str) -> str:
        """Of an organisation that was there, or has just been entered, or was refused."""
        if code not in self.ids:
            text = "该单位未能登记，见上。The organisation was not entered, see above."
            raise _Refused(Answer(status=409, body={"title": text}))
        return self.ids[code]

    async def _do(self, path: str, body: dict[str, Any]) -> Any:
        answer = await self.asker.ask("POST", f"{BASE}{path}", body)
        if answer.refused:
            raise _Refused(answer)
        return answer.body


def faults_in(answer: Answer, table: Table, rows: Sequence[Row]) -> Iterator[Fault]:
    """What the API refused, at the line and the column that it points to."""
    title = answer.body.get("title", f"HTTP {answer.status}")
    for fault in answer.body.get("errors") or [{"pointer": "", "detail": ""}]:
        _, *parts = fault["pointer"].split("/") if fault["pointer"] else ("",)
        row = rows[int(parts[1])] if len(parts) > 1 and parts[1].isdigit() else rows[0]
        column = parts[-1] if parts else ""
        yield table.fault(row.line, column, f"{title} {fault['detail']}".strip())


def _filled(cells: dict[str, Any]) -> dict[str, Any]:
    """As a body: what is not filled in is left out."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in cells.items()
        if value is not None
    }

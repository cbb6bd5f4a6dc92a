"""A real Prometheus with the city's alarms, which scrapes processes of a laboratory."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from deploy import rules
from libs.embedded.children import Children, Program
from libs.embedded.home import free_ports
from tests.faults.lab import Child, until
from tests.monitoring.prometheus import need


@dataclass(frozen=True, slots=True)
class Prometheus:
    """What it answers over its own API."""

    address: str

    async def get(self, path: str, **query: str) -> Any:
        """The data of an answer."""
        async with (
            aiohttp.ClientSession(self.address) as session,
            session.get(f"/api/v1/{path}", params=query) as answer,
        ):
            answer.raise_for_status()
            return (await answer.json())["data"]

    async def firing(self, alert: str) -> list[dict[str, Any]]:
        """The alarms of that name that sound now."""
        alerts = (await self.get("alerts"))["alerts"]
        return [
            one
            for one in alerts
            if one["labels"]["alertname"] == alert and one["state"] == "firing"
        ]

    async def value(self, expression: str) -> float | None:
        """What the first series of an expression is now, if there is one."""
        result = (await self.get("query", query=expression))["result"]
        return float(result[0]["value"][1]) if result else None

    async def is_up(self, children: Sequence[Child]) -> bool:
        """Whether all of these have been scraped."""
        try:
            return await self.value("sum(up)") == len(children)
        except (aiohttp.ClientError, OSError):
            return False


@asynccontextmanager
async def scraping(folder: Path, children: Sequence[Child]) -> AsyncIterator[Prometheus]:
    """It looks once a second, so that alarms sound as soon as they may."""
    program, [port] = need("prometheus"), free_ports(1)
    folder.mkdir()
    (folder / "rules.yaml").write_text(yaml.safe_dump(rules.groups(), allow_unicode=True))
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(_configuration(children)))
    keeper = Children(folder / "log", folder / "run")
    argv = [
        str(program),
        f"--config.file={folder / 'prometheus.yaml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    process = await keeper.start(
        Program(name="prometheus", argv=argv, environment={}, folder=folder)
    )
    prometheus = Prometheus(f"http://127.0.0.1:{port}")
    try:
        await until(lambda: prometheus.is_up(children), "Prometheus has scraped everybody")
        yield prometheus
    finally:
        await keeper.kill("prometheus", process)


def _configuration(children: Sequence[Child]) -> dict[str, Any]:
    targets = [f"127.0.0.1:{child.ops_port}" for child in children]
    return {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.yaml"],
        "scrape_configs": [{"job_name": "sanshe", "static_configs": [{"targets": targets}]}],
    }


async def gone(prometheus: Prometheus, alert: str, limit: float = 90) -> float:
    """Wait until an alarm sounds no more; how many seconds that took."""

    async def silent() -> bool:
        return not await prometheus.firing(alert)

    return await until(silent, f"{alert} clears", limit)


async def sounding(prometheus: Prometheus, alert: str, limit: float = 180) -> dict[str, Any]:
    """Wait for an alarm."""
    await until(partial(prometheus.firing, alert), f"{alert} sounds", limit)
    return (await prometheus.firing(alert))[0]

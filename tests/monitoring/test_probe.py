"""A probe goes the whole way of a command: API, outbox, broker, inbox of a subscriber, and back."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from libs.common import probing
from libs.common.probing import Prober
from libs.common.testing import token
from libs.embedded.home import CHECKOUT, free_ports
from libs.embedded.proxy import proxying
from tests.faults.lab import Child, Lab, until

Open = Callable[..., Awaitable[Lab]]


@asynccontextmanager
async def two_services(open_lab: Open) -> AsyncIterator[tuple[Lab, str, Child]]:
    """Registry and notifications at work, the address before them, and the worker that hears."""
    lab = await open_lab("registry", "notifications")
    registry, notifications, _, hearer = await asyncio.gather(
        lab.start("registry", "api"),
        lab.start("notifications", "api"),
        lab.start("registry", "worker"),
        lab.start("notifications", "worker"),
    )
    ports = {child.service: child.api_port for child in (registry, notifications)}
    ports |= dict.fromkeys(("casework",), free_ports(1)[0])
    async with proxying(0, ports, "registry") as port:
        yield lab, f"http://127.0.0.1:{port}", hearer


async def probe(address: str, *services: str) -> dict[str, str]:
    return await Prober(address, "notifications", services).once()


def measured(name: str, service: str) -> float:
    return REGISTRY.get_sample_value(name, {"service": service}) or 0.0


async def test_a_probe_comes_through_and_is_timed(
    open_lab: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each service is probed as a system of the city; what has come through is counted and timed,
    the feed shows none of it, and whoever is away is named."""
    monkeypatch.setenv("OPERATOR_TOKEN", token("system", divisions=()))
    async with two_services(open_lab) as (lab, address, hearer):
        before = measured("sanshe_probe_seconds_count", "registry")
        both = await probe(address, "registry", "notifications")
        again = await probe(address, "registry", "casework")
        logged = await lab.value("notifications", "SELECT count(*) FROM event_log")
        held = await lab.sql("notifications", "SELECT service FROM probes ORDER BY service")
        await lab.kill(hearer)
        monkeypatch.setattr(probing, "HEAR_SECONDS", 1.0)
        deaf = await probe(address, "registry")
        monkeypatch.setenv("OPERATOR_TOKEN", token("official"))
        stranger = await probe(address, "registry")

    assert both == {"registry": "through", "notifications": "through"}
    assert again == {"registry": "through", "casework": "refused"}
    assert measured("sanshe_probe_seconds_count", "registry") == before + 2
    assert (logged, [row["service"] for row in held]) == (0, ["notifications", "registry"])
    assert deaf == {"registry": "not-heard"}
    assert stranger == {"registry": "refused"}


async def test_a_round_that_cannot_begin_is_no_success(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without its token nothing is sent, and the time since one came through goes on counting."""
    prober = Prober("http://127.0.0.1:9", "notifications", ["evaluation"])
    prober.begin()
    began = measured("sanshe_probe_through_timestamp_seconds", "evaluation")
    monkeypatch.setenv("OPERATOR_TOKEN_FILE", str(tmp_path / "missing"))
    with pytest.raises(FileNotFoundError):
        await prober.run(1)

    monkeypatch.delenv("OPERATOR_TOKEN_FILE")
    monkeypatch.setenv("OPERATOR_TOKEN", "any")
    assert await prober.once() == {"evaluation": "unanswered"}
    assert measured("sanshe_probe_through_timestamp_seconds", "evaluation") == began


async def test_the_command_probes_every_service_and_is_scraped(open_lab: Open) -> None:
    """By hand it says what became of each and ends with 1 if one is missing; with `--every` it
    goes on, shows when one last came through, and ends when it is told to."""
    async with two_services(open_lab) as (lab, address, _):
        [ops_port] = free_ports(1)
        environment = os.environ | {
            "API_URL": address,
            "OPERATOR_TOKEN": token("system", divisions=()),
            "OPS_PORT": str(ops_port),
        }
        once = await _command(environment)
        said, _errors = await once.communicate()
        lasting = await _command(environment, "--every", "1")
        scraped = Child(
            name="probe", service="", role="", api_port=0, ops_port=ops_port, arguments=()
        )
        await until(lambda: _is_through(lab, scraped), "a probe has come through")
        lasting.terminate()
        status = await lasting.wait()

    outcomes: dict[str, Any] = json.loads(said)
    away = {"casework", "evaluation", "procurement", "scheduling"}
    assert once.returncode == 1
    assert {s for s, outcome in outcomes.items() if outcome == "through"} == outcomes.keys() - away
    assert away < outcomes.keys()
    assert status == 0


async def _command(environment: dict[str, str], *more: str) -> asyncio.subprocess.Process:
    argv = [sys.executable, "-m", "services.notifications", "probe", *more]
    return await asyncio.create_subprocess_exec(
        *argv, env=environment, cwd=CHECKOUT, stdout=asyncio.subprocess.PIPE
    )


async def _is_through(lab: Lab, scraped: Child) -> bool:
    if await lab.get(f"{scraped.ops}/readyz") != 200:
        return False
    return await lab.metric(scraped, "sanshe_probe_seconds_count", service="registry") > 0

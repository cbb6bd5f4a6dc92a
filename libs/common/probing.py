"""A probe: a command to each service, timed until whoever hears of all of them shows it."""

import asyncio
import signal
import time
from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

import aiohttp
import structlog
from aiohttp import web
from prometheus_client import Counter, Gauge, Histogram

from libs.common import notices
from libs.common.asking import operator_token
from libs.common.config import Config
from libs.common.contract import answer
from libs.common.db import Tx
from libs.common.health import Health
from libs.common.http import Call, Routes
from libs.common.ids import new_id
from libs.common.notices import PROBE_SENT
from libs.common.operations import PROBE
from libs.common.outbox import DELAYS, emit
from libs.common.tasks import Supervised

log = structlog.get_logger()

LOOK_EVERY: Final = 0.25
ANSWER_SECONDS: Final = 10.0
HEAR_SECONDS: Final = 120.0
"""After which a probe has not come through; what comes later is of no use to whoever waits."""
NO_ANSWER: Final = (aiohttp.ClientError, OSError, ValueError, KeyError)
"""Nothing, too late, or something that is no answer of ours."""
_seconds = Histogram(
    "sanshe_probe_seconds",
    "From a probe's command until the service that hears it shows it",
    ["service"],
    buckets=DELAYS,
)
_through = Gauge(
    "sanshe_probe_through_timestamp_seconds",
    "When a probe last came through, or the probing began",
    ["service"],
)
_outcomes = Counter("sanshe_probes_total", "Probes by outcome", ["service", "outcome"])


@answer
class SentProbe:
    """A command that changed nothing, and was told all the same."""

    probe: UUID


class _Itself:
    """What is told of a probe is told of the service that was probed."""

    def __init__(self, service: str) -> None:
        self.id = service


def probing(service: str) -> Routes:
    """The command that a probe is."""
    routes = Routes()

    @routes.post("/operations/probes", scope=PROBE, status=201)
    async def send_probe(tx: Tx, call: Call) -> SentProbe:
        """Change nothing and tell it, so that the way of a command is tried from end to end."""
        sent = SentProbe(probe=new_id())
        await emit(tx, _Itself(service), notices.probe_sent(service)(probe=sent.probe))
        return sent

    return routes


def probed_by(types: Sequence[str]) -> list[str]:
    """The services whose probes are among the types that somebody hears."""
    ending = f".{PROBE_SENT}"
    return [name.removesuffix(ending) for name in types if name.endswith(ending)]


class Refused(Exception):
    """The command was answered with this code."""


class Prober:
    """Sends probes to services, and looks for them at the one that hears them all."""

    def __init__(self, address: str, hearer: str, services: Sequence[str]) -> None:
        """`{service}` in the address stands for the name of whoever is called."""
        self._address = address
        self._hearer = hearer
        self._services = services

    def begin(self) -> None:
        """Count from now how long none has come through; a round that fails begins nothing anew."""
        for service in self._services:
            _through.labels(service).set_to_current_time()

    async def run(self, every: float) -> None:
        """For good: one to each service at once, and again after so many seconds."""
        while True:
            await self.once()
            await asyncio.sleep(every)

    async def once(self) -> dict[str, str]:
        """One to each service: what became of it."""
        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
            headers={"Authorization": f"Bearer {operator_token()}"},
        ) as session:
            outcomes = await asyncio.gather(*(self._probe(session, s) for s in self._services))
        return dict(zip(self._services, outcomes, strict=True))

    async def _probe(self, session: aiohttp.ClientSession, service: str) -> str:
        began = time.monotonic()
        outcome = await self._outcome(session, service)
        _outcomes.labels(service, outcome).inc()
        if outcome == "through":
            _seconds.labels(service).observe(time.monotonic() - began)
            _through.labels(service).set_to_current_time()
        return outcome

    async def _outcome(self, session: aiohttp.ClientSession, service: str) -> str:
        try:
            sent = await self._send(session, service)
        except Refused as refusal:
            log.error("probe-refused", service=service, code=str(refusal))
            return "refused"
        except NO_ANSWER as failure:
            log.error("probe-unanswered", service=service, error=type(failure).__name__)
            return "unanswered"
        try:
            async with asyncio.timeout(HEAR_SECONDS):
                while not await self._is_heard(session, service, sent):  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_EVERY)
        except TimeoutError:
            log.error("probe-not-heard", service=service, probe=str(sent))
            return "not-heard"
        return "through"

    async def _send(self, session: aiohttp.ClientSession, service: str) -> UUID:
        key = {"Idempotency-Key": str(new_id())}
        async with session.post(self._url(service, "operations/probes"), headers=key) as answer:
            if answer.status != 201:
                raise Refused(await _code_of(answer))
            return UUID((await answer.json())["probe"])

    async def _is_heard(self, session: aiohttp.ClientSession, service: str, sent: UUID) -> bool:
        """Whether it, or one that somebody sent later, has arrived."""
        try:
            async with session.get(self._url(self._hearer, "probes")) as answer:
                answer.raise_for_status()
                found = (await answer.json())["probes"]
        except NO_ANSWER:
            return False
        return any(one["service"] == service and UUID(one["probe"]) >= sent for one in found)

    def _url(self, service: str, path: str) -> str:
        return f"{self._address}/{service}/v1/{path}".replace("{service}", service)


async def _code_of(answer: aiohttp.ClientResponse) -> str:
    body: Any = await answer.json(content_type=None) if answer.content_length else {}
    return str(body.get("code", answer.status)) if isinstance(body, dict) else str(answer.status)


async def serve(prober: Prober, every: float, config: Config) -> None:
    """Probe until SIGTERM or SIGINT, with an operations port as every process has one."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    site = web.AppRunner(Health().application(), access_log=None)
    await site.setup()
    await web.TCPSite(site, config.bind_address, config.ops_port).start()
    prober.begin()
    task = Supervised("probe", "probe", partial(prober.run, every), pause=every)
    await stopping.wait()
    await task.stop()
    await site.cleanup()

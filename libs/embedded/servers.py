"""PostgreSQL and RabbitMQ together, both started at once, or those that the user names."""

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Protocol

from libs.embedded import given, postgres, rabbitmq
from libs.embedded.children import Failed
from libs.embedded.home import CHECKOUT

log = logging.getLogger(__name__)

REVIVAL_PAUSE: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """The addresses; `{service}` in the runtime's stands for the name of a service."""

    database_url: str
    amqp_admin_url: str
    amqp_runtime_url: str
    amqp_scenario_url: str


@asynccontextmanager
async def servers(
    folder: Path, services: Sequence[str], *, keep: bool = True
) -> AsyncIterator[Servers]:
    """Both servers for the data of a folder; SANSHE_DATABASE_URL, SANSHE_AMQP_URL replace them."""
    database_url, amqp_url = await given.DATABASE.address(), await given.BROKER.address()
    async with AsyncExitStack() as stack:
        results = await asyncio.gather(
            _database(stack, database_url, folder, keep=keep),
            _broker(stack, amqp_url, folder, services),
            return_exceptions=True,
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result
        database, broker = results
        yield Servers(database_url=str(database), **dict(broker))  # type: ignore[arg-type]


async def _database(stack: AsyncExitStack, url: str | None, folder: Path, *, keep: bool) -> str:
    if url is not None:
        return url
    server = await stack.enter_async_context(postgres.running(folder, keep=keep))
    await stack.enter_async_context(_revived(server))
    return server.url


async def _broker(
    stack: AsyncExitStack, url: str | None, folder: Path, services: Sequence[str]
) -> dict[str, str]:
    if url is not None:
        return dict.fromkeys(("amqp_admin_url", "amqp_runtime_url", "amqp_scenario_url"), url)
    broker = await stack.enter_async_context(rabbitmq.running(folder, services))
    await stack.enter_async_context(_revived(broker))
    return {
        "amqp_admin_url": broker.url(),
        "amqp_runtime_url": broker.runtime_url,
        "amqp_scenario_url": broker.url("scenario"),
    }


class _Mortal(Protocol):
    async def died(self) -> None: ...

    async def start(self) -> None: ...


@asynccontextmanager
async def _revived(server: _Mortal) -> AsyncIterator[None]:
    """Start a server again whenever it dies, as a cluster would."""

    async def revive() -> None:
        while True:
            await server.died()
            log.warning("%s died and is started again", type(server).__name__)
            await asyncio.sleep(REVIVAL_PAUSE)
            await server.start()

    keeper = asyncio.create_task(revive())
    try:
        yield
    finally:
        keeper.cancel()
        await asyncio.wait([keeper])


@contextmanager
def shared_servers(folder: Path, services: Sequence[str]) -> Iterator[Servers]:
    """The same in a process of their own, for several test workers.

    The process ends both servers as soon as its standard input closes: even when the one who
    holds it is killed, nothing is left running.
    """
    argv = [sys.executable, "-m", "libs.embedded", "servers", str(folder), *services]
    with subprocess.Popen(
        argv,
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise Failed("The servers' process has no pipes.")
        line = process.stdout.readline()
        if not line:
            raise Failed("The servers did not start; see above.")
        try:
            yield Servers(**json.loads(line))
        finally:
            process.stdin.close()
            process.wait()


async def serve_until_closed(folder: Path, services: Sequence[str]) -> None:
    """Print the addresses as one line of JSON, and serve until standard input closes."""
    async with servers(folder, services, keep=False) as addresses:
        print(json.dumps(asdict(addresses)), flush=True)
        loop = asyncio.get_running_loop()
        closed = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(closed), sys.stdin)
        await closed.read()
